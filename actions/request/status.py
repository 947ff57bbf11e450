"""What a question about the state of services and environments asks for."""

from __future__ import annotations

import re

from actions.request.said import Missing, Said, complete, require_known
from assistant.contracts.errors import Ambiguous
from assistant.contracts.status import StatusRequest
from assistant.language.follow_up import points_back

STATUS = ("service", "environment", "version", "team")
"""The entities that a question about a status is made of."""

_UNDER_WAY = re.compile(
    r"\b(?:deploying|being deployed|rolling out|in progress|under ?way|in flight"
    r"|(?:rollouts?|deployments?|deploys?)\b.*\b(?:running|going on|still going|current(?:ly)?|ongoing)"
    r"|(?:running|ongoing|current|active) (?:rollouts?|deploy(?:ment)?s?))\b",
    re.IGNORECASE,
)


def status_request(message: Said) -> StatusRequest:
    """The request for a status.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: "it" stands for nothing that was spoken of.
    """
    require_known(message, STATUS)
    values = complete(message, "status", STATUS)
    under_way = "version" not in values and _UNDER_WAY.search(message.text) is not None and "service" not in values
    if not under_way and not any(values.values()) and points_back(message.text):
        raise Missing("environment", "Which environment shall I look at? A service's name is fine too.")
    versions = values.get("version", [])
    if len(versions) > 1:
        raise Ambiguous("version", " and ".join(versions), versions)
    named = {kind: tuple(values.get(kind, ())) for kind in STATUS}
    version = versions[0] if versions else None
    return StatusRequest(
        named["service"], named["environment"], version, named["team"], under_way, without=message.without
    )
