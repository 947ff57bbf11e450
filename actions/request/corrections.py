"""Somebody who corrects themselves within one message: "how's checkout in qa, no wait, i meant staging"."""

from __future__ import annotations

import re

_HESITATES = r"(?:ah|oh|hm+|uh|um|sorry|no|nope|wait|oops|actually|hang on|hold on|my bad)"
_MEANS = r"(?:i mean(?:t)?|make (?:that|it)|scratch that|correction|or rather)"
# Two of the words, or one after a pause: "is payments in prod actually?" corrects nothing.
_CORRECTS = re.compile(
    rf"(?:[,;:.?!…–—]|\s-)\s*{_HESITATES}\b[\s,]+(?!idea\b)|\b{_HESITATES}\b\W+{_HESITATES}\b\W+"
    rf"|(?:\b{_HESITATES}\b\W+)?\b{_MEANS}\b[\s,]+",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\b(?:too|also|as well|both)\b", re.IGNORECASE)


def correction(text: str) -> int | None:
    """Where the words begin that take back what was said before them; None when nothing is taken back."""
    if _ADDS.search(text):
        return None
    found = list(_CORRECTS.finditer(text))
    return found[-1].end() if found and found[-1].start() > 0 else None
