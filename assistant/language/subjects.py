"""What a reading question is about when nothing that it names is known: "how is the mobile app doing?".

Without this such a question would be read as one without a subject, and answered with the whole platform.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.language import everyday
from assistant.language.typos import close

_WORDS = r"(?P<name>[a-z][\w-]*(?: [a-z][\w-]*){0,2}?)"
_NOUN = rf"(?:(?:the|our|a|an) )?{_WORDS}"
_TIME = r"(?:in|on|to|at|from|right|now|today|yesterday|last|recently|this|since|please|again|lately|when|and|or|is|are"
_TIME += r"|was|has|does|did)\b"
_END = rf"(?=\W*$|[?!.,;:]| {_TIME})"
_HOW = r"(?:up|down|ok|okay|healthy|fine|working|broken|slow|alive|available|good|back|green|live|deployed)"
_SUBJECTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bhow(?:'?s|’s| is| are) {_NOUN} (?:doing|going|looking|holding up|feeling|behaving|performing)\b",
        rf"\bwho (?:has |had )?(?:last |recently )?(?:deployed|shipped|released|pushed|rolled out) {_NOUN}{_END}",
        rf"\b(?:alerts?|alarms|status|state|health|versions?|deployments|on[- ]call|owner) (?:for|of) {_NOUN}{_END}",
        rf"\b(?:is|are|was) (?:the|our) {_WORDS} {_HOW}\b",
        rf"\bdid (?:the|our) {_WORDS} (?:build|pipeline|deployment|deploy|release)\b",
        rf"\bwho (?:owns|maintains|looks after|is responsible for) {_NOUN}{_END}",
    )
)
# Words that name nothing in particular: a question about them is one about everything, or about what was spoken of.
_GENERAL = everyday.words(
    """
    all any anything anyone everything everybody something things thing stuff it its this that these those them they
    each every both what which who whose whom we us our ours my mine your yours you i me he she here there
    platform platforms system systems world company place places environment environments env envs service services
    application applications apps infrastructure infra cluster clusters estate site team teams group people
    day week month year morning life weather deployment deployments deploy deploys release releases rollout rollouts
    build builds pipeline pipelines run runs version versions change changes request requests alert alerts alarm
    alarms lock locks code main master branch commit commits fix hotfix most more first last latest newest recent
    recently new old other others rest one ones same so far to in on at from with by for of and or not now today
    yesterday right before after most often ever already just failed failing red broken critical open running live
    error rate latency traffic cpu memory tests test unit disk queue issue problem incident outage freeze
    current currently prod production staging development qa dev
    """
)
_STATE = everyday.words("status state health version versions check in on of for the our please pls plz now env")
_GREETINGS = everyday.words("gimme lemme whats wats hows heya hiya wassup sup thx hey yo")
_SHORT = 5


def unknown_subject(text: str, known: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Where the words stand that say what a question is about, when they name nothing that is known; None otherwise.

    Args:
        known: the places of the names that are known.
    """
    for found in (match for pattern in _SUBJECTS for match in pattern.finditer(text)):
        start, end = found.span("name")
        words = re.findall(r"[\w-]+", text[start:end].lower())
        if _free(start, end, known) and not any(word in _GENERAL or word.isdigit() for word in words):
            return start, end
    return _beside_a_place(text, known)


def _beside_a_place(text: str, known: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The only word beside a name and "status", as in "pmts prd status", where it is no word of the language."""
    words = [found for found in re.finditer(r"[^\W_]+", text) if _free(*found.span(), known)]
    rest = [found for found in words if found[0].lower() not in _STATE]
    if not known or len(words) > _SHORT or len(rest) != 1 or len(rest) == len(words):
        return None
    word = rest[0][0].lower()
    strange = word.isalpha() and not everyday.is_english(word) and word not in _GREETINGS
    return rest[0].span() if strange and not close(word, _STATE, strict=True) else None


def _free(start: int, end: int, known: Iterable[tuple[int, int]]) -> bool:
    return all(end <= other or start >= until for other, until in known)
