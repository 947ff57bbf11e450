"""``assistant nlu``: measure the understanding, and check the training phrases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.settings import PROJECT
from learning.quiet import quiet

if TYPE_CHECKING:
    from learning.evaluate import Report

# Rasa takes seconds to import, so each command imports what it needs when it runs.

_FILE = click.Path(exists=True, path_type=Path)


@click.group()
def nlu() -> None:
    """How well messages are understood."""
    quiet()


@nlu.command()
@click.argument("file", type=_FILE)
@click.option("--model", type=_FILE, default=PROJECT / "models" / "assistant.tar.gz", help="The trained model.")
@click.option("--json", "as_json", is_flag=True, help="For programs to read.")
def evaluate(file: Path, model: Path, as_json: bool) -> None:
    """Measure the trained model on FILE: intent, text and entities (JSON) in columns separated by tabs."""
    from learning.evaluate import evaluate as measure
    from learning.model import changing_intents, parser, service_names

    _show(measure(file, parser(model), changing_intents(), service_names()), as_json)


@nlu.command()
@click.option("--train", type=_FILE, required=True, help="What to train on.")
@click.option("--test", type=_FILE, required=True, help="What to measure on.")
@click.option("--json", "as_json", is_flag=True, help="For programs to read.")
def benchmark(train: Path, test: Path, as_json: bool) -> None:
    """Train the same classifier on any data (HINT3's CSV, Rasa's YAML or JSON, CLINC150's JSON) and measure it.

    Entities of other data are in no catalogue: where there are any, a tagger learns them.
    """
    from learning.benchmark import benchmark as measure

    _show(measure(train, test), as_json)


@nlu.command()
@click.option("--measuring", type=_FILE, multiple=True, help="Utterances that must not be trained on.")
def check(measuring: tuple[Path, ...]) -> None:
    """Check the training phrases: doubles, phrases of a measuring set, unknown entities. Exit code 1 if any."""
    from learning.corpora import load
    from learning.model import DATA, domain_entities
    from learning.phrases import problems

    examples = load(DATA)
    found = list(problems(examples, domain_entities(), [example for file in measuring for example in load(file)]))
    for problem in found:
        click.echo(problem)
    click.echo(f"{len(examples)} phrases, {len(found)} problems.")
    raise SystemExit(1 if found else 0)


def _show(report: Report, as_json: bool) -> None:
    from learning.table import table

    click.echo(json.dumps(report.as_json(), indent=2) if as_json else table(report))
