"""Times as people say them ("since Monday", "around 3am", "between Tuesday and Thursday") → intervals of the past.

An interval is half-open, aware and in UTC; the words are read in the speaker's zone. "Since" lasts until now, a moment
is given some minutes on both sides, and what is still under way ends now.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone, tzinfo

from assistant.contracts.errors import Invalid
from assistant.contracts.interval import BEGINNING, Interval
from assistant.language import clock, everyday, patterns
from assistant.language.periods import Period, period

AROUND = timedelta(hours=1)
"""What "around 3am" takes in on either side."""
AT = timedelta(minutes=15)
"""What "at 3am" takes in on either side."""
MAX_TEXT = 2000
"""A time is looked for in the first characters only."""
LONGEST = 80
"""The words of one time are no longer than this."""

_DAY = r"(?:mon|tues?|wed|thurs?|thu|fri|sat|sun)"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_HOUR = r"(?:at )?\d{1,2}(?::\d{2})?(?: ?[ap]m)?"
_TO = r"(?: (?:and|to|till?|until) | ?[-–] ?)"
_BEFORE_A_DAY = everyday.words("on last this since from until till to by before after between and")
_AFTER = "|".join(rf"(?<=\b{word} )" for word in sorted(_BEFORE_A_DAY))
# What the patterns of the understanding leave out, because outside of a question about times it means something else.
_MORE = re.compile(
    r"\b(?:on )?the \d{1,2}(?:st|nd|rd|th)\b(?! (?:time|version|deploy|release|percentile))"
    r"|(?<=\bin )20\d\d\b|(?<=since )20\d\d\b"
    rf"|(?:{_AFTER}|(?<=[a-z]-)){_DAY}\b|\b{_DAY}(?= \d{{1,2}}(?::\d|\s?[ap]m)|{_TO}{_DAY}\b)"
    rf"|\b{_WEEKDAY}(?: of| in)? (?:last|previous|this) week\b|\b(?:last|previous|this) week(?:'s| on)? {_WEEKDAY}\b"
    r"|\b(?:start|beginning|middle|end) of (?:the |this |last |previous )?(?:day|week|month|quarter|year)\b"
    r"|\b\d{4}[-/]\d{2}[-/]\d{2}(?:[ t]\d{1,2}:\d{2}(?::\d{2})?(?:z| utc)?)?\b"
    rf"|\b{_MONTH} {_NTH}{_TO}{_NTH}\b(?!:| ?[ap]m)|\b{_NTH} ?[-–] ?{_NTH} {_MONTH}\b"
    r"|\b\d{1,2}(?::\d{2})? ?(?:[ap]m)? ?[-–] ?\d{1,2}(?::\d{2}\b| ?[ap]m\b)"
    rf"|\b\d{{1,2}}{_TO}\d{{1,2}} (?:minute|hour|day|week|month)s? ago\b"
    r"|\b\d{1,2}:\d{2}z\b|\blunch(?:time)?(?: yesterday| today)\b"
    r"|(?:(?<=\bto )|(?<=\band )|(?<=\buntil )|(?<=\btill ))now\b",
    re.IGNORECASE,
)
# Hours without a sign of it: only beside a day ("yesterday between 8 and 10") or, from one to another, at the end.
_HOURS = re.compile(
    rf"\b(?:(?:between|from) {_HOUR}{_TO}{_HOUR}(?P<both>)|(?:since|after|before|until|till) {_HOUR})\b(?![.:%\w])",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:\b(?:since|from|between|before|prior to|after|until|till?|up to|by|around|(?<!how )(?<!what )about|at|the|last"
    r"|past|early|late"
    r"|mid|in|on|(?:first|second) half of|(?:first|last) week of|(?:beginning|start|middle|end) of"
    r"|\d{1,2}(?:st|nd|rd|th)?\s?(?:to|until|and|-|–))[\s-]*(?<=[\s–-]))+$",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:and|to|till?|until|through|up to|-|–|,|at|on|(?:at )?(?:around|about))?\s*", re.IGNORECASE)
_DASH = re.compile(r"(?<!\d{4})(?<!\d{4}-\d{2})(?<!\bmid)(?<=[a-z0-9]) ?[-–] ?(?=[a-z0-9])")
_RANGE = re.compile(r"(?:between |from )?(.+?) ?(?: and | to | till? | until | through | up to |–| - ) ?(.+)")
_DAY_FIRST = re.compile(r"^(?:on )?([a-z0-9. ]+?),? ((?:between|from) .+)$")
_DAY_BOUND = re.compile(
    r"^(?:on )?([a-z0-9. ]+?),? (since|after|before|until|till) ((?:at )?\d.*|noon|midday|midnight|lunch\w*)$"
)
_BOUND = re.compile(r"(since|from|after|before|prior to|until|till?|up to|by) (.+)")
_ABOUT = re.compile(r"(?:^| )(?:at )?(?:around|about|circa|roughly) ")
_FUTURE = re.compile(r"\b(?:next|coming|following|from now)\b")
_BARE = re.compile(
    r"(?:at )?(\d{1,2})"
    rf"(?: ((?:on )?(?:yesterday|yday|today|the day before|last |this |{_DAY}(?:\w*day)?\b|the \d).*))?"
)


def spoken(text: str, now: datetime, zone: tzinfo) -> Interval | None:
    """The interval that a message speaks of, None when it names no time.

    Args:
        now: the present, aware.
        zone: the speaker's.

    Raises:
        Invalid: it names a time that is none, lies in the future or that nobody but people can know ("holidays").
    """
    words = _phrase(text[:MAX_TEXT])
    return interval(words, now, zone) if words else None


def interval(words: str, now: datetime, zone: tzinfo) -> Interval:
    """What the words of a time mean. Raises Invalid like :func:`spoken`."""
    plain, named = clock.zoned(" ".join(words.lower().replace("’", "'").split()))
    plain = re.sub(r"(?<=\d-\d\d)t(?=\d)|(?<=\d/\d\d)t(?=\d)", " ", _DASH.sub(" - ", plain))
    plain = re.sub(r"(:\d{2}):\d{2}\b", r"\1", plain)
    local = now.astimezone(named or zone)
    try:
        found = _range(plain, local)
    except (ValueError, OverflowError):
        found = None
    if found is None and _FUTURE.search(plain):
        raise Invalid(f"“{words}” lies in the future, and I only know what has happened so far.")
    if found is None:
        raise Invalid(
            f"I don't know when “{words}” is. Please say it in days or hours, for example “yesterday”, “since Monday” "
            "or “1 to 15 August”."
        )
    start, end = found.start.astimezone(timezone.utc), found.end.astimezone(timezone.utc)
    if start >= now:
        raise Invalid(f"“{words}” lies in the future, and I only know what has happened so far.")
    end = min(end, now.astimezone(timezone.utc))
    if start >= end:
        raise Invalid(f"“{words}” ends before it begins. Please say the earlier time first.")
    return Interval(start, end, words, found.moment and found.moment.astimezone(timezone.utc))


def _phrase(text: str) -> str | None:
    """The first stretch of the text that speaks of a time, with the words that belong to it ("since", "between")."""
    spans = [(m.start, m.end) for m in patterns.find(text) if _is_time(m.kind, text, m.start, m.end)]
    spans += [(found.start(), found.end()) for found in _MORE.finditer(text)]
    spans += [(found.start(), found.end()) for found in _HOURS.finditer(text) if _are_hours(found, text, spans)]
    phrase: tuple[int, int] | None = None
    for start, end in sorted(spans):
        lead = _LEAD.search(text, max(0, start - LONGEST // 2), start)
        start = lead.start() if lead else start
        if phrase is None:
            phrase = (start, end)
        elif end - phrase[0] > LONGEST:
            break
        elif start <= phrase[1] or _JOINT.fullmatch(text, phrase[1], start):
            phrase = (phrase[0], max(end, phrase[1]))
    words = text[slice(*phrase)].strip() if phrase else ""
    return words if words.lower() not in ("", "now") else None  # the present is no time of the past


def _are_hours(found: re.Match[str], text: str, times: Sequence[tuple[int, int]]) -> bool:
    at_the_end = found["both"] is not None and not text[found.end() :].strip(" ?!.")
    beside = any(
        _JOINT.fullmatch(text, end, found.start()) or _JOINT.fullmatch(text, found.end(), start) for start, end in times
    )
    return beside or at_the_end


def _is_time(kind: str, text: str, start: int, end: int) -> bool:
    """Whether a mention is a time; a duration is one after "the last" or when it says until when."""
    if kind == "duration":
        said = text[max(0, start - 12) : end].lower()
        return re.search(r"\b(?:last|past|previous|until|till?)\b", said) is not None
    return kind == "time"


def _range(words: str, now: datetime) -> Period | None:
    words = _DAY_FIRST.sub(r"\2 \1", words)  # "yesterday between 2 and 4pm"
    within = _DAY_BOUND.fullmatch(words)  # "today since 8" stays in the day
    if within and not _RANGE.fullmatch(words):
        day, part = _one(within[1], now, margin=False), _bounded(within[2], f"{within[3]} {within[1]}", now)
        return Period(max(day.start, part.start), min(day.end, part.end)) if day and part else None
    bound = _BOUND.fullmatch(words)
    two = _RANGE.fullmatch(words)
    if two and not (bound and bound[1] in ("since", "after", "before")):
        both = _between(*_alike(two[1], two[2]), now)
        if both is not None:
            return both
    return _bounded(bound[1], bound[2], now) if bound else _one(words, now)


def _bounded(word: str, moment: str, now: datetime) -> Period | None:
    found = _one(moment, now, margin=False)
    if found is None and word == "since":
        found = _one(f"last {moment}", now, margin=False)  # "since two hours"
    if found is None:
        return None
    beginning = BEGINNING.astimezone(now.tzinfo)
    if word in ("since", "from"):
        return Period(found.start, now)
    if word == "after":
        return Period(found.end, now)
    return Period(beginning, found.start if word in ("before", "prior to") else found.end)


def _alike(first: str, last: str) -> tuple[str, str]:
    """Both sides written out: "8", "10 yesterday" → "8:00", "10:00 yesterday"; "nov 14", "16" → "nov 14", "nov 16"."""
    bare, hour = re.fullmatch(r"(?:at )?(?:the )?(\d{1,2})(?:st|nd|rd|th)?", first), _BARE.fullmatch(last)
    ago = re.fullmatch(r"\d+ ([a-z]+ ago)", last)
    if bare and ago:
        return last, f"{bare[1]} {ago[1]}"
    month = re.fullmatch(rf"(?:the )?{_NTH}(?: of)? ({_MONTH}(?: \d{{4}})?)", last)
    if bare and month:
        return f"{bare[1]} {month[1]}", last
    month = re.fullmatch(rf"({_MONTH}) {_NTH}", first)
    if month and re.fullmatch(_NTH, last):
        return first, f"{month[1]} {last}"
    if bare and (half := re.search(r"\d ?([ap])\.?m\b", last)):
        return f"{bare[1]}{half[1]}m", last
    if hour and (bare or clock.CLOCK.search(first)):
        later = 12 if bare and int(hour[1]) <= int(bare[1]) <= 12 else 0  # "between 9 and 5"
        last = f"{int(hour[1]) + later}:00 {hour[2] or ''}".strip()
    return (f"{bare[1]}:00" if _BARE.fullmatch(first) and bare else first), last


def _between(first: str, last: str, now: datetime) -> Period | None:
    """From the start of ``first`` to the end of ``last``; a lone hour is one of the other side's day."""
    end = _one(last, now, margin=False)
    start = _one(first, now, margin=False)
    if end is None or start is None:
        return None
    if start.start > end.start or clock.CLOCK.fullmatch(first):
        start = _one(first, end.start, margin=False) or start
    if end.start < start.start:  # an hour of the day that is over in the words before: "friday 6pm to 8pm"
        return None
    return Period(start.start, end.end)


def _one(words: str, now: datetime, margin: bool = True) -> Period | None:
    about = _ABOUT.search(words)
    words = _ABOUT.sub(" at ", words).strip()
    if words == "now":
        return Period(now, now)
    bare = _BARE.fullmatch(words) if about or not margin else None
    found = period(f"{bare[1]}:00 {bare[2] or ''}".strip() if bare else words, now)
    if found is None or found.start != found.end or not margin:
        return found
    around = AROUND if about else AT
    return Period(found.start - around, found.end + around, found.start)
