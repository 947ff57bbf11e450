"""How an environment, a service or a version is doing, as a card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from assistant.contracts.card import Card, Line, Link, Moment, Part, Row
from assistant.contracts.delivery import Deployment, HealthLevel, Phase, ServiceState
from assistant.contracts.errors import ProviderError
from assistant.contracts.status import Observed, StatusReport, StatusRequest
from assistant.presentation.origin import origin
from assistant.presentation.plain import age
from assistant.presentation.problems import ago, listed, problem_notes, said

Person = Callable[[str], str]
"""From a provider's login to the name that colleagues know."""

_NAMED = 2
"""How many services the title tells by name; of more it gives the number."""
_SHOWN = 40
"""How many lines an answer has; the worst come first, and the rest is counted."""
_A_WHILE = 10
"""Seconds after which what was seen is not called present."""
_MARKS = {"critical": "bad", "failed": "bad", "warning": "warn", "unanswered": "unknown", "busy": "busy", "fine": "ok"}


def status_card(report: StatusReport, person: Person, sandbox: bool) -> Card:
    """The answer to a question about environments, services or a version."""
    request = report.request
    by_service = len(request.services) == 1 and len(request.environments) != 1
    told = [one for one in report.places if not request.under_way or (one.state and one.state.under_way)]
    if request.is_overview:
        told = [one for one in told if one.standing != "fine" or _other_runs(one)]
    rows = tuple(_row(one, person, report, by_service) for one in told[:_SHOWN])
    return Card(title=_title(report), rows=rows, notes=_notes(report), sandbox=sandbox)


def _title(report: StatusReport) -> str:
    request, places = report.request, report.places
    if request.version:
        return _version_title(request.version, places)
    if request.under_way:
        return _under_way_title(request, places)
    if request.behind:
        return _behind_title(request, places)
    subject = ", ".join(request.services) if request.services else " and ".join(request.environments)
    if request.services and request.environments:
        subject += f" in {' and '.join(request.environments)}"
    without = f" without {listed(request.without)}" if request.without else ""
    return f"{subject or 'All environments'}{without}: {_summary(places)}"


def _under_way_title(request: StatusRequest, places: Sequence[Observed]) -> str:
    busy = sum(one.state is not None and one.state.under_way is not None for one in places)
    where = f" in {' and '.join(request.environments)}" if len(request.environments) == 1 else ""
    known = " that I know of" if any(one.problem for one in places) else ""
    if not busy:
        return f"No deployment{known} is under way{where} right now."
    return f"{busy} deployment{' is' if busy == 1 else 's are'} under way{where}:"


def _behind_title(request: StatusRequest, places: Sequence[Observed]) -> str:
    where = " and ".join(request.environments)
    behind = [one.service for one in places if one.lag and one.lag.count]
    if any(one.problem for one in places):
        known = f"; what I know of: {listed(behind)}" if behind else ""
        return f"I can't say for sure what is behind in {where}{known}."
    return f"Behind in {where}: {listed(behind)}." if behind else f"Nothing is behind in {where}."


def _summary(places: Sequence[Observed]) -> str:
    """What is not fine, by name or counted by its worst, then the rest; "healthy" only where somebody said so."""
    if not places:
        return "no service of the catalogue runs there"
    fine = [one for one in places if one.standing == "fine"]
    healthy = all(one.health.level is HealthLevel.HEALTHY for one in fine)
    word = "running and healthy" if healthy else "running"
    if len(fine) == len(places):
        return f"all {len(places)} {word}" if len(places) > 1 else word
    others = [one for one in places if one.standing != "fine"]
    if len(places) == 1:
        return " and ".join(_facts(others[0]))
    if len(others) <= _NAMED:
        told = [f"{_name(one, places)} {' and '.join(_facts(one))}" for one in others]
    else:
        worst = Counter(_facts(one)[0] for one in others)
        told = [f"{count} {fact}" for fact, count in worst.items()]
    return ", ".join([*told, f"the other {len(fine)} {word}"] if fine else told)


def _name(one: Observed, places: Sequence[Observed]) -> str:
    return one.service if len({each.service for each in places}) > 1 else one.environment


def _facts(one: Observed) -> list[str]:
    """Everything that is not fine about it, worst first."""
    state = one.state
    failed, busy = (state.failed, state.under_way) if state else (None, None)
    facts = {
        "with a critical alert": one.health.level is HealthLevel.CRITICAL,
        "failed to deploy": failed is not None and failed.phase is not Phase.CANCELLED,
        "cancelled": failed is not None and failed.phase is Phase.CANCELLED,
        "with a warning": one.health.level is HealthLevel.WARNING,
        "not answered for": one.problem is not None,
        "waiting to deploy": busy is not None and busy.phase is Phase.WAITING,
        "deploying": busy is not None and busy.phase is not Phase.WAITING,
        "not deployed": one.problem is None and (state is None or state.current is None),
    }
    return [fact for fact, true in facts.items() if true]


def _version_title(version: str, places: Sequence[Observed]) -> str:
    service = places[0].service
    running = [one.environment for one in places if one.has_version == "same"]
    if len(places) == 1:
        return _version_in_one(version, places[0])
    if running:
        return f"{service} {version} runs in {listed(running)}."
    return f"{service} {version} runs nowhere at the moment."


def _version_in_one(version: str, one: Observed) -> str:
    current = one.state.current if one.state else None
    where = f"in {one.environment}"
    if current is None:
        return f"I can't say whether {one.service} {version} is {where}: no deployment there is known."
    if one.problem:
        seen = f"{one.service} {current.version} was the last one I saw {where}"
        return f"I can't say for sure: {seen}."
    if _other_runs(one):
        return f"By the records {one.service} {where} is at {current.version}, but {one.running} is running there."
    if one.unseen and one.has_version == "same":
        why = str(one.unseen).rstrip(".")
        return f"By the records {one.service} {version} is {where}; whether it is what runs there I can't see: {why}."
    if one.has_version == "same":
        return f"Yes, {one.service} {version} is {where}."
    newer = f", which is newer than {version}" if one.has_version == "newer" else ""
    return f"No, {one.service} {where} is at {current.version}{newer}."


def _row(one: Observed, person: Person, report: StatusReport, by_service: bool) -> Row:
    name = one.environment if by_service else one.service
    if len({each.environment for each in report.places}) > 1 and not by_service:
        name = f"{one.service} {one.environment}"
    parts = [*_problem(one, report), *_health(one), *_state(one.state, person), *_running(one), *_lag(one)]
    return Row(_mark(one), name, _joined(parts))


def _joined(parts: Sequence[Line]) -> Line:
    line: list[Part] = []
    for part in parts:
        line += [" · ", *part] if line else part
    return tuple(line)


def _state(state: ServiceState | None, person: Person) -> list[Line]:
    if state is None:
        return [("nothing known yet",)]
    parts: list[Line] = []
    if state.under_way:
        parts.append(_under_way(state.under_way, person))
    if state.failed:
        parts.append(_failed(state.failed, person))
    if state.current:
        parts.append(_current(state.current, person))
    return parts or [("never deployed",)]


def _current(deployment: Deployment, person: Person) -> Line:
    return (f"{deployment.version} since ", Moment(deployment.updated_at), _who(deployment, person))


def _under_way(deployment: Deployment, person: Person) -> Line:
    verb = "waiting to deploy" if deployment.phase is Phase.WAITING else "deploying"
    step = f": {deployment.step}," if deployment.step else ""
    return (f"{deployment.version} {verb}{step} since ", Moment(deployment.created_at), _who(deployment, person))


def _failed(deployment: Deployment, person: Person) -> Line:
    verb = "cancelled" if deployment.phase is Phase.CANCELLED else "failed to deploy"
    link: tuple[Part, ...] = (" ", Link("", deployment.url)) if deployment.url else ()
    return (f"{deployment.version} {verb} ", Moment(deployment.updated_at), _who(deployment, person), *link)


def _who(deployment: Deployment, person: Person) -> str:
    words = origin(deployment, person)
    return f" ({', '.join(words)})" if words else ""


def _health(one: Observed) -> list[Line]:
    if one.state is None:
        return []
    if one.health.level in (HealthLevel.UNKNOWN, HealthLevel.HEALTHY):
        return [] if one.health.level is HealthLevel.UNKNOWN else [("healthy",)]
    since: tuple[Part, ...] = (" since ", Moment(one.health.since)) if one.health.since else ()
    return [(one.health.reason, *since)]


def _running(one: Observed) -> list[Line]:
    if not _other_runs(one) or one.state is None or one.state.current is None:
        return []
    return [(f"recorded {one.state.current.version}, running {one.running}",)]


def _other_runs(one: Observed) -> bool:
    """Whether something else runs than what is recorded, or is being deployed right now."""
    if one.running is None or one.state is None or one.state.current is None:
        return False
    expected = {each.version.removeprefix("v") for each in (one.state.current, one.state.under_way) if each}
    return not {version.removeprefix("v") for version in one.running.split(", ")} <= expected


def _lag(one: Observed) -> list[Line]:
    lag = one.lag
    if lag is None or lag.count == 0:
        return []
    count = f"{lag.count} {lag.unit}{'s' if lag.count != 1 else ''}"
    if lag.trailing != one.environment:
        return [(f"{lag.trailing} {count} behind",)]
    return [(f"{count} behind {lag.ahead} ({lag.version})",)]


def _problem(one: Observed, report: StatusReport) -> list[Line]:
    if one.problem is None:
        return []
    seen = ago(report.asked_at - one.state.observed_at) if one.state else ""
    if len(_unanswered(report)) > 1:
        return [(seen,)] if seen else []
    return [(", ".join(filter(None, [said(one.problem), seen])),)]


def _unanswered(report: StatusReport) -> list[tuple[str, ProviderError]]:
    """Who is not answered for, and why: one of them is told in its row, more of them in a note for each reason."""
    return [(one.service, one.problem) for one in report.places if one.problem]


def _notes(report: StatusReport) -> tuple[str, ...]:
    if report.request.under_way:
        return _unasked(report.places)
    return (
        *(() if report.request.is_overview else _left_out(report.places)),
        *_seen_before(report),
        *_unseen(report.places),
        *(problem_notes(_unanswered(report)) if len(_unanswered(report)) > 1 else ()),
        *_unknown_health(report.places),
    )


def _unasked(places: Sequence[Observed]) -> tuple[str, ...]:
    return tuple(
        f"There may be more. {note}"
        for note in problem_notes((one.service, one.problem) for one in places if one.problem)
    )


def _unseen(places: Sequence[Observed]) -> tuple[str, ...]:
    notes = problem_notes(("", one.unseen) for one in places if one.unseen)
    return tuple(f"What really runs is not known: {note}" for note in notes)


def _left_out(places: Sequence[Observed]) -> tuple[str, ...]:
    rest = places[_SHOWN:]
    if not rest:
        return ()
    fine = ", all of them running" if all(one.standing == "fine" for one in rest) else ""
    return (f"… and {len(rest)} more{fine}: name a service or a team to see it.",)


def _seen_before(report: StatusReport) -> tuple[str, ...]:
    ages = [
        (report.asked_at - one.state.observed_at).total_seconds()
        for one in report.places
        if one.state is not None and one.problem is None
    ]
    if max(ages, default=0) < _A_WHILE:
        return ()
    return (
        f"There are many, so this was seen up to {age(max(ages))} ago; ask for a service to hear what is true now.",
    )


def _unknown_health(places: Sequence[Observed]) -> tuple[str, ...]:
    unknown = [one for one in places if one.health.level is HealthLevel.UNKNOWN]
    if not unknown:
        return ()
    reasons = "; ".join(sorted({one.health.reason for one in unknown}))
    everybody = len(unknown) == len(places) > 1
    names = list(dict.fromkeys(one.service for one in unknown))
    who = "all of them" if everybody else listed(names)
    return (f"Health is unknown for {who}: {reasons}.",)


def _mark(one: Observed) -> str:
    return _MARKS.get(one.standing, "unknown")
