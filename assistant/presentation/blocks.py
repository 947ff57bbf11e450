"""A card as Slack's Block Kit (docs.slack.dev/reference/block-kit).

What providers, logs and documents wrote stands in rich text and plain text only. Slack never parses those, so nothing
in them can become a mention, a link or markup. Whatever is longer than a message may be goes on the next page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timezone
from typing import Any

from assistant.contracts.card import Button, Card, Line, Link, Moment, Row
from assistant.presentation.plain import clean

Block = Mapping[str, Any]

SANDBOX = "Sandbox: a made-up platform, nothing here is real."
PAGE_BLOCKS = 40
"""Slack takes 50 in a message; the rest is for the controls under the answer."""
PAGE_CHARACTERS = 9000
PIECE = 2800
"""Slack takes 3,000 characters in a text."""
LONGEST_CODE = 6000
"""Code that is longer goes into a file."""
_SHOWN_CODE = 20
_TITLE = 75
_MENU = 25
_FEW = 5
"""So many choices are buttons; more are menus."""
_FALLBACK = 3900
_DATE = "{date_short_pretty} {time}"
_CODE = "    "
_MARKS = {
    "bad": "red_circle", "warn": "large_yellow_circle", "busy": "hourglass_flowing_sand", "ok": "large_green_circle",
    "unknown": "grey_question",
}  # fmt: skip
_URL = re.compile(r"https?://[^\s<>|\"\\^`{}]{1,2000}", re.IGNORECASE)


def pages(card: Card, answer: str, revision: int = 0) -> list[list[Block]]:
    """The card as messages: what does not fit into one stands in the next; always at least one.

    Args:
        answer: the id under which the answer is kept; the choices carry it with ``revision`` and their number.
    """
    found: list[list[Block]] = [[]]
    characters = 0
    for block in _blocks(card, answer, revision):
        size = _size(block)
        if found[-1] and (len(found[-1]) >= PAGE_BLOCKS or characters + size > PAGE_CHARACTERS):
            found.append([])
            characters = 0
        found[-1].append(block)
        characters += size
    return found


def controls(titles: Mapping[str, str], answer: str, revision: int = 0) -> Block:
    """A row of the assistant's own buttons, by what they do (``more.1``, ``share``, ``good``) and their titles."""
    value = f"{answer}.{revision}"
    return {
        "type": "actions",
        "elements": [_button(action, title, value) for action, title in titles.items()],
    }


def note(text: str) -> Block:
    """A small grey line."""
    return {"type": "context", "elements": [_plain(text, PIECE)]}


def fallback(card: Card) -> str:
    """What shows where blocks do not: in notifications, and to screen readers. Times are in the reader's zone."""
    lines = [(card.title,), *((row.name, ": ", *row.line) for row in card.rows), *card.lines]
    text = "\n".join(_marked_up(line) for line in [*lines, *((each,) for each in card.notes)])
    if len(text) <= _FALLBACK:
        return text.strip() or "…"
    whole, _, _ = text[:_FALLBACK].rpartition("\n")
    return f"{whole or escape(clean(card.title)[:500])}\n…"


def escape(text: str) -> str:
    """Text for a place where Slack parses markup, without any (docs.slack.dev/messaging/formatting-message-text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def long_code(card: Card) -> str | None:
    """The card's code when it is too long to be read in a message, else None."""
    code = "\n".join(_text(line)[len(_CODE) :] for line in card.lines if _is_code(line))
    return code if len(code) > LONGEST_CODE else None


def without_long_code(card: Card) -> Card:
    """The card with the first lines of its code, for one whose whole code stands in a file."""
    code = [line for line in card.lines if _is_code(line)]
    left = set(map(id, code[_SHOWN_CODE:]))
    lines = tuple(line for line in card.lines if id(line) not in left)
    count = len(code) - _SHOWN_CODE
    return replace(card, lines=lines, notes=(f"{count} more lines: all of it is in the file.", *card.notes))


def _blocks(card: Card, answer: str, revision: int) -> Iterator[Block]:
    yield from _rich([[*_styled(card.title, "bold")]])
    yield from _rich(_row(row) for row in card.rows)
    yield from _body(card.lines)
    for text in card.notes:
        yield from ({"type": "context", "elements": [_plain(piece, PIECE)]} for piece in _pieces(clean(text)))
    yield from _choices(card.buttons, answer, revision)
    if card.sandbox:
        yield note(SANDBOX)


def _body(lines: Sequence[Line]) -> Iterator[Block]:
    """Lines in order, with those that are set off by four spaces as code."""
    start = 0
    while start < len(lines):
        code, end = _is_code(lines[start]), start + 1
        while end < len(lines) and _is_code(lines[end]) == code:
            end += 1
        if code:
            yield from _preformatted([clean(_text(line)[len(_CODE) :]) for line in lines[start:end]])
        else:
            yield from _rich(_elements(line) for line in lines[start:end])
        start = end


def _preformatted(lines: Iterable[str]) -> Iterator[Block]:
    for text in _packed([piece for line in lines for piece in _pieces(line or " ")]):
        element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
        yield {"type": "rich_text", "elements": [element]}


def _rich(lines: Iterable[list[dict[str, Any]]]) -> Iterator[Block]:
    """Lines of elements as rich text, each block within the size of a text."""
    section: list[dict[str, Any]] = []
    size = 0
    for line in lines:
        for number, element in enumerate(line or [{"type": "text", "text": " "}]):
            if section and size + _size(element) > PIECE:
                yield _section(section)
                section, size = [], 0
            elif section and number == 0:
                section.append({"type": "text", "text": "\n"})
            section.append(element)
            size += _size(element) + 1
    if section:
        yield _section(section)


def _section(elements: list[dict[str, Any]]) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _row(row: Row) -> list[dict[str, Any]]:
    mark = {"type": "emoji", "name": _MARKS[row.mark]}
    return [mark, {"type": "text", "text": " "}, *_styled(row.name, "bold"), *_elements(("  ", *row.line))]


def _elements(line: Line) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in line:
        if isinstance(part, Moment):
            found.append(
                {"type": "date", "timestamp": int(part.at.timestamp()), "format": _DATE, "fallback": _utc(part)}
            )
        elif isinstance(part, Link) and _URL.fullmatch(part.url):
            found.append({"type": "link", "url": part.url, "text": clean(part.title)[:PIECE] or part.url})
        else:
            text = f"{part.title} {part.url}" if isinstance(part, Link) else part
            found += [{"type": "text", "text": piece} for piece in _pieces(clean(text))]
    return found


def _styled(text: str, style: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": piece, "style": {style: True}} for piece in _pieces(clean(text))]


def _choices(buttons: Sequence[Button], answer: str, revision: int) -> Iterator[Block]:
    """Few choices as buttons, more as menus; the value tells which answer's choice it is."""
    values = [f"{answer}.{revision}.{number}" for number in range(len(buttons))]
    if 0 < len(buttons) <= _FEW:
        elements = [
            _button(f"choice.{n}", one.title, value) for n, (one, value) in enumerate(zip(buttons, values, strict=True))
        ]
        yield {"type": "actions", "elements": elements}
        return
    for start in range(0, len(buttons), _MENU):
        some = buttons[start : start + _MENU]
        options = [
            {"text": _plain(one.title, _TITLE), "value": value}
            for one, value in zip(some, values[start : start + _MENU], strict=True)
        ]
        span = f"{some[0].title} … {some[-1].title}" if len(buttons) > _MENU else "Choose one"
        menu = {"type": "static_select", "action_id": f"choices.{start}", "options": options}
        yield {"type": "actions", "elements": [{**menu, "placeholder": _plain(span, 150)}]}


def _button(action: str, title: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "text": _plain(title, _TITLE), "value": value}


def _plain(text: str, most: int) -> Block:
    text = clean(text).strip() or "–"
    short = text if len(text) <= most else text[: most - 1] + "…"
    return {"type": "plain_text", "text": short, "emoji": False}


def _pieces(text: str) -> list[str]:
    """The text in parts that fit, cut at a blank where there is one near."""
    found = []
    while len(text) > PIECE:
        at = text.rfind(" ", PIECE - 200, PIECE) + 1 or PIECE
        found.append(text[:at])
        text = text[at:]
    return [*found, text] if text else found


def _packed(lines: Iterable[str]) -> Iterator[str]:
    """Lines joined into as few texts as fit."""
    held: list[str] = []
    for line in lines:
        if held and sum(map(len, held)) + len(held) + len(line) > PIECE:
            yield "\n".join(held)
            held = []
        held.append(line)
    if held:
        yield "\n".join(held)


def _size(value: Any) -> int:
    """The characters of all texts in a block."""
    if isinstance(value, Mapping):
        return sum(_size(each) for each in value.values())
    if isinstance(value, list):
        return sum(_size(each) for each in value)
    return len(value) if isinstance(value, str) else 0


def _is_code(line: Line) -> bool:
    return bool(line) and isinstance(line[0], str) and line[0].startswith(_CODE)


def _text(line: Line) -> str:
    return "".join(
        part if isinstance(part, str) else _utc(part) if isinstance(part, Moment) else part.url for part in line
    )


def _marked_up(line: Line) -> str:
    found = []
    for part in line:
        if isinstance(part, Moment):
            found.append(f"<!date^{int(part.at.timestamp())}^{_DATE}|{_utc(part)}>")
        elif isinstance(part, Link) and _URL.fullmatch(part.url):
            title = clean(part.title)[:PIECE].replace("|", "¦")
            found.append(f"<{escape(part.url)}|{escape(title) or escape(part.url)}>")
        else:
            found.append(escape(clean(f"{part.title} {part.url}" if isinstance(part, Link) else part)))
    return "".join(found)


def _utc(moment: Moment) -> str:
    return f"{moment.at.astimezone(timezone.utc):%d %b %H:%M} UTC"
