"""Everything that a message names: names of the catalogue, closed sets and patterns, without overlaps."""

from __future__ import annotations

from assistant.language import patterns
from assistant.language.mention import Mention, without_overlaps
from assistant.language.names import Names


def mentions(text: str, names: Names | None) -> list[Mention]:
    """The mentions in ``text``, in its order; without ``names`` only what needs no catalogue."""
    known = names.find(text) if names else []
    return without_overlaps([*known, *patterns.find(text)])
