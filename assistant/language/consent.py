"""What is said plainly enough to be done at once: no question, no condition, no later time, no quotation, no doubt."""

from __future__ import annotations

import re

_REASON = re.compile(
    r"[,:;–-]\s|\b(?:because|since|reason|due to|so that)\b"
    r"|\bas (?:we|the|it|they|i)\b",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"\b(?:can|could|will|would) (?:you|u|somebody|someone)\b|\b(?:can|could) we\b"
    r"|\b(?:please|pls|plz|kindly|mind|let'?s|want you|need you)\b|\bmay i ask\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|^\W*(?:(?:so|and|but|ok|hmm+)\W+)*(?:should|shall|would|could|can|may|must|do|does|did|is|are|why|what|how|when"
    r"|who|which|where|whether)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if(?! (?:you|it'?s) (?:can|could|may|like|want|please|ok|possible|not too))|unless|provided|as long as"
    r"|as soon as|on condition|in case|depending|once (?:the|it|all|they|we|you|that|ci|tests?)|when(?:ever)?"
    r"|after (?:the|it|all|they|we|you|that|lunch|ci|tests?)|until (?:the|it|all|they|we|you|that))\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:tomorrow|tonight|later|some day|someday|next (?:week|month|sprint|time|\w+day)|on \w+day|this (?:afternoon"
    r"|evening)|in (?:an?|one|two|three|half an|\d+|a few|some) (?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?)"
    r"|at \d{1,2}\b|at (?:noon|midnight)|from \w+day|not (?:yet|now|today)|after (?:lunch|work|hours))\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*(?:>|&gt;|\[[^\]]*\]\s)|^\s*[\"“'].*[\"”']\s*$")
# "… and ping me when it is done" ties nothing to that moment.
_NEWS = re.compile(r"\b(?:tell|ping|let|notify|message|dm|inform|warn|call)\b.*", re.IGNORECASE | re.DOTALL)
_DOUBT = re.compile(
    r"\b(?:i would|i'?d) (?:say|approve|like to but)|\b(?:not sure|unsure|maybe|perhaps|probably|afraid|hesitat\w*"
    r"|almost"
    r"|i guess|in theory|kind of)\b",
    re.IGNORECASE,
)


def withheld(text: str, tells_more: bool = False) -> str | None:
    """Why an order is no plain one; None when it is.

    Args:
        tells_more: whether an end or a reason belongs to such an order ("lock staging until 5pm"), so that a time or a
            condition in it is its own.

    Returns:
        What is in the way, in words that go on "I take no order …": "with a condition", "for later" …
    """
    order = _NEWS.sub("", text)
    head = _REASON.split(order, maxsplit=1)[0]
    if _QUOTED.search(text):
        return "that is quoted"
    if _ASKS.search(text) and not _POLITE.search(head):
        return "in a question"
    if tells_more:
        return None
    if _CONDITION.search(order):
        return "with a condition"
    if _LATER.search(head):
        return "for later"
    return "with a doubt" if _DOUBT.search(order) else None


def hedged(text: str) -> str | None:
    """Why a bare yes is none, in the same words; whatever follows the yes counts."""
    return withheld(text) or ("for later" if _LATER.search(_NEWS.sub("", text)) else None)
