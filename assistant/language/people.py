"""Names of people in a message → people of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant.contracts.errors import Invalid, NotFound
from assistant.contracts.platform import Person
from assistant.language import everyday

_MYSELF = re.compile(
    r"\b(?:(?:did|have|had|do) i|i(?:'ve| have)?(?: last)? (?:deploy|ship|releas|roll|promot|push|touch|put)\w*"
    r"|my (?:own |last |latest |recent |previous )*(?:deploy|release|rollout|shipment)\w*|by me)\b",
    re.IGNORECASE,
)
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_DOES = r"(?:deploy|ship|releas|roll|promot|push|put)\w*"
_DOER = re.compile(
    rf"\b(?:did|has|have|had|was it) ([a-z][\w'-]+) (?:ever |already |also |last |just )?{_DOES}"
    rf"|\b(?:{_DOES}|rollouts?)(?: [\w-]+){{0,4}} by @?([a-z][\w'-]+)"
    rf"|\b([a-z][\w'-]+)'s (?:last |latest |recent )?(?:deploy|release|rollout)\w*",
    re.IGNORECASE,
)
_NOBODY = everyday.words(
    """
    we you they it i he she who whom somebody someone anybody anyone nobody everybody people us them me hand
    mistake there that this the our your team teams others one what which when today yesterday week month prod
    production accident default merge itself everyone jenkins github slack bot bots
    """
)


def people(text: str, known: Mapping[str, Person], speaker: Person | None, taken: Iterable[str] = ()) -> list[str]:
    """The people whom a message about deployments names, by their names in the catalogue.

    Args:
        known: the catalogue's people.
        speaker: who "I" is.
        taken: words that name something else (a service may be called like a person).

    Raises:
        NotFound: somebody is named whom the catalogue lacks.
        Invalid: a first name that several people have, or "I" of somebody unknown.
    """
    found = named(text, known)
    if _MYSELF.search(text):
        if speaker is None:
            raise Invalid("I don't know who you are in the catalogue, so please name the person.")
        found.append(speaker.name)
    if not found:
        _refuse_strangers(text, {word.lower() for phrase in taken for word in phrase.split()})
    return list(dict.fromkeys(found))


def named(text: str, known: Mapping[str, Person]) -> list[str]:
    """The people of the catalogue whose names are in a text. Raises Invalid for a first name that several have."""
    found = [name for name, person in known.items() if _named(text, person)]
    return [*found, *(name for name in _by_part(text, known, found) if name not in found)]


def _named(text: str, person: Person) -> bool:
    """By whole name, login or Slack mention."""
    if person.slack and person.slack in _MENTION.findall(text):
        return True
    names = {person.name, person.display_name, person.github or "", person.jenkins or ""} - {""}
    return any(re.search(rf"(?<![\w-])@?{re.escape(name)}(?![\w-])", text, re.IGNORECASE) for name in names)


def _by_part(text: str, known: Mapping[str, Person], whole: list[str]) -> list[str]:
    """By first or last name, written as one, unless somebody's whole name holds it."""
    owners: dict[str, list[str]] = {}
    for name, person in known.items():
        for part in person.display_name.split():
            owners.setdefault(part.lower(), []).append(name)
    found = []
    for part, names in owners.items():
        if set(names) & set(whole) or not re.search(rf"\b{re.escape(part)}(?:['’]?s)?\b", text, re.IGNORECASE):
            continue
        if len(names) > 1:
            who = " or ".join(known[name].display_name for name in names)
            raise Invalid(f"“{part.capitalize()}” could be {who}. Please say the whole name.")
        found += names
    return found


def _refuse_strangers(text: str, taken: set[str]) -> None:
    doer = _DOER.search(text)
    name = next((group for group in doer.groups() if group), "") if doer else ""
    if name and name.lower() not in _NOBODY | taken:
        raise NotFound("person", name)
