"""What happened when, for whoever asks what caused trouble: deployments, alerts, and metrics before and after."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial

from assistant.contracts.causes import CauseReport, CauseRequest
from assistant.contracts.delivery import Deployment, Health, HealthLevel, Phase
from assistant.contracts.errors import Invalid, ProviderError
from assistant.contracts.history import Past
from assistant.contracts.interval import Interval
from assistant.contracts.metrics import Measured, MetricsRequest
from assistant.contracts.platform import Delivery
from assistant.operations.askers import with_askers
from assistant.operations.context import Context
from assistant.operations.health import Place, health, questions
from assistant.operations.metrics import metrics

SHOWN = 3
"""How many deployments tell what happened lately."""
_READ = 30
_BEFORE = timedelta(minutes=5)
"""So long before the deployment or the alert, whichever came first, "before" is measured."""
_SHARE = 0.6
_BAD = (HealthLevel.CRITICAL, HealthLevel.WARNING)


def causes(context: Context, request: CauseRequest) -> CauseReport:
    """Deployments, health and metrics of a service where it is not well, else where customers use it.

    Raises:
        NotAllowed: the actor may not read status or history.
        Invalid: the service does not run in that environment, or in none.
    """
    context.require("read", "status")
    context.require("read", "history")
    asked_at = datetime.now(timezone.utc)
    until = time.monotonic() + (context.deadline - time.monotonic()) * _SHARE
    there = _environments(context, request)
    places = [(request.service, name) for name in there]
    calls: dict[object, tuple[str, Callable[[], object]]] = {}
    for place in places:
        delivery = context.catalogue.delivery(*place)
        name = delivery.provider or request.service
        calls["past", place] = (name, partial(_past, context, name, delivery, until))
    signs = {asked: call for asked, call in questions(context, places, until).items() if asked[0] == "health"}
    answers = context.gather({**calls, **signs}, until)
    states = {place: health(context, place, answers) for place in places}
    place = _place(request, {place: (states[place], answers["past", place]) for place in places})
    past = answers["past", place]
    deployments = past.deployments if isinstance(past, Past) else ()
    suspect = _suspect(request, deployments)
    measured, problem = _measured(context, place, _before(suspect, states[place], asked_at), asked_at)
    told = (("deployments", past), ("metrics", problem))
    problems = [(name, one) for name, one in told if isinstance(one, ProviderError)]
    shown = deployments[:SHOWN]
    if suspect and suspect not in shown:
        shown = (*shown[: SHOWN - 1], suspect)
    return CauseReport(request, place[1], states[place], shown, suspect, measured, asked_at, tuple(problems))


def _environments(context: Context, request: CauseRequest) -> list[str]:
    there = [one.name for one in context.catalogue.environments_of(request.service)]
    wanted = [name for name in there if not request.environments or name in request.environments]
    if not wanted:
        where = " and ".join(request.environments) or "any environment"
        raise Invalid(f"{request.service} does not run in {where}. It runs in {', '.join(there) or 'none'}.")
    return wanted


def _past(context: Context, provider: str, delivery: Delivery, until: float) -> Past:
    past = context.history(provider).past(delivery, None, _READ, until)
    return replace(past, deployments=with_askers(context, past.deployments))


def _place(request: CauseRequest, seen: Mapping[Place, tuple[Health, object]]) -> Place:
    """Where it is not well and the suspected version came to, else one of both, else where customers use it."""
    unwell = [place for place, (state, past) in seen.items() if _is_unwell(state, past)]
    suspected = [
        place
        for place, (_, past) in seen.items()
        if request.version and isinstance(past, Past) and _suspect(request, past.deployments)
    ]
    both = [place for place in unwell if place in suspected]
    return (both or suspected or unwell or list(seen))[-1]


def _is_unwell(state: Health, past: object) -> bool:
    newest = past.deployments[0] if isinstance(past, Past) and past.deployments else None
    return state.level in _BAD or (newest is not None and newest.phase is Phase.FAILED)


def _suspect(request: CauseRequest, deployments: tuple[Deployment, ...]) -> Deployment | None:
    named = request.version
    return next((one for one in deployments if not named or one.version.removeprefix("v") == named), None)


def _before(suspect: Deployment | None, state: Health, now: datetime) -> datetime:
    """A moment before the deployment and before the alert, whichever came first."""
    began = [moment for moment in (suspect and suspect.created_at, state.since) if moment]
    return min(began) - _BEFORE if began else now - timedelta(hours=1)


def _measured(
    context: Context, place: tuple[str, str], before: datetime, now: datetime
) -> tuple[tuple[Measured, ...], ProviderError | None]:
    """Every declared metric now and before; nothing where there are none to be had."""
    if not context.may("read", "metrics").allowed:
        return (), None
    asked = MetricsRequest((place[0],), (place[1],), interval=Interval(before, now, "before", before))
    try:
        found = metrics(context, asked).measured
        return found, next((one.problem for one in found if one.problem), None)
    except Invalid:  # none are declared
        return (), None
    except ProviderError as error:
        return (), error
