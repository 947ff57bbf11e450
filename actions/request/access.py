"""What a message wants to know about somebody's rights."""

from __future__ import annotations

import re
from collections.abc import Mapping

from actions.request.people import with_people
from actions.request.said import Said, Values, about, handed_over, require_known
from assistant.contracts.access import AccessRequest
from assistant.contracts.platform import Person
from assistant.language.follow_up import ellipsis, points_back

ACCESS = ("service", "environment")
"""The entities that a question about rights may name."""

# The verbs of rights, and what can be read, as people say them.
_VERBS = {
    "deploy": "deploy|ship|releas|promot|push",
    "rollback": "roll(?:ing)? ?back|revert",
    "approve": "approv|sign(?:s|ing)? off",
    "lock": "(?:un)?lock|freez",
    "silence": "silenc|mute",
    "acknowledge": "acknowledg|ack\\b",
    "rerun": "re-?run|retry",
    "cancel": "cancel|abort",
}
_READABLE = {
    "logs": "logs?\\b",
    "audit": "audit",
    "alerts": "alerts?\\b",
    "metrics": "metrics?\\b|measurements?\\b",
    "docs": "docs\\b|documents?\\b|documentation\\b",
    "history": "histor(?:y|ies)\\b",
    "pipelines": "builds?\\b|pipelines?\\b",
    "status": "status\\b",
}
_READS = re.compile(r"\b(?:read|see|view|look at|open|fetch|get|access)\b", re.IGNORECASE)
_WHY = re.compile(r"\W*(?:(?:and|but|so|hey|hi)\W+)*(?:why|how come|what (?:stops|prevents|keeps))\b", re.IGNORECASE)
_MAY = (
    r"(?:can|may|could|must|should|has to|have to|needs? to|(?:is|are|gets) (?:allowed|able|permitted) to"
    r"|allowed to|able to|has the rights? to|has rights? to)"
)
_WHO_AM_I = re.compile(
    r"\W*(?:(?:and|so|hey|now)\W+)*(?:who ?am ?i(?: (?:now|here|logged in as|speaking as|to you))?"
    r"|(?:am i|as whom am i|who am i) (?:logged|signed) in(?: as \w+)?|(?:do you know )?who i am)\W*",
    re.IGNORECASE,
)
_WHO_CAN = re.compile(
    r"\W*(?:(?:and|so|ok|okay|then|well)\W+)*who (?:can|may|could|is allowed)"
    r"(?: (?:then|instead|do (?:it|that|this)|to))*\W*",
    re.IGNORECASE,
)
_WHO_MAY = re.compile(
    rf"\b(?:who|which (?:teams?|people|persons?|roles?))(?:'s|’s| else| all)? {_MAY} (?:actually |also )?"
    rf"(?:{'|'.join((*_VERBS.values(), 'read', 'see', 'view', 'access'))})"
    r"|\bwho(?:'s|’s| is| are)? (?:approves?\b|the approvers?\b|has access\b|signs? off\b)"
    r"|\bwho do (?:i|we) (?:need|ask|have) (?:to|for) (?:approv|an? approval|sign off)"
    r"|\bwhose (?:approval|sign-?off|ok(?:ay)?) (?:do|would|will|is) (?:i|we|it|needed|required)",
    re.IGNORECASE,
)


def asks_who_am_i(text: str) -> bool:
    """Whether somebody asks as whom they are known: "whoami", "am I logged in as someone?"."""
    return _WHO_AM_I.fullmatch(text) is not None


def asks_who_may(text: str) -> bool:
    """Whether it is asked who may do something: "who can deploy to prod?", "who has to approve it?"."""
    return _WHO_MAY.search(text) is not None or asks_who_can(text)


def asks_who_can(text: str) -> bool:
    """Whether it is asked who may what was just spoken of: "who can?" after a refusal."""
    return _WHO_CAN.fullmatch(text) is not None


def asks_of_documents(text: str) -> bool:
    """Whether it is asked who may read something that I don't show: "who may see card numbers?"."""
    known = _spoken({**_VERBS, **_READABLE}, text) or re.search(r"\bhas access\b", text, re.IGNORECASE)
    return asks_who_may(text) and bool(_READS.search(text)) and not known


def access_request(message: Said, known: Mapping[str, Person]) -> tuple[AccessRequest, Values]:
    """What is asked about rights, and whose, with the values for the conversation: "why not?" asks the same again.

    Args:
        known: the people of the catalogue.

    Raises:
        NotFound, Ambiguous: a name in doubt.
        Invalid: a first name that several people have.
    """
    if ellipsis(message.text) == "reason" and (before := about(message.subject, "access")):
        return _request({**before, "asks": ["why"]}), before
    message, people = with_people(message, known)
    require_known(message, ACCESS)
    verbs = _spoken(_VERBS, message.text)
    if "approve" in verbs and re.search(r"\bapprov\w*\b.*\bdeploy", message.text, re.IGNORECASE):
        verbs = tuple(verb for verb in verbs if verb != "deploy")  # it is the deployment that is approved
    readable = _spoken(_READABLE, message.text) if _READS.search(message.text) and not verbs else ()
    named = {kind: message.values[kind] for kind in ACCESS if message.values.get(kind)}
    if not named and (points_back(message.text) or asks_who_can(message.text)):
        named = handed_over(message, ACCESS)
    if asks_who_can(message.text):
        verbs = tuple((about(message.subject, "access") or {}).get("verb", ()))
    asks = [word for word, true in (("who", asks_who_may(message.text)), ("why", _WHY.match(message.text))) if true]
    values = {**named, "verb": list(verbs), "readable": list(readable), "person": list(people), "asks": asks}
    return _request(values), values


def _request(values: Values) -> AccessRequest:
    verbs, readable, services, environments, people, asks = (
        tuple(values.get(kind, ())) for kind in ("verb", "readable", *ACCESS, "person", "asks")
    )
    person = people[0] if len(people) == 1 else None
    return AccessRequest(verbs, readable, services, environments, person, "who" in asks, "why" in asks)


def _spoken(words: Mapping[str, str], text: str) -> tuple[str, ...]:
    return tuple(name for name, said in words.items() if re.search(rf"\b(?:{said})", text, re.IGNORECASE))
