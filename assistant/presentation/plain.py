"""A card as plain text: for the console, the command line, and as the fallback of richer channels.

Choices are left to the channel, which knows how one chooses there.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta, tzinfo

from assistant.contracts.card import Card, Line, Link, Moment

_MARKS = {"bad": "✗", "warn": "!", "busy": "…", "ok": "✓", "unknown": "?"}
_LONGEST_NAME = 24


def render(card: Card, zone: tzinfo | None, now: datetime) -> str:
    """The card as lines of text.

    Args:
        zone: the reader's time zone, for every time in it; None is this machine's.
        now: the present, so that today's times are short.
    """
    width = min(_LONGEST_NAME, max((len(row.name) for row in card.rows), default=0))
    lines = [clean(card.title)]
    rows = (f" {_MARKS[row.mark]} {clean(row.name):<{width}}  {_line(row.line, zone, now)}" for row in card.rows)
    lines += [row.rstrip() for row in rows]
    lines += [_line(line, zone, now) for line in card.lines]
    lines += [clean(note) for note in card.notes]
    if card.sandbox:
        lines.append("(sandbox: a made-up platform, nothing here is real)")
    return "\n".join(lines)


def age(seconds: float) -> str:
    """How long ago, in the largest sensible unit: ``40 s``, ``14 min``, ``3 h``, ``2 days``."""
    for size, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if seconds >= size:
            count = int(seconds // size)
            plural = "s" if unit == "day" and count > 1 else ""
            return f"{count} {unit}{plural}"
    return f"{max(0, int(seconds))} s"


def clean(text: str) -> str:
    """Text of others without control, direction and line-break characters, so that it cannot draw outside its place."""
    kept = (" " if character in "\n\r\t" else character for character in text)
    return "".join(one for one in kept if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))


def _line(line: Line, zone: tzinfo | None, now: datetime) -> str:
    texts: list[str] = []
    for number, part in enumerate(line):
        if number and isinstance(line[number - 1], Link) and not (isinstance(part, str) and part[:1].isspace()):
            texts.append(" ")  # else a terminal takes the text for a part of the address
        if isinstance(part, Moment):
            texts.append(_moment(part.at.astimezone(zone), now.astimezone(zone)))
        elif isinstance(part, Link):
            texts.append(f"{clean(part.title)} {clean(part.url)}".strip())
        else:
            texts.append(clean(part))
    return "".join(texts).rstrip()


def _moment(at: datetime, now: datetime) -> str:
    if at.date() == now.date():
        return f"{at:%H:%M}"
    if at.date() == now.date() - timedelta(days=1):
        return f"yesterday {at:%H:%M}"
    day = f"{at.day} {at:%b}"
    return f"{at:%a} {day} {at:%H:%M}" if abs(now - at) < timedelta(days=180) else f"{day} {at:%Y}"
