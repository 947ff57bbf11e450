"""What a message looks for in the documents."""

from __future__ import annotations

import re

from actions.request.said import Said, Values, about, complete
from assistant.contracts.docs import DocsRequest
from assistant.contracts.errors import Invalid
from assistant.language.question import terms

DOCS = ("service", "environment")
"""The entities that a question to the documents may name."""

_NARROWS = re.compile(
    r"\W*(?:(?:and|ok|so|but|hm+)\W+)*"
    r"(?:(?:is there|are there|do you have|got|have you got) (?:something|one|anything|any)"
    r"|what about|how about|the same|and|but|or|for|on|with)\b(?:\W+[\w.-]+){1,6}\W*",
    re.IGNORECASE,
)
_OBTAINS = re.compile(
    r"\bhow (?:do|can|could|should|would|to) (?:(?:i|we|you|one) )?(?:get|obtain|order|apply for|ask for)\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:more|else|further|next|others?)\b", re.IGNORECASE)


def docs_request(message: Said) -> tuple[DocsRequest, Values]:
    """The question to the documents, and its values for a follow-up ("and in staging?", "more").

    Raises:
        Invalid: it says nothing to look for, and neither did the conversation.
    """
    values, words = complete(message, "docs", DOCS), message.bare
    named = any(message.values.get(kind) for kind in DOCS)
    skip = 0
    before = about(message.subject, "docs") or {}
    added = terms(words) if narrows(message) else ()
    if added:
        words = " ".join([*before.get("words", []), words])
    if not terms(words):
        values = {**before, **values}
        words = " ".join(before.get("words", []))
        skip = 0 if named else int("".join(before.get("shown", [])) or 0)
    if _OBTAINS.search(message.text):
        words = f"{words} request"  # how one comes by something stands under a heading like this
    names = (*(name for kind in DOCS for name in values.get(kind, ())), *added)
    wanted = (*terms(words), *names)
    if not wanted:
        raise Invalid("What are you looking for? For example: “how do I get access to a database?”")
    values = {kind: names for kind, names in values.items() if kind in DOCS}
    return DocsRequest(message.text, wanted, skip, names), {**values, "words": [words]}


def narrows(message: Said) -> bool:
    """Whether somebody who was shown a passage adds a word to the same question ("is there something for mac?")."""
    return about(message.subject, "docs") is not None and _NARROWS.match(message.text) is not None


def wants_more(message: Said) -> bool:
    """Whether somebody who was shown a passage of the documents says no more than “more”."""
    return (
        about(message.subject, "docs") is not None
        and not message.values
        and not terms(message.text)
        and bool(_MORE.search(message.text))
    )
