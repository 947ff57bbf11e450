"""What was said: names resolved, and what the conversation adds to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from actions.request.corrections import correction
from assistant.contracts.errors import Ambiguous, AssistantError, NotFound
from assistant.contracts.platform import Person
from assistant.language.follow_up import asks_anew, ellipsis, is_follow_up, pointed_at, points_back
from assistant.language.mention import Mention
from assistant.language.names import Names
from assistant.language.reading import mentions
from assistant.language.subjects import unknown_subject
from assistant.language.values import normalise

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

# "Not staging, production": what follows is named only to be ruled out.
_RULED_OUT = re.compile(r"\b(?:not|instead of|rather than)\s+(?:the\s+)?$", re.IGNORECASE)
# "Everything except payments and search": the rest is meant.
_LEFT_OUT = re.compile(
    r"\b(?:except(?: for)?|excluding|excl\.?|without|apart from|aside from|other than|besides|minus|ignoring|but not)"
    r"\s+(?:the\s+|in\s+)*$",
    re.IGNORECASE,
)
_LISTED_WITH = re.compile(r"\s*(?:,|and|or|nor|&)\s*(?:the\s+)?", re.IGNORECASE)
# Questions that are about everything when they have no subject, and what can be one beside an environment.
_READS = ("ask_status", "ask_history", "list_alerts", "ask_owner", "ask_on_call", "ask_pipeline")
_SUBJECTS = ("service", "team", "alert", "run")
_LIVE = re.compile(r"\blive\b", re.IGNORECASE)

Values = dict[str, list[str]]

_Read = tuple[Mapping[str, Any], "str | NotFound | Ambiguous"]
"""An entity of Rasa's, and its canonical name or why it has none."""


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
        text = str(again)
        entities = [
            {"entity": one.kind, "value": one.text, "start": one.start, "end": one.end} for one in mentions(text, names)
        ]
    read = [(entity, _resolved(entity, names)) for entity in entities]
    left_out = [] if intent == "ask_changes" else _left_out(read, text)
    read = _corrected(read, text, intent)
    meant = _meant([one for one in read if one not in left_out], text, intent)
    values: Values = {}
    for entity, value in meant:
        if isinstance(value, str) and value not in values.setdefault(entity["entity"], []):
            values[entity["entity"]].append(value)
    if "run" in values:
        values["run"] = [kind_of_run(run, text) for run in values["run"]]
    if intent == "ask_status" and "version" in values and all(one["entity"] != "environment" for one, _ in read):
        values.update(_live(text, names))
    named = tuple(mentions(text, names))
    unresolved = tuple(value for _, value in meant if not isinstance(value, str) and not _stands_for(value))
    if intent in _READS and not unresolved and not any(values.get(kind) for kind in _SUBJECTS):
        places = [(one.start, one.end) for one in named]
        unresolved = tuple(NotFound("service", text[slice(*at)]) for at in (unknown_subject(text, places),) if at)
    return Said(
        text=text,
        intent=intent,
        values=values,
        unresolved=unresolved,
        subject=slots.get(SUBJECT),
        question=slots.get(QUESTION),
        follow_up=is_follow_up(text, named) or ellipsis(text) is not None,
        ranking=tuple(one["name"] for one in latest.get("intent_ranking") or () if one["name"] != "nlu_fallback"),
        bare=_bare(read, text),
        mentions=named,
        without=tuple(value for _, value in left_out if isinstance(value, str)),
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


def kind_of_run(run: str, text: str, bare: bool = False) -> str:
    """A run as people name it: "build 17" and "deployment 17" where the words say which of them.

    Args:
        bare: whether the words need not stand before the number.
    """
    number = "" if bare else rf"\w*\s+(?:run\s+|number\s+)?#?{re.escape(run)}\b"
    found = re.search(rf"\b(build|deploy){number}", text, re.IGNORECASE) if run.isdecimal() else None
    return run if found is None else f"{'build' if found[1].lower() == 'build' else 'deployment'} {run}"


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


def _resolved(entity: Mapping[str, Any], names: Names) -> str | NotFound | Ambiguous:
    kind, text = str(entity["entity"]), str(entity["value"])
    if kind not in ("service", "environment", "team"):
        return normalise(kind, text) if kind in ("version", "run") else text
    try:
        return names.resolve(kind, text)
    except (NotFound, Ambiguous) as error:
        return error


def _left_out(read: Sequence[_Read], text: str) -> list[_Read]:
    """The services and environments after "except" and the like, one or a list of them."""
    found: list[_Read] = []
    places = [one for one in read if one[0]["entity"] in ("service", "environment") and "start" in one[0]]
    for one in sorted(places, key=lambda each: each[0]["start"]):
        start = one[0]["start"]
        goes_on = bool(found) and _LISTED_WITH.fullmatch(text[found[-1][0]["end"] : start])
        if _LEFT_OUT.search(text[:start]) or goes_on:
            found.append(one)
    return found


def _meant(read: Sequence[_Read], text: str, intent: str) -> list[_Read]:
    """What was read without what is ruled out right before it; of a kind with nothing else, everything.

    "In staging but not production" asks for a comparison of both, so there the two ends stay.
    """
    ends = ("environment", "version") if intent == "ask_changes" else ()
    kept = [one for one in read if one[0]["entity"] in ends or not _is_ruled_out(one[0], text)]
    kinds = {entity["entity"] for entity, _ in kept}
    return [one for one in read if one in kept or one[0]["entity"] not in kinds]


def _corrected(read: list[_Read], text: str, intent: str) -> list[_Read]:
    """Without the names that the speaker takes back within the message; for a change two values stay a question."""
    at = correction(text) if intent in (*_READS, "ask_metric", "fetch_logs", "inform") else None
    if at is None:
        return read
    kinds = {entity["entity"] for entity, value in read if isinstance(value, str) and entity.get("start", 0) >= at}
    return [one for one in read if one[0]["entity"] not in kinds or one[0].get("start", 0) >= at]


def _is_ruled_out(entity: Mapping[str, Any], text: str) -> bool:
    # A button's values have no place in the text.
    return bool(_RULED_OUT.search(text[: entity.get("start", 0)]))


def _live(text: str, names: Names) -> Values:
    """The environment that the company calls live, for "is 1.4.3 live yet?"; nothing where none is called so."""
    found = names.find("live") if _LIVE.search(text) else []
    return {one.kind: list(one.values) for one in found if one.kind == "environment" and one.exact}


def _stands_for(error: NotFound | Ambiguous) -> bool:
    """Whether what fits no name is none: "who owns those?"."""
    return error.name.lower() in ("it", "that", "this", "these", "those", "them", "they", "there", "ones")


def _bare(read: Sequence[_Read], text: str) -> str:
    for entity, value in read:
        if entity["entity"] in ("service", "environment", "team") and isinstance(value, str):
            # As many blanks as letters, so that the places of the other names still hold.
            start, end = entity.get("start", 0), entity.get("end", 0)
            text = text[:start] + " " * (end - start) + text[end:]
    return text
