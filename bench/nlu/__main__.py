"""``python -m bench.nlu``: measure the understanding, or only parts of it, and write ``bench/results-nlu.json``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable

import click

from assistant.contracts.errors import AssistantError, Invalid
from assistant.observability import configure_logging
from bench.figures import machine
from bench.nlu import names
from bench.nlu.results import RESULTS, Measured, Results, as_markdown, as_text

PARTS: dict[str, Callable[[], Iterable[Measured]]] = {"names": names.measure}


@click.command()
@click.option("--only", metavar="PART,…", help=f"Measure these again, keep the other results: {', '.join(PARTS)}.")
@click.option("--markdown", is_flag=True, help="Measure nothing; show the last results as Markdown.")
def main(only: str | None, markdown: bool) -> None:
    """Measure how well messages are understood."""
    configure_logging("bench", "error")
    results = Results.load(RESULTS)
    if markdown:
        click.echo(as_markdown(results))
        return
    try:
        for part in _parts(only):
            click.echo(f"{time.strftime('%H:%M:%S')} {part} …", err=True)
            results.parts[part], results.machines[part] = list(PARTS[part]()), machine()
    except AssistantError as error:
        sys.exit(str(error))
    results.save(RESULTS)
    click.echo(as_text(results))


def _parts(only: str | None) -> list[str]:
    parts = list(PARTS) if only is None else only.split(",")
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise Invalid(f"There is no part “{unknown[0]}”; there are {', '.join(PARTS)}.")
    return parts


if __name__ == "__main__":
    main()
