"""Our own trained model on utterances by others, and on the held-out ones that the project carries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.cli import MODEL
from bench.nlu import plots, stock
from bench.nlu.given import HELD_OUT, Given
from bench.nlu.results import Measured, percent
from bench.training import stock_model
from learning.corpora import load
from learning.evaluate import Result, report, results
from learning.figures import total
from learning.model import changing_intents, parser, service_names


def measure(given: Given) -> Iterator[Measured]:
    """The figures of both sets; draws the plots of the first."""
    parsers = [parser(MODEL), *([stock.parses(stock_model())] if given.stock else [])]
    others = [results(load(given.measuring()), parse) for parse in parsers]
    yield from _beside("by others", others)
    yield from _beside("held out", [results(load(HELD_OUT), parse) for parse in parsers])
    plots.draw(others[0])


def _beside(name: str, parsed: Sequence[Sequence[Result]]) -> list[Measured]:
    ours, *theirs = (list(_figures(name, one)) for one in parsed)
    return [one.beside(theirs[0][at].assistant) if theirs else one for at, one in enumerate(ours)]


def _figures(name: str, parsed: Sequence[Result]) -> Iterator[Measured]:
    found = report(parsed, changing_intents(), service_names())
    entities = total(found.entities.values())
    for what, value, reach in (
        ("in-scope accuracy", found.accuracy, "≥ 93"),
        ("macro F1", found.macro_f1, ""),
        ("understood rightly at once", found.answered, ""),
        ("asked back", found.asked_back, ""),
        ("taken for a wrong change", found.wrong_changes, "≤ 0.5"),
        ("in scope but rejected", found.in_scope_rejected, "≤ 8"),
        ("out of scope: AUROC", found.out_of_scope_auroc, ""),
        ("out of scope: recall", found.out_of_scope_recall, "≥ 88"),
        ("out of scope: taken for a change", found.out_of_scope_changes, ""),
        ("entity F1, strict", entities.f1, "≥ 93"),
        ("services resolved", found.resolution, ""),
    ):
        yield Measured(f"{name}: {what}", "%", percent(value), reach=reach)
    yield from (Measured(f"{name}: F1 of {kind}", "%", 100 * one.f1) for kind, one in found.entities.items())
