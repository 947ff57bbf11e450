"""Whose something is, as a message asks it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from actions.request.people import with_people
from actions.request.said import Said, complete, require_known
from assistant.contracts.errors import NotFound
from assistant.contracts.owners import OwnersRequest
from assistant.contracts.platform import Person
from assistant.language.follow_up import points_back

OWNERS = ("service", "team")
"""The entities that a question about owners is made of."""

_MINE = re.compile(r"\b(?:i|my|mine|me|we|our|ours|us)\b", re.IGNORECASE)
# What stands before or after a service's name tells which way a question about dependencies looks.
_NEEDED_BY = re.compile(
    r"\b(?:depend\w* (?:up)?on|rel(?:y|ies) on|(?:consumers?|callers?|clients?|users?) of"
    r"|(?:uses?|using|calls?|calling|consumes?|needs?)) (?:the |our )?$",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    r"\b(?:breaks?|fails?|stops?|affected|affects?|impact\w*|hit|feels?|suffers?|notices?|blast radius)\b"
    r".*\b(?:if|when|by|of)\b",
    re.IGNORECASE,
)
_BY_WHOM = re.compile(r"\b(?:used|needed|called|required) by\b", re.IGNORECASE)
_NEEDS = re.compile(
    r"\b(?:needs?|requires?|uses?|calls?|(?:depends?|rel(?:y|ies) ?)(?: up)? ?on|dependenc\w+)\b", re.IGNORECASE
)
_WHO_IS = re.compile(r"\bwho(?:'s|’s|s| is| are)\b|\bwhich team is\b|\breach\b", re.IGNORECASE)


def owners_request(message: Said, known: Mapping[str, Person]) -> OwnersRequest:
    """Whose something is, who somebody is, or what depends on what.

    Args:
        known: the people of the catalogue.

    Raises:
        NotFound, Ambiguous: a name that the catalogue does not settle.
        Invalid: a first name that several people have.
    """
    message, named = with_people(message, known)
    if named and not message.values.get("service"):
        return OwnersRequest(people=named)
    _require_known(message)
    values = complete(message, "owners", OWNERS)
    if not any(values.values()) and points_back(message.text) and message.subject:
        values = {"service": message.subject["values"].get("service", [])}
    mine = not any(values.values()) and bool(_MINE.search(message.text))
    services = tuple(values.get("service", ()))
    return OwnersRequest(
        services, tuple(values.get("team", ())), mine, relation=_relation(message) if services else None
    )


def _require_known(message: Said) -> None:
    """Like ``require_known``; but "who is anna" is no question about a service that the catalogue lacks."""
    for error in message.unresolved:
        if isinstance(error, NotFound) and error.kind == "service" and _WHO_IS.search(message.text):
            raise NotFound("person or service", error.name, error.suggestions)
    require_known(message, OWNERS)


def _relation(message: Said) -> str | None:
    """Whether a question is about who needs the service that it names first, or what this one needs; None: neither."""
    place = next((one for one in message.mentions if one.kind == "service"), None)
    if place is None:
        return None
    before, after = message.text[: place.start], message.text[place.end :]
    if _BREAKS.search(before):
        return "needed_by"
    if _NEEDED_BY.search(before) or _BY_WHOM.search(after):
        return "needed_by"
    return "needs" if _NEEDS.search(after) or re.search(r"\bdependenc", before, re.IGNORECASE) else None
