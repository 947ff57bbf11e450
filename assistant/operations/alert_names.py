"""Alerts named in prose: "the high error rate" for ``HighErrorRate``, "the full disk" for ``DiskAlmostFull``."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d\w*")
# These parts of a name say only how much; people leave them out.
_DEGREES = frozenset(
    {
        "high",
        "low",
        "too",
        "almost",
        "very",
        "is",
        "are",
        "many",
        "much",
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "no",
        "alert",
    }
)


def spoken(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of ``names`` all of whose telling words are in ``text``; the fullest matches only."""
    said = {_stem(word) for word in re.findall(r"[^\W_]+", text.lower())}
    found: dict[str, int] = {}
    for name in dict.fromkeys(names):
        parts = {part.lower() for part in _PART.findall(name)}
        telling = {_stem(part) for part in parts - _DEGREES}
        if telling and telling <= said:
            found[name] = len({_stem(part) for part in parts} & said)
    most = max(found.values(), default=0)
    return tuple(name for name, words in found.items() if words == most)


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word
