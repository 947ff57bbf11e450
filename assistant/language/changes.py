"""What a question about changes asks for beside names: which side is the older one, and what was not released yet."""

from __future__ import annotations

import re

_NOT = re.compile(
    r"\b(?:but|and)? ?(?:not|isn'?t|aren'?t|wasn'?t|weren'?t|hasn'?t|haven'?t|lacks?|without|missing|lacking)\b"
)
_UNRELEASED = re.compile(
    r"\b(?:since (?:the|its|our) (?:last|latest|previous) (?:release|version|tag|deploy\w*)|unreleased"
    r"|not (?:yet )?released|to be released|waiting (?:to|for)|upcoming|next release|merged (?:so far|meanwhile))",
    re.IGNORECASE,
)
_MIGRATIONS = re.compile(r"\bmigrations?\b", re.IGNORECASE)
_BEHIND = re.compile(r"\bbehind\b", re.IGNORECASE)
_LAGS = re.compile(
    r"\bbehind\b|\blag(?:s|ging)?\b|\boutdated\b|\bout of date\b"
    r"|\b(?:not|isn'?t|aren'?t|hasn'?t|haven'?t|never)\b.{0,20}"
    r"\b(?:deployed|released|shipped|promoted|live|in prod\w*)\b.{0,12}\byet\b",
    re.IGNORECASE,
)


def older_first(text: str, first: tuple[int, int], second: tuple[int, int]) -> bool | None:
    """Which of two sides the words call the older one; None when they do not say.

    Args:
        first: where the one that is said first stands (start, end).
        second: where the other one stands.
    """
    lowered = text.lower().replace("’", "'")
    before, between, after = lowered[: first[0]], lowered[first[1] : second[0]], lowered[second[1] :]
    if (
        re.search(r"\bpromot\w*\b", before)
        or _NOT.search(between)
        or re.match(r"\W*(?:hasn'?t|lacks|doesn'?t|misses)\b", after)
    ):
        return False
    if re.search(r"\b(?:ahead of|newer than|compared (?:with|to)|against|brings? over|on top of)\b", between):
        return False
    if re.search(r"\b(?:behind|older than)\b", between):
        return True
    if re.search(r"\bfrom\W*(?:the )?$", before) and re.search(r"\b(?:to|until|up to|->)", between):
        return True
    return True if re.fullmatch(r"\W*(?:->|→|\.\.\.?)\W*", between) else None


def unreleased(text: str) -> bool:
    """Whether what was merged after the newest version is meant."""
    return _UNRELEASED.search(text) is not None


def migrations(text: str) -> bool:
    """Whether only the files that change a database are asked for."""
    return _MIGRATIONS.search(text) is not None


def behind(text: str) -> bool:
    """Whether it is asked how far, or why, something is behind."""
    return _BEHIND.search(text) is not None


def lags(text: str) -> bool:
    """Whether it is asked what has an older version than it could: "what's not in production yet?"."""
    return _LAGS.search(text) is not None
