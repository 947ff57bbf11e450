"""How an environment, a service or a version is doing, as a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from assistant.contracts.card import Card, Line, Link, Moment, Part, Row
from assistant.contracts.delivery import Deployment, HealthLevel, Phase, ServiceState, Start
from assistant.contracts.status import Observed, StatusReport
from assistant.presentation.plain import age

Person = Callable[[str], str]
"""From a provider's login to the name that colleagues know."""

_MARKS = {"critical": "bad", "failed": "bad", "warning": "warn", "unanswered": "unknown", "busy": "busy", "fine": "ok"}


def status_card(report: StatusReport, person: Person, sandbox: bool) -> Card:
    """The answer to a question about environments, services or a version."""
    request = report.request
    by_service = len(request.services) == 1 and len(request.environments) != 1
    rows = tuple(_row(one, person, report, by_service) for one in report.places)
    return Card(title=_title(report), rows=rows, notes=_notes(report), sandbox=sandbox)


def _title(report: StatusReport) -> str:
    request, places = report.request, report.places
    if request.version:
        return _version_title(request.version, places)
    subject = ", ".join(request.services) if request.services else " and ".join(request.environments)
    if request.services and request.environments:
        subject += f" in {' and '.join(request.environments)}"
    return f"{subject}: {_summary(places)}"


def _summary(places: Sequence[Observed]) -> str:
    """What is wrong or under way, counted, then the rest; "healthy" only where somebody said so."""
    if not places:
        return "no service of the catalogue runs there"
    fine = [one for one in places if one.standing == "fine"]
    healthy = all(one.health.level is HealthLevel.HEALTHY for one in fine)
    word = "running and healthy" if healthy else "running"
    if len(fine) == len(places):
        return f"all {len(places)} {word}" if len(places) > 1 else word
    facts = [text if len(places) == 1 else f"{count} {text}" for text, count in _facts(places) if count]
    return ", ".join([*facts, f"the other {len(fine)} {word}"] if fine else facts)


def _facts(places: Sequence[Observed]) -> list[tuple[str, int]]:
    """Every fact that is not fine, with how many services it is true of; a service can count more than once."""
    states = [one.state for one in places if one.state is not None]
    ended = [state.failed.phase for state in states if state.failed]
    waiting = [state.under_way.phase is Phase.WAITING for state in states if state.under_way]
    levels = [one.health.level for one in places]
    return [
        ("with a critical alert", levels.count(HealthLevel.CRITICAL)),
        ("failed to deploy", len(ended) - ended.count(Phase.CANCELLED)),
        ("with a warning", levels.count(HealthLevel.WARNING)),
        ("not answered for", sum(one.problem is not None for one in places)),
        ("deploying", waiting.count(False)),
        ("waiting to deploy", waiting.count(True)),
        ("cancelled", ended.count(Phase.CANCELLED)),
        ("not deployed", sum(one.state is None or one.state.current is None for one in places)),
    ]


def _version_title(version: str, places: Sequence[Observed]) -> str:
    service = places[0].service
    running = [one.environment for one in places if one.has_version == "same"]
    if len(places) == 1:
        return _version_in_one(version, places[0])
    if running:
        return f"{service} {version} runs in {' and '.join(running)}."
    return f"{service} {version} runs nowhere at the moment."


def _version_in_one(version: str, one: Observed) -> str:
    current = one.state.current if one.state else None
    where = f"in {one.environment}"
    if current is None:
        return f"I can't say whether {one.service} {version} is {where}: no deployment there is known."
    if one.problem:
        seen = f"{one.service} {current.version} was the last one I saw {where}"
        return f"I can't say for sure: {seen}."
    if one.has_version == "same":
        return f"Yes, {one.service} {version} is {where}."
    newer = f", which is newer than {version}" if one.has_version == "newer" else ""
    return f"No, {one.service} {where} is at {current.version}{newer}."


def _row(one: Observed, person: Person, report: StatusReport, by_service: bool) -> Row:
    name = one.environment if by_service else one.service
    if len(report.request.environments) > 1 and not by_service:
        name = f"{one.service} {one.environment}"
    parts = [*_problem(one, report.asked_at), *_health(one), *_state(one.state, person), *_lag(one)]
    return Row(_mark(one), name, _joined(parts))


def _joined(parts: Sequence[Line]) -> Line:
    line: list[Part] = []
    for part in parts:
        line += [" · ", *part] if line else part
    return tuple(line)


def _state(state: ServiceState | None, person: Person) -> list[Line]:
    if state is None:
        return [("no deployment known",)]
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
    words = [person(deployment.login)] if deployment.login else []
    if deployment.start is not Start.UNKNOWN:
        words.append(deployment.start.value)
    return f" ({', '.join(words)})" if words else ""


def _health(one: Observed) -> list[Line]:
    if one.health.level in (HealthLevel.UNKNOWN, HealthLevel.HEALTHY):
        return [] if one.health.level is HealthLevel.UNKNOWN else [("healthy",)]
    since: tuple[Part, ...] = (" since ", Moment(one.health.since)) if one.health.since else ()
    return [(one.health.reason, *since)]


def _lag(one: Observed) -> list[Line]:
    lag = one.lag
    if lag is None or lag.count == 0:
        return []
    count = f"{lag.count} {lag.unit}{'s' if lag.count != 1 else ''}"
    if lag.trailing != one.environment:
        return [(f"{lag.trailing} {count} behind",)]
    return [(f"{count} behind {lag.ahead} ({lag.version})",)]


def _problem(one: Observed, now: datetime) -> list[Line]:
    if one.problem is None:
        return []
    seen = f", as of {age((now - one.state.observed_at).total_seconds())} ago" if one.state else ""
    return [(f"{one.problem.provider} {one.problem.why}{seen}",)]


def _notes(report: StatusReport) -> tuple[str, ...]:
    unknown = [one for one in report.places if one.health.level is HealthLevel.UNKNOWN]
    if not unknown:
        return ()
    reasons = sorted({one.health.reason for one in unknown})
    who = (
        "all of them"
        if len(unknown) == len(report.places) > 1
        else ", ".join(dict.fromkeys(o.service for o in unknown))
    )
    return (f"Health is unknown for {who}: {'; '.join(reasons)}.",)


def _mark(one: Observed) -> str:
    return _MARKS.get(one.standing, "unknown")
