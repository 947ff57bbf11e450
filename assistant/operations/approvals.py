"""The second person: what waits for whom, their yes and their no."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from assistant.contracts.change import OPEN, ChangeRequest, State, Waiting
from assistant.contracts.errors import Conflict, Invalid, NotAllowed
from assistant.operations.context import Context
from assistant.operations.people import called, decide
from assistant.operations.recording import note, require, require_unpaused
from assistant.operations.trigger import START_WITHIN, advance
from assistant.safeguards.access import Decision


def waiting(context: Context) -> Waiting:
    """What waits for the speaker, and what of theirs waits for others or is under way. Everybody may ask."""
    found = context.keeping.requests.find(OPEN)
    mine = tuple(each for each in found if each.asker.identity == context.actor.identity)
    others = [each for each in found if each.asker.identity != context.actor.identity]
    return Waiting(
        to_confirm=tuple(each for each in mine if each.state is State.DRAFT and not _is_over(each)),
        to_approve=tuple(
            each
            for each in others
            if each.state is State.WAITING and not _is_over(each) and _may_approve(context, each)
        ),
        of_mine=tuple(each for each in mine if each.state is not State.DRAFT),
        to_settle=to_settle(context),
    )


def to_settle(context: Context) -> tuple[ChangeRequest, ...]:
    """The uncertain requests on which the speaker's word counts: changes that they may make themselves."""
    found = context.keeping.requests.find((State.UNCERTAIN,))
    return tuple(one for one in found if decide(context, context.actor, one.plan.wish.verb.value, one.scope).allowed)


def approve(context: Context, number: int, revision: int) -> ChangeRequest:
    """A second person's yes to exactly what was shown; it is started at once.

    Raises:
        NotAllowed: the speaker has no right to, at this moment, or is the one who asked; recorded.
        Conflict: it changed, was approved already or has ended; nothing is done twice.
        Invalid: it expired, or everything is paused.
    """
    request, decision = _to_decide(context, number, revision)
    require_unpaused(context)
    now = datetime.now(timezone.utc)
    approved = replace(
        request, state=State.APPROVED, approver=context.actor, approved_at=now, expires_at=now + START_WITHIN
    )
    return advance(context, _save(context, approved, decision, "approved"))


def reject(context: Context, number: int, revision: int, reason: str = "") -> ChangeRequest:
    """A second person's no; it ends there. Raises as :func:`approve`."""
    request, decision = _to_decide(context, number, revision)
    because = f": {reason}" if reason else ""
    outcome = f"{called(context, context.actor.identity)} rejected it{because}."
    ended = replace(
        request,
        state=State.REJECTED,
        approver=context.actor,
        outcome=outcome,
        ended_at=datetime.now(timezone.utc),
        expires_at=None,
    )
    return _save(context, ended, decision, "rejected", **({"reason": reason} if reason else {}))


def _to_decide(context: Context, number: int, revision: int) -> tuple[ChangeRequest, Decision]:
    request = context.keeping.requests.get(number)
    _refuse_own(context, request)
    decision = require(context, "approve", request.scope, request=str(number))
    if request.state is not State.WAITING:
        why = f" {request.outcome}" if request.outcome else ""
        raise Conflict(f"Request {number} is {request.state.value} by now.{why} Nothing was done.")
    if request.revision != revision:
        raise Conflict(f"Request {number} has changed since it was shown, so nothing was done. Please look again.")
    if _is_over(request):
        raise Invalid(f"Request {number} has expired, so nothing was started. It has to be asked for again.")
    return request, decision


def _refuse_own(context: Context, request: ChangeRequest) -> None:
    """Who asked is never the second person, whichever account they come with; nor is somebody nobody knows."""
    rule = None
    if request.asker.identity == context.actor.identity:
        rule = "who asks for a change is not the second person who agrees to it"
    elif context.actor.person is None:
        rule = "only people of the catalogue approve: an unknown account could be the asker's own"
    if rule:
        refused = Decision(False, "approve", str(request.scope), rule)
        context.keeping.audit.append(
            note(context, refused, "nothing was done", request.correlation, request=str(request.number))
        )
        raise NotAllowed("approve", f"request {request.number}", rule, request.plan.approvers)


def _may_approve(context: Context, request: ChangeRequest) -> bool:
    known = context.actor.person is not None
    return known and decide(context, context.actor, "approve", request.scope).allowed


def _is_over(request: ChangeRequest) -> bool:
    return request.expires_at is not None and request.expires_at <= datetime.now(timezone.utc)


def _save(context: Context, request: ChangeRequest, decision: Decision, outcome: str, **more: str) -> ChangeRequest:
    about = {"request": str(request.number), "version": request.target.version, "commit": request.target.commit}
    entry = note(context, decision, outcome, request.correlation, **{**about, **more})
    return context.keeping.requests.save([request], [entry])[0]
