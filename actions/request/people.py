"""Whom a message names; people are not among the names of the catalogue that every message is searched for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.request.said import Said
from assistant.contracts.errors import NotFound
from assistant.contracts.platform import Person
from assistant.language.people import named

_REACHES = re.compile(
    r"\b(?:reach|contact|get hold of|talk to|speak (?:to|with)|write to|ping|message|dm)\b"
    r"|\b(?:slack|handle|e-?mail|contacts?|contact (?:data|details)|login|account|time ?zone)\b",
    re.IGNORECASE,
)
_ACT = re.compile(r"\b(?:approv|reject|re-?run|retry|cancel|stop|unlock|lock|pause|resume)\w*", re.IGNORECASE)
_IS_TO = (
    r"\W+(?:(?:please|pls|can|could|would|will|should|must|may|has|have|needs?|ought|is|to|you|he|she|they|whether|if"
    r"|going|the one who|just)\W+)*"
)
_WORD = re.compile(r"[^\W_]+")


def with_people(message: Said, known: Mapping[str, Person]) -> tuple[Said, tuple[str, ...]]:
    """The message without the people who were taken for unknown services, and these people, by name.

    Raises:
        Invalid: a first name that several people have.
    """
    found = named(message.bare, known)
    parts = {part.lower() for name in found for part in (name, *_WORD.findall(known[name].display_name))}
    rest = tuple(one for one in message.unresolved if not (isinstance(one, NotFound) and _within(one.name, parts)))
    return replace(message, unresolved=rest), tuple(found)


def addressed(message: Said, known: Mapping[str, Person], speaker: Person | None) -> bool:
    """Whether an order is for a colleague to carry out: "jonas, approve it", "remind jonas to approve"."""
    act = _ACT.search(message.text)
    before = message.text[: act.start()] if act else ""
    for name in named(before, known):
        words = "|".join(map(re.escape, (name, *_WORD.findall(known[name].display_name))))
        if known[name] != speaker and re.search(rf"\b(?:{words})\b{_IS_TO}$", before, re.IGNORECASE):
            return True
    return False


def reaches(text: str) -> bool:
    """Whether it is asked how somebody is reached: "how can i reach Tomasz", "what's priya's slack"."""
    return _REACHES.search(text) is not None


def _within(name: str, parts: set[str]) -> bool:
    words = _WORD.findall(re.sub(r"['’]s\b", "", name).lower())
    return name.lower() in parts or all(word in parts for word in words)
