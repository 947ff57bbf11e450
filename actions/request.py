"""The one place where a message becomes a request.

A request for reading may be completed from the conversation: by the answer to a question that was asked, or by a
follow-up ("and prod?") that changes a value of the request before. A request that changes something never is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.contracts.errors import Ambiguous, AssistantError, NotFound
from assistant.contracts.status import StatusRequest
from assistant.language.follow_up import is_follow_up
from assistant.language.names import Names
from assistant.language.reading import mentions
from assistant.language.values import normalise

SUBJECT = "subject"
"""The slot with what the conversation is about: ``{"capability": "status", "values": {"service": [...], ...}}``."""
QUESTION = "question"
"""The slot with the question that is open: like SUBJECT, with the values known so far."""

STATUS = ("service", "environment", "version")
"""The entities that a question about a status is made of."""

_POINTING = re.compile(r"\b(?:it|its|that|this|those|these|them|there|same)\b", re.IGNORECASE)

Values = dict[str, list[str]]


class Missing(AssistantError):
    """A value without which there is no request; ``field`` is what to ask for."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True)
class Said:
    """One message: its text and intent, the values named in it, and what the conversation is about.

    ``values`` are canonical names by entity, each once, in the order in which they were said; ``unresolved`` are
    the names that the catalogue does not settle. ``ranking`` are the likeliest intents, best first.
    """

    text: str
    intent: str
    values: Values
    unresolved: tuple[NotFound | Ambiguous, ...] = ()
    subject: Mapping[str, Any] | None = None
    question: Mapping[str, Any] | None = None
    follow_up: bool = False
    ranking: tuple[str, ...] = ()


def said(latest: Mapping[str, Any], slots: Mapping[str, Any], names: Names) -> Said:
    """Read a message as Rasa passes it on, with every name resolved against the catalogue."""
    text = latest.get("text") or ""
    values: Values = {}
    unresolved: list[NotFound | Ambiguous] = []
    for entity in latest.get("entities") or []:
        kind = str(entity["entity"])
        try:
            value = _resolved(kind, str(entity["value"]), names)
        except (NotFound, Ambiguous) as error:
            unresolved.append(error)
            continue
        if value not in values.setdefault(kind, []):
            values[kind].append(value)
    return Said(
        text=text,
        intent=(latest.get("intent") or {}).get("name") or "",
        values=values,
        unresolved=tuple(unresolved),
        subject=slots.get(SUBJECT),
        question=slots.get(QUESTION),
        follow_up=is_follow_up(text, mentions(text, names)),
        ranking=tuple(one["name"] for one in latest.get("intent_ranking") or () if one["name"] != "nlu_fallback"),
    )


def status_request(message: Said) -> StatusRequest:
    """The request for a status.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: neither the message nor the conversation names anything.
    """
    for error in message.unresolved:
        if error.kind in STATUS:
            raise error
    values = complete(message, "status", STATUS)
    if not any(values.values()):
        raise Missing("environment", "Which environment shall I look at? A service's name is fine too.")
    versions = values.get("version", [])
    if len(versions) > 1:
        raise Ambiguous("version", " and ".join(versions), versions)
    return StatusRequest(
        tuple(values.get("service", ())), tuple(values.get("environment", ())), versions[0] if versions else None
    )


def complete(message: Said, capability: str, kinds: Sequence[str]) -> Values:
    """The values of a reading request: the message's own, completed from the open question or the subject."""
    mine = {kind: message.values[kind] for kind in kinds if message.values.get(kind)}
    continues = message.intent == "inform" or message.follow_up
    question, subject = _about(message.question, capability), _about(message.subject, capability)
    if question is not None and continues:
        return {**question, **mine}
    if subject is not None and (continues or (not mine and _POINTING.search(message.text))):
        return _replaced(subject, mine)
    return mine


def continued(message: Said) -> str | None:
    """The capability that a message with bare values continues: of the open question, else of the subject."""
    for earlier in (message.question, message.subject):
        if earlier:
            return str(earlier["capability"])
    return None


def _about(slot: Mapping[str, Any] | None, capability: str) -> Values | None:
    if slot is None or slot["capability"] != capability:
        return None
    values: Values = slot["values"]
    return values


def _replaced(before: Values, now: Values) -> Values:
    """The request before with the new values in place of the old ones of their kind.

    A version belongs to a service: about another service the question is its state, not the same number.
    """
    kept = dict(before)
    if "service" in now and "version" not in now:
        kept.pop("version", None)
    return {**kept, **now}


def _resolved(kind: str, text: str, names: Names) -> str:
    if kind in ("service", "environment", "team"):
        return names.resolve(kind, text)
    return normalise(kind, text) if kind == "version" else text
