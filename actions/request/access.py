"""What a message wants to know about the rights of who asks."""

from __future__ import annotations

import re

from actions.request.said import Said
from assistant.contracts.access import AccessRequest

# The verbs of rights as people say them.
_VERBS = {
    verb: re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for verb, words in {
        "deploy": "deploy|ship|releas|promot|push",
        "rollback": "roll(?:ing)? ?back|revert",
        "approve": "approv",
        "lock": "(?:un)?lock|freez",
        "silence": "silenc|mute",
        "acknowledge": "acknowledg|ack\\b",
        "rerun": "re-?run|retry",
        "cancel": "cancel|abort",
    }.items()
}


def access_request(message: Said) -> AccessRequest:
    """What the asker wants to know about their rights."""
    return AccessRequest(tuple(verb for verb, words in _VERBS.items() if words.search(message.text)))
