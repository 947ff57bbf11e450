"""Holding an environment or a service still: locks, taking one over, and the line of those who wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone

from assistant.contracts.delivery import ServiceState, Start
from assistant.contracts.errors import Conflict, Invalid, NotAllowed, NotFound
from assistant.contracts.locks import ANY, Lock, LockReport, Pause, Scope, Waiter
from assistant.contracts.platform import Freeze
from assistant.operations.context import Context
from assistant.operations.people import called, decide
from assistant.operations.recording import note, require, require_unpaused
from assistant.safeguards.access import Decision


def lock(context: Context, scope: Scope, reason: str, until: datetime | None = None, zone: str = "UTC") -> LockReport:
    """Hold a place; one's own lock of exactly this place is prolonged.

    Args:
        until: its end (aware), None when it lasts until it is given back.
        zone: IANA name of the zone in which the end was said.

    Raises:
        NotAllowed: recorded, with the rule.
        Invalid: without a reason, or with an end that is over.
        Conflict: somebody else holds it.
    """
    decision = require(context, "lock", scope)
    require_unpaused(context)
    now = datetime.now(timezone.utc)
    if not reason.strip():
        raise Invalid("Please give a reason, so that others know whether they can ask for it.")
    if until is not None and until <= now:
        raise Invalid("That end is over already. Until when do you need it?")
    over = [each for each in context.keeping.locks.active(now) if scope.meets(each.scope)]
    held = next((each for each in over if each.owner.identity != context.actor.identity), None)
    if held:
        who = called(context, held.owner.identity)
        raise Conflict(f"{who} holds that already: {held.reason}. Ask {who}, or wait until it is free.")
    own = next((each for each in over if each.scope == scope), None)
    wanted = Lock(0, scope, context.actor, reason.strip(), now, until, zone)
    entry = note(context, decision, "locked", until=until.isoformat() if until else "", reason=reason)
    made = context.keeping.locks.place(wanted, entry, now, own.number if own else None)
    return _report(context, (made,), now)


def may_lock(context: Context, scope: Scope, verb: str = "lock") -> None:
    """Raise NotAllowed (recorded) unless the speaker may hold this place, or take it over; asked before the reason."""
    require(context, verb, scope)


def can_lock(context: Context, scope: Scope) -> bool:
    """Whether the speaker may hold this place, for a choice that is offered."""
    return decide(context, context.actor, "lock", scope).allowed


def unlock(context: Context, scope: Scope | None = None) -> LockReport:
    """Give back one's own lock: of this place, or the only one. Of several none is released: they are to choose from.

    Raises:
        Invalid: the speaker holds nothing (there).
        NotAllowed: somebody else holds it; to take it over is another right.
    """
    now = datetime.now(timezone.utc)
    active = [each for each in context.keeping.locks.active(now) if scope in (None, each.scope)]
    own = [each for each in active if each.owner.identity == context.actor.identity]
    if not own and active and scope is not None:
        rule = f"it is {called(context, active[0].owner.identity)}'s lock; who may take it over can do that"
        decision = Decision(False, "unlock", str(scope), rule)
        context.keeping.audit.append(note(context, decision, "nothing was done"))
        raise NotAllowed("unlock", scope.words, rule)
    if not own:
        what = f"Nobody holds {scope.words}" if scope else "You hold nothing"
        raise Invalid(f"{what}, so there is nothing to give back.")
    if len(own) > 1:
        return _report(context, own, now)
    decision = Decision(True, "unlock", str(own[0].scope), "one's own lock")
    context.keeping.locks.remove(own[0].number, note(context, decision, "unlocked"))
    return replace(_report(context, (), now), released=own[0], waiting=_in_line(context, own[0].scope))


def take_over(context: Context, number: int, reason: str) -> LockReport:
    """Make somebody's lock one's own; they are told, and so is the audit log.

    Raises NotAllowed (recorded), Invalid without a reason, Conflict when it is not there any more.
    """
    now = datetime.now(timezone.utc)
    held = next((each for each in context.keeping.locks.active(now) if each.number == number), None)
    if held is None:
        raise Conflict("That lock is not there any more. Nothing was changed.")
    decision = require(context, "take_over", held.scope)
    require_unpaused(context)
    if not reason.strip():
        raise Invalid(f"Please give a reason: {called(context, held.owner.identity)} will want to know.")
    mine = replace(held, owner=context.actor, reason=reason.strip(), since=now)
    owner = called(context, held.owner.identity)
    entry = note(context, decision, "taken over", reason=reason, owner=owner)
    made = context.keeping.locks.place(mine, entry, now, number)
    return replace(_report(context, (made,), now), released=held)


def holders(context: Context, scope: Scope | None = None) -> LockReport:
    """Who holds what (that touches this place). Raises NotAllowed."""
    context.require("read", "status")
    now = datetime.now(timezone.utc)
    active = context.keeping.locks.active(now)
    report = _report(context, tuple(each for each in active if scope is None or scope.meets(each.scope)), now)
    freezes = tuple(each for each in context.catalogue.freezes if each.end > now and _meets(each, scope))
    stops = replace(report, freezes=freezes, pause=context.keeping.locks.pause(now))
    others = [each for each in report.locks if each.owner.identity != context.actor.identity]
    may = [each.number for each in others if decide(context, context.actor, "take_over", each.scope).allowed]
    return replace(
        stops, waiting=_in_line(context, *(each.scope for each in report.locks)), asked=scope, may_take_over=tuple(may)
    )


def wait_for(context: Context, scope: Scope, conversation: str, version: str | None = None) -> LockReport:
    """“Tell me when it is free”: the speaker's place in line. They will be asked then; nothing is done by itself.

    Raises NotAllowed for guests, NotFound when nobody holds it.
    """
    if context.actor.is_guest:
        raise NotAllowed("wait for", scope.words, "guests, whom no channel verified, get nothing")
    now = datetime.now(timezone.utc)
    held = [each for each in context.keeping.locks.active(now) if scope.meets(each.scope)]
    if not held:
        raise NotFound("lock", f"of {scope}: it is free")
    decision = Decision(True, "wait", str(scope), "anybody may wait")
    waiter = Waiter(0, scope, context.actor, now, conversation, version)
    context.keeping.locks.wait(waiter, note(context, decision, "waits for it"))
    line = context.keeping.locks.waiting(scope)
    place = 1 + [each.person.identity for each in line].index(context.actor.identity)
    return replace(_report(context, tuple(held), now), waiting=line, position=place)


def free_now(context: Context) -> tuple[Waiter, ...]:
    """Who is to be told that their place is free, in line; the worker tells each of them once (``Locks.told``)."""
    active = context.keeping.locks.active(datetime.now(timezone.utc))
    waiting = context.keeping.locks.waiting()
    return tuple(one for one in waiting if not any(one.scope.meets(each.scope) for each in active))


def tell_free(context: Context) -> tuple[Waiter, ...]:
    """What the speaker waited for and is free by now; they are out of the line with that, as they have been told."""
    mine = tuple(one for one in free_now(context) if one.person.identity == context.actor.identity)
    for waiter in mine:
        context.keeping.locks.told(waiter.number)
    return mine


def paused(context: Context) -> Pause | None:
    """The pause that is in force. Raises NotAllowed without ``read:status``."""
    context.require("read", "status")
    return context.keeping.locks.pause(datetime.now(timezone.utc))


def may_pause(context: Context) -> None:
    """Raise NotAllowed (recorded) unless the speaker may stop everything: before they are asked why."""
    require(context, "pause", Scope())


def pause(context: Context, why: str, until: datetime | None = None, zone: str = "UTC") -> Pause:
    """Stop every change everywhere at once; reading goes on. One that is in force gets this end and reason.

    Args:
        until, zone: as in :func:`lock`.

    Raises:
        NotAllowed: recorded, with the rule.
        Invalid: without a reason, or with an end that is over.
    """
    decision = require(context, "pause", Scope())
    now = datetime.now(timezone.utc)
    if not why.strip():
        raise Invalid("Please say why: everybody who is stopped will read it.")
    if until is not None and until <= now:
        raise Invalid("That end is over already. Until when shall I change nothing?")
    made = Pause(context.actor, why.strip(), now, until, zone)
    entry = note(context, decision, "paused", until=until.isoformat() if until else "", reason=why)
    context.keeping.locks.set_pause(made, entry)
    return made


def resume(context: Context) -> Pause | None:
    """End the pause; gives the one that was in force. Raises NotAllowed (recorded)."""
    decision = replace(require(context, "pause", Scope(), "resume"), verb="resume")
    was = context.keeping.locks.pause(datetime.now(timezone.utc))
    context.keeping.locks.set_pause(None, note(context, decision, "resumed" if was else "nothing was paused"))
    return was


def _meets(freeze: Freeze, scope: Scope | None) -> bool:
    """Whether a freeze concerns a place; no place means all of them."""
    asked = scope or Scope()
    return (asked.service == ANY or asked.service in (freeze.services or (asked.service,))) and (
        asked.environment == ANY or asked.environment in (freeze.environments or (asked.environment,))
    )


def _in_line(context: Context, *scopes: Scope) -> tuple[Waiter, ...]:
    """Who waits for one of these places, in line."""
    return tuple(each for each in context.keeping.locks.waiting() if any(one.meets(each.scope) for one in scopes))


def _report(context: Context, locks: Sequence[Lock], now: datetime) -> LockReport:
    """With what was seen running there last, and which services a lock does not hold back."""
    known = context.recall_all(ServiceState) if locks else {}
    states = [one.value for one in known.values() if _held(locks, one.value)]
    states = [one for one in states if one.service in context.catalogue.services]  # what is gone was seen, too
    running = [(one.service, one.environment, one.current.version) for one in states if one.current]
    on_merge = {one.service for one in states if one.current and one.current.start is Start.ON_MERGE}
    return LockReport(tuple(locks), now, running=tuple(sorted(running)), on_merge=tuple(sorted(on_merge)))


def _held(locks: Sequence[Lock], state: ServiceState) -> bool:
    return any(each.scope.covers(state.service, state.environment) for each in locks)
