"""What a question about past deployments asks for beside names and times: how many of them, and which outcome."""

from __future__ import annotations

import re

MOST = 30
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_NUMBERS |= {"couple": 3, "few": 3, "dozen": 12}
_DEPLOYMENTS = r"(?:deploy\w*|releases?|rollouts?|shipments?|ships?|versions?|ones?|launch\w*|push\w*|rollbacks?)"
_LAST = r"(?:last|latest|most recent|newest|previous)"
_COUNT = re.compile(
    rf"\b(?:{_LAST}|past|recent|show|list)(?: me)?(?: the)?(?: last)? (\d{{1,3}}|a couple|(?:{'|'.join(_NUMBERS)}))"
    rf"(?: of)?(?: [\w-]+)? {_DEPLOYMENTS}\b|\b(\d{{1,3}}) more\b"
    rf"|\b(?:last|latest|newest)(?: the)? (\d{{1,3}}|{'|'.join(_NUMBERS)})\W*$",
    re.IGNORECASE,
)
_DID = r"(?:deployed|shipped|released|rolled out|promoted|pushed|updated|touch(?:ed)?|live|deploy|release|ship)"
_ONE = re.compile(
    rf"\b{_LAST} (?:\w+ )?(?:deploy(?:ment|mnt)?|release|rollout|shipment|ship|one|time|version)\b"
    rf"|\bwho\b.{{0,60}}\b{_DID}\b.{{0,60}}\b(?:last|latest)\b"
    r"(?! (?:\w+ )?(?:week|month|night|year|weekend|mon|tue|wed|thu|fri|sat|sun))"
    r"|\blast (?:person|one|time) (?:who|that|to)\b"
    rf"|\bone before\b|\b(?:when|who)\b.{{0,40}}\blast {_DID}\b|\bhow long ago\b|\blast (?:deploy|release)\?",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"\b(?:failed|fail|failing|failures?|broken|aborted|cancelled|canceled|unsuccessful)\b", re.IGNORECASE
)
_SUCCEEDED = re.compile(r"\b(?:success\w*|succeeded|succeeding|went well|that worked)\b", re.IGNORECASE)
_BACK = re.compile(r"\broll(?:ed|ing|s)?[- ]?backs?\b|\brevert\w*\b", re.IGNORECASE)
_EVERYTHING = re.compile(
    r"\b(?:anything|everything|(?:all|any|every)(?: of)?(?: the)? services?|all (?:teams?|of (?:it|them)))\b",
    re.IGNORECASE,
)
_DONE = r"(?:deployed|released|shipped|pushed|rolled)"
_RAN = r"(?:running|ran|live|in use|in place|version|there|have|on)"
_STANDING = re.compile(
    r"\b(?:which|what)(?: version| release)?(?: of)?(?: [\w-]+){0,4} (?:was|were|ran|did we have|had)\b"
    rf"(?! (?:\w+ )?{_DONE})[^.?!]*\b{_RAN}\b|\bwhat (?:ran|was live|was running)\b",
    re.IGNORECASE,
)


def count(text: str) -> int | None:
    """How many deployments are asked for, ``MOST`` at most: 1 for "the last one", None when the words do not say."""
    found = _COUNT.search(text)
    if found:
        word = next(each for each in found.groups() if each).lower().removeprefix("a ")
        return max(1, min(MOST, int(word) if word.isdigit() else _NUMBERS[word]))
    return 1 if _ONE.search(text) else None


def standing(text: str) -> bool:
    """Whether it is asked what was running at a time, not what was deployed in it."""
    return _STANDING.search(text) is not None


def everything(text: str) -> bool:
    """Whether no single service or team is meant, whatever was spoken of before."""
    return _EVERYTHING.search(text) is not None


def failed(text: str) -> bool:
    """Whether only those that failed or were cancelled are meant."""
    return _FAILED.search(text) is not None


def succeeded(text: str) -> bool:
    """Whether only those that went well are meant."""
    return _SUCCEEDED.search(text) is not None


def back(text: str) -> bool:
    """Whether only those are meant that brought an earlier version back."""
    return _BACK.search(text) is not None
