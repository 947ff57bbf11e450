"""What was deployed: by whom, when and where, newest first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timezone

from assistant.contracts.delivery import Deployment, Phase, ServiceState, Start
from assistant.contracts.errors import Invalid, NotConnected, ProviderError
from assistant.contracts.history import HistoryReport, HistoryRequest, Merge, Past
from assistant.contracts.platform import Person
from assistant.operations.askers import with_askers
from assistant.operations.context import Context
from assistant.operations.health import Place
from assistant.operations.status import place_key

READ = 30
"""So many deployments of a place are read when they have to be searched; without a search only those to be shown."""
READ_OF_MANY = 3
"""The same when nothing narrows the question and there are more places than ``FEW``."""
FEW = 4
_SHARE = 0.75
"""How much of the time goes to the lists; the rest is for the pull request behind a single one."""
_MARGIN = 0.2
"""Seconds that an adapter has less than it is waited for, so that what it has read arrives."""


def history(context: Context, request: HistoryRequest) -> HistoryReport:
    """Ask every place's provider for its past, in parallel and within the context's deadline.

    Raises:
        NotAllowed: the actor may not read the history.
        Invalid: the service does not run in that environment.
    """
    context.require("read", "history")
    asked_at = datetime.now(timezone.utc)
    places = _places(context, request)
    until = time.monotonic() + (context.deadline - time.monotonic()) * _SHARE
    limit = _limit(request, places)
    calls: dict[Place, tuple[str, Callable[[], object]]] = {
        place: (_provider(context, place), lambda place=place: _past(context, request, place, limit, until))  # type: ignore[misc]
        for place in places
    }
    answers = context.gather(calls, until)
    before = _last_known(context, request, [place for place, one in answers.items() if isinstance(one, ProviderError)])
    pasts = {place: answer for place, answer in answers.items() if isinstance(answer, Past)}
    pasts.update({place: _past_of(state, request) for place, state in before.items()})
    matching = _standing(pasts.values()) if request.standing else _matching(context, request, pasts.values())
    found = sorted(matching, key=lambda one: one.created_at, reverse=True)
    newer = _under_way(found) if request.count == 1 else ()
    shown = tuple(found[len(newer) :][: request.count])
    return HistoryReport(
        request=request,
        deployments=shown,
        found=len(found),
        asked_at=asked_at,
        newer=newer,
        people=tuple(context.catalogue.people[name].display_name for name in request.people),
        merge=_merge(context, shown[0]) if request.count == 1 and shown else None,
        cut=tuple(dict.fromkeys(place[0] for place, past in pasts.items() if not past.whole)),
        problems=_problems(answers),
        ages={place[0]: asked_at - state.observed_at for place, state in before.items()},
    )


def _last_known(context: Context, request: HistoryRequest, places: list[Place]) -> dict[Place, ServiceState]:
    """The states of places that nobody answers for; none for a moment in the past, which they say nothing about."""
    if request.standing or not places:
        return {}
    known = context.recall_all(ServiceState)
    return {place: known[key].value for place in places if (key := place_key(place)) in known}


def _past_of(state: ServiceState, request: HistoryRequest) -> Past:
    """The newest deployments, as far as a state tells them."""
    told = [one for one in (state.under_way, state.failed, state.current) if one]
    within = request.interval.holds if request.interval else lambda _: True
    return Past(tuple(one for one in told if within(one.created_at)), whole=False)


def _places(context: Context, request: HistoryRequest) -> list[Place]:
    catalogue = context.catalogue
    named = request.services or tuple(
        service.name for service in catalogue.services.values() if not request.teams or service.owner in request.teams
    )
    places = []
    for service in named:
        there = [environment.name for environment in catalogue.environments_of(service)]
        for environment in request.environments or there:
            if environment in there:
                places.append((service, environment))
            elif request.services:
                raise Invalid(f"{service} does not run in {environment}. It runs in {', '.join(there) or 'none'}.")
    return places


def _limit(request: HistoryRequest, places: list[Place]) -> int:
    if request.standing:
        return READ_OF_MANY
    if request.people or request.failed or request.succeeded or request.back or request.version or request.interval:
        return READ
    return max(request.count, READ_OF_MANY) if len(places) <= FEW else READ_OF_MANY


def _past(context: Context, request: HistoryRequest, place: Place, limit: int, until: float) -> Past:
    delivery = context.catalogue.delivery(*place)
    if delivery.provider is None:
        raise NotConnected(place[0], f"has no provider declared for {place[1]}")
    past = context.history(delivery.provider).past(delivery, request.interval, limit, until - _MARGIN)
    return replace(past, deployments=with_askers(context, past.deployments))


def _matching(context: Context, request: HistoryRequest, pasts: Iterable[Past]) -> list[Deployment]:
    people = [context.catalogue.people[name] for name in request.people]
    return [
        one
        for past in pasts
        for one in (_brought_back(past.deployments) if request.back else past.deployments)
        if (not people or any(_is_behind(person, one) for person in people))
        and (not request.failed or one.phase in (Phase.FAILED, Phase.CANCELLED))
        and (not request.succeeded or one.phase is Phase.SUCCEEDED)
        and (not request.version or _has_version(one, request.version))
    ]


def _is_behind(person: Person, one: Deployment) -> bool:
    return one.asked.by == person.name if one.asked else person.has_login(one.login)


def _brought_back(deployments: Sequence[Deployment]) -> list[Deployment]:
    """Those of a place that brought a version which had run there before, with another one in between."""
    found = []
    for index, one in enumerate(deployments):
        older = [other.version for other in deployments[index + 1 :] if other.phase is Phase.SUCCEEDED]
        if one.version in older and older[0] != one.version:
            found.append(one)
    return found


def _standing(pasts: Iterable[Past]) -> list[Deployment]:
    """What ran at the end of the interval: of each place the newest that had succeeded."""
    newest = (next((one for one in past.deployments if one.phase is Phase.SUCCEEDED), None) for past in pasts)
    return [one for one in newest if one]


def _under_way(found: list[Deployment]) -> tuple[Deployment, ...]:
    """Those before the newest that has ended: "the last one" is one that took place. None when none has ended."""
    ended = next((place for place, one in enumerate(found) if not one.phase.under_way), 0)
    return tuple(found[:ended])


def _has_version(one: Deployment, version: str) -> bool:
    return one.version.removeprefix("v") == version or (len(version) >= 7 and (one.commit or "").startswith(version))


def _merge(context: Context, one: Deployment) -> Merge | None:
    """Best effort: the deployment is the answer, the pull request behind it a help."""
    if one.start is not Start.ON_MERGE:
        return None
    delivery = context.catalogue.delivery(one.service, one.environment)
    call = (delivery.provider or "", lambda: _read_merge(context, one))
    answer = context.gather({"merge": call}, context.deadline)["merge"]
    return answer if isinstance(answer, Merge) else None


def _read_merge(context: Context, one: Deployment) -> Merge | None:
    delivery = context.catalogue.delivery(one.service, one.environment)
    return context.history(delivery.provider or "").merge(delivery, one, context.deadline - _MARGIN)


def _problems(answers: dict[Place, object]) -> tuple[tuple[str, ProviderError], ...]:
    """Each failure once for a service, not for every environment of it."""
    found: dict[tuple[str, str], ProviderError] = {}
    for place, error in answers.items():
        if isinstance(error, ProviderError):
            found.setdefault((place[0], error.provider), error)
    return tuple((service, error) for (service, _), error in found.items())


def _provider(context: Context, place: Place) -> str:
    return context.catalogue.delivery(*place).provider or place[0]
