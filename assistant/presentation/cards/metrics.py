"""A metric's value now, an hour and a week ago, as a card."""

from __future__ import annotations

from assistant.contracts.card import Card, Line, Link
from assistant.contracts.metrics import Measured, MetricsReport

_HUNDRED, _ONE = 100, 1


def metrics_card(report: MetricsReport, sandbox: bool) -> Card:
    """The answer to a question about metrics, grouped by what they have in common."""
    measured = report.measured
    places = list(dict.fromkeys((one.service, one.environment) for one in measured))
    if len(measured) == 1:
        one = measured[0]
        link = ((Link("Graph:", one.url),),) if one.url else ()
        return Card(f"{_place(one)}: {_title(one)} {_said(one)}", lines=link, notes=_notes(report), sandbox=sandbox)
    if len(places) == 1:
        lines: tuple[Line, ...] = tuple((f"  • {_title(one)}: {_said(one)}",) for one in measured)
        return Card(f"{_place(measured[0])}, now:", lines=lines, notes=_notes(report), sandbox=sandbox)
    if len({one.metric for one in measured}) == 1:
        lines = tuple((f"  • {_place(one)}: {_said(one)}",) for one in measured)
        return Card(f"The {_title(measured[0])} now:", lines=lines, notes=_notes(report), sandbox=sandbox)
    lines = tuple((f"  • {_place(one)}: {_title(one)} {_said(one)}",) for one in measured)
    return Card(f"{len(places)} places, now:", lines=lines, notes=_notes(report), sandbox=sandbox)


def _place(one: Measured) -> str:
    return f"{one.service} in {one.environment}"


def _title(one: Measured) -> str:
    """ "error-rate" → "error rate", "latency-p95" → "p95 latency"."""
    name, _, share = one.metric.partition("-p")
    return f"p{share} {name}" if share.isdigit() else one.metric.replace("-", " ")


def _said(one: Measured) -> str:
    if one.problem:
        return f"is unknown: {one.problem.provider} {one.problem.why}"
    now = "no data" if one.now is None else f"{_number(one.now)} {one.unit}".rstrip()
    past = [
        f"{words} {_number(value)}"
        for words, value in (("an hour ago", one.hour_ago), ("a week ago", one.week_ago))
        if value is not None
    ]
    return f"{now} ({', '.join(past)})" if past else now


def _number(value: float) -> str:
    size = abs(value)
    return f"{value:,.0f}" if size >= _HUNDRED or not value else f"{value:.1f}" if size >= _ONE else f"{value:.2g}"


def _notes(report: MetricsReport) -> tuple[str, ...]:
    if any(one.now is None and one.problem is None for one in report.measured):
        return ("“no data”: the query of the catalogue finds nothing to measure there.",)
    return ()
