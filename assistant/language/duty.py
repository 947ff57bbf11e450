"""Times of duty as people ask for them ("next week", "tonight", "on Saturday"): unlike the past, they lie ahead."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo

from assistant.contracts.interval import Interval
from assistant.language.periods import Period, period

_AHEAD = re.compile(r"(?:(?:on|the|in) )*(?:next|coming|following) (.+)")
_BEHIND = re.compile(r"\b(?:last|past|previous|yesterday|yday|ago|before|earlier|since|overnight)\b")
_STEPS = (1, 7, 31, 366)
"""Days that are added to today until the words, which else mean the last such time, mean one that is not over."""


def duty_time(words: str, now: datetime, zone: tzinfo, past: bool = False) -> Interval | None:
    """The time that ``words`` mean, in the speaker's zone; None when nobody but people can know ("the holidays").

    Args:
        now: the present, aware.
        past: whether the question is about what was; then a date without a year is the last one.
    """
    plain = " ".join(words.lower().replace("’", "'").split())
    try:
        local = now.astimezone(zone)
        found = period(plain, local) if past else _period(plain, local)
    except (ValueError, OverflowError):
        return None
    if found is None:
        return None
    return Interval(found.start.astimezone(timezone.utc), found.end.astimezone(timezone.utc), words)


def _period(words: str, now: datetime) -> Period | None:
    ahead = _AHEAD.fullmatch(words)
    if ahead:
        later = now.replace(day=1) + timedelta(days=32) if ahead[1].startswith("month") else now + timedelta(days=7)
        return period(f"this {ahead[1]}", later)
    found = period(words, now)
    if _BEHIND.search(words) or (found and found.end > now):
        return found
    tries = (period(words, now + timedelta(days=days)) for days in _STEPS)
    return next((each for each in tries if each and each.end > now), found)
