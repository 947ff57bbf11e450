"""Until when something lasts: "2h", "until 5pm", "until tomorrow"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo

from assistant.language.duty import duty_time

_LENGTH = re.compile(r"PT(\d+)S")
_UNTIL = re.compile(r"\b(?:un|')?till?\b|\buntil\b", re.IGNORECASE)


def end_of(duration: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The end, in UTC, of a duration as :func:`assistant.language.values.normalise` gives it; None when unreadable.

    What is named is included: "until Friday" ends with that day, "until 5pm" at five.

    Args:
        duration: ``PT7200S``, or words that say until when.
        now: the present, aware.
        zone: in which the words were meant.
    """
    length = _LENGTH.fullmatch(duration)
    if length:
        return now.astimezone(timezone.utc) + timedelta(seconds=int(length[1]))
    when = duty_time(_UNTIL.sub(" ", duration).strip(), now, zone)
    return when.end if when else None
