"""What happened when, for whoever asks what caused trouble: deployments, alerts, and metrics before and after."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from assistant.contracts.causes import CauseReport, CauseRequest
from assistant.contracts.delivery import Deployment, HealthLevel
from assistant.contracts.errors import Invalid, ProviderError
from assistant.contracts.history import Past
from assistant.contracts.interval import Interval
from assistant.contracts.metrics import Measured, MetricsRequest
from assistant.operations.context import Context
from assistant.operations.health import health, questions
from assistant.operations.metrics import metrics

SHOWN = 3
"""How many deployments tell what happened lately."""
_READ = 30
_BEFORE = timedelta(minutes=5)
"""So long before a deployment its "before" is measured."""
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
        calls["past", place] = (name, lambda d=delivery, n=name: context.history(n).past(d, None, _READ, until))
    answers = context.gather({**calls, **questions(context, places, until)}, until)
    states = {place: health(context, place, answers) for place in places}  # type: ignore[arg-type]
    unwell = [place for place in places if states[place].level in _BAD]
    place = (unwell or places)[-1]
    past = answers["past", place]
    deployments = past.deployments if isinstance(past, Past) else ()
    suspect = _suspect(request, deployments)
    measured, problem = _measured(context, place, suspect, asked_at)
    problems = [one for one in (past, problem) if isinstance(one, ProviderError)]
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


def _suspect(request: CauseRequest, deployments: tuple[Deployment, ...]) -> Deployment | None:
    named = request.version
    return next((one for one in deployments if not named or one.version.removeprefix("v") == named), None)


def _measured(
    context: Context, place: tuple[str, str], suspect: Deployment | None, now: datetime
) -> tuple[tuple[Measured, ...], ProviderError | None]:
    """Every declared metric now and before the suspect; nothing where there are none to be had."""
    if not context.may("read", "metrics").allowed:
        return (), None
    before = suspect.created_at - _BEFORE if suspect else now - timedelta(hours=1)
    asked = MetricsRequest((place[0],), (place[1],), interval=Interval(before, now, "before", before))
    try:
        return metrics(context, asked).measured, None
    except Invalid:  # none are declared
        return (), None
    except ProviderError as error:
        return (), error
