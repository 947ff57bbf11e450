"""Deploying: what it would mean, the question for a yes, and the yes. What follows it is in ``trigger.py``."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from assistant.contracts.change import ChangeRequest, Plan, Proposal, State, Wish
from assistant.contracts.errors import Conflict, Invalid, NotAllowed
from assistant.contracts.locks import Scope
from assistant.operations.chain import Asking, examine, first_gates
from assistant.operations.context import Context
from assistant.operations.people import called, decide
from assistant.operations.recording import note, step
from assistant.operations.trigger import START_WITHIN, begin
from assistant.safeguards.access import Decision

CONFIRM_WITHIN = timedelta(minutes=5)
APPROVE_WITHIN = timedelta(hours=4)

COMMITS_KEPT = 50

Shown = tuple[int, int]
"""A request's number and the revision that was shown."""


def would(context: Context, wishes: Sequence[Wish], break_glass: bool = False) -> Proposal:
    """What would happen: the chain without its end. Nothing is stored. Raises NotFound, Invalid (``examine``)."""
    return Proposal(examine(context, tuple(wishes), context.actor, break_glass))


def propose(
    context: Context,
    wishes: Sequence[Wish],
    conversation: str,
    reason: str | None = None,
    break_glass: bool = False,
) -> Proposal:
    """Ask for changes: drafts that wait five minutes for the asker's yes, unless a gate stops one of them.

    The asker's older drafts in this conversation are void from now on: a yes means what was shown last.

    Args:
        wishes: all that one message asked for; they are confirmed together.
        break_glass: pass what may be passed; takes a right of its own and a reason.

    Raises:
        Invalid: the glass is to be broken without a reason, or a service does not run there.
        NotFound: a version that does not exist.
    """
    replaced = _withdraw(context, conversation)
    plans = examine(context, tuple(wishes), context.actor, break_glass)
    if any(plan.stopped for plan in plans):
        _record_refusals(context, plans, break_glass)
        return Proposal(plans, replaced=replaced)
    if break_glass and not (reason or "").strip():
        raise Invalid("Breaking the glass needs a reason: the owners are told, and it stays in the audit log.")
    shared = context.message or uuid.uuid4().hex[:12]
    drafts = [
        replace(_draft(context, plan, conversation, shared), reason=reason, break_glass=break_glass) for plan in plans
    ]
    entries = [step(context, draft, "shown, waits for the asker's yes") for draft in drafts]
    return Proposal(plans, context.keeping.requests.add(drafts, entries), replaced)


def _draft(context: Context, plan: Plan, conversation: str, correlation: str) -> ChangeRequest:
    now = datetime.now(timezone.utc)
    return ChangeRequest(
        number=0,
        token=f"r{uuid.uuid4().hex[:16]}",
        revision=1,
        state=State.DRAFT,
        plan=_kept(plan),
        asker=context.actor,
        correlation=correlation,
        conversation=conversation,
        created_at=now,
        expires_at=now + CONFIRM_WITHIN,
    )


def confirm(context: Context, shown: Sequence[Shown]) -> tuple[ChangeRequest, ...]:
    """The asker's yes to exactly what was shown: all of it or nothing. What needs no second person is started.

    Raises:
        NotAllowed: somebody else's yes, or the right is gone.
        Conflict: it was changed, confirmed already or dropped; nothing is done twice.
        Invalid: too late, or a gate stops it by now; then it ends, and has to be asked for again.
    """
    requests = [_drafted(context, number, revision) for number, revision in shown]
    now = datetime.now(timezone.utc)
    for request in requests:
        if request.over(now):
            raise Invalid(f"That was more than five minutes ago, so request {request.number} has expired. Ask again.")
    _still_passes(context, requests, now)
    confirmed = [_confirmed(request, now) for request in requests]
    entries = [step(context, request, f"confirmed: {request.state.value}") for request in confirmed]
    stored = context.keeping.requests.save(confirmed, entries)
    return tuple(begin(context, each) if each.state is State.APPROVED else each for each in stored)


def withdraw(context: Context, conversation: str) -> tuple[ChangeRequest, ...]:
    """The asker's no: their drafts of this conversation are dropped. Nothing was started."""
    return _drop(context, conversation, State.CANCELLED, "The asker said no.")


def open_drafts(context: Context, conversation: str) -> tuple[ChangeRequest, ...]:
    """What waits for the speaker's yes in this conversation, for “yes” without a click and for reminders."""
    now = datetime.now(timezone.utc)
    found = context.keeping.requests.find((State.DRAFT,), asker=context.actor)
    mine = (each for each in found if each.conversation == conversation)
    return tuple(each for each in mine if not each.over(now))


def drafts_of_others(context: Context, conversation: str) -> tuple[ChangeRequest, ...]:
    """What waits for somebody else's yes in the same thread: conversations of one thread differ only in who speaks."""
    now = datetime.now(timezone.utc)
    found = context.keeping.requests.find((State.DRAFT,))
    here = (each for each in found if _thread(each.conversation) == _thread(conversation))
    others = (each for each in here if each.asker.identity != context.actor.identity)
    return tuple(each for each in others if not each.over(now))


def record_others_yes(context: Context, request: ChangeRequest) -> str:
    """Note in the audit log that somebody said yes in another's place; why that counts for nothing."""
    who = called(context, request.asker.identity)
    rule = f"it is {who}'s, and only {who} can say yes to it"
    refused = Decision(False, "confirm", str(request.scope), rule)
    entry = note(context, refused, "nothing was done", request.correlation, request=str(request.number))
    context.keeping.audit.append(entry)
    return rule


def _thread(conversation: str) -> str:
    """A conversation's id without its speaker: ``T1.U1.C1.171`` → ``T1.C1.171``."""
    workspace, _, rest = conversation.partition(".")
    return f"{workspace}.{rest.partition('.')[2]}"


def _confirmed(request: ChangeRequest, now: datetime) -> ChangeRequest:
    if request.plan.needs_approval:
        waiting = replace(request, state=State.WAITING, expires_at=now + APPROVE_WITHIN)
        return replace(waiting, confirmed_at=now)
    return replace(request, state=State.APPROVED, expires_at=now + START_WITHIN, confirmed_at=now)


def _drafted(context: Context, number: int, revision: int) -> ChangeRequest:
    request = context.keeping.requests.get(number)
    if request.asker.identity != context.actor.identity:
        raise NotAllowed("confirm", f"request {number}", record_others_yes(context, request))
    if request.state is not State.DRAFT:
        raise Conflict(request.too_late)
    if request.revision != revision:
        raise Conflict(f"Request {number} has changed since it was shown, so nothing was done. Please look again.")
    return request


def _still_passes(context: Context, requests: Sequence[ChangeRequest], now: datetime) -> None:
    """Ask the gates again that need no provider; the whole chain is asked again right before the start."""
    for request in requests:
        asking = Asking(context.actor, now, request.break_glass, more=len(requests))
        stopped = [finding.sentence for finding in first_gates(context, request.wish, asking) if finding.stops]
        if stopped:
            _end_refused(context, requests, stopped[0], now)
            raise Invalid(f"Nothing was started, and that question is closed; ask again later. {' '.join(stopped)}")


def _end_refused(context: Context, requests: Sequence[ChangeRequest], rule: str, now: datetime) -> None:
    """A yes that was refused is used up: a later one, that meets other facts, has to be given to a new card."""
    why = f"It was not started at the asker's yes: {rule} Ask again if you still want it."
    ended = [replace(each, state=State.VOID, outcome=why, ended_at=now, expires_at=None) for each in requests]
    entries = [step(context, each, "nothing was started") for each in ended]
    context.keeping.requests.save(ended, [replace(each, decision="refused", rule=rule) for each in entries])


def _kept(plan: Plan) -> Plan:
    """The plan as it is stored: of very many commits only the newest."""
    if plan.comparison is None:
        return plan
    return replace(plan, comparison=replace(plan.comparison, changes=plan.comparison.changes[:COMMITS_KEPT]))


def _record_refusals(context: Context, plans: Sequence[Plan], break_glass: bool) -> None:
    for plan in plans:
        stops = [finding for finding in plan.findings if finding.stops]
        if stops:
            verb = "break_glass" if break_glass else plan.wish.verb.value
            decision = decide(context, context.actor, verb, Scope(plan.wish.service, plan.wish.environment))
            refused = replace(decision, allowed=False, rule=f"gate {stops[0].gate}: {stops[0].sentence}")
            version = plan.target.version if plan.target else plan.wish.version or ""
            glass = "broken" if break_glass else ""
            made = note(context, refused, "nothing was started", version=version, glass=glass)
            context.keeping.audit.append(replace(made, verb=plan.wish.verb.value))


def _withdraw(context: Context, conversation: str) -> tuple[int, ...]:
    dropped = _drop(context, conversation, State.VOID, "A newer question took its place.")
    return tuple(request.number for request in dropped)


def _drop(context: Context, conversation: str, state: State, why: str) -> tuple[ChangeRequest, ...]:
    found = context.keeping.requests.find((State.DRAFT,), asker=context.actor)
    mine = [each for each in found if each.conversation == conversation]
    if not mine:
        return ()
    now = datetime.now(timezone.utc)
    dropped = [replace(each, state=state, outcome=why, ended_at=now, expires_at=None) for each in mine]
    return context.keeping.requests.save(dropped, [step(context, each, why) for each in dropped])
