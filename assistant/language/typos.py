"""Small typos: a deletion index finds candidates at a cost that does not grow with their number, rapidfuzz ranks them.

The index follows Wolf Garbe's symmetric deletion: two words are within n edits if they meet after at most n deletions
on either side. Long words are indexed by their first letters only, and their last by the ranking.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

SHORTEST = 4
LONG = 8
PREFIX = 9


class TypoIndex:
    """Finds the words nearest to a misspelt one."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, set[str]] = {}
        for word in words:
            if len(word) >= SHORTEST:
                for part in _deletions(word):
                    self._words.setdefault(part, set()).add(word)

    def nearest(self, typed: str) -> list[str]:
        """The words within the edits that the length allows, only those at the least distance, sorted."""
        if len(typed) < SHORTEST or typed.isdigit():
            return []
        found = {word for part in _deletions(typed) for word in self._words.get(part, ())}
        distances = {word: OSA.distance(typed, word) for word in found if _allowed(typed, word)}
        least = min(distances.values(), default=0)
        return sorted(word for word, distance in distances.items() if distance == least)


def close(typed: str, words: Iterable[str], strict: bool = False) -> list[str]:
    """The words that come near, best first: by the rule of typos when ``strict``, else for "did you mean"."""
    if strict:
        return [word for word in words if _allowed(typed, word)]
    ranked = process.extract(typed, list(words), scorer=JaroWinkler.similarity, limit=6, score_cutoff=0.78)
    return [word for word, _, _ in ranked]


def _allowed(typed: str, word: str) -> bool:
    shorter = min(len(typed), len(word))
    if shorter < SHORTEST or (typed[0] != word[0] and sorted(typed[:2]) != sorted(word[:2])):
        return False
    if len(word) == SHORTEST and sorted(typed) != sorted(word):
        return False  # of four letters only two may be swapped
    return int(OSA.distance(typed, word)) <= (2 if shorter >= LONG else 1)


def _deletions(word: str) -> set[str]:
    depth = 2 if len(word) >= LONG - 1 else 1
    start = word[:PREFIX]
    return {
        "".join(letter for at, letter in enumerate(start) if at not in gone)
        for count in range(depth + 1)
        for gone in combinations(range(len(start)), count)
    }
