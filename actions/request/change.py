"""A change as far as it was said, and the values that a message names for it, each for its own sake."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from actions.request.corrections import correction
from actions.request.said import Missing, Said
from actions.request.which import Which
from assistant.catalogue import Catalogue
from assistant.contracts.as_json import from_json
from assistant.contracts.change import Verb
from assistant.contracts.errors import Ambiguous

KINDS = ("service", "environment", "version", "team")

_TARGET = re.compile(r"(?:\b(?:to|into|onto)|->|→)\s+(?:the\s+)?$", re.IGNORECASE)
_SOURCE = re.compile(r"\b(?:from|out of|off)\s+(?:the\s+)?$", re.IGNORECASE)
# "Promote staging to production" names no service's version, but where the version runs now.
_ONWARD = re.compile(r"\s*(?:to|into|onto|->|→)\s*(?:the\s+)?", re.IGNORECASE)
_TAKES_OUT = re.compile(
    r"\b(?:no|not|without|except(?: for)?|but not|skip|drop|remove|exclude|minus|forget(?: about)?|leave(?: out)?)\s+"
    r"(?:the\s+)?$",
    re.IGNORECASE,
)
_OUT = re.compile(r"\s+(?:out|away|aside|off)\b", re.IGNORECASE)
_LISTED = re.compile(r"(?:\s*,\s*|\s+(?:and|or|nor)\s+)(?:the\s+)?$", re.IGNORECASE)
_ODD = re.compile(r"\s+(?:version\s+)?(\S*[\d${}<>|;%*`\\]\S*)")


@dataclass(frozen=True)
class Part:
    """One service of a change and the version said for it, None when none was."""

    service: str
    version: str | None = None


@dataclass(frozen=True)
class Asked:
    """A change as far as it was said.

    Attributes:
        source: the environment whose versions are wanted ("promote staging to production").
        which: which version was asked for in words.
        asks: what the open question asks for: ``service``, ``environment``, ``version``, ``reason``; None for none.
        question: the open question's words.
        would: it is only asked what would happen; nothing is requested.
        guessed: that question named no environment, so the most careful one is looked at.
        drafts: number and revision of the requests that wait for the asker's yes.
        reminded: whether another answer has said that this waits.
    """

    verb: Verb
    parts: tuple[Part, ...] = ()
    environment: str | None = None
    source: str | None = None
    which: Which = Which.UNSAID
    reason: str | None = None
    break_glass: bool = False
    would: bool = False
    guessed: bool = False
    asks: str | None = None
    question: str = ""
    drafts: tuple[tuple[int, int], ...] = ()
    reminded: bool = False

    @property
    def is_open(self) -> bool:
        """Whether an answer or a yes is awaited."""
        return bool(self.asks or self.drafts)

    def what(self) -> str:
        """The services with the versions that were said: "payments 1.4.2 and checkout"."""
        return " and ".join(f"{part.service} {part.version}" if part.version else part.service for part in self.parts)

    def words(self) -> str:
        """The change in a few words: "payments 1.4.2 to staging"."""
        parts = self.what()
        where = self.environment and ("to " if self.verb is Verb.DEPLOY else "in ") + self.environment
        what = "the rollback of " if self.verb is Verb.ROLLBACK else ""
        return " ".join(word for word in (what + (parts or "the deployment"), where) if word)


class Unsaid(Missing):
    """A value of a change that was not said; ``asked`` is what is known, ``choices`` are offered as buttons."""

    def __init__(self, asked: Asked, field: str, sentence: str, choices: Sequence[str]) -> None:
        self.asked, self.choices = replace(asked, asks=field, question=sentence), tuple(choices)
        super().__init__(field, sentence)


def kept(message: Said) -> Asked | None:
    """The change in the slot CHANGE: the one that is open, else the last one; None when there was none."""
    try:
        return from_json(Asked, message.change) if message.change else None
    except ValueError:  # written by another version of the assistant
        return None


def left_out(message: Said, asked: Asked) -> set[str]:
    """The services of a change that a message takes out of it: "no identity", "skip search", "leave payments out"."""
    named = {one.values[0]: (one.start, one.end) for one in message.mentions if one.kind == "service" and one.values}
    for part in asked.parts:  # a word that reads as none of the catalogue's elsewhere ("no identity")
        if found := re.search(rf"\b{re.escape(part.service)}\b", message.text, re.IGNORECASE):
            named.setdefault(part.service, found.span())
    out: list[tuple[int, str]] = []
    for name, (start, end) in sorted(named.items(), key=lambda one: one[1]):
        before = message.text[:start]
        listed = bool(out) and _LISTED.fullmatch(message.text[out[-1][0] : start])
        if _TAKES_OUT.search(before) or listed or (_OUT.match(message.text[end:]) and before.strip()):
            out.append((end, name))
    return {name for _, name in out} & {part.service for part in asked.parts}


def with_values(asked: Asked, message: Said, catalogue: Catalogue) -> Asked:
    """The change with what a message names for it. Raises Unsaid for a name in doubt, or one too many."""
    for error in message.unresolved:
        if error.kind in KINDS:
            field = "service" if error.kind == "team" else error.kind
            names = error.candidates if isinstance(error, Ambiguous) else error.suggestions
            known = _with_known(asked, message, catalogue, until=field)
            raise Unsaid(known, field, str(error), names)
    return _with_known(asked, message, catalogue)


def _with_known(asked: Asked, message: Said, catalogue: Catalogue, until: str | None = None) -> Asked:
    """What is known of it; of the field ``until``, which is asked for, nothing."""
    named = message.values.get("environment", []) if until != "environment" else []
    ends = _ends(named, message) if named else None
    if ends and asked.verb is Verb.DEPLOY and ends[1] is None and _comes_from(ends[0], message):
        asked, named, ends = replace(asked, source=ends[0]), [], None  # "promote payments from staging": where to?
    if ends:
        asked = replace(asked, environment=ends[0], source=ends[1])
    if until != "service":
        asked = _with_parts(asked, message, catalogue)
    if named and ends is None:
        raise Unsaid(asked, "environment", f"One environment at a time, please: {' or '.join(named)}?", named)
    return asked


def _ends(named: Sequence[str], message: Said) -> tuple[str, str | None] | None:
    """Where a change goes and where its versions come from; None when the words leave open which is which."""
    if len(named) == 1:
        return named[0], None
    places = [mention for mention in message.mentions if mention.kind == "environment" and mention.values]
    before = {place.values[0]: message.text[: place.start] for place in places}
    targets = [name for name in named if _TARGET.search(before.get(name, ""))]
    sources = [name for name in named if name not in targets and _is_source(name, places, before, message.text)]
    if len(targets) == 1 and len(named) == len(sources) + 1:
        return targets[0], sources[0]
    if len(named) == 2 and targets == [named[-1]] and correction(message.text) is None:
        # "It has been on staging since Tuesday, bring it to production": what is there, unless a version is named.
        return targets[0], next(name for name in named if name != targets[0])
    return None


def _comes_from(name: str, message: Said) -> bool:
    places = [mention for mention in message.mentions if mention.kind == "environment" and mention.values]
    return any(one.values[0] == name and _SOURCE.search(message.text[: one.start]) for one in places)


def _is_source(name: str, places: Sequence[Any], before: Mapping[str, str], text: str) -> bool:
    if _SOURCE.search(before.get(name, "")):
        return True
    first = next((place for place in places if place.values[0] == name), None)
    return first is not None and any(
        place.start > first.end and _ONWARD.fullmatch(text[first.end : place.start]) for place in places
    )


def _with_parts(asked: Asked, message: Said, catalogue: Catalogue) -> Asked:
    services = message.values.get("service", [])
    versions = message.values.get("version") or _odd_version(message)
    for team in message.values.get("team", []):
        services = [
            *services,
            *(name for name, each in catalogue.services.items() if each.owner == team and name not in services),
        ]
    if not services:
        return _one_version(asked, versions, message)
    if len(services) == 1:
        unnamed = next((part.version for part in asked.parts if not part.service), None)
        shown = next((part for part in asked.parts if part.service == services[0]), Part(services[0], unnamed))
        return _one_version(replace(asked, parts=(shown,)), versions, message)
    pairs = _paired(message, services)
    left = [version for version in versions if version not in pairs.values()]
    asked = replace(asked, parts=tuple(Part(name, pairs.get(name)) for name in services))
    lacking = [part.service for part in asked.parts if part.version is None]
    if left or (versions and lacking and asked.which is not Which.NEWEST):
        which = lacking[0] if lacking else services[0]
        raise Unsaid(asked, "version", f"Which version of {which}?", (*left, "latest"))
    return asked


def _odd_version(message: Said) -> list[str]:
    """What stands where a version belongs and cannot be one: it was said, so nothing else may take its place."""
    for mention in message.mentions:
        found = _ODD.match(message.text[mention.end :]) if mention.kind == "service" and mention.values else None
        others = (other for other in message.mentions if other.kind != "run")  # "payments 142"
        if found and not any(mention.end + found.start(1) in range(other.start, other.end) for other in others):
            return [found[1]]
    return []


def _to_version(message: Said, versions: Sequence[str]) -> str | None:
    """The version that is gone to ("from 1.4.3 to 1.4.2"); None when the words leave it open."""
    said = [one for one in message.mentions if one.kind == "version"]
    sides = [(_SOURCE, _TARGET)[at].search(message.text[: one.start]) for at, one in enumerate(said[:2])]
    return versions[1] if len(said) == len(versions) == 2 and all(sides) else None


def _one_version(asked: Asked, versions: Sequence[str], message: Said) -> Asked:
    if len(versions) > 1 and (meant := _to_version(message, versions)):
        versions = [meant]
    if len(versions) > 1:
        raise Unsaid(asked, "version", f"Which version: {' or '.join(versions)}?", versions)
    if not versions:
        return asked
    missing = [part for part in asked.parts if part.version is None]
    if len(asked.parts) <= 1 or len(missing) == 1:
        parts = tuple(
            replace(part, version=versions[0]) if part in missing or len(asked.parts) == 1 else part
            for part in asked.parts
        )
        return replace(asked, parts=parts or (Part("", versions[0]),))
    return replace(asked, parts=tuple(replace(part, version=versions[0]) for part in asked.parts))


def _paired(message: Said, services: Sequence[str]) -> dict[str, str]:
    """Each version with the service right before it ("payments 1.4.2"), else right after it ("1.4.2 of payments")."""
    pairs: dict[str, str] = {}
    marks = [mention for mention in message.mentions if mention.kind in ("service", "version") and mention.values]
    for at, mark in enumerate(marks):
        if mark.kind != "version":
            continue
        around = [
            marks[near].values[0]
            for near in (at - 1, at + 1)
            if 0 <= near < len(marks) and marks[near].kind == "service"
        ]
        free = [name for name in around if name in services and name not in pairs]
        if free:
            pairs[free[0]] = mark.values[0]
    return pairs
