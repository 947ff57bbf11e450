"""The text that the intent classifier sees: names replaced by one example of their kind, marks removed."""

from __future__ import annotations

import re
from collections.abc import Iterable

# An intent must not hang on a service's name, so each name is read as the same one. Kinds that are absent are
# themselves a hint at the intent ("cost", "p99", "tomorrow") and stay.
EXAMPLES = {
    "service": "checkout",
    "environment": "staging",
    "team": "payments team",
    "version": "1.4.2",
    "run": "42",
    "alert": "higherrorrate",
    "channel": "#general",
    "template": "fastapi",
}
_MARKS = re.compile(r"<[@!][^>]*>|^\s*@\w+[:,]?|[*_`~]+(?=\S)|(?<=\S)[*_`~]+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "…": "..."})
_SPACES = re.compile(r"\s+")
_LONGEST = 600  # characters; an intent is said in fewer, and a pasted log must not cost seconds

Span = tuple[str, int, int]


def wording(text: str, spans: Iterable[Span]) -> str:
    """``text`` with each span (kind, start, end) replaced by the example of its kind, in lower case and tidied."""
    parts, at = [], 0
    for kind, start, end in sorted(spans, key=lambda span: span[1]):
        if kind in EXAMPLES and start >= at:
            parts += [text[at:start], EXAMPLES[kind]]
            at = end
    plain = "".join([*parts, text[at:]])[:_LONGEST].translate(_QUOTES)
    return _SPACES.sub(" ", _MARKS.sub(" ", plain)).strip().lower()
