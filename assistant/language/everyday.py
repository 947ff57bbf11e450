"""Names that are everyday words too: when does "search", "live" or "pay" name something, and when is it just a word?"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_WORDS = Path(__file__).parent / "english_words.txt"
_SHORT = 3


def words(text: str) -> frozenset[str]:
    """A set of words, written as prose."""
    return frozenset(text.split())


_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers")

# What questions are made of: a service that is called so is one only where nothing else can be meant.
_OURS = words(
    """
    history build builds pipeline pipelines deploy deployment deployments release releases rollback rollout alert alerts
    log logs metric metrics status state health version versions change changes docs documents runbook owner team lock
    locks approval approvals request requests audit now today help everything all run runs test tests error errors
    """
)
# Names that are adjectives, verbs or steps in most sentences: they count only where a place or thing is expected.
_NEEDS_PLACE = words(
    """
    live stage test demo preview local next release edge trial pilot blue green main
    """
)
# Of these, the ones that name a place unless the sentence says otherwise ("rollback auth live").
_MOSTLY_PLACES = frozenset({"live", "stage"})
_STATED = re.compile(
    r"\b(?:is|are|was|were|isn't|aren't|what's|whats|it's|that's|already|currently|now|not|yet)\b(?:[^,.;:]"
    r"|\.(?=\S))*$",
    re.I,
)
_DESCRIBED = re.compile(
    r"\s+(?:chat|data|demo|session|stream|users?|customers?|person|support|of|in|on|now|yet)\b", re.I
)
_PLACE_BEFORE = re.compile(
    r"(?:\b(?:on|in|to|at|from|into|onto|of|for|and|or|vs|versus|between|against|lock|unlock|freeze|reserve"
    r"|block|the|our"
    r"|how's|hows|how is|about|does|did|touch|touching|reach|reached|reaches|hit|hits|hitting|than|with|until|via|broke"
    r"|breaking|holding|holds|hold|has|took|takes|take|taking|meant|mean|no|not|only|same|env|environment|both|all)"
    r"|[,/>&+:;-])\s*$",
    re.IGNORECASE,
)
_PLACE_AFTER = re.compile(r"\s+(?:env|environment|cluster|namespace|lock|deploys?|deployments?|please|pls|plz)\b", re.I)
_PREDICATE = re.compile(
    r"\b(?:go|goes|going|went|gone|be|been|being|get|gets|got|getting|make|made)\s*$", re.IGNORECASE
)
_OPENING = re.compile(
    r"^(?:(?:and|so|hey|hi|hello|ok|why|how|what's|when|since when|pls|please)\W+)*(?:is|was|are)\s*$", re.I
)
_AN_INSTANCE = re.compile(
    r"\b(?:a|an|any|some|no|each|every|which|what|this|these|those|other|many|few|first|next|one|two)\s*$", re.I
)
_ONE_OF_MANY = re.compile(
    r"\b(?:an?|some|each|every|frontend|backend|lead|senior|local|product|software|trunk-based)\s+$", re.I
)
_ADJECTIVE = re.compile(
    r"[- ](?:ready|readiness|grade|like|quality|team|teams|lead|engineer|guys?|folks|manager|practices?|process)\b",
    re.I,
)
_A_PLATFORM = re.compile(r"\b(?:the|our|a|an|whole|this|your|any|each|which)\s+$", re.I)
# "search the docs", "stock up": a verb with its object, at the head of a clause or after "to", "please", "we" ...
_CLAUSE_HEAD = re.compile(
    r"(?:^|[.;:!?]\s*|\b(?:please|pls|plz|can you|could you|would you|can i|could i|can we|could we|i|we|you"
    r"|they|to|not|don't|dont"
    r"|let me|let's|lets|i'll|we'll|help me|will|must|cannot|can't|won't|never|should|and)\s+)$",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\s+(?:the|an?|my|our|your|their|his|her|this|that|these|those|it|all|any|every|some|for|through|up|off"
    r"|out|attention"
    r"|me|us|them|him|someone|everyone|people|more|less)\b",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"\b(?:can|can't|cant|cannot|could|couldn't|will|won't|would|must|may|might|i|we|they|you|people|customers"
    r"|users|always|never)\s+$",
    re.I,
)
# "alert notifications": what comes before says which ones, so they are not the service.
_COMMON_PLURAL = re.compile(
    r"\b(?:alerts?|warnings?|e?mail|push|slack|sev ?\d|critical|desktop|page|no|any|all|more|get|getting|my)\s+$", re.I
)
# "a puzzle to me", "it is orange", "the forest for the trees", "rabbit hole": a word of its own, or a part of another.
_A_THING = re.compile(r"\b(?:an?|be|been|being|more|much|many|such)\s+$", re.I)
_SAID_OF_IT = re.compile(
    r"\b(?:the|this|that|it|he|she|my|our|your)\b[^,.;:?!]*\s(?:is|was|are|were|looks|seems)\s+$", re.I
)
_PART_OF_IT = re.compile(r"\b(?:the|this|that|my|our|your)\s+$", re.I)
_OF_SOMETHING = re.compile(r"\s+(?:of|for)\s+(?:the\s+)?(?!prod|stag|qa|dev|version|v?\d)[a-z]", re.I)
_NOT_VERBS = re.compile(r"(?:s|tion|ity|ment|ance|ence|ness|ing|ship)$")
_THING_AFTER = re.compile(
    r"(?:'s|’s)?\s+(?:v?\d[\w.]*|service|app|api|deploy\w*|build\w*|pipeline\w*|run|runs|logs?|version\w*"
    r"|releases?|rollouts?|rollback\w*|alerts?"
    r"|errors?|latency|pods?|jobs?|workflows?|team|owners?|metrics?|traffic|cpu|memory|to|on|in|is|has|went"
    r"|runbook\w*|back|out of)\b",
    re.IGNORECASE,
)
_SERVICE_BEFORE = re.compile(
    r"\b(?:deploy|deploying|deployed|ship|shipping|release|releasing|redeploy|roll(?:ing)? back|rolled back"
    r"|rollback|revert|promote|push"
    r"|restart|rerun|re-run|retry|owns|own|for|of|how(?:'s|’s|s| is| are))\s+(?:the\s+)?$",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    return frozenset(_WORDS.read_text(encoding="utf-8").split())


@lru_cache(maxsize=10_000)
def is_english(word: str) -> bool:
    """Whether ``word`` (lower case) is an everyday word or one of our trade; the shortest always are."""
    known = _english()
    if len(word) <= _SHORT or word in known:
        return True
    return any(word.endswith(end) and word.removesuffix(end) in known for end in _ENDINGS)


def is_coined(word: str) -> bool:
    """Whether ``word`` (lower case) is no word, or one made from a verb as names are: "mailer", "recommender"."""
    return not is_english(word) or (word.endswith("er") and word not in _english())


def reads_as_name(kind: str, word: str, text: str, start: int, end: int) -> bool:
    """Whether the name ``word`` at ``start`` to ``end`` of ``text`` is meant as a name there."""
    if not is_english(word) and word not in _NEEDS_PLACE:
        return True
    before, after = text[:start], text[end:]
    if word in _NEEDS_PLACE:
        return _stands_for_a_place(word, before, after)
    if kind == "service":
        if word in _OURS and not re.match(r"\s+service\b", after):
            return reads_as_service(text, start, end)
        if _OBJECT.match(after) and _CLAUSE_HEAD.search(before) and not _NOT_VERBS.search(word):
            return False
        if _MODAL.search(before) and not _NOT_VERBS.search(word) and not _THING_AFTER.match(after):
            return False
        if word.endswith("s") and _COMMON_PLURAL.search(before) and not _THING_AFTER.match(after):
            return False
        if _A_THING.search(before) or _AN_INSTANCE.search(before):
            return bool(_THING_AFTER.match(after)) and not re.match(r"\s+(?:to|on|in|is|has)\b", after)
        if _PART_OF_IT.search(before) and _OF_SOMETHING.match(after):
            return False
        return not _SAID_OF_IT.search(before)
    if kind == "team":
        return not _A_PLATFORM.search(before)
    return not _ONE_OF_MANY.search(before) and not _ADJECTIVE.match(after)


def reads_as_service(text: str, start: int, end: int) -> bool:
    """Whether a word stands where a service is named: "deploy payment to prod"."""
    return bool(
        _SERVICE_BEFORE.search(text[:start]) and (_THING_AFTER.match(text[end:]) or not text[end:].strip(" ?!."))
    )


def _stands_for_a_place(word: str, before: str, after: str) -> bool:
    if not before.strip():
        return not re.match(r"\s+(?:the|on|in|now|already|yet|a|my|chat|data)\b", after)
    if _PREDICATE.search(before):
        return False
    if _PLACE_BEFORE.search(before) or _PLACE_AFTER.match(after) or _OPENING.search(before):
        return True
    said_of_it = _STATED.search(before) or _AN_INSTANCE.search(before) or _DESCRIBED.match(after)
    return word in _MOSTLY_PLACES and not said_of_it
