"""Past deployments as a card."""

from __future__ import annotations

from collections.abc import Callable

from assistant.contracts.card import Card, Line, Link, Moment, Part, Row
from assistant.contracts.delivery import Deployment, Phase, Start
from assistant.contracts.history import HistoryReport, HistoryRequest, Merge
from assistant.contracts.interval import BEGINNING
from assistant.presentation.origin import by_whom, origin, request_words
from assistant.presentation.problems import ago, listed, problem_notes

Person = Callable[[str], str]
"""From a provider's login to the name that colleagues know."""

MARKS = {
    Phase.SUCCEEDED: "ok",
    Phase.FAILED: "bad",
    Phase.CANCELLED: "bad",
    Phase.RUNNING: "busy",
    Phase.WAITING: "busy",
}
"""How a deployment is marked by how it ended."""
_ENDINGS = {
    Phase.FAILED: "failed",
    Phase.CANCELLED: "cancelled",
    Phase.RUNNING: "still deploying",
    Phase.WAITING: "still waiting",
    Phase.UNKNOWN: "outcome unknown",
}


def history_card(report: HistoryReport, person: Person, sandbox: bool) -> Card:
    """The answer to a question about past deployments."""
    shown, request = report.deployments, report.request
    if len(shown) == 1 and (request.count == 1 or request.standing):
        title, lines = _single(shown[0], report, person)
        return Card(title, lines=(*lines, *_time(request)), notes=_notes(report), sandbox=sandbox)
    rows = tuple(_row(one, report, person) for one in shown)
    return Card(_title(report), rows, lines=_time(request), notes=_notes(report), sandbox=sandbox)


def _title(report: HistoryReport) -> str:
    what = _what(report)
    if report.request.standing and report.deployments:
        return f"What ran{what}:"
    if not report.deployments and report.problems:
        return f"I can't say for sure: I found no {_kind(report.request)}{what}, but not everything could be read."
    if not report.deployments:
        kind = "failed deployment" if report.request.failed else _kind(report.request)
        return f"I found no {kind}{what}."
    kind = "failed or cancelled deployment" if report.request.failed else _kind(report.request)
    many = kind if report.found == 1 else kind.replace("deployment", "deployments", 1)
    first = f"{report.found} {many}"
    if report.found > len(report.deployments):
        first = f"The newest {len(report.deployments)} of {'at least ' if report.cut else ''}{first}"
    bad = sum(one.phase is Phase.FAILED for one in report.deployments)
    failures = f"; {bad} of {'them' if len(report.deployments) > 1 else '1'} failed" if bad else ""
    return f"{first}{what}{'' if report.request.failed else failures}"


def _kind(request: HistoryRequest) -> str:
    if request.back:
        return "deployment that brought an earlier version back"
    return "successful deployment" if request.succeeded else "deployment"


def _what(report: HistoryReport) -> str:
    """What was asked for, as the rest of a sentence about deployments."""
    request, parts = report.request, []
    if request.services or request.version:
        of = " and ".join(request.services)
        parts.append(f" of {' '.join(part for part in (of, request.version) if part)}")
    if request.teams:
        parts.append(f" of {' and '.join(request.teams)}")
    if request.environments:
        parts.append(f" {'in' if request.standing else 'to'} {' and '.join(request.environments)}")
    if report.people:
        parts.append(f" by {' and '.join(report.people)}")
    if request.interval:
        parts.append(f", {request.interval.words}")
    return "".join(parts)


def _single(one: Deployment, report: HistoryReport, person: Person) -> tuple[str, list[Line]]:
    who = by_whom(one, person)
    thing, merge = f"{one.service} {one.version}", report.merge
    if report.request.standing:
        title = f"{thing} ran in {one.environment}."
    elif one.start is Start.ON_MERGE:
        title = f"{thing} {_went(one)} {one.environment} on merge{_merged(merge, who, person)}."
    elif who:
        title = f"{who} {_did(one)} {thing} to {one.environment}{_ending(one)}."
    else:
        title = f"{thing} {_went(one)} {one.environment}; who started it is not recorded."
    when: list[Part] = [Moment(one.created_at)]
    if one.asked:
        when.append("".join(f", {each}" for each in request_words(one, person)))
    elif one.start is Start.BY_HAND:
        when.append(", started by hand")
    if report.request.standing and who:
        when = ["Deployed by ", who, " ", *when]
    if merge and merge.workflow:
        when.append(f", deployed by {merge.workflow}")
    lines: list[Line] = [(*when, *_link(one.url))]
    for other in report.newer:
        by = f" by {newer}" if (newer := by_whom(other, person)) else ""
        lines.append(
            (f"Since then: {other.version}{by}, {_ENDINGS[other.phase]}, ", Moment(other.created_at), *_link(other.url))
        )
    if merge:
        by = f" by {person(merge.author)}" if merge.author else ""
        lines.append((f"#{merge.pull_request} {merge.title}{by}", *_link(merge.url)))
    return title, lines


def _did(one: Deployment) -> str:
    verbs = {Phase.SUCCEEDED: "deployed", Phase.RUNNING: "is deploying", Phase.WAITING: "wants to deploy"}
    return verbs.get(one.phase, "started to deploy")


def _went(one: Deployment) -> str:
    verbs = {Phase.SUCCEEDED: "went to", Phase.RUNNING: "is going to", Phase.WAITING: "waits to go to"}
    return verbs.get(one.phase, f"({_ENDINGS.get(one.phase, 'outcome unknown')}) was to go to")


def _ending(one: Deployment) -> str:
    endings = {Phase.FAILED: "; it failed", Phase.CANCELLED: "; it was cancelled", Phase.WAITING: "; it still waits"}
    return endings.get(one.phase, "; how it ended is not known" if one.phase is Phase.UNKNOWN else "")


def _merged(merge: Merge | None, who: str | None, person: Person) -> str:
    if merge:
        merger = person(merge.merged_by) if merge.merged_by else who
        return f": {merger} merged #{merge.pull_request}" if merger else f" of #{merge.pull_request}"
    return f" by {who}" if who else ""


def told(one: Deployment, person: Person) -> Line:
    """When, by whom and with what outcome."""
    words = origin(one, person)
    if one.phase in _ENDINGS:
        words.insert(0, _ENDINGS[one.phase])
    said: tuple[Part, ...] = (f" ({', '.join(words)})",) if words else ()
    link = _link(one.url) if one.phase in (Phase.FAILED, Phase.UNKNOWN) else ()
    return (Moment(one.created_at), *said, *link)


def _row(one: Deployment, report: HistoryReport, person: Person) -> Row:
    line = (f"{one.version} ", *told(one, person))
    return Row(MARKS.get(one.phase, "unknown"), _name(one, report.request), line)


def _name(one: Deployment, request: HistoryRequest) -> str:
    """What tells the rows apart: the service, the environment, or both."""
    names = [one.service] * (len(request.services) != 1) + [one.environment] * (len(request.environments) != 1)
    return " ".join(names) or one.environment


def _time(request: HistoryRequest) -> tuple[Line, ...]:
    interval = request.interval
    if interval is None:
        return ()
    start: tuple[Part, ...] = (" from ", Moment(interval.start)) if interval.start > BEGINNING else ()
    return ((f"I read “{interval.words}” as", *start, " until ", Moment(interval.end), "."),)


def _notes(report: HistoryReport) -> tuple[str, ...]:
    notes = []
    more = report.found - len(report.deployments)
    if more > 0 and report.request.count > 1:
        notes.append(f"{more} more: name a service, an environment or a time (“since Monday”) to narrow it down.")
    if set(report.cut) - set(report.ages) and more <= 0 and report.request.count > 1:
        notes.append(f"There may be older ones of {listed(report.cut)} that I did not read.")
    missing = [(service, error) for service, error in report.problems if service not in report.ages]
    known = [(service, error) for service, error in report.problems if service in report.ages]
    oldest = max(report.ages.values(), default=None)
    shown = f"; the newest ones are shown {ago(oldest)}, older ones are missing"
    return (*notes, *problem_notes(missing, "; missing here"), *problem_notes(known, shown))


def _link(url: str | None) -> tuple[Part, ...]:
    return (" ", Link("", url)) if url else ()
