"""What fires, what is silenced, and where the runbook is, as cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from assistant.contracts.alerts import SEVERITIES, Alert, AlertsReport, AlertsRequest, Firing, Runbook, RunbookReport
from assistant.contracts.card import Card, Line, Link, Moment, Part, Row
from assistant.contracts.errors import ProviderError
from assistant.presentation.problems import ago, problem_notes

_MOST = 20
_MOST_SILENCED = 5
_MOST_LABELS = 4
_FOUND = {"alert": "named by the alert", "rule": "named by its rule", "documents": "found in the documents"}


def alerts_card(report: AlertsReport, sandbox: bool) -> Card:
    """The answer to a question about alerts: what fires by service, then what fits no service, then the silenced."""
    shown = [*report.firing, *report.unmapped] if report.request.alerts or not report.request.silenced else []
    rows = tuple(_row(one) for one in shown[:_MOST])
    silenced = tuple(_silenced(one) for one in islice(report.silenced, _MOST_SILENCED))
    return Card(_title(report), rows=rows, lines=silenced, notes=_notes(report, len(shown)), sandbox=sandbox)


def runbook_card(report: RunbookReport, team: Callable[[str], str], sandbox: bool) -> Card:
    """The page to follow; without one, whom to ask. ``team`` gives the name that colleagues know."""
    asked = " and ".join(report.asked)
    notes = problem_notes(("", problem) for problem in report.problems)
    if report.runbooks:
        lines = tuple(_page(each) for each in report.runbooks)
        title = f"The runbook for {report.runbooks[0].subject}:" if len(lines) == 1 else f"Runbooks for {asked}:"
        return Card(title, lines=lines, notes=notes, sandbox=sandbox)
    if notes:
        return Card(f"I found no runbook for {asked}, but I could not look everywhere.", notes=notes, sandbox=sandbox)
    owners = [f"{team(name)} in {channel}" if channel else team(name) for name, channel in report.owners]
    ask = f" Its owner is {' and '.join(owners)}." if owners else ""
    return Card(f"No runbook is known for {asked}.{ask}", sandbox=sandbox)


def _title(report: AlertsReport) -> str:
    shown = [*report.firing, *report.unmapped]
    where = _scope(report.request)
    if report.ages and len(report.problems) == report.asked:
        return _title_of_before(report, shown, where)
    if report.request.silenced:
        return _about_silences(report, shown, where)
    if report.request.alerts:
        return _about_names(report, shown, where)
    if shown:
        verb = "alert is" if len(shown) == 1 else "alerts are"
        if report.request.severities:
            return f"{len(shown)} {' or '.join(report.request.severities)} {verb} firing{where}."
        return f"{len(shown)} {verb} firing{where}: {_counts(shown)}."
    if report.problems:
        what = f"anything{_at(report.request)}"
        return f"I can't say whether {what} is firing{where}: {_who(report.problems)} did not answer."
    quiet = f", {len(report.silenced)} silenced" if report.silenced else ""
    return f"Nothing{_at(report.request)} is firing{where}{quiet}."


def _title_of_before(report: AlertsReport, shown: Sequence[Firing], where: str) -> str:
    """Nobody answers, but what they said last is known."""
    what = f"{len(shown)} alert{'s were' if len(shown) != 1 else ' was'}" if shown else "nothing was"
    past = ago(max(report.ages.values())).removeprefix("as of ")
    return f"I can't say what is firing{where} now: {_who(report.problems)} did not answer. {past} {what} firing."


def _about_names(report: AlertsReport, shown: Sequence[Firing], where: str) -> str:
    names = " and ".join(report.request.alerts)
    if shown:
        services = list(dict.fromkeys(one.service for one in shown if one.service))
        known = f" for {', '.join(services)}" if services and not report.request.services else ""
        return f"Yes, {names} {'is' if len(report.request.alerts) == 1 else 'are'} firing{known}{where}."
    if report.problems:
        return f"I can't say whether {names} is firing{where}: {_who(report.problems)} did not answer."
    return f"No, {names} is not firing{where}{', but silenced' if report.silenced else ''}."


def _about_silences(report: AlertsReport, shown: Sequence[Firing], where: str) -> str:
    names, count = " and ".join(report.request.alerts), len(report.silenced)
    if report.silenced and names:
        return f"Yes, {names} {'is' if len(report.request.alerts) == 1 else 'are'} silenced{where}."
    if report.silenced:
        return f"{count} alert{'s are' if count > 1 else ' is'} silenced{where}:"
    if report.problems:
        return f"I can't say whether {names or 'anything'} is silenced{where}: {_who(report.problems)} did not answer."
    if names:
        return f"No, {names} is not silenced{where}{'; it is firing' if shown else ', and it is not firing either'}."
    return f"Nothing that fires{where} is silenced."


def _scope(request: AlertsRequest) -> str:
    parts = [f" for {' and '.join(request.services)}"] if request.services else []
    parts += [f" in {' and '.join(request.environments)}"] if request.environments else []
    parts += [f" for {' and '.join(request.teams)}"] if request.teams else []
    return "".join(parts)


def _at(request: AlertsRequest) -> str:
    return f" {' or '.join(request.severities)}" if request.severities else ""


def _counts(shown: Iterable[Firing]) -> str:
    severities = [one.alert.severity for one in shown]
    known = [name for name in SEVERITIES if name in severities]
    names = [*known, *sorted(set(severities) - set(known))]
    return ", ".join(f"{severities.count(name)} {'without severity' if name == 'none' else name}" for name in names)


def _row(one: Firing) -> Row:
    alert = one.alert
    mark = "bad" if alert.severity == "critical" else "warn"
    severity = "" if alert.severity == "none" else f" ({alert.severity})"
    parts: list[Part] = [f"{alert.name}{severity} since ", Moment(alert.since)]
    parts += [f": {alert.summary}"] if alert.summary else []
    parts += [f" · {_labels(alert)}"] if one.service is None else []
    for title, url in (("runbook", alert.runbook), ("dashboard", alert.dashboard)):
        parts += [" · ", Link(title, url)] if url else []
    return Row(mark, _place(one) or "no service", tuple(parts))


def _place(one: Firing) -> str:
    return " ".join(part for part in (one.service, one.environment) if part)


def _labels(alert: Alert) -> str:
    """What an alert that fits no service says of itself."""
    told = {name: text for name, text in alert.labels.items() if name not in ("alertname", "severity")}
    return ", ".join(f"{name}={text}" for name, text in islice(sorted(told.items()), _MOST_LABELS)) or "no labels"


def _silenced(one: Firing) -> Line:
    silence = max(one.alert.silences, key=lambda each: each.until)
    by = f" by {silence.by}" if silence.by else ""
    why = f": {silence.comment}" if silence.comment else ""
    place = f" ({_place(one)})" if _place(one) else ""
    return (f"Silenced: {one.alert.name}{place} until ", Moment(silence.until), f"{by}{why}")


def _notes(report: AlertsReport, shown: int) -> tuple[str, ...]:
    notes = [f"{problem} {_missing(report, problem)}" for problem in report.problems]
    if report.request.past:
        notes.append(f"This is what fires now; what fired {report.request.past} and has ended is not known to me.")
    if shown > _MOST:
        notes.append(f"And {shown - _MOST} more: name a service, a team or a severity to see fewer.")
    if len(report.silenced) > _MOST_SILENCED:
        notes.append(f"And {len(report.silenced) - _MOST_SILENCED} more that are silenced.")
    if report.unmapped and shown:
        notes.append("“no service”: the labels of these alerts fit no service of the catalogue.")
    return tuple(notes)


def _missing(report: AlertsReport, problem: ProviderError) -> str:
    past = report.ages.get(problem.provider)
    return f"What fires there is shown {ago(past)}." if past is not None else "What fires there is not in this list."


def _page(runbook: Runbook) -> Line:
    return (f"  • {runbook.subject}: ", Link("", runbook.url), f" ({_FOUND[runbook.source]})")


def _who(problems: Iterable[ProviderError]) -> str:
    return " and ".join(problem.provider for problem in problems)
