"""The answer to "what for?": words that are kept as they stand, and read by others."""

from __future__ import annotations

import re

from actions.request.said import Said
from assistant.language.question import is_question

_WHY = re.compile(r"\W*(?:because|cuz|coz|since|as|due to|reason|for)\b", re.IGNORECASE)
_BECAUSE = re.compile(r"^\W*(?:(?:because|cuz|coz|cause)(?: of)?|due to|reason:?|since)\s+", re.IGNORECASE)
_POLITE = r"\W*(?:(?:so|and|ok|okay|hey|hi|please|pls|now|actually|wait|then|can you|could you|let'?s)\W+)*"
_VERB = (
    r"(?:(?:re)?deploy|ship|release|promote|roll ?(?:back|out)|rollback|revert|(?:un)?lock|re-?run|retry|restart|cancel"
    r"|abort|stop|drop|approve|reject|pause|resume|silence|undo|show|list|tell|give|check|find|take)"
)
_ITS_OBJECT = r"(?:\s*$|\W+(?:the|this|that|it|them|me|us|my|our|all|both|everything|back|over|to|for|on|in)\b)"
_COMMAND = re.compile(rf"{_POLITE}{_VERB}\b(?P<object>{_ITS_OBJECT})?", re.IGNORECASE)
_FORBIDS = re.compile(r"\W*(?:(?:no|please)\W+)*(?:don['’]?t|do not)\b", re.IGNORECASE)
_ASKED_FOR = re.compile(
    r"\W*(?:and\W+)?(?:the\s+)?(?:status|state|health|logs?|alerts?|versions?|history|owners?)\s+(?:of|for|in|on)\b",
    re.IGNORECASE,
)
_NO_ANSWER = ("deny", "stop", "affirm", "greet", "goodbye", "thank", "ask_help")
_NAMES = ("service", "environment", "version", "team", "run")


def gives_reason(message: Said) -> bool:
    """Whether a message answers "what for?": it is no question, no order, no yes or no, and more than a name."""
    text = message.text
    if not text.strip() or text.rstrip().endswith("?"):
        return False
    if _WHY.match(text):
        return True
    if message.intent in _NO_ANSWER or is_question(text) or _FORBIDS.match(text) or _ASKED_FOR.match(text):
        return False
    named = any(message.values.get(kind) for kind in _NAMES) or bool(message.unresolved)
    command = _COMMAND.match(text)
    if command and (named or command["object"] is not None):
        return False
    return not (named and message.follow_up)


def without_ends(message: Said) -> str:
    """The text without until when or how long something shall last ("for 2 hours", "until 5pm")."""
    text = message.text
    for one in reversed([each for each in message.mentions if each.kind == "duration"]):
        before = re.sub(r"\b(?:for\s+)?(?:(?:about|another|the)\s+)?$", "", text[: one.start], flags=re.IGNORECASE)
        text = f"{before.rstrip()} {text[one.end :].lstrip()}"
    return text.strip(" ,;:–—-")


def plain_reason(message: Said) -> str:
    """The reason as others read it, without an end that was said before or behind it ("until 5pm, load test")."""
    text = message.text.strip()
    ends = [one for one in message.mentions if one.kind == "duration"]
    beside = ends and (not text[ends[-1].end :].strip(" .!") or re.match(r"\s*(?:[,;:–—-]|$)", text[ends[0].end :]))
    return _BECAUSE.sub("", without_ends(message) if beside else text).strip(" .!")
