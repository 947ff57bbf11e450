"""Our own trained model on utterances by others, and on the held-out ones that the project carries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.cli import MODEL
from bench.nlu import plots, stock
from bench.nlu.given import HELD_OUT, Given
from bench.nlu.results import Measured, percent
from bench.training import stock_model
from learning.corpora import load
from learning.evaluate import Report, Result, report, results
from learning.figures import total
from learning.model import changing_intents, parser, service_names


def measure(given: Given) -> Iterator[Measured]:
    """The figures of both sets; draws the plots of the first."""
    parsers = [parser(MODEL), *([stock.parses(stock_model())] if given.stock else [])]
    others, held_out = ([results(load(path), parse) for parse in parsers] for path in (given.measuring(), HELD_OUT))
    yield from _beside("by others", _figures, others)
    yield from _beside("by others", _kinds, others)
    yield from _beside("held out", _figures, held_out)
    plots.draw(others[0])


def _beside(
    name: str, figures: Callable[[str, Report], Iterator[Measured]], parsed: Sequence[Sequence[Result]]
) -> list[Measured]:
    ours, *theirs = (list(figures(name, report(one, changing_intents(), service_names()))) for one in parsed)
    stocks = {one.what: one.assistant for other in theirs for one in other}
    return [one.beside(stocks.get(one.what)) for one in ours]


def _figures(name: str, found: Report) -> Iterator[Measured]:
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
        ("entity F1, strict", total(found.entities.values()).f1, "≥ 93"),
        ("services resolved", found.resolution, ""),
    ):
        yield Measured(f"{name}: {what}", "%", percent(value), reach=reach)


def _kinds(name: str, found: Report) -> Iterator[Measured]:
    for kind, counts in found.entities.items():
        yield Measured(f"{name}: F1 of {kind}", "%", percent(counts.f1))
