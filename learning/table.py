"""A report as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from learning.evaluate import Report
from learning.figures import COST_OF_A_CHANGE, total


def table(report: Report) -> str:
    """The figures, one a line, then the confusions and the entities."""
    return "\n".join([*_intents(report), *_outside(report), *_confusions(report), *_entities(report)])


def _intents(report: Report) -> Iterator[str]:
    outside = report.utterances - report.in_scope
    yield f"{report.utterances} utterances, {outside} of them out of scope"
    interval = report.accuracy_interval
    between = f"  [{interval[0]:.1%}, {interval[1]:.1%}]" if interval else ""
    yield _line("intent accuracy in scope", report.accuracy, between)
    yield _line("macro F1", report.macro_f1)
    yield _line("understood rightly at once", report.answered)
    yield _line("asked back", report.asked_back)
    yield _line("in scope but rejected", report.in_scope_rejected)
    yield _line("taken for a wrong change", report.wrong_changes)


def _outside(report: Report) -> Iterator[str]:
    yield _line("out of scope: AUROC", report.out_of_scope_auroc)
    yield _line("out of scope: FPR@95", report.out_of_scope_let_in)
    yield _line("out of scope: recall at the threshold", report.out_of_scope_recall)
    yield _line("out of scope: taken for a change", report.out_of_scope_changes)
    yield _line("services resolved", report.resolution)
    yield f"{'parse p50, p95':40}{report.parse_p50:.1f} ms, {report.parse_p95:.1f} ms"


def _confusions(report: Report) -> Iterator[str]:
    if report.confusions:
        yield f"\nconfusions that cost most (a wrong change costs {COST_OF_A_CHANGE}, others 1)\n cost  count"
    for one in report.confusions:
        yield f"  {one.cost:3}  {one.count:5}  {one.intent} taken for {one.taken_for}"


def _entities(report: Report) -> Iterator[str]:
    if report.entities:
        yield f"\n{'entity':16}{'precision':>10}{'recall':>10}{'F1':>10}{'count':>8}"
    for kind, counts in [*report.entities.items(), ("all", total(report.entities.values()))] if report.entities else ():
        there = counts.right + counts.missed
        yield f"{kind:16}{counts.precision:10.1%}{counts.recall:10.1%}{counts.f1:10.1%}{there:8}"


def _line(name: str, share: float | None, more: str = "") -> str:
    return f"{name:40}{'–' if share is None else f'{share:.1%}'}{more}"
