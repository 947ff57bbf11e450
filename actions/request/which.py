"""Which version is meant where no number says it: "latest", "redeploy it", "promote it", "the one before"."""

from __future__ import annotations

import re
from enum import Enum

_NEWEST = re.compile(r"\b(?:latest|newest|most recent|current one|last one)\b", re.IGNORECASE)
_ONWARD = re.compile(r"\bpromot\w*\b", re.IGNORECASE)
_AGAIN = re.compile(r"\bre-?deploy\w*\b|\b(?:deploy|ship|release)\b.*\b(?:again|once more)\b", re.IGNORECASE)
_BACK = re.compile(
    r"\broll(?:ed|ing)?[- ]?back\b|\broll\b(?:\W+[\w.-]+){1,4}?\W+back\b|\brevert|\bundo\b"
    r"|\b(?:previous|prior|preceding)(?: (?:version|release|one))?\b"
    r"|\b(?:one|version|release|what (?:we had|was there)) before\b"
    r"|\bone (?:version|release) (?:back|earlier)\b|\bback to\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:before|older than|newer than|after)\s+(?:version\s+)?v?\d+\.\d", re.IGNORECASE)


class Which(str, Enum):
    """What takes the place of a version's number."""

    UNSAID = ""
    NEWEST = "the newest"
    ONWARD = "what runs in the environment before"
    AGAIN = "what runs there"


def which_of(text: str) -> Which:
    """Which version an order asks for in words."""
    asks = ((_NEWEST, Which.NEWEST), (_AGAIN, Which.AGAIN), (_ONWARD, Which.ONWARD))
    return next((which for words, which in asks if words.search(text)), Which.UNSAID)


def goes_back(text: str) -> bool:
    """Whether the version is wanted that ran before: that is a rollback, whatever the verb."""
    return _BACK.search(text) is not None


def is_relative(text: str) -> bool:
    """Whether a number only says beside which version the wanted one is: "the one before 1.4.3"."""
    return _RELATIVE.search(text) is not None
