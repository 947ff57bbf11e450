"""Taking back what was asked for, and stopping what is under way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from assistant.contracts.change import NEXT, OPEN, ChangeRequest, State
from assistant.contracts.errors import Conflict
from assistant.operations.context import Context
from assistant.operations.people import called
from assistant.operations.recording import require, require_unpaused, step

_NOT_STARTED = (State.DRAFT, State.WAITING, State.APPROVED)


def cancel(context: Context, number: int) -> ChangeRequest:
    """Drop a request that has not started, or ask the provider to stop its run.

    Who asked for it may always take it back; others, and everybody once it runs, need the right. A run may take a
    while to stop, or succeed all the same: the request is followed to its end.

    Raises:
        NotAllowed: recorded, with the rule.
        Conflict: it has ended, or it is just being started.
        Invalid: everything is paused.
        ProviderError: the provider refused, or nobody knows whether it took it.
    """
    request = context.keeping.requests.get(number)
    own = request.asker.identity == context.actor.identity
    if request.state in _NOT_STARTED:
        if not own:
            require(context, "cancel", request.scope, request=str(number))
        outcome = f"{called(context, context.actor.identity)} cancelled it. Nothing was started."
        now = datetime.now(timezone.utc)
        ended = replace(request, state=State.CANCELLED, outcome=outcome, ended_at=now, expires_at=None)
        ended = replace(ended, ended_by=context.actor)
        entry = step(context, ended, "cancelled before it started", "cancel")
        return context.keeping.requests.save([ended], [entry])[0]
    if request.state is not State.UNDER_WAY or request.run_id is None:
        then = f" Say what became of it: “settle request {number}”." if request.state is State.UNCERTAIN else ""
        why = f"Request {number} is {request.state.value}, so there is nothing to stop. {request.outcome}".strip()
        raise Conflict(f"{why}{then}")
    require(context, "cancel", request.scope, request=str(number))
    require_unpaused(context)
    delivery = context.catalogue.delivery(request.plan.wish.service, request.plan.wish.environment)
    provider = delivery.provider or delivery.service
    told = f"{called(context, context.actor.identity)} asked for it to be stopped; I follow it to its end."
    asked = replace(request, outcome=told, ended_by=context.actor)
    entry = step(context, asked, "asked the provider to stop it", "cancel", run=request.run or request.run_id)
    (asked,) = context.keeping.requests.save([asked], [entry])
    context.deployers(provider).cancel(delivery, request.run_id, context.deadline)
    return asked


def leave_behind(context: Context) -> None:
    """End what is open because the made-up company begins anew: its runs and commits are others then."""
    outcome = "The made-up company began anew, which ended this."
    for request in context.keeping.requests.find(OPEN):
        state = State.VOID if State.VOID in NEXT[request.state] else State.CANCELLED
        ended = replace(request, state=state, outcome=outcome, ended_at=datetime.now(timezone.utc), expires_at=None)
        context.keeping.requests.save([ended], [step(context, ended, outcome)])
