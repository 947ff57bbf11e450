"""How an environment, a service or a version is doing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import structlog

from assistant.contracts.delivery import Behind, Health, HealthLevel, ServiceState
from assistant.contracts.errors import Ambiguous, Invalid, NotConnected, NotFound, ProviderError, Unavailable
from assistant.contracts.status import STANDINGS, Observed, StatusReport, StatusRequest
from assistant.operations.context import Context

Place = tuple[str, str]
"""A service in an environment."""

_log = structlog.get_logger(__name__)

_MANY = 100
"""Places in one question, from which on those that were seen lately are not asked again."""
_LATELY = timedelta(minutes=5)
_SHARE_FOR_STATES = 0.85
"""How much of the time goes to the states; the rest is for counting versions, which an answer can do without."""


def status(context: Context, request: StatusRequest) -> StatusReport:
    """Observe what was asked, in parallel and within the context's deadline.

    Raises:
        NotAllowed: the actor may not read status.
        NotFound: the version exists nowhere.
        Invalid: the service does not run in that environment, or the team owns none.
        Ambiguous: several services have that version.
    """
    context.require("read", "status")
    asked_at = datetime.now(timezone.utc)
    request = replace(request, services=(*request.services, *_services_of(context, request.teams)))
    if request.under_way and not (request.services or request.environments):
        request = replace(request, environments=tuple(one.name for one in context.catalogue.environments))
    if request.version and not request.services:
        request = replace(request, services=(_service_with(context, request.version),))
    places = _places(context, request)
    observed = _observe(context, places)
    if request.under_way:
        observed = [one for one in observed if one.problem or (one.state and one.state.under_way)]
    elif request.version:
        observed = _compare(context, request.version, observed)
        _require_known(context, request.version, observed)
    else:
        observed = _with_lag(context, observed)
    return StatusReport(request, tuple(sorted(observed, key=lambda one: _order(context, request, one))), asked_at)


def refresh(context: Context, place: Place) -> ServiceState:
    """Observe one place and keep it as the last known state; the worker's step. Raises ProviderError."""
    return _state(context, place, context.deadline)


def _services_of(context: Context, teams: tuple[str, ...]) -> list[str]:
    owned = [name for name, service in context.catalogue.services.items() if service.owner in teams]
    if teams and not owned:
        raise Invalid(f"{' and '.join(teams)} owns no service in the catalogue.")
    return owned


def _places(context: Context, request: StatusRequest) -> list[Place]:
    catalogue = context.catalogue
    if not request.services:
        return [(service.name, name) for name in request.environments for service in catalogue.services_in(name)]
    places = []
    for service in request.services:
        there = [environment.name for environment in catalogue.environments_of(service)]
        for environment in request.environments or there:
            if environment not in there and request.teams:
                continue
            if environment not in there:
                where = ", ".join(there) or "no environment"
                raise Invalid(f"{service} does not run in {environment}. It runs in {where}.")
            places.append((service, environment))
    return places


def _observe(context: Context, places: Iterable[Place]) -> list[Observed]:
    wanted = list(places)
    partners = [
        (service, other) for service, environment in wanted if (other := _partner(context, service, environment))
    ]
    until = time.monotonic() + (context.deadline - time.monotonic()) * _SHARE_FOR_STATES
    everything = list(dict.fromkeys([*wanted, *partners]))
    seen = _seen_lately(context, everything) if len(everything) > _MANY else {}
    calls: dict[tuple[str, Place], tuple[str, Callable[[], object]]] = {}
    for place in everything:
        if place not in seen:
            calls["state", place] = (_provider(context, place), lambda place=place: _state(context, place, until))  # type: ignore[misc]
    # In a crowd one question per place has to do.
    asked = [("health", _health)] if len(everything) > _MANY else [("health", _health), ("running", _running)]
    for place in wanted:
        for name, ask in asked:
            calls[name, place] = (_monitors(context, place, name), lambda p=place, a=ask: a(context, p, until))  # type: ignore[misc]
    answers = context.gather(calls, until)
    return [
        _observed(
            context,
            place,
            seen.get(place) or answers["state", place],
            answers["health", place],
            answers.get(("running", place)),
        )
        for place in wanted
    ]


def _seen_lately(context: Context, places: Iterable[Place]) -> dict[Place, ServiceState]:
    """What the worker saw a moment ago: asking hundreds of services anew would take longer than anybody waits."""
    oldest = datetime.now(timezone.utc) - _LATELY
    known = {place: _last_known(context, place) for place in places}
    return {place: state for place, state in known.items() if state is not None and state.observed_at > oldest}


def _observed(context: Context, place: Place, state: object, health: object, running: object) -> Observed:
    problem = state if isinstance(state, ProviderError) else None
    known = state if isinstance(state, ServiceState) else _last_known(context, place)
    if not isinstance(health, Health):
        health = Health(HealthLevel.UNKNOWN, str(health).rstrip("."))
    unseen = running if isinstance(running, ProviderError) else None
    seen = running if isinstance(running, str) else None
    return Observed(*place, known, health, problem, running=seen, unseen=unseen)


def _state(context: Context, place: Place, until: float) -> ServiceState:
    delivery = context.catalogue.delivery(*place)
    if delivery.provider is None:
        raise NotConnected(place[0], f"has no provider declared for {place[1]}")
    state = context.ci(delivery.provider).state(delivery, until)
    try:
        context.observations.remember(state)
    except Unavailable as error:
        # The answer is there; only the fallback for later is not.
        _log.warning("observation.not_kept", reason=str(error), details=error.details)
    return state


def _last_known(context: Context, place: Place) -> ServiceState | None:
    try:
        return context.observations.recall(*place)
    except Unavailable:
        return None


def _health(context: Context, place: Place, until: float) -> Health:
    """The worst that an instance serving the environment says; nothing is known as long as one does not answer."""
    delivery = context.catalogue.delivery(*place)
    if not delivery.section("health"):
        return Health(HealthLevel.UNKNOWN, "the catalogue declares no health")
    kind = _health_kind(context, place)
    names = [each.name for each in context.catalogue.serving(kind, place[1]) if each.name in context.monitoring]
    if not names:
        return Health(HealthLevel.UNKNOWN, f"{kind} is not connected")
    return min((context.monitoring[name]().health(delivery, until) for name in names), key=_worst_first)


def _worst_first(health: Health) -> int:
    return (HealthLevel.CRITICAL, HealthLevel.WARNING, HealthLevel.HEALTHY, HealthLevel.UNKNOWN).index(health.level)


def _health_kind(context: Context, place: Place) -> str:
    return "prometheus" if context.catalogue.delivery(*place).values.get("health.query") else "alertmanager"


def _running(context: Context, place: Place, until: float) -> str | None:
    """What runs by the metrics' account, which may be another version than the one recorded."""
    delivery = context.catalogue.delivery(*place)
    if not delivery.values.get("running"):
        return None
    names = [each.name for each in context.catalogue.serving("prometheus", place[1]) if each.name in context.metrics]
    return next((found for name in names if (found := context.metrics[name]().running(delivery, until))), None)


def _monitors(context: Context, place: Place, purpose: str) -> str:
    """Whom a failure is blamed on: the instances asked, by their names."""
    kind = "prometheus" if purpose == "running" else _health_kind(context, place)
    return " and ".join(each.name for each in context.catalogue.serving(kind, place[1])) or kind


def _partner(context: Context, service: str, environment: str) -> str | None:
    """The environment to compare with: production for the others, for production the one before it."""
    names = [one.name for one in context.catalogue.environments_of(service)]
    if not names or environment not in names:
        return None
    if environment != names[-1]:
        return names[-1]
    before = context.catalogue.previous(environment)
    return before.name if before and before.name in names else None


def _with_lag(context: Context, observed: list[Observed]) -> list[Observed]:
    pairs = {index: pair for index, one in enumerate(observed) if (pair := _versions(context, one))}
    calls: dict[int, tuple[str, Callable[[], object]]] = {}
    for index, (older, newer, *_) in pairs.items():
        place = (observed[index].service, observed[index].environment)
        calls[index] = (_provider(context, place), lambda p=place, o=older, n=newer: _between(context, p, o, n))  # type: ignore[misc]
    answers = context.gather(calls, context.deadline)
    result = list(observed)
    for index, answer in answers.items():
        if isinstance(answer, tuple):
            count, unit = answer
            _, newer, trailing, ahead = pairs[index]
            result[index] = replace(result[index], lag=Behind(count, trailing, ahead, newer, unit))
    return result


def _versions(context: Context, one: Observed) -> tuple[str, str, str, str] | None:
    """Production's version and the version ahead of it, then the names of the two environments."""
    other = _partner(context, one.service, one.environment)
    if other is None or one.state is None or one.state.current is None:
        return None
    there = _last_known(context, (one.service, other))
    if there is None or there.current is None:
        return None
    here_is_last = context.catalogue.environments_of(one.service)[-1].name == one.environment
    last, ahead = (one.state, there) if here_is_last else (there, one.state)
    assert last.current is not None and ahead.current is not None  # noqa: S101 - for the type checker, shown above
    return last.current.version, ahead.current.version, last.environment, ahead.environment


def _compare(context: Context, version: str, observed: list[Observed]) -> list[Observed]:
    result = []
    for one in observed:
        current = one.state.current.version if one.state and one.state.current else None
        result.append(replace(one, has_version=current and _relation(context, one, current, version)))
    return result


def _require_known(context: Context, version: str, observed: list[Observed]) -> None:
    """Raise NotFound for a version that no service asked about ever had; unsure is not unknown."""
    if any(one.has_version == "same" or one.problem for one in observed):
        return
    places = {one.service: (one.service, one.environment) for one in observed}
    calls: dict[str, tuple[str, Callable[[], object]]] = {}
    for name, place in places.items():
        calls[name] = (_provider(context, place), lambda p=place: _has_version(context, p, version))  # type: ignore[misc]
    answers = context.gather(calls, context.deadline)
    if answers and all(answer is False for answer in answers.values()):
        raise NotFound(f"version of {' or '.join(places)}", version)


def _relation(context: Context, one: Observed, current: str, version: str) -> str:
    if current == version:
        return "same"
    place = (one.service, one.environment)
    try:
        if _between(context, place, version, current)[0]:
            return "newer"
        return "older" if _between(context, place, current, version)[0] else "other"
    except ProviderError:
        return "other"


def _between(context: Context, place: Place, older: str, newer: str) -> tuple[int, str]:
    if older == newer:
        return 0, "version"
    delivery = context.catalogue.delivery(*place)
    return context.ci(_provider(context, place)).versions_between(delivery, older, newer, context.deadline)


def _service_with(context: Context, version: str) -> str:
    calls: dict[str, tuple[str, Callable[[], object]]] = {}
    for name in context.catalogue.services:
        environments = context.catalogue.environments_of(name)
        if environments:
            place = (name, environments[0].name)
            calls[name] = (_provider(context, place), lambda p=place: _has_version(context, p, version))  # type: ignore[misc]
    answers = context.gather(calls, time.monotonic() + (context.deadline - time.monotonic()) / 2)
    found = [name for name, answer in answers.items() if answer is True]
    problems = [answer for answer in answers.values() if isinstance(answer, ProviderError)]
    if not found and problems:
        raise problems[0]
    if not found:
        raise NotFound("version", version)
    if len(found) > 1:
        raise Ambiguous("service", version, found)
    return found[0]


def _has_version(context: Context, place: Place, version: str) -> bool:
    delivery = context.catalogue.delivery(*place)
    return context.ci(_provider(context, place)).has_version(delivery, version, context.deadline)


def _provider(context: Context, place: Place) -> str:
    return context.catalogue.delivery(*place).provider or place[0]


def _order(context: Context, request: StatusRequest, one: Observed) -> tuple[int, int, str]:
    names = [environment.name for environment in context.catalogue.environments]
    position = names.index(one.environment)
    # A service across environments reads in the order of the environments, a list of services worst first.
    if len(request.services) == 1:
        return position, 0, ""
    return position, STANDINGS.index(one.standing), one.service
