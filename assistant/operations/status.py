"""How an environment, a service or a version is doing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from assistant.contracts.delivery import Behind, ServiceState
from assistant.contracts.errors import Ambiguous, Invalid, NotConnected, NotFound, ProviderError
from assistant.contracts.status import STANDINGS, Observed, StatusReport, StatusRequest
from assistant.operations.askers import state_with_askers
from assistant.operations.context import Context
from assistant.operations.health import Place, health, questions, running

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
    if request.version and not request.services:
        request = replace(request, services=(_service_with(context, request.version),))
    if request.behind:
        request = replace(request, environments=(context.catalogue.environments[-1].name,))
    places = _places(context, request)
    observed, states = _observe(context, places)
    if request.under_way:
        observed = [one for one in observed if one.problem or (one.state and one.state.under_way)]
    elif request.version:
        observed = _compare(context, request.version, observed)
        _require_known(context, request.version, observed)
    elif not request.is_overview:
        observed = _with_lag(context, observed, states)
    if request.behind:
        observed = [one for one in observed if one.problem or (one.lag and one.lag.count)]
    return StatusReport(request, tuple(sorted(observed, key=lambda one: _order(context, request, one))), asked_at)


def _services_of(context: Context, teams: tuple[str, ...]) -> list[str]:
    owned = [name for name, service in context.catalogue.services.items() if service.owner in teams]
    if teams and not owned:
        raise Invalid(f"{' and '.join(teams)} owns no service in the catalogue.")
    return owned


def _places(context: Context, request: StatusRequest) -> list[Place]:
    catalogue = context.catalogue
    if not request.services:
        wanted = request.environments or tuple(one.name for one in catalogue.environments)
        every = [(service.name, name) for name in wanted for service in catalogue.services_in(name)]
        return [place for place in every if not {*place} & {*request.without}]
    places = []
    for service in request.services:
        there = [environment.name for environment in catalogue.environments_of(service)]
        for environment in request.environments or there:
            if (environment not in there and request.teams) or {service, environment} & {*request.without}:
                continue
            if environment not in there:
                where = ", ".join(there) or "no environment"
                raise Invalid(f"{service} does not run in {environment}. It runs in {where}.")
            places.append((service, environment))
    return places


def _observe(context: Context, wanted: Sequence[Place]) -> tuple[list[Observed], Mapping[Place, ServiceState]]:
    """The places, and every state that is known by now: theirs, and that of the environments they are compared with."""
    partners = [(place[0], other) for place in wanted if (other := _partner(context, *place))]
    until = time.monotonic() + (context.deadline - time.monotonic()) * _SHARE_FOR_STATES
    everything = list(dict.fromkeys([*wanted, *partners]))
    seen = _seen_lately(context, everything) if len(everything) > _MANY else {}
    calls: dict[tuple[str, object], tuple[str, Callable[[], object]]] = {
        ("state", place): (_provider(context, place), partial(state_of, context, place, until))
        for place in everything
        if place not in seen
    }
    answers = context.gather({**calls, **questions(context, wanted, until)}, until)
    told = {place: answers["state", place] for place in everything if place not in seen}
    problems = {place: answer for place, answer in told.items() if isinstance(answer, ProviderError)}
    known = context.recall_all(ServiceState) if problems else {}
    before = {place: known[key].value for place in problems if (key := place_key(place)) in known}
    now = {place: answer for place, answer in told.items() if isinstance(answer, ServiceState)}
    states = {**seen, **before, **now}
    observed = [_observed(context, place, states.get(place), problems.get(place), answers) for place in wanted]
    return observed, states


def _seen_lately(context: Context, places: Iterable[Place]) -> dict[Place, ServiceState]:
    """What the worker saw a moment ago: asking hundreds of services anew would take longer than anybody waits."""
    oldest = datetime.now(timezone.utc) - _LATELY
    known = context.recall_all(ServiceState)
    seen = ((place, known.get(place_key(place))) for place in places)
    return {place: one.value for place, one in seen if one is not None and one.at > oldest}


def _observed(
    context: Context,
    place: Place,
    state: ServiceState | None,
    problem: ProviderError | None,
    answers: Mapping[Any, object],
) -> Observed:
    seen = running(context, place, answers)
    unseen = seen if isinstance(seen, ProviderError) else None
    told = seen if isinstance(seen, str) else None
    return Observed(*place, state, health(context, place, answers), problem, running=told, unseen=unseen)


def state_of(context: Context, place: Place, until: float) -> ServiceState:
    """Observe one place and keep it as the last known state; also the worker's step. Raises ProviderError."""
    delivery = context.catalogue.delivery(*place)
    if delivery.provider is None:
        raise NotConnected(place[0], f"has no provider declared for {place[1]}")
    state = state_with_askers(context, context.ci(delivery.provider).state(delivery, until))
    context.remember({place_key(place): state}, state.observed_at)
    return state


def last_known(context: Context, place: Place) -> ServiceState | None:
    """The state of a place as it was seen last, None when it never was."""
    known = context.recall(ServiceState, place_key(place))
    return known.value if known else None


def place_key(place: Place) -> str:
    """What the last known state of a place is kept by."""
    return "/".join(place)


def _partner(context: Context, service: str, environment: str) -> str | None:
    """The environment to compare with: production for the others, for production the one before it."""
    names = [one.name for one in context.catalogue.environments_of(service)]
    if not names or environment not in names:
        return None
    if environment != names[-1]:
        return names[-1]
    before = context.catalogue.previous(environment)
    return before.name if before and before.name in names else None


def _with_lag(context: Context, observed: list[Observed], states: Mapping[Place, ServiceState]) -> list[Observed]:
    pairs = {index: pair for index, one in enumerate(observed) if (pair := _versions(context, one, states))}
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


def _versions(
    context: Context, one: Observed, states: Mapping[Place, ServiceState]
) -> tuple[str, str, str, str] | None:
    """Production's version and the version ahead of it, then the names of the two environments."""
    other = _partner(context, one.service, one.environment)
    if other is None or one.state is None or one.state.current is None:
        return None
    there = states.get((one.service, other))
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
    if request.is_overview:
        return STANDINGS.index(one.standing), -position, one.service
    # A service across environments reads in the order of the environments, a list of services worst first.
    if len(request.services) == 1:
        return position, 0, ""
    return position, STANDINGS.index(one.standing), one.service
