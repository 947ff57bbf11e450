"""What was said: names resolved, and what the conversation adds to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from actions.request.entities import READS, as_entities, read_names
from actions.request.entities import Values as Values
from assistant.contracts.errors import Ambiguous, AssistantError, NotFound
from assistant.contracts.platform import Person
from assistant.language.follow_up import asks_anew, ellipsis, is_follow_up, pointed_at, points_back
from assistant.language.mention import Mention
from assistant.language.names import Names
from assistant.language.reading import mentions
from assistant.language.subjects import unknown_subject

SUBJECT = "subject"
"""The slot with what the conversation is about: ``{"capability": "status", "values": {"service": [...], ...}}``."""

QUESTION = "question"
"""The slot with the question that is open: like SUBJECT, with the values known so far."""

CHANGE = "change"
"""The slot with the change that is being asked for or waits for a yes (actions/request/change.py)."""

FOLLOWED = "followed"
"""The slot with the numbers of the requests whose end the next answer at the console tells."""

RERUN = "rerun"
"""The slot with the build that was run again last, as SUBJECT has it: what “did it pass?” asks for."""

# What can be the subject of a question beside an environment.
_SUBJECTS = ("service", "team", "alert", "run")


class Missing(AssistantError):
    """A value without which there is no request; ``field`` is what to ask for."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True)
class Said:
    """One message: its text and intent, the values named in it, and what the conversation is about.

    ``values`` are canonical names by entity, each once, in the order in which they were said, without those ruled
    out ("not staging, production"); ``unresolved`` are the names that the catalogue does not settle. ``ranking`` are
    the likeliest intents, best first. ``bare`` is the text without its names of services, environments and teams,
    ``mentions`` are the names with their places in it. ``without`` are services and environments that are left out
    ("everything except payments"); they are no ``values``.
    """

    text: str
    intent: str
    values: Values
    unresolved: tuple[NotFound | Ambiguous, ...] = ()
    subject: Mapping[str, Any] | None = None
    question: Mapping[str, Any] | None = None
    follow_up: bool = False
    ranking: tuple[str, ...] = ()
    bare: str = ""
    mentions: tuple[Mention, ...] = ()
    without: tuple[str, ...] = ()
    change: Mapping[str, Any] | None = None
    rerun: Mapping[str, Any] | None = None
    followed: tuple[int | str, ...] = ()


def said(latest: Mapping[str, Any], slots: Mapping[str, Any], names: Names) -> Said:
    """Read a message as Rasa passes it on, with every name resolved against the catalogue."""
    text, intent = latest.get("text") or "", (latest.get("intent") or {}).get("name") or ""
    if text.startswith("/"):  # a click; what its button carries are no words of a person's
        text = ""
    entities = latest.get("entities") or []
    again = next((entity["value"] for entity in entities if entity["entity"] == "said"), None)
    if again:  # a click on what the message before could mean: the words are those
        text, entities = str(again), as_entities(str(again), names)
    read, named = read_names(entities, text, intent, names), tuple(mentions(text, names))
    unresolved = tuple(error for error in read.unresolved if not _stands_for(error))
    if intent in READS and not unresolved and not any(read.values.get(kind) for kind in _SUBJECTS):
        places = [(one.start, one.end) for one in named]
        unresolved = tuple(NotFound("service", text[slice(*at)]) for at in (unknown_subject(text, places),) if at)
    return Said(
        text=text,
        intent=intent,
        values=read.values,
        unresolved=unresolved,
        subject=slots.get(SUBJECT),
        question=slots.get(QUESTION),
        follow_up=is_follow_up(text, named) or ellipsis(text) is not None,
        ranking=tuple(one["name"] for one in latest.get("intent_ranking") or () if one["name"] != "nlu_fallback"),
        bare=read.bare,
        mentions=named,
        without=read.without,
        change=slots.get(CHANGE),
        rerun=slots.get(RERUN),
        followed=tuple(slots.get(FOLLOWED) or ()),
    )


def complete(message: Said, capability: str, kinds: Sequence[str]) -> Values:
    """The values of a reading request: the message's own, and what carries over (docs/understanding.md has the rule).

    A message that only goes on takes all that the open question, or the one before, was about. A word that stands for
    something takes that. Everything else says for itself what it is about.
    """
    mine = {kind: message.values[kind] for kind in kinds if message.values.get(kind)}
    continues = message.follow_up or (message.intent == "inform" and not asks_anew(message.text))
    question, subject = about(message.question, capability), about(message.subject, capability)
    if question is not None and continues:
        return {**question, **mine}
    if subject is None:
        return {**_pointed_at(message, handed_over(message, kinds)), **mine}
    if continues or (not mine and points_back(message.text)):
        return _replaced(subject, mine)
    return {**_pointed_at(message, subject), **mine}


def continued(message: Said) -> str | None:
    """The capability that a message with bare values continues: of the open question, else of the subject."""
    for earlier in (message.question, message.subject):
        if earlier:
            return str(earlier["capability"])
    return None


def settled(message: Said, capability: str, kinds: Sequence[str]) -> Values:
    """The values of a reading request, completed; raises the error of the first name that is not settled."""
    require_known(message, kinds)
    return {kind: names for kind, names in complete(message, capability, kinds).items() if names}


def require_known(message: Said, kinds: Sequence[str]) -> None:
    """Raises the error of the first name of ``kinds`` that the catalogue does not settle."""
    for error in message.unresolved:
        if error.kind in kinds:
            raise error


def handed_over(message: Said, kinds: Sequence[str]) -> Values:
    """What the answer before was about, whatever it was: for "who shipped the last one?"."""
    before: Values = message.subject["values"] if message.subject else {}
    return {kind: before[kind] for kind in kinds if before.get(kind)}


def spoken_of(message: Said, *capabilities: str) -> Values:
    """What the conversation is about, for a message that names nothing: all of it when it continues one of
    ``capabilities``; of another one the service alone, and only when the message points at it.
    """
    subject = message.subject
    if subject is None:
        return {}
    values: Values = subject["values"]
    if subject["capability"] in capabilities:
        return dict(values)
    return {"service": values["service"]} if values.get("service") and points_back(message.text) else {}


def only(kind: str, values: Values) -> str | None:
    """The only value of its kind. Raises Ambiguous when there are several."""
    names = values.get(kind, [])
    if len(names) > 1:
        raise Ambiguous(kind, " and ".join(names), names)
    return names[0] if names else None


def zone_of(speaker: Person | None) -> tzinfo:
    """The zone in which somebody means their times: this machine's for whom the catalogue does not know."""
    return ZoneInfo(speaker.timezone) if speaker else datetime.now().astimezone().tzinfo or timezone.utc


def about(slot: Mapping[str, Any] | None, capability: str) -> Values | None:
    """The values in a slot (SUBJECT, QUESTION) that belong to ``capability``; None for another's or none."""
    if slot is None or slot["capability"] != capability:
        return None
    values: Values = slot["values"]
    return values


def _pointed_at(message: Said, before: Values) -> Values:
    """The values from before that the words point at: "is it in production?" after an answer about a service."""
    kinds = pointed_at(message.text)
    if "environment" in kinds and not message.values.get("service") and len(before.get("service", ())) == 1:
        kinds = ("service", *kinds)  # "there" is where this service runs, when that was spoken of
    return {kind: before[kind] for kind in kinds if before.get(kind)}


def _replaced(before: Values, now: Values) -> Values:
    """The request before with the new values in place of the old ones of their kind.

    A version belongs to a service: about another service the question is its state, not the same number.
    """
    kept = dict(before)
    if "service" in now and "version" not in now:
        kept.pop("version", None)
    return {**kept, **now}


def _stands_for(error: NotFound | Ambiguous) -> bool:
    """Whether what fits no name is none: "who owns those?"."""
    return error.name.lower() in ("it", "that", "this", "these", "those", "them", "they", "there", "ones", "whatever")
