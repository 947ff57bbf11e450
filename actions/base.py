"""The action that all others derive from: who speaks, in a worker thread, and every error a sentence.

This is the one boundary that catches ``Exception``: what nobody foresaw becomes a sentence with a reference for the
person, and a trace in the log under the same reference.
"""

from __future__ import annotations

import abc
import asyncio
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone, tzinfo
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asides import followed, news_for, reminding, with_news
from actions.request import (
    CHANGE,
    FOLLOWED,
    QUESTION,
    RERUN,
    SUBJECT,
    Missing,
    asked_about_rerun,
    candidates,
    complete,
    said,
)
from actions.request.later import time_ahead
from actions.request.people import addressed
from actions.turn import Reply, Turn
from assistant.bootstrap import Assistant, the_assistant
from assistant.contracts.as_json import to_json
from assistant.contracts.card import Button, Card
from assistant.contracts.errors import Ambiguous, AssistantError, Conflict, Invalid, NotAllowed, NotFound, Unavailable
from assistant.contracts.post import Answered
from assistant.language.consent import hedged, order_of, withheld
from assistant.messaging.subjects import subject_of
from assistant.observability import ANSWER_SECONDS, ANSWERS, bind_correlation
from assistant.operations.context import Context
from assistant.operations.progress import JUST
from assistant.presentation.plain import render
from assistant.safeguards.identity import CLAIM, Claim, verify
from assistant.safeguards.quoted import REFUSAL
from assistant.safeguards.redaction import redact, redact_card

__all__ = ["AssistantAction", "Reply", "Turn"]

GRACE = 1.0
"""Seconds that an action may take beyond the deadline of its providers."""

_OPEN = (CHANGE, QUESTION, RERUN)
_ANSWERS = ("affirm", "deny")
_REFUSALS = (NotAllowed.__name__, Conflict.__name__, Invalid.__name__)

_log = structlog.get_logger(__name__)

Outcome = tuple["Reply", "tzinfo | None", str]
"""What is said, in whose time zone, and how it ended (for the metrics)."""


class AssistantAction(Action, abc.ABC):
    """An action of 5 to 15 lines: :meth:`answer` turns what was said into a reply, or raises an AssistantError."""

    capability: ClassVar[str] = "conversation"
    kinds: ClassVar[tuple[str, ...]] = ()
    at_once: ClassVar[bool] = False
    """Whether it changes something without showing it first, so that only a plain order will do."""
    tells_more: ClassVar[bool] = False
    """Whether an end or a reason belongs to an order for it ("lock staging until 5pm")."""
    bare: ClassVar[bool] = False
    """Whether nothing but the order itself may stand in it, as in a yes."""

    @abc.abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""

    @abc.abstractmethod
    def answer(self, turn: Turn) -> Reply:
        """The reply; runs in a worker thread and may block until the context's deadline."""

    def takes(self, turn: Turn) -> bool:
        """Whether there is anything that short words like “how's it going?” could mean to this action."""
        return True

    def not_plain(self, turn: Turn) -> Reply | None:
        """What is said instead of doing something that was only asked about, or tied to a condition or a time."""
        if not self.at_once or turn.said.values.get("shown"):
            return None
        said, speaker = turn.said, turn.context.person
        why = hedged(said.bare) if self.bare else withheld(said.text, self.tells_more)
        if why is None and not self.tells_more and time_ahead(said, order_of(said.text), speaker):
            why = "for later"
        if why is None and addressed(said, turn.context.catalogue.people, speaker):
            why = "meant for somebody else"
        plain = f"I take no order {why}, so nothing was done. Say it plainly when you want it."
        return Reply(Card(plain)) if why else None

    def reply(self, turn: Turn) -> Reply:
        """The answer, or the question that has to be settled first."""
        try:
            return self.answer(turn)
        except (Missing, Ambiguous, NotFound) as error:
            known = complete(turn.said, self.capability, self.kinds)
            question = {"capability": self.capability, "values": known}
            return Reply(Card(str(error), buttons=_choices(error, turn.context)), question=question)

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Answer one message; called by rasa-sdk."""
        started = time.monotonic()
        assistant = the_assistant()
        claim = _claim(assistant, tracker)
        reference = claim.correlation or uuid.uuid4().hex[:12]
        bind_correlation(reference)
        reply, zone, outcome = await self._guarded(assistant, claim, tracker, reference)
        ANSWERS.labels(self.name(), outcome).inc()
        ANSWER_SECONDS.labels(self.name()).observe(time.monotonic() - started)
        card = redact_card(reply.card)
        text = redact(render(card, zone, datetime.now(timezone.utc)))
        # A channel that shows cards takes the card, with what it has to know about it; others take text and buttons.
        body = {"card": to_json(card), "private": reply.private, "understood": _understood(tracker)}
        body |= {"shows": reply.shows, "see": reply.see, "subject": reply.subject or {}}
        body |= {"meant": reply.answered, "refused": outcome in _REFUSALS}
        body["answered"] = outcome == "answered" and reply.answered and reply.question is None
        dispatcher.utter_message(text=text, buttons=[_payload(each) for each in card.buttons], json_message=body)
        return _remembered(reply, claim.quoted)

    async def _guarded(self, assistant: Assistant, claim: Claim, tracker: Tracker, ref: str) -> Outcome:
        limit = assistant.answer_seconds + GRACE
        try:
            answer = asyncio.to_thread(self._answer, assistant, claim, tracker)
            return (*await asyncio.wait_for(answer, limit), "answered")
        except AssistantError as error:
            details = getattr(error, "details", "")
            _log.info("answer.error", action=self.name(), kind=type(error).__name__, reason=str(error), details=details)
            return Reply(Card(str(error))), None, type(error).__name__
        except asyncio.TimeoutError:
            _log.error("answer.timeout", action=self.name())
            text = f"That took too long, so I gave up. Nothing was changed. (reference {ref})"
            return Reply(Card(text)), None, "timeout"
        except Exception:  # noqa: BLE001 - the one boundary
            _log.exception("answer.failed", action=self.name())
            text = (
                f"Something went wrong on my side; nothing was changed. Please tell the platform team: reference {ref}"
            )
            return Reply(Card(text)), None, "failed"

    def _answer(self, assistant: Assistant, claim: Claim, tracker: Tracker) -> tuple[Reply, tzinfo | None]:
        context = assistant.context(claim.actor, message=claim.correlation, quoted=claim.quoted)
        slots = _slots(assistant, tracker)
        if claim.quoted:  # It answers no question that is open here.
            slots = {name: value for name, value in slots.items() if name not in _OPEN}
        message = said(tracker.latest_message, slots, assistant.names())
        if asked_about_rerun(message):
            message = replace(message, subject=message.rerun)
        turn = Turn(message, context, tracker.sender_id, _before(tracker), _told(tracker))
        news = news_for(turn)
        action = self._answering(turn)
        reply = action.not_plain(turn) or action.reply(turn)
        if claim.quoted and (message.intent in _ANSWERS or _wants_change(reply)):
            raise Invalid(REFUSAL)
        reply = with_news(reminding(turn, reply), news)
        if context.problem is not None:
            note = f"Note: the catalogue on disk is broken ({context.problem}), so I use the last good one."
            reply = _noted(reply, note)
        if context.access.problem is not None:
            note = f"Note: the access rules are broken ({context.access.problem}), so only reading status is left."
            reply = _noted(reply, note)
        reply = replace(reply, private=tuple(sorted(context.used)), followed=followed(turn))
        return reply, ZoneInfo(context.person.timezone) if context.person else None

    def _answering(self, turn: Turn) -> AssistantAction:
        """The action whose last answer the words go on with ("just the failed ones"), else this one."""
        actions: list[AssistantAction] = [action() for action in AssistantAction.__subclasses__()]
        for wanted in candidates(turn.said, unclear=self.capability == "conversation"):
            found = next(each for each in actions if wanted in (each.capability, each.name()))
            if found.takes(turn):
                return found
        return self


def _noted(reply: Reply, note: str) -> Reply:
    return replace(reply, card=replace(reply.card, notes=(*reply.card.notes, note)))


def _slots(assistant: Assistant, tracker: Tracker) -> dict[str, Any]:
    """The conversation's slots; what others showed in its thread meanwhile is what “it” means now."""
    slots: dict[str, Any] = tracker.current_slot_values()
    try:
        # Who has no subject of their own here was answered about nothing (a refused click, a greeting).
        since = _answered_at(tracker) if slots.get(SUBJECT) else None
        shared = subject_of(assistant.outbox, tracker.sender_id, since)
    except Unavailable:
        return slots
    return {**slots, SUBJECT: shared} if shared else slots


def _answered_at(tracker: Tracker) -> datetime | None:
    """When this conversation was answered last."""
    given = next((event for event in reversed(tracker.events or []) if event.get("event") == "bot"), None)
    at = given.get("timestamp") if given else None
    return datetime.fromtimestamp(at, timezone.utc) if at else None


def _wants_change(reply: Reply) -> bool:
    """Whether it asks on for something that is to be changed."""
    return reply.change is not None or "asks" in (reply.question or {}).get("values", {})


def _remembered(reply: Reply, quoted: bool) -> list[dict[str, Any]]:
    """What the conversation is about from now on; what is only asked about leaves open questions as they were."""
    if quoted:
        return [SlotSet(SUBJECT, reply.subject)] if reply.subject is not None else []
    events = [SlotSet(QUESTION, reply.question)]
    if reply.subject is not None:
        events.append(SlotSet(SUBJECT, reply.subject))
    if reply.change is not None or reply.done:
        events.append(SlotSet(CHANGE, to_json(reply.change)))
    if reply.followed is not None:
        events.append(SlotSet(FOLLOWED, list(reply.followed)))
    if reply.rerun is not None:
        events.append(SlotSet(RERUN, reply.rerun))
    return events


def _choices(error: AssistantError, context: Context) -> tuple[Button, ...]:
    if isinstance(error, Missing):
        every = context.catalogue.services if error.field == "service" else context.catalogue.environments
        kind, names = error.field, [each if isinstance(each, str) else each.name for each in every]
    elif isinstance(error, Ambiguous):
        kind, names = error.kind, list(error.candidates)
    else:
        assert isinstance(error, NotFound)  # noqa: S101 - for the type checker: reply() passes nothing else
        # A branch is a version to the model, whosever it is.
        kind, names = "version" if error.kind.startswith("branch") else error.kind, list(error.suggestions)
    # A bare number would look like the number of another choice.
    return tuple(Button(f"#{name}" if name.isdigit() else name, "inform", {kind: name}) for name in names)


def _before(tracker: Tracker) -> Answered | None:
    """The last answer that an action gave in this conversation, with its question."""
    events = tracker.events or []
    given = next((at for at in range(len(events) - 1, -1, -1) if _card(events[at])), None)
    asked = next((each for each in reversed(events[:given]) if each.get("event") == "user"), None)
    if given is None or asked is None:
        return None
    body = events[given]["data"]["custom"]
    return Answered(
        id=f"{asked.get('message_id')}-1",
        team="",
        channel="",
        thread=None,
        conversation=tracker.sender_id,
        asked_by="",
        question=redact(str(asked.get("text") or "")),
        card=body["card"],
        **body.get("understood") or {},
    )


def _told(tracker: Tracker) -> frozenset[str]:
    """The keys of what this conversation has shown a moment ago."""
    since = time.time() - JUST.total_seconds()
    shown = (event for event in tracker.events or [] if _card(event) and (event.get("timestamp") or 0) > since)
    return frozenset(event["data"]["custom"].get("shows") or "" for event in shown) - {""}


def _card(event: Mapping[str, Any]) -> bool:
    return event.get("event") == "bot" and "card" in ((event.get("data") or {}).get("custom") or {})


def _understood(tracker: Tracker) -> dict[str, Any]:
    """How the message was understood, and by which model: for whoever judges the answer."""
    intent = (tracker.latest_message or {}).get("intent") or {}
    spoken = (event for event in reversed(tracker.events or []) if event.get("event") == "user")
    metadata: Mapping[str, Any] = next((event.get("metadata") or {} for event in spoken), {})
    return {
        "intent": intent.get("name") or "",
        "confidence": intent.get("confidence") or 0.0,
        "model": metadata.get("model_id") or "",
    }


def _payload(button: Button) -> dict[str, str]:
    values = json.dumps(dict(button.values)) if button.values else ""
    return {"title": button.title, "payload": f"/{button.intent}{values}"}


def _claim(assistant: Assistant, tracker: Tracker) -> Claim:
    latest = tracker.latest_message or {}
    key = assistant.settings.actor_key
    signed = (latest.get("metadata") or {}).get(CLAIM)
    return verify(key.value if key else None, signed, tracker.sender_id, latest.get("text") or "")
