"""``python -m bench``: measure everything, or only parts of it, and write ``bench/results.json``."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from assistant.cli import MODEL
from assistant.contracts.errors import AssistantError, Invalid
from assistant.observability import configure_logging
from bench import capabilities, many, parsing, servers, slack, training
from bench.figures import RESULTS, Figure, Question, Results, Round, as_markdown, as_text, machine

PHRASES, STARTS, MESSAGES, TIMES, SIZES = 300, 3, 50, 11, (60, 500)
BURST = (50, 30)
"""Messages a second, and seconds."""


PARTS: dict[str, Callable[[Path], Iterable[Figure | Round | Question]]] = {
    "training": training.measure,
    "parse": lambda folder: parsing.measure(MODEL, training.stock_model(), PHRASES),
    "startup": lambda folder: servers.start_up(MODEL, training.stock_model(), folder, STARTS),
    "answer": lambda folder: servers.answers(MODEL, training.stock_model(), folder, MESSAGES),
    "capabilities": lambda folder: capabilities.measure(MODEL, folder, TIMES),
    "slack": lambda folder: slack.burst(MODEL, folder / "slack", *BURST),
    "many": lambda folder: many.measure(SIZES),
}


def measure(names: Iterable[str]) -> Results:
    """Run the parts of these names, one after the other."""
    results = Results(machine())
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            click.echo(f"{time.strftime('%H:%M:%S')} {name} …", err=True)
            for one in PARTS[name](Path(folder)):
                results.add(one)
    return results


@click.command()
@click.option("--only", metavar="PART,…", help=f"Measure these again, keep the other results: {', '.join(PARTS)}.")
@click.option("--markdown", is_flag=True, help="Measure nothing; show the last results as Markdown.")
def main(only: str | None, markdown: bool) -> None:
    """Measure the assistant beside stock Rasa; leave the machine alone meanwhile."""
    configure_logging("bench", "error")
    try:
        if markdown:
            click.echo(as_markdown(Results.load(RESULTS)))
            return
        results = measure(_parts(only))
    except AssistantError as error:
        sys.exit(str(error))
    if only is not None and RESULTS.exists():
        results = Results.load(RESULTS).renew(results)
    results.save(RESULTS)
    click.echo(as_text(results))


def _parts(only: str | None) -> list[str]:
    names = list(PARTS) if only is None else only.split(",")
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise Invalid(f"There is no part “{unknown[0]}”; there are {', '.join(PARTS)}.")
    return names


if __name__ == "__main__":
    main()
