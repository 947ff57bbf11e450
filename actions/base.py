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
from dataclasses import dataclass, replace
from datetime import datetime, timezone, tzinfo
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.request import QUESTION, SUBJECT, Missing, Said, complete, said
from assistant.bootstrap import Assistant, the_assistant
from assistant.contracts.card import Button, Card
from assistant.contracts.errors import Ambiguous, AssistantError, NotFound
from assistant.observability import ANSWER_SECONDS, ANSWERS, bind_correlation
from assistant.operations.context import Context
from assistant.presentation.plain import render
from assistant.safeguards.identity import CLAIM, Claim, verify
from assistant.safeguards.redaction import redact

GRACE = 1.0
"""Seconds that an action may take beyond the deadline of its providers."""

_log = structlog.get_logger(__name__)

Outcome = tuple["Reply", "tzinfo | None", str]
"""What is said, in whose time zone, and how it ended (for the metrics)."""


@dataclass(frozen=True)
class Reply:
    """An answer, and what the conversation is about from now on (``subject``: None leaves it as it was)."""

    card: Card
    subject: Mapping[str, Any] | None = None
    question: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Turn:
    """One message and what is needed to answer it."""

    said: Said
    context: Context

    def colleague(self, login: str) -> str:
        """The name that colleagues know, from a provider's login; the login itself for a stranger."""
        catalogue = self.context.catalogue
        person = catalogue.person(github=login) or catalogue.person(jenkins=login)
        return person.display_name if person else login


class AssistantAction(Action, abc.ABC):
    """An action of 5 to 15 lines: :meth:`answer` turns what was said into a reply, or raises an AssistantError."""

    capability: ClassVar[str] = "conversation"
    kinds: ClassVar[tuple[str, ...]] = ()

    @abc.abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""

    @abc.abstractmethod
    def answer(self, turn: Turn) -> Reply:
        """The reply; runs in a worker thread and may block until the context's deadline."""

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
        text = redact(render(reply.card, zone, datetime.now(timezone.utc)))
        dispatcher.utter_message(text=text, buttons=[_payload(button) for button in reply.card.buttons])
        events = [SlotSet(QUESTION, reply.question)]
        return [*events, SlotSet(SUBJECT, reply.subject)] if reply.subject is not None else events

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
        context = assistant.context(claim.actor)
        message = said(tracker.latest_message, tracker.current_slot_values(), assistant.names())
        reply = self.reply(Turn(message, context))
        if context.problem is not None:
            note = f"Note: the catalogue on disk is broken ({context.problem}), so I use the last good one."
            reply = replace(reply, card=replace(reply.card, notes=(*reply.card.notes, note)))
        return reply, ZoneInfo(context.person.timezone) if context.person else None


def _choices(error: AssistantError, context: Context) -> tuple[Button, ...]:
    if isinstance(error, Missing):
        every = context.catalogue.services if error.field == "service" else context.catalogue.environments
        kind, names = error.field, [each if isinstance(each, str) else each.name for each in every]
    elif isinstance(error, Ambiguous):
        kind, names = error.kind, list(error.candidates)
    else:
        assert isinstance(error, NotFound)  # noqa: S101 - for the type checker: reply() passes nothing else
        kind, names = error.kind, list(error.suggestions)
    return tuple(Button(name, "inform", {kind: name}) for name in names)


def _payload(button: Button) -> dict[str, str]:
    values = json.dumps(dict(button.values)) if button.values else ""
    return {"title": button.title, "payload": f"/{button.intent}{values}"}


def _claim(assistant: Assistant, tracker: Tracker) -> Claim:
    latest = tracker.latest_message or {}
    key = assistant.settings.actor_key
    signed = (latest.get("metadata") or {}).get(CLAIM)
    return verify(key.value if key else None, signed, tracker.sender_id, latest.get("text") or "")
