"""``python -m bench.nlu``: measure the understanding, or only parts of it, and write ``bench/results-nlu.json``."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from assistant.processes import QUIET

os.environ.update(QUIET)  # before anything imports TensorFlow, which talks while it is imported

from assistant.contracts.errors import AssistantError, Invalid
from assistant.observability import configure_logging
from bench.figures import machine
from bench.nlu import ablations, names, own, public, speed
from bench.nlu.given import DATA, VALIDATION, Given
from bench.nlu.results import RESULTS, Measured, Results, as_markdown, as_text

PARTS: dict[str, Callable[[Given], Iterable[Measured]]] = {
    "names": names.measure,
    "own": own.measure,
    "ablations": ablations.measure,
    "public": public.measure,
    "speed": speed.measure,
}
_PATH = click.Path(path_type=Path)


@click.command()
@click.option("--only", metavar="PART,…", help=f"Measure these again, keep the other results: {', '.join(PARTS)}.")
@click.option("--data", envvar=DATA, type=_PATH, help=f"The folder of public data sets ({DATA}).")
@click.option("--validation", envvar=VALIDATION, type=_PATH, help=f"A file of utterances by others ({VALIDATION}).")
@click.option("--stock", is_flag=True, help="Train and measure stock Rasa too: hours.")
@click.option("--markdown", is_flag=True, help="Measure nothing; show the last results as Markdown.")
def main(only: str | None, data: Path | None, validation: Path | None, stock: bool, markdown: bool) -> None:
    """Measure how well messages are understood."""
    configure_logging("bench", "error")
    results = Results.load(RESULTS)
    if markdown:
        click.echo(as_markdown(results))
        return
    given = Given(data, validation, stock)
    try:
        for part in _parts(only):
            click.echo(f"{time.strftime('%H:%M:%S')} {part} …", err=True)
            results.parts[part], results.machines[part] = list(PARTS[part](given)), machine()
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
