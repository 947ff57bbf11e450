"""Whether one's own lock is given back: "give qa back", "I'm done with staging", "you can have prod again"."""

from __future__ import annotations

import re

from actions.request.said import Said
from assistant.language import negation

_GIVES_BACK = re.compile(
    r"\W*(?:(?:so|and|ok|okay|hey|hi|please|pls|now|actually|well|thanks|can you|could you|let'?s|we|all done)\W+)*"
    r"(?:i(?:['’](?:ll|d|m)| am| will| can| want to| would like to)? (?:hereby )?)?(?:"
    r"(?:give|hand|pass)(?:ing)?\b(?! (?:me|us)\b)(?:[^?]*\W)?back\b|return(?:ing)?\b"
    r"|(?:i['’]?m|we['’]?re|are|am|im)? ?(?:all )?(?:done|finished|through) (?:with|in|on)\b"
    r"|(?:you|others?|they|anybody|anyone|everybody|everyone|some(?:body|one) else)(?: all)? (?:can|may)"
    r" (?:have|take|get)\b"
    r")[^?]*",
    re.IGNORECASE,
)
_LOCK = re.compile(r"\b(?:it|that|this|both|locks?)\b", re.IGNORECASE)
# "Give checkout its previous version back": a version is brought back by a rollback, not by a lock's end.
_VERSION = re.compile(
    r"\b(?:roll\w*|revert\w*|version|release|build|deploy\w*|previous|before|old|to (?:its|what))\b", re.IGNORECASE
)


def gives_back(message: Said) -> bool:
    """Whether a message gives a lock back, in the documents' own words for it."""
    text = message.text
    what = any(message.values.get(kind) for kind in ("service", "environment")) or _LOCK.search(text)
    if not what or message.values.get("version") or _VERSION.search(text) or not _GIVES_BACK.fullmatch(text):
        return False
    return not (negation.is_negated(text) or negation.is_hypothetical(text))
