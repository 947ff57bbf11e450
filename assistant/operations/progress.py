"""How far the changes are that somebody asked for or agreed to: for “how's it going?”, and as news at the console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from assistant.contracts.change import ChangeRequest, State
from assistant.contracts.watch import Watched
from assistant.operations.context import Context
from assistant.operations.trigger import advance
from assistant.operations.watch import of_request

RECENT = timedelta(minutes=30)
"""So long after its end a change is still what “how did it go?” asks for."""
_LOOKED_BACK = timedelta(days=1)


def latest(context: Context) -> ChangeRequest | None:
    """What the speaker asked for or approved last and confirmed: still open, or ended a short while ago."""
    now = datetime.now(timezone.utc)
    found = [one for one in _theirs(context, now) if one.confirmed_at]
    recent = [one for one in found if one.ended_at is None or now - one.ended_at < RECENT]
    return recent[-1] if recent else None


def open_ones(context: Context) -> tuple[int, ...]:
    """The numbers of what the speaker asked for or approved and confirmed, and has not come to an end."""
    mine = _theirs(context, datetime.now(timezone.utc))
    return tuple(one.number for one in mine if one.confirmed_at and not one.state.ended)


def ended_among(context: Context, numbers: Sequence[int]) -> tuple[ChangeRequest, ...]:
    """Those of the speaker's requests that have come to an end."""
    mine = _theirs(context, datetime.now(timezone.utc)) if numbers else []
    return tuple(one for one in mine if one.number in numbers and one.state.ended)


def how_far(context: Context, request: ChangeRequest) -> tuple[ChangeRequest, Watched | None]:
    """A request as it is right now, with the run behind it. Raises NotAllowed without ``read:status``."""
    context.require("read", "status")
    request = request if context.quoted else advance(context, request)
    return request, of_request(context, request)


def _theirs(context: Context, now: datetime) -> list[ChangeRequest]:
    """In the order in which the speaker took part in them."""
    me = context.actor.identity
    found = context.keeping.requests.find(tuple(State), since=now - _LOOKED_BACK)
    mine = [one for one in found if me in (one.asker.identity, one.approver and one.approver.identity)]
    return sorted(mine, key=lambda one: one.approved_at or one.confirmed_at or one.created_at)
