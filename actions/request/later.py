"""Orders that are put off: everything is done when it is asked for, or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from actions.request.said import Said, zone_of
from assistant.contracts.platform import Person
from assistant.language.consent import waits_for
from assistant.language.duty import duty_time

_SOON = timedelta(minutes=5)


def put_off(message: Said, order: str, speaker: Person | None) -> str | None:
    """The words that put an order off: to a time to come, or until something has happened; None for one of now.

    Args:
        order: the text up to the reason, if one is said: a time in that is not the order's.
    """
    return time_ahead(message, order, speaker) or waits_for(order)


def time_ahead(message: Said, order: str, speaker: Person | None) -> str | None:
    """The words of a time to come in an order, None when there are none; its end ("until 5pm") is no such time."""
    now = datetime.now(timezone.utc)
    said = (one.text for one in message.mentions if one.kind == "time" and one.start < len(order))
    ahead = (text for text in said if (at := duty_time(text, now, zone_of(speaker))) and at.start > now + _SOON)
    return next(ahead, None)
