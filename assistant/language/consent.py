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
_EVENT = r"(?:the|it|all (?:the|of|tests?|checks?|builds?)|they|we|you|that|ci|tests?)"
_CONDITION = re.compile(
    r"\b(?:if(?! (?:you|it'?s) (?:can|could|may|like|want|please|ok|possible|not too))|unless|provided|as long as"
    rf"|as soon as|on condition|in case|depending|(?:once|after|until) {_EVENT}|after lunch"
    r"|when(?:ever)?(?! (?:you|convenient|possible)\b))\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:tomorrow|tonight|later|some day|someday|next (?:week|month|sprint|time|\w+day)|on \w+day|this (?:afternoon"
    r"|evening)|in (?:an?|one|two|three|half an|\d+|a few|some) (?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?)"
    r"|at \d{1,2}(?::\d\d)?(?: ?[ap]m)?\b(?!\.\d)|at (?:noon|midnight|one|two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve)|from \w+day"
    r"|not (?:yet|now|today|before|until|till)|after (?:lunch|work|hours))\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*(?:>|&gt;|\[[^\]]*\]\s|\w+ (?:wrote|said|says|asked):)|^\s*[\"“'].*[\"”']\s*$")
# "… and ping me when it is done" ties nothing to that moment.
_NEWS = re.compile(r"\b(?:tell|ping|let|notify|message|dm|inform|warn|call)\b.*", re.IGNORECASE | re.DOTALL)
_OF_OTHERS = re.compile(
    r"(?:(?:my|our|the) )?(?!(?:i|we|please|hereby|lgtm|ok|yes)\b)[a-z]+ "
    r"(?:said|says|told (?:me|us)|thinks?|gave|gives|agreed|agrees|confirmed|approved)\b",
    re.IGNORECASE,
)
_NODS = re.compile(
    r"\W*(?:👍|🚀|:(?:thumbsup|\+1|shipit|rocket):|\+1|lgtm|sgtm|lfg|looks good(?: to me)?)\W*", re.IGNORECASE
)
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
    order, head = _NEWS.sub("", text), order_of(text)
    if nods(text):
        return "in passing"
    if is_quoted(text):
        return "that is quoted"
    if _ASKS.search(text) and not _POLITE.search(head):
        return "in a question"
    if tells_more:
        return None
    return tied(text) or ("for later" if _LATER.search(head) else "with a doubt" if _DOUBT.search(order) else None)


def is_quoted(text: str) -> bool:
    """Whether a message repeats what somebody else wrote: a quotation mark before the line, "priya wrote: …"."""
    return _QUOTED.search(text) is not None


def nods(text: str) -> bool:
    """Whether it is a sign of consent and no plain yes: "lgtm", a thumb."""
    return _NODS.fullmatch(text) is not None


def order_of(text: str) -> str:
    """The order itself: what stands before its reason, and before whom to tell of it."""
    return _REASON.split(_NEWS.sub("", text), maxsplit=1)[0]


def tied(text: str) -> str | None:
    """Why an order hangs on something else: "with a condition", or "of somebody else's" ("priya said yes")."""
    order = _NEWS.sub("", text)
    if _CONDITION.search(order):
        return "with a condition"
    return "of somebody else's" if _OF_OTHERS.match(order_of(text).strip()) else None


def waits_for(order: str) -> str | None:
    """The words of an order that put it off: until a time, or until something has happened; None for one of now."""
    later = _LATER.search(order)
    event = _CONDITION.search(order)
    if event and not re.match(
        r"(?:if|unless|provided|as long as|on condition|in case|depending)", event[0], re.IGNORECASE
    ):
        return order[event.start() :].strip(" .!")
    return None if later is None else "later" if later[0].lower().startswith("not") else later[0]


def has_condition(order: str) -> bool:
    """Whether an order hangs on something that may be looked at now: "if ci is green"."""
    return bool(_CONDITION.search(_NEWS.sub("", order))) and waits_for(order) is None


def hedged(text: str) -> str | None:
    """Why a bare yes is none, in the same words; whatever follows the yes counts."""
    return withheld(text) or ("for later" if _LATER.search(_NEWS.sub("", text)) else None)
