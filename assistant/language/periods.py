"""One period as people say it ("last week", "Monday morning", "the first half of August", "3 pm") → its start and end.

Weeks begin on Monday. What can mean several periods means the most recent one that has begun. "Last week" and "last
month" are those of the calendar; "past week" and "last 2 weeks" count back from now. Dates are read by the library
dateparser (https://dateparser.readthedocs.io); what it lacks, periods and parts of them, is here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from dateparser.date import DateDataParser  # type: ignore[import-untyped]

from assistant.language import clock

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = r"(mon|tue(?:s)?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?"
_HOURS = {"morning": (5, 12), "lunch": (11, 14), "lunchtime": (11, 14), "afternoon": (12, 18), "evening": (17, 24)}
_HOURS["night"] = (18, 30)
_PART = rf"({'|'.join(_HOURS)})"
_NUMBERS = {word: number for number, word in enumerate(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
)} | {"a": 1, "an": 1, "couple": 2, "a couple": 2, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 3,
      "fifteen": 15, "twenty": 20, "thirty": 30, "half an": 0.5, "half a": 0.5, "half": 0.5}  # fmt: skip
_COUNT = rf"(\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(minute|min|m|hour|hr|h|day|d|weekend|week|w|fortnight|month|quarter|year)s?"
_ORDER = re.compile(r"\d{1,2}/\d{1,2}(?:/\d{2,4})?")
_DATE = re.compile(rf"\d{{1,2}}\.\d{{1,2}}\.(?:\d{{2,4}})?|{_ORDER.pattern}|(?=.*\d).*\b{_MONTH}\b.*")


@dataclass(frozen=True)
class Period:
    """A span in the speaker's zone, its end not included; a moment has no length, or is ``moment`` with room around."""

    start: datetime
    end: datetime
    moment: datetime | None = None


def period(words: str, now: datetime) -> Period | None:
    """What ``words`` (in lower case, single spaces) mean at ``now`` (in the speaker's zone); None: nothing known.

    Raises:
        ValueError: no calendar or clock has it ("the 31st" never, "25:00").
    """
    words = re.sub(r"^(?:(?:on|in|at|of|during|over|within|for|the|exactly|sometime|some time) )+", "", words)
    found = clock.CLOCK.search(words)
    if found:
        return _at(words[: found.start()] + words[found.end() :], clock.read(found), now)
    for pattern, meaning in _RULES:
        found = re.fullmatch(pattern, words)
        if found:
            return meaning(found, now)
    return _date(words, now)


def _at(rest: str, at: time, now: datetime) -> Period | None:
    """A moment: on the day that ``rest`` names, else at the last time that the clock showed it."""
    rest = " ".join(re.sub(r"[, ]+(?:at|on)?$|^[, ]*(?:on|at)\b", " ", rest).split())
    if rest:
        day = period(rest, now)
        if day is None:
            return None
        late = "night" in rest and at.hour < _HOURS["night"][0] - 12
        moment = _on(day.start.date() + timedelta(days=late), at, now)
    else:
        moment = _on(now.date(), at, now)
        if moment > now:
            moment = _on(now.date() - timedelta(days=1), at, now)
    return Period(moment, moment)


def _on(day: date, at: time, now: datetime) -> datetime:
    return datetime.combine(day, at, now.tzinfo)


def _days(first: date, after: date, now: datetime) -> Period:
    return Period(_on(first, time(), now), _on(after, time(), now))


def _day(day: date, now: datetime) -> Period:
    return _days(day, day + timedelta(days=1), now)


def _hours(day: date, part: str, now: datetime) -> Period:
    start, end = _HOURS[part]
    return Period(_on(day, time(start), now), _on(day + timedelta(days=end // 24), time(end % 24), now))


def _relative_day(found: re.Match[str], now: datetime) -> Period:
    back = {"today": 0, "yesterday": 1, "yday": 1, "day before yesterday": 2, "tomorrow": -1}
    day = now.date() - timedelta(days=back[found[1]])
    return _hours(day, found[2], now) if found[2] else _day(day, now)


def _weekday(found: re.Match[str], now: datetime) -> Period:
    which, name, part = found.groups()
    back = (now.weekday() - _DAYS.index(name[:3])) % 7
    if which == "this":
        back = now.weekday() - _DAYS.index(name[:3])
    elif which and not back:
        back = 7
    day = now.date() - timedelta(days=back)
    if part and which != "this" and _hours(day, part, now).start > now:
        day -= timedelta(days=7)
    return _hours(day, part, now) if part else _day(day, now)


def _weekday_of(found: re.Match[str], now: datetime) -> Period:
    """A day of this or last week, said in either order."""
    name, which = (found[1], found[2]) if found[1][:3] in _DAYS else (found[2], found[1])
    week = _calendar_unit("this" if which == "this" else "last", "week", now)
    return _day(week.start.date() + timedelta(days=_DAYS.index(name[:3])), now)


def _part(found: re.Match[str], now: datetime) -> Period:
    which, part = found.groups()
    if part == "night":
        return _hours(now.date() - timedelta(days=which != "this"), part, now)
    today = _hours(now.date(), part, now)
    if which == "this" and part == "morning" and today.start > now:
        return Period(_on(now.date(), time(), now), today.end)  # said before dawn, it is the night that is going on
    back = which in ("last", "past", "previous") or (which != "this" and today.start > now)
    return _hours(now.date() - timedelta(days=1), part, now) if back else today


def _span(unit: str, at: datetime, now: datetime) -> Period:
    """The calendar's ``unit`` in which ``at`` lies."""
    day = at.date()
    if unit == "day":
        return _day(day, now)
    if unit == "week":
        first = day - timedelta(days=day.weekday())
        return _days(first, first + timedelta(days=7), now)
    if unit == "weekend":
        first = day - timedelta(days=(day.weekday() - 5) % 7)
        return _days(first, first + timedelta(days=2), now)
    length = {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
    return _months(day.year, (day.month - 1) // length * length + 1, length, now)


def _months(year: int, month: int, length: int, now: datetime) -> Period:
    after = year * 12 + month - 1 + length
    return _days(date(year, month, 1), date(after // 12, after % 12 + 1, 1), now)


def _calendar(found: re.Match[str], now: datetime) -> Period:
    """This, last or past week, month ...: "past" counts back from now, as do the units of the clock."""
    return _calendar_unit(found[1], _canonical(found[2]), now)


def _calendar_unit(which: str | None, unit: str, now: datetime) -> Period:
    clock_like = unit in ("minute", "hour", "fortnight") or (which, unit) == ("last", "day")
    if clock_like or (which == "past" and unit != "weekend"):
        return _back(1, unit, now)
    this = _span(unit, now, now)
    if which in ("this", "current") or (which is None and unit == "weekend"):
        return this
    if unit == "weekend" and this.end <= now:
        return this
    return _span(unit, this.start - timedelta(days=1 if unit != "weekend" else 7), now)


def _counted(found: re.Match[str], now: datetime) -> Period:
    return _back(_number(found[1]), _canonical(found[2]), now)


def _ago(found: re.Match[str], now: datetime) -> Period:
    """A moment for the units of the clock, else the whole day that long ago."""
    unit = _canonical(found[2])
    start = _back(_number(found[1]), unit, now).start
    return Period(start, start) if unit in ("minute", "hour") else _day(start.date(), now)


def _back(count: float, unit: str, now: datetime) -> Period:
    lengths = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "weekend": 7, "fortnight": 14, "month": 30}
    days = count * {**lengths, "quarter": 91, "year": 365}[unit]
    start = (now.astimezone(timezone.utc) - timedelta(days=days)).astimezone(now.tzinfo)
    return Period(start, now)


def _named_month(found: re.Match[str], now: datetime) -> Period:
    which, name, year = found.groups()
    month = _MONTHS.index(name[:3]) + 1
    begun = month <= now.month - (which in ("last", "past", "previous") and month == now.month)
    return _months(int(year) if year else now.year - (not begun), month, 1, now)


def _quarter(found: re.Match[str], now: datetime) -> Period:
    length = {"q": 3, "h": 6}[found[1]]
    month = (int(found[2]) - 1) * length + 1
    if month > 12:
        raise ValueError(found[0])
    return _months(int(found[3]) if found[3] else now.year - (month > now.month), month, length, now)


def _year(found: re.Match[str], now: datetime) -> Period:
    return _months(int(found[1]), 1, 12, now)


def _day_of_month(found: re.Match[str], now: datetime) -> Period:
    """The last time that a month had this day."""
    number, month = int(found[1]), now.date().replace(day=1)
    for _ in range(3):
        after = (month + timedelta(days=31)).replace(day=1)
        if 1 <= number <= (after - month).days and (day := month.replace(day=number)) <= now.date():
            return _day(day, now)
        month = (month - timedelta(days=1)).replace(day=1)
    raise ValueError(found[0])


def _share(found: re.Match[str], now: datetime) -> Period | None:
    """A half, the beginning, the middle, the end, or one week of something longer."""
    whole = period(re.sub(rf"^(?:the )?(?={_UNIT}$)", "this ", found[2]), now)
    if whole is None:
        return None
    if whole.end - whole.start < timedelta(days=1):
        return whole  # "early this morning", "late last night" say no more than their part of the day
    first, after = whole.start.date(), whole.end.date()
    word, days = found[1].split()[0], (after - first).days
    if found[1].endswith("week"):
        week = timedelta(days=7)
        return _days(first, first + week, now) if word == "first" else _days(after - week, after, now)
    begin, end = (int(part * days) for part in _SHARES[word])
    return _days(first + timedelta(days=begin), first + timedelta(days=end), now)


_SHARES = {
    "first": (0, 1 / 2), "second": (1 / 2, 1), "beginning": (0, 1 / 3), "start": (0, 1 / 3), "early": (0, 1 / 3),
    "middle": (1 / 3, 2 / 3), "mid": (1 / 3, 2 / 3), "end": (2 / 3, 1), "late": (2 / 3, 1),
}  # fmt: skip


def _number(text: str) -> float:
    return float(_NUMBERS.get(text) or text)


def _canonical(unit: str) -> str:
    return {"m": "minute", "min": "minute", "h": "hour", "hr": "hour", "d": "day", "w": "week"}.get(unit, unit)


def _iso(found: re.Match[str], now: datetime) -> Period:
    return _day(date(int(found[1]), int(found[2]), int(found[3])), now)


_LAST = r"(?:(last|past|previous|this|current) )?"
_RULES: tuple[tuple[str, Callable[[re.Match[str], datetime], Period | None]], ...] = (
    (
        rf"(?:earlier |late |early )?(today|yesterday|yday|day before yesterday|tomorrow)(?:(?:'s)? {_PART})?",
        _relative_day,
    ),
    (r"tonight", lambda _, now: _hours(now.date(), "night", now)),
    (r"overnight", lambda _, now: _hours(now.date() - timedelta(days=1), "night", now)),
    (rf"{_LAST}{_WEEKDAY}(?:(?:'s)? {_PART})?", _weekday),
    (rf"{_WEEKDAY}(?: of| in)?(?: the)? (last|previous|this) week", _weekday_of),
    (rf"(last|previous|this) week(?:'s| on)? {_WEEKDAY}", _weekday_of),
    (rf"{_LAST}{_PART}", _part),
    (rf"{_PART} (yesterday|today)", lambda found, now: period(f"{found[2]} {found[1]}", now)),
    (rf"{_LAST}{_UNIT}", _calendar),
    (rf"(?:last|past|previous) {_COUNT} ?{_UNIT}", _counted),
    (rf"{_COUNT} ?{_UNIT} (?:ago|before|earlier|back)", _ago),
    (rf"{_LAST}{_MONTH}(?: (\d{{4}}))?", _named_month),
    (r"(q)([1-4])(?: (?:of )?(\d{4}))?", _quarter),
    (r"(h)([12])(?: (?:of )?(\d{4}))?", _quarter),
    (r"(?:year )?(20\d\d)", _year),
    (r"(\d{1,2})(?:st|nd|rd|th)", _day_of_month),
    (r"(\d{4})[-/](\d{2})[-/](\d{2})", _iso),
    (r"((?:first|second) half|(?:first|last) week|beginning|start|middle|end) of (.+)", _share),
    (r"(early|late|mid)(?: |-)(?:in )?(.+)", _share),
)


def _date(words: str, now: datetime) -> Period | None:
    """A date of the calendar: of the orders that 3/4 can be read in, the one whose day was last."""
    if not _DATE.fullmatch(words):
        return None
    orders = ("DMY", "MDY") if _ORDER.fullmatch(words) else ("DMY",)
    words = re.sub(r"^(\d{1,2})\.(\d{1,2})\.$", r"\1/\2", words)  # the library takes 19.11. for a time of the day
    read = [_parsed(words, order, now) for order in orders]
    past = [day for day in read if day and day <= now.date()]
    found = max(past, default=None) or next((day for day in read if day), None)
    return _day(found, now) if found else None


def _parsed(words: str, order: str, now: datetime) -> date | None:
    # The library keeps all settings that it was ever given: one for each day is few enough.
    settings: dict[str, Any] = {
        "RELATIVE_BASE": datetime.combine(now.date(), time()), "PREFER_DATES_FROM": "past", "DATE_ORDER": order,
        "REQUIRE_PARTS": ["day", "month"],
    }  # fmt: skip
    found = DateDataParser(languages=["en"], settings=settings).get_date_data(words).date_obj
    return found.date() if found else None
