"""Times of duty as people ask for them ("next week", "tonight", "on Saturday"): unlike the past, they lie ahead."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from assistant.contracts.interval import Interval
from assistant.language.periods import Period, period
from assistant.language.values import length_in_seconds

_AHEAD = re.compile(r"(?:(?:on|the|in) )*(?:next|coming|following) (.+)")
_BEHIND = re.compile(r"\b(?:last|past|previous|yesterday|yday|ago|before|earlier|since|overnight)\b")
_STEPS = (1, 7, 31, 366)
"""Days that are added to today until the words, which else mean the last such time, mean one that is not over."""


_IN = re.compile(
    r"\bin (?:about |around )?((?:\d{1,3}|a couple of|a few|[a-z]+) (?:day|week|month)s?)(?:'s)?(?: time)?\b",
    re.IGNORECASE,
)
_MONTH_DAYS = 30
# The first day (month, day) of what is celebrated at the same time every year, and how many days it lasts.
_FEASTS = {
    "christmas": (12, 24, 3),
    "christmas eve": (12, 24, 1),
    "christmas day": (12, 25, 1),
    "new year": (12, 31, 2),
    "new year eve": (12, 31, 1),
    "new year day": (1, 1, 1),
    "halloween": (10, 31, 1),
}
_SAID_BY_ITSELF = re.compile(r"\d|\b(?:today|tonight|tomorrow|yesterday|week|month|night)\b")


def duty_words(text: str) -> str | None:
    """The words of a time that only duty is asked about ("in two weeks"); None when there are none."""
    found = _IN.search(text)
    return found[0] if found and _days_ahead(found[0].lower()) else None


def dated(when: Interval, zone: tzinfo) -> Interval:
    """The time with its date added to its words, where people may count differently ("next friday (Fri 4 Dec)")."""
    if _SAID_BY_ITSELF.search(when.words.lower()):
        return when
    first, last = when.start.astimezone(zone), (when.end - timedelta(seconds=1)).astimezone(zone)
    shown = f"{first:%a} {first.day} {first:%b}"
    if last.date() > first.date():
        shown += f" to {last:%a} {last.day} {last:%b}"
    return Interval(when.start, when.end, f"{when.words} ({shown})")


def duty_time(words: str, now: datetime, zone: tzinfo, past: bool = False) -> Interval | None:
    """The time that ``words`` mean, in the speaker's zone; None when nobody but people can know ("the holidays").

    Args:
        now: the present, aware.
        past: whether the question is about what was; then a date without a year is the last one.
    """
    plain = " ".join(words.lower().replace("’", "'").split())
    try:
        local = now.astimezone(zone)
        found = _feast(plain, local, past) or (period(plain, local) if past else _period(plain, local))
    except (ValueError, OverflowError):
        return None
    if found is None:
        return None
    return Interval(found.start.astimezone(timezone.utc), found.end.astimezone(timezone.utc), words)


def _feast(words: str, now: datetime, past: bool) -> Period | None:
    """What is celebrated on the same days every year: the last time for the past, else the next or the present one."""
    name = re.sub(r"^(?:(?:on|over|at|during|the|this|next|last) )+|(?<=year)'?s\b", "", words)
    found = _FEASTS.get(name.replace("xmas", "christmas"))
    if found is None:
        return None
    month, day, length = found
    years = (now.year, now.year - 1) if past else (now.year - 1, now.year, now.year + 1)
    times = (_days(date(year, month, day), length, now) for year in years)
    return next(each for each in times if (each.start < now if past else each.end > now))


def _days(first: date, length: int, now: datetime) -> Period:
    start = datetime.combine(first, time(), now.tzinfo)
    return Period(start, datetime.combine(first + timedelta(days=length), time(), now.tzinfo))


def _days_ahead(words: str) -> int:
    """How many days ahead "in two weeks" is; 0 for what says no number."""
    found = _IN.search(words)
    if not found:
        return 0
    amount, _, unit = found[1].rpartition(" ")
    number = {"a couple of": "2", "a few": "3"}.get(amount, amount)
    if unit.startswith("month"):
        return length_in_seconds(f"{number} day") // 86400 * _MONTH_DAYS
    return length_in_seconds(f"{number} {unit}") // 86400


def _period(words: str, now: datetime) -> Period | None:
    if days := _days_ahead(words):
        return _days(now.date() + timedelta(days=days), 1, now)
    ahead = _AHEAD.fullmatch(words)
    if ahead:
        later = now.replace(day=1) + timedelta(days=32) if ahead[1].startswith("month") else now + timedelta(days=7)
        return period(f"this {ahead[1]}", later)
    found = period(words, now)
    if _BEHIND.search(words) or (found and found.end > now):
        return found
    tries = (period(words, now + timedelta(days=days)) for days in _STEPS)
    return next((each for each in tries if each and each.end > now), found)
