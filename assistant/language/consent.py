"""What is said plainly enough to be done at once: no question, no condition, no later time, no quotation, no doubt."""

from __future__ import annotations

import re

from assistant.language import everyday

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
    r"\?|^\W*(?:(?:so|and|but|ok|hmm+)\W+)*(?:should|shall|would|could|can|may|must"
    r"|do(?! (?:it|that|this|so|both|all|them)\b)|does|did|is|are|why|what|how|when|who|which|where|whether)\b",
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
# "… and ping me when it is done" ties nothing to that moment; "but tell ben first" does.
_NEWS = re.compile(
    r"(?:\b(?:and|then|please|pls)|[,;.])\s+(?:(?:and|then|please|pls)\s+)*"
    r"(?:(?:tell|ping|notify|message|dm|inform|warn|call) (?:me|us|here)|let (?:me|us) know)"
    r"\b(?!.*\b(?:first|before|whether|until)\b).*",
    re.IGNORECASE | re.DOTALL,
)
# "… but ask priya first", "let me check with lena", "have mei look at it before", "after checking the db".
_PENDING = re.compile(
    r"\b(?:but|first\W*$|before(?:hand)?|(?:ask|check|talk|speak|confirm|clear|sync)(?:ing)? (?:it |this )?with"
    r"|ask(?:ing)? (?!for\b)\w+|(?:i|we|you) (?:still )?(?:need|have|want) to|need(?:s|ing)? to (?:ask|check|talk|wait)"
    r"|have (?:\w+ )?(?:look|check|review|watch|confirm)|let (?!me know|us know|'s)\w+|wait|after \w+ing|with \w+ing"
    r"|(?:with )?\w+ (?:watching|deciding|looking)|decides?|pending|assuming|providing|subject to)\b",
    re.IGNORECASE,
)
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


# A yes, or an approval, counts by what it says and nothing more: whatever else stands in it may be a condition.
_OF_A_YES = everyday.words(
    """
    a aboard absolutely affirmative agree agreed ahead all already alright also am amazing an and approve approved
    approving are as at aware away awesome aye back be begin bet both by can carry certainly change checked cheers
    clear confirm confirmed confirming continue cool correct course crack da definitely deploy deploying
    deployment do dokie done double duh enough everything exact exactly execute fine fire for from fully get go
    going good got grand great green hell hello hereby hey hi how huh i i'd i'll i'm in indeed is it it's its ja
    jawohl jep just k kindly know launch let's lets lgtm light like looking looks make makes me mean meant mind my
    naturally new nice no-brainer now of off oh ok okay okey oki okie on once-again one ones onward onwards oui
    our out perfect please pls plz positive precisely proceed promote publish push quick quickly ready really
    release request requests revert right righto rip risk risks roger roll rollback rolling rollout run say send
    sense shall ship shipit si side sim simply sir so sound sounds start still sure surely sweet sí take thank
    thanks that that'd that's thats the them then there these they thing think this thx to totally true trust u uh
    understand understood up us version very want was way we we're what whatever why will wish with works would y
    ya yay ye yea yeah yeap yep yeppers yes yess yessir yh you you're your yup yus
    """
)
_EMOJI = re.compile(r":[a-z0-9_+-]+:", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BECAUSE = re.compile(r"\b(?:because|since|due to|so that)\b", re.IGNORECASE)


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
    if why := tied(text):
        return why
    if _LATER.search(head):
        return "for later"
    if _DOUBT.search(order):
        return "with a doubt"
    return "with a condition" if _PENDING.search(_BECAUSE.split(order, maxsplit=1)[0]) else None


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
    """Why a bare yes, or an approval, is none, in the same words; whatever follows it counts.

    Args:
        text: the message, best without the names of what is on the card.
    """
    said = _NEWS.sub("", text)
    if why := withheld(text) or ("for later" if _LATER.search(said) else None):
        return why
    said = _EMOJI.sub(" ", said)
    words = _WORD.findall(_BECAUSE.split(said, maxsplit=1)[0].lower().replace("’", "'"))
    return None if all(word in _OF_A_YES for word in words) else "with more in it than a plain yes"
