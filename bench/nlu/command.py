"""Measure the understanding, or only parts of it, and write ``bench/results-nlu.json``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from assistant.contracts.errors import AssistantError, Invalid
from assistant.observability import configure_logging
from bench.nlu import ablations, names, own, public, speed
from bench.nlu.given import DATA, VALIDATION, Given
from bench.nlu.results import RESULTS, Measured, Results, as_markdown, as_text

PARTS: dict[str, Callable[[Given], Iterable[Measured]]] = {
    "names": names.measure,
    "own": own.measure,
    "ablations": ablations.measure,
    "hint3": public.hint3,
    "clinc": public.clinc,
    "hwu64": public.hwu64,
    "shell": public.shell,
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
    if markdown:
        click.echo(as_markdown(Results.load(RESULTS)))
        return
    given = Given(data, validation, stock)
    try:
        parts = _parts(only)
        for part in parts:
            _require(part, given)
        for part in parts:
            click.echo(f"{time.strftime('%H:%M:%S')} {part} …", err=True)
            Results.renew(RESULTS, part, list(PARTS[part](given)))
    except AssistantError as error:
        sys.exit(str(error))
    click.echo(as_text(Results.load(RESULTS)))


def _parts(only: str | None) -> list[str]:
    parts = list(PARTS) if only is None else only.split(",")
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise Invalid(f"There is no part “{unknown[0]}”; there are {', '.join(PARTS)}.")
    return parts


def _require(part: str, given: Given) -> None:
    """Raise Invalid at once when the part's data are missing, not after hours of other parts."""
    if part in ("own", "ablations"):
        given.measuring()
    for name in public.FILES.get(part, ()):
        given.public(name)
