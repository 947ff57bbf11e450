"""How far the changes are that somebody asked for or agreed to: for “how's it going?”, and as news at the console."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, timezone

from assistant.contracts.change import OPEN, ChangeRequest, State
from assistant.contracts.locks import ANY, Scope
from assistant.contracts.notice import of_request
from assistant.contracts.watch import Watched
from assistant.operations.context import Context
from assistant.operations.trigger import advance
from assistant.operations.watch import of_request as watched

RECENT = timedelta(minutes=30)
"""So long after its end a change is still what “how did it go?” asks for."""
JUST = timedelta(minutes=10)
"""So long after somebody's yes a "no, wait" is taken for that."""
_LOOKED_BACK = timedelta(days=1)


def latest(context: Context) -> ChangeRequest | None:
    """What the speaker asked for or approved last and confirmed: still open, or ended a short while ago."""
    now = datetime.now(timezone.utc)
    found = [one for one in _theirs(context, now) if one.confirmed_at]
    recent = [one for one in found if one.ended_at is None or now - one.ended_at < RECENT]
    return recent[-1] if recent else None


def just_now(context: Context, conversation: str, told: Collection[str]) -> ChangeRequest | None:
    """What the speaker confirmed or approved in this conversation a moment ago, while it waits or runs.

    Args:
        told: keys of what this conversation has shown within ``JUST`` (``of_request``): an approval leaves no other
            trace of where it was given.

    Returns:
        None when there is no such request, and in a world without requests.
    """
    if context.records is None:
        return None
    now = datetime.now(timezone.utc)
    here = []
    for one in taking_part(context):
        approved = _is_approver(context, one)
        agreed = one.approved_at if approved else one.confirmed_at
        is_here = of_request(one.number) in told if approved else one.conversation == conversation
        if is_here and agreed and now - agreed < JUST:
            here.append(one)
    return here[-1] if here else None


def open_at(context: Context, scope: Scope) -> tuple[ChangeRequest, ...]:
    """What waits for approval or is under way in a place, whoever asked for it. Raises NotAllowed without the right."""
    context.require("read", "status")
    found = context.keeping.requests.find(OPEN)
    there = (one for one in found if scope.service in (ANY, one.wish.service))
    there = (one for one in there if scope.environment in (ANY, one.wish.environment))
    return tuple(one for one in there if one.state is not State.DRAFT)


def taking_part(context: Context) -> tuple[ChangeRequest, ...]:
    """What the speaker asked for or approved and confirmed, and has not come to an end."""
    mine = _theirs(context, datetime.now(timezone.utc))
    return tuple(one for one in mine if one.confirmed_at and not one.state.ended)


def _is_approver(context: Context, request: ChangeRequest) -> bool:
    return request.approver is not None and request.approver.identity == context.actor.identity


def open_ones(context: Context) -> tuple[int, ...]:
    """The numbers of what the speaker asked for or approved and confirmed, and has not come to an end."""
    return tuple(one.number for one in taking_part(context))


def ended_among(context: Context, numbers: Sequence[int]) -> tuple[ChangeRequest, ...]:
    """Those of the speaker's requests that have come to an end."""
    mine = _theirs(context, datetime.now(timezone.utc)) if numbers else []
    return tuple(one for one in mine if one.number in numbers and one.state.ended)


def how_far(context: Context, request: ChangeRequest) -> tuple[ChangeRequest, Watched | None]:
    """A request as it is right now, with the run behind it. Raises NotAllowed without ``read:status``."""
    context.require("read", "status")
    request = request if context.quoted else advance(context, request)
    return request, watched(context, request)


def _theirs(context: Context, now: datetime) -> list[ChangeRequest]:
    """In the order in which the speaker took part in them."""
    me = context.actor.identity
    found = context.keeping.requests.find(tuple(State), since=now - _LOOKED_BACK)
    mine = [one for one in found if me in (one.asker.identity, one.approver and one.approver.identity)]
    return sorted(mine, key=lambda one: one.approved_at or one.confirmed_at or one.created_at)
