"""Times of the clock as people write them ("3 pm", "14.30", "noon", "9 o'clock"), and their zones ("14:00 UTC")."""

from __future__ import annotations

import re
from datetime import time, timezone, tzinfo
from zoneinfo import ZoneInfo

CLOCK = re.compile(
    r"(?<![\d.:/-])(?:\bat )?(?:\b(\d{1,2})(?:[:.](\d{2}))? ?([ap])\.?m\b\.?|\b(\d{1,2})[:.](\d{2})(?![\d.])"
    r"|\b(\d{1,2}) o'?clock\b|\b(noon|midday)\b|\b(midnight)\b)"
)
"""A time of the clock in lower case, for :func:`read`."""

_ZONE = re.compile(r" ?(\b(?:utc|gmt|cet|cest|est|edt|pst|pdt)|(?<=\d)z)\b")
_PLACES = {"c": "Europe/Berlin", "e": "America/New_York", "p": "America/Los_Angeles"}


def read(clock: re.Match[str]) -> time:
    """The time that a match of :data:`CLOCK` shows. Raises ValueError for one that no clock shows ("25:00")."""
    hour, minute, half, hour24, minute24, oclock, noon, _ = clock.groups()
    if half:
        if not 1 <= int(hour) <= 12:
            raise ValueError(clock[0])
        return time(int(hour) % 12 + (12 if half == "p" else 0), int(minute or 0))
    if hour24 or oclock:
        return time(int(hour24 or oclock), int(minute24 or 0))
    return time(12 if noon else 0)


def zoned(words: str) -> tuple[str, tzinfo | None]:
    """The words of a time without the name of a zone, and that zone; None when none is named."""
    found = _ZONE.search(words)
    if found is None:
        return words, None
    place = _PLACES.get(found[1][0])
    return _ZONE.sub("", words).strip(), ZoneInfo(place) if place else timezone.utc
