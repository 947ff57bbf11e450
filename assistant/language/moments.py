"""Times as people say them ("since Monday", "around 3am", "between Tuesday and Thursday") → intervals of the past.

An interval is half-open, aware and in UTC; the words are read in the speaker's zone. "Since" lasts until now, a moment
is given some minutes on both sides, and what is still under way ends now.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo

from assistant.contracts.errors import Invalid
from assistant.contracts.interval import BEGINNING, Interval
from assistant.language import patterns
from assistant.language.periods import Period, period

AROUND = timedelta(hours=1)
"""What "around 3am" takes in on either side."""
AT = timedelta(minutes=15)
"""What "at 3am" takes in on either side."""
MAX_TEXT = 2000
"""A time is looked for in the first characters only."""
LONGEST = 80
"""The words of one time are no longer than this."""

_MORE = re.compile(
    r"\b(?:on )?the \d{1,2}(?:st|nd|rd|th)\b(?! (?:time|version|deploy|release))|(?<=\bin )20\d\d\b|(?<=since )20\d\d\b"
)
_LEAD = re.compile(
    r"(?:\b(?:since|from|between|before|prior to|after|until|till?|by|around|about|at|the|last|past|early|late|mid|in"
    r"|on|(?:first|second) half of|(?:first|last) week of|(?:beginning|start|middle|end) of"
    r"|\d{1,2}(?:st|nd|rd|th)?\s?(?:to|until|and|-|–))[\s-]*(?<=[\s–-]))+$",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:and|to|till?|until|through|up to|-|–|,|at|on|around|about)?\s*", re.IGNORECASE)
_RANGE = re.compile(r"(?:between |from )?(.+?) ?(?: and | to | till? | until | through | up to |–| - ) ?(.+)")
_DAY_FIRST = re.compile(r"^(?:on )?([a-z0-9. ]+?),? ((?:between|from) .+)$")
_BOUND = re.compile(r"(since|from|after|before|prior to|until|till?|by) (.+)")
_ABOUT = re.compile(r"^(?:around|about|at around|at about|circa|roughly) ")
_FUTURE = re.compile(r"\b(?:next|coming|following|from now)\b")
_BARE = re.compile(r"(?:at )?(\d{1,2})")


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
    local = now.astimezone(zone)
    plain = " ".join(words.lower().replace("’", "'").split())
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
    return Interval(start, end, words)


def _phrase(text: str) -> str | None:
    """The first stretch of the text that speaks of a time, with the words that belong to it ("since", "between")."""
    spans = [(m.start, m.end) for m in patterns.find(text) if _is_time(m.kind, text, m.start, m.end)]
    spans += [(found.start(), found.end()) for found in _MORE.finditer(text)]
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
    return text[slice(*phrase)].strip() if phrase else None


def _is_time(kind: str, text: str, start: int, end: int) -> bool:
    """Whether a mention is a time; a duration is one after "the last" or when it says until when."""
    if kind == "duration":
        said = text[max(0, start - 12) : end].lower()
        return re.search(r"\b(?:last|past|previous|until|till?)\b", said) is not None
    return kind == "time"


def _range(words: str, now: datetime) -> Period | None:
    words = _DAY_FIRST.sub(r"\2 \1", words)  # "yesterday between 2 and 4pm"
    bound = _BOUND.fullmatch(words)
    two = _RANGE.fullmatch(words)
    if two and not (bound and bound[1] in ("since", "after", "before")):
        both = _between(two[1], two[2], now)
        if both is not None:
            return both
    if not bound:
        return _one(words, now)
    found = _one(bound[2], now, margin=False)
    if found is None:
        return None
    beginning = BEGINNING.astimezone(now.tzinfo)
    if bound[1] in ("since", "from"):
        return Period(found.start, now)
    if bound[1] == "after":
        return Period(found.end, now)
    return Period(beginning, found.start if bound[1] in ("before", "prior to") else found.end)


def _between(first: str, last: str, now: datetime) -> Period | None:
    """From the start of ``first`` to the end of ``last``; a lone hour takes the rest from its partner."""
    end = _one(last, now, margin=False)
    if end is None:
        return None
    bare = _BARE.fullmatch(first)
    if bare:
        half = re.search(r"\d ?([ap])\.?m\b", last)
        month = re.fullmatch(r"(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? ([a-z]+(?: \d{4})?)", last)
        first = f"{bare[1]}{half[1]}m" if half else f"{bare[1]} {month[1]}" if month else f"{bare[1]}:00"
    start = _one(first, now, margin=False)
    if (start is not None and start.start > end.start) or bare:
        start = _one(first, end.start, margin=False)
    return None if start is None else Period(start.start, end.end)


def _one(words: str, now: datetime, margin: bool = True) -> Period | None:
    about = _ABOUT.match(words)
    words = _ABOUT.sub("", words)
    bare = _BARE.fullmatch(words) if about or not margin else None
    found = period(f"{bare[1]}:00" if bare else words, now)
    if found is None or found.start != found.end or not margin:
        return found
    around = AROUND if about else AT
    return Period(found.start - around, found.end + around)
