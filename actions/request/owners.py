"""Whose something is, as a message asks it."""

from __future__ import annotations

import re

from actions.request.said import POINTING, Said, complete, require_known
from assistant.contracts.owners import OwnersRequest

OWNERS = ("service", "team")
"""The entities that a question about owners is made of."""

_MINE = re.compile(r"\b(?:i|my|mine|me|we|our|ours|us)\b", re.IGNORECASE)


def owners_request(message: Said) -> OwnersRequest:
    """Whose something is. Raises NotFound and Ambiguous for names that the catalogue does not settle."""
    require_known(message, OWNERS)
    values = complete(message, "owners", OWNERS)
    if not any(values.values()) and POINTING.search(message.text) and message.subject:
        values = {"service": message.subject["values"].get("service", [])}
    mine = not any(values.values()) and bool(_MINE.search(message.text))
    return OwnersRequest(tuple(values.get("service", ())), tuple(values.get("team", ())), mine)
