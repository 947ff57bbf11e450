"""Questions for a cause: "is search slow because of 2.9.0?", "why does payments throw errors?"."""

from __future__ import annotations

import re

_DEPLOYED = r"(?:deploy\w*|releases?|roll-?outs?|updates?|upgrades?|versions?)"
_BAD = r"(?:slow\w*|down|fail\w*|errors?|latency|broken|unstable|unhealthy|worse)"
_BLAMES = re.compile(
    r"\b(?:because of|due to|caused?(?= (?:by|the|this|that|it|our|these|those|a)\b)|causing|cause of|to blame|blame"
    r"|(?:to do|related|linked) (?:with|to)"
    r"|(?:did|does|has|have|what|which|could|can|would) .{0,40}\b(?:break|broken|broke|slow(?:ed)? .{0,30}\bdown)"
    rf"|(?:mak(?:e|es|ing)|made|turn(?:s|ed|ing)?) .{{1,40}}\b{_BAD}"
    rf"|(?:reason|culprit|explanation)\b(?: .{{0,10}})?\b(?:that|why|for|of|is)\b.{{0,40}}\b{_BAD}"
    r"|\d+\.\d+\.\d+ .{0,15}\b(?:culprit|at fault|reason)"
    rf"|(?:since|after) (?:the |that |this |our |its |last |latest |new |yesterday's |today's )+{_DEPLOYED})\b",
    re.IGNORECASE,
)
_SYMPTOM = re.compile(
    r"\b(?:slow(?:er|ly)?|down|red|broken|failing|errors?|erroring|5\d\ds?|5xx|unhealthy|unresponsive|degraded"
    r"|timing out|time-?outs?|sluggish|laggy|latency|spik\w+|unstable|flapping|crash\w*|alert\w*|firing"
    r"|critical|unreachable|high"
    r"|not (?:working|responding|answering|healthy))\b",
    re.IGNORECASE,
)
_ASKS_WHY = re.compile(
    r"\bwhy\b|\bhow come\b|\bwhat (?:has |have )?changed\b"
    r"|\bwhat(?:'s|’s|s| is) (?:going on|happening)\b|\bwhat happened (?:to|with)\b"
    rf"|\bdid (?:something|anything|anyone|anybody|someone|somebody|we) (?:change|{_DEPLOYED}|ship|release)\b",
    re.IGNORECASE,
)
_OF_A_BUILD = re.compile(r"\b(?:builds?|pipelines?|ci|jobs?|tests?|branch\w*|steps?)\b", re.IGNORECASE)
_OF_A_CHANGE = re.compile(
    r"\b(?:roll(?:ed|ing)? ?back|revert\w*|cancel\w*|reject\w*|approv\w*|lock\w*|silenc\w*)\b", re.IGNORECASE
)
_TROUBLE_SINCE = re.compile(
    r"\b(?:since when|how long|when did)\b.*\b(?:broken|break(?:ing)?|down|failing|fail|slow\w*|unhealthy|degraded"
    r"|erroring|errors|alert\w*|firing)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\W*(?:(?:and|so|ok)\W+)*who(?:se)?\b", re.IGNORECASE)


def blames(text: str) -> bool:
    """Whether it is asked if something in particular is the cause: a version, a deployment."""
    return bool(_BLAMES.search(text)) and not _elsewhere(text)


def asks_trouble_since(text: str) -> bool:
    """Whether it is asked since when something that runs is broken or down: its alert has begun then, not its build."""
    return bool(_TROUBLE_SINCE.search(text)) and not _elsewhere(text)


def asks_why(text: str) -> bool:
    """Whether it is asked why something that runs is slow, down or failing; builds and deployments have answers of
    their own.
    """
    if _elsewhere(text) or re.search(rf"\b(?:the|a|my|our|last) (?:\w+ )?{_DEPLOYED}\b", text, re.IGNORECASE):
        return False
    return bool(_ASKS_WHY.search(text) and _SYMPTOM.search(text))


def _elsewhere(text: str) -> bool:
    return any(words.search(text) for words in (_OF_A_BUILD, _OF_A_CHANGE)) or bool(_PERSON.match(text))
