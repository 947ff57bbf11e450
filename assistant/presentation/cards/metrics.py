"""A metric's value now, an hour and a week ago, or at the time that is asked for, as a card."""

from __future__ import annotations

from assistant.contracts.card import Card, Line, Link, Moment, Part
from assistant.contracts.metrics import Measured, MetricsReport
from assistant.presentation.problems import listed, problem_notes

_HUNDRED, _ONE = 100, 1
_SHOWN = 15
"""How many an order has."""


def metrics_card(report: MetricsReport, sandbox: bool) -> Card:
    """The answer to a question about metrics, grouped by what they have in common."""
    measured = report.measured
    places = list(dict.fromkeys((one.service, one.environment) for one in measured))
    if report.request.interval:
        return _then(report, report.request.interval.words, sandbox)
    if report.request.ranked and len(places) > 1 and len({one.metric for one in measured}) == 1:
        return _ranked(report, sandbox)
    if len(measured) == 1:
        one = measured[0]
        if one.problem:
            return Card(f"{_place(one)}: {what(one)} is unknown: {one.problem}", sandbox=sandbox)
        link = ((Link("Graph:", one.url),),) if one.url else ()
        return Card(f"{_place(one)}: {what(one)} {_said(one)}", lines=link, notes=_notes(report), sandbox=sandbox)
    if len(places) == 1:
        lines: tuple[Line, ...] = tuple((f"  • {what(one)}: {_said(one)}",) for one in measured)
        return Card(f"{_place(measured[0])}, now:", lines=lines, notes=_notes(report), sandbox=sandbox)
    if len({one.metric for one in measured}) == 1:
        lines = tuple((f"  • {_place(one)}: {_said(one)}",) for one in measured)
        return Card(f"The {what(measured[0])} now:", lines=lines, notes=_notes(report), sandbox=sandbox)
    lines = tuple((f"  • {_place(one)}: {what(one)} {_said(one)}",) for one in measured)
    return Card(f"{len(places)} places, now:", lines=lines, notes=_notes(report), sandbox=sandbox)


def _ranked(report: MetricsReport, sandbox: bool) -> Card:
    """Who is first, then the others in their order; of whom nothing is known is told in a note."""
    known = [(one.now, one) for one in report.measured if one.now is not None]
    known.sort(key=lambda pair: pair[0], reverse=report.request.ranked == "highest")
    unknown = [_place(one) for one in report.measured if one.now is None and not one.problem]
    notes = (*((f"No data: {listed(unknown)}.",) if unknown else ()), *_notes(report, of_empty=False))
    if not known:
        return Card(f"Nothing is known of the {what(report.measured[0])}.", notes=notes, sandbox=sandbox)
    first = known[0][1]
    title = f"{_place(first)} has the {report.request.ranked} {what(first)}: {value(first.now, first.unit)}."
    lines = tuple((f"  • {_place(one)}: {value(now, one.unit)}",) for now, one in known[1:_SHOWN])
    more = len(known) - _SHOWN
    return Card(title, lines=lines, notes=(*((f"… and {more} more.",) if more > 0 else ()), *notes), sandbox=sandbox)


def _then(report: MetricsReport, words: str, sandbox: bool) -> Card:
    """The values of the past, the present last for comparison."""
    measured = report.measured
    if len(measured) == 1:
        one = measured[0]
        if one.problem:
            return Card(f"{_place(one)}: {what(one)} is unknown: {one.problem}", sandbox=sandbox)
        values = [("  • ", Moment(at), f": {value(then, one.unit)}") for at, then in one.past]
        lines: list[Line] = [*values, (f"  • now: {value(one.now, one.unit)}",)]
        lines += [(Link("Graph:", one.url),)] if one.url else []
        title = f"{_place(one)}: {what(one)}, {words}:"
        return Card(title, lines=tuple(lines), notes=_notes(report), sandbox=sandbox)
    rows = tuple((f"  • {_place(one)}: {what(one)} ", *_row(one)) for one in measured)
    return Card(f"Measured {words}:", lines=rows, notes=_notes(report), sandbox=sandbox)


def _row(one: Measured) -> tuple[Part, ...]:
    if one.problem:
        return ("is unknown",)
    past = [part for at, then in one.past for part in (f"{value(then, one.unit)} at ", Moment(at), ", ")]
    return (*past, f"now {value(one.now, one.unit)}")


def value(number: float | None, unit: str) -> str:
    """A measurement in words: "1,048 ms", "no data"."""
    return "no data" if number is None else f"{_number(number)} {unit}".rstrip()


def _place(one: Measured) -> str:
    return f"{one.service} in {one.environment}"


def what(one: Measured) -> str:
    """What a metric is called: "error-rate" → "error rate", "latency-p95" → "p95 latency"."""
    name, _, share = one.metric.partition("-p")
    return f"p{share} {name}" if share.isdigit() else one.metric.replace("-", " ")


def _said(one: Measured) -> str:
    if one.problem:
        return "is unknown"
    now = value(one.now, one.unit)
    past = [
        f"{words} {_number(then)}"
        for words, then in (("an hour ago", one.hour_ago), ("a week ago", one.week_ago))
        if then is not None
    ]
    return f"{now} ({', '.join(past)})" if past else now


def _number(value: float) -> str:
    size = abs(value)
    return f"{value:,.0f}" if size >= _HUNDRED or not value else f"{value:.1f}" if size >= _ONE else f"{value:.2g}"


def _notes(report: MetricsReport, of_empty: bool = True) -> tuple[str, ...]:
    empty = of_empty and any(
        one.problem is None and None in (one.now, *dict(one.past).values()) for one in report.measured
    )
    notes = ("“no data”: the query of the catalogue finds nothing to measure there.",) if empty else ()
    # A measurement of some time ago would pass for one of now: none is kept.
    all_unknown = all(one.problem for one in report.measured)
    unknown = (("" if all_unknown else _place(one), one.problem) for one in report.measured if one.problem)
    return (*problem_notes(unknown), *notes)
