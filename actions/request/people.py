"""Whom a message names; people are not among the names of the catalogue that every message is searched for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.request.said import Said
from assistant.contracts.errors import NotFound
from assistant.contracts.platform import Person
from assistant.language.people import named

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


def _within(name: str, parts: set[str]) -> bool:
    words = _WORD.findall(re.sub(r"['’]s\b", "", name).lower())
    return name.lower() in parts or all(word in parts for word in words)
