"""A passage of the documents as a card: the page's words, where they stand, whose they are, and how old."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from assistant.contracts.card import Button, Card, Line, Link, Part
from assistant.contracts.docs import Block, Certainty, DocsReport, Passage

Team = Callable[[str], str]
"""From an owner's name in the catalogue to the name that colleagues know."""

MOST_CHARACTERS = 1200
MOST_CODE_LINES = 25
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s")


def docs_card(report: DocsReport, team: Team, whom_to_ask: str) -> Card:
    """The answer to a question about what is written down.

    Args:
        whom_to_ask: the end of “… ask …”, for what is not documented.
    """
    notes = tuple(f"Not searched: {problem}." for problem in report.problems)
    if report.certainty is Certainty.NOTHING:
        return Card(_nothing(report, whom_to_ask), notes=notes)
    first, *others = report.passages
    near = report.certainty is Certainty.NEAR and not report.request.skip
    title = (
        f"I found no page that answers this. The closest I have is “{_heading(first)}”:" if near else _heading(first)
    )
    lines = [*_passage(first, team, report.today)]
    for other in others:
        where = "Also near" if near else "Another page says about this"
        lines += [("",), (f"{where}, under “{_heading(other)}”:",)]
        lines += _passage(other, team, report.today)
    if silent := _not_spoken_of(report):
        notes = (f"It says nothing about {' and '.join(silent)} in particular.", *notes)
    if others and not near:
        notes = (_both(first, others[0]), *notes)
    if near:
        notes = (f"If that is not it, ask {whom_to_ask}.", *notes)
    buttons = (Button("More", "ask_docs"),) if report.more else ()
    return Card(title, lines=tuple(lines), notes=notes, buttons=buttons)


def _nothing(report: DocsReport, whom_to_ask: str) -> str:
    if report.request.skip:
        return "That is all I found about it."
    return f"That is not documented, as far as I can find. You can ask {whom_to_ask}."


def _not_spoken_of(report: DocsReport) -> list[str]:
    """The services and environments asked about that none of the passages names."""
    texts = [
        " ".join((_heading(passage), passage.file, *(line for block in passage.blocks for line in block.lines)))
        for passage in report.passages
    ]
    return [name for name in report.request.names if not any(name in text.lower() for text in texts)]


def _heading(passage: Passage) -> str:
    return " › ".join((passage.page, *passage.headings))


def _passage(passage: Passage, team: Team, today: date) -> Iterator[Line]:
    for line in _words(passage):
        yield (line,)
    facts = [team(passage.owner)] if passage.owner else []
    if passage.changed:
        facts.append(f"last changed {_day(passage.changed)}")
    where: tuple[Part, ...] = (Link("Source:", passage.url),) if passage.url else (f"Source: {passage.file}",)
    yield (*where, "".join(f" · {fact}" for fact in facts))
    if passage.outdated(today):
        why = f"its review was due {_day(passage.review)}" if passage.review else "nobody has changed it for a year"
        yield (f"This page may be outdated: {why}.",)


def _words(passage: Passage) -> Iterator[str]:
    """The passage from its beginning, or from the block that answers best when that would not be reached."""
    before = sum(_size(block) for block in passage.blocks[: passage.start + 1])
    first = 0 if before <= MOST_CHARACTERS else passage.start
    if first:
        yield "…"
    left = MOST_CHARACTERS
    for number, block in enumerate(passage.blocks[first:]):
        if number and _size(block) > left:
            yield "… (the page goes on)"
            return
        yield from _cut(block, left)
        left -= _size(block)


def _cut(block: Block, left: int) -> Iterator[str]:
    if block.whole:
        yield from block.lines[:MOST_CODE_LINES]
        if len(block.lines) > MOST_CODE_LINES:
            yield f"    … ({len(block.lines) - MOST_CODE_LINES} more lines on the page)"
        return
    for line in block.lines:
        yield _sentences(line, left)


def _sentences(text: str, most: int) -> str:
    """As many whole sentences as fit; one is always shown."""
    if len(text) <= most:
        return text
    first, *more = _SENTENCE_END.split(text)
    for sentence in more:
        if len(first) + 1 + len(sentence) > most:
            break
        first += " " + sentence
    return f"{first} …"


def _size(block: Block) -> int:
    """What a block counts for; code is not cut inside, so a long one counts as far as it is shown."""
    return sum(len(line) for line in block.lines[: MOST_CODE_LINES if block.whole else None])


def _both(first: Passage, other: Passage) -> str:
    text = "Two pages speak of this"
    if first.changed and other.changed and first.changed != other.changed:
        newer = first if first.changed > other.changed else other
        return f"{text}; where they differ, “{newer.page}” was changed last."
    return f"{text}; they may differ."


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
