"""What every answer carries, besides its text, for channels that show cards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import base
from actions.base import AssistantAction, Reply, Turn
from actions.feedback import ActionFeedback
from actions.identity import ActionIdentity
from assistant.bootstrap import Assistant
from assistant.contracts.actor import Actor
from assistant.contracts.as_json import from_json
from assistant.contracts.card import Card
from assistant.contracts.post import ChatSettings
from assistant.safeguards.identity import CLAIM, sign
from assistant.settings import PROJECT, Settings

KEY = "k" * 32


class Looks(AssistantAction):
    """Reads one resource, and shows something secret."""

    capability = "looking"

    def __init__(self, resource: str = "status") -> None:
        self.resource = resource

    def name(self) -> str:
        return "action_looks"

    def answer(self, turn: Turn) -> Reply:
        turn.context.require("read", self.resource)
        zone = turn.context.person.timezone if turn.context.person else "?"
        return Reply(Card(f"seen in {zone}", lines=(("password: ", "hunter2222"),), notes=("token=abcdef123456",)))


@pytest.fixture
def assistant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    values = {"CATALOG": str(PROJECT / "catalog"), "ASSISTANT_STATE": str(tmp_path), "ACTOR_SIGNING_KEY": KEY}
    # Nobody listens there.
    assistant = Assistant(Settings({**values, "ASSISTANT_SANDBOX_URL": "http://127.0.0.1:9", "ANSWER_DEADLINE": "3"}))
    monkeypatch.setattr(base, "the_assistant", lambda: assistant)
    yield assistant


def answered(
    action: AssistantAction, text: str = "hello", user: str = "U0ANADUARTE", events: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The message that an action sends to somebody who writes in Slack."""
    claim = sign(KEY, Actor("T1", user), "T1.U.C", "abc", text)
    latest = {"text": text, "intent": {"name": "ask_status", "confidence": 0.87}, "metadata": {CLAIM: claim}}
    mine = {"event": "user", "text": text, "metadata": {"model_id": "m1"}}
    tracker = Tracker("T1.U.C", {}, latest, [*(events or []), mine], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    asyncio.run(action.run(dispatcher, tracker, {}))
    return dict(dispatcher.messages[0])


def test_an_answer_travels_as_text_and_as_a_card(assistant: Assistant) -> None:
    message = answered(Looks())
    assert message["text"].startswith("seen in Europe/Lisbon\npassword: [hidden]")
    card = from_json(Card, message["custom"]["card"])
    assert card.title == "seen in Europe/Lisbon"
    assert message["custom"]["understood"] == {"intent": "ask_status", "confidence": 0.87, "model": "m1"}


def test_the_card_holds_no_secret_that_the_text_does_not_hold(assistant: Assistant) -> None:
    assert "hunter2222" not in str(answered(Looks())) and "abcdef123456" not in str(answered(Looks()))


@pytest.mark.parametrize(("resource", "private"), [("status", []), ("logs", ["logs"])])
def test_what_was_read_with_more_than_a_members_right_is_noted(
    assistant: Assistant, resource: str, private: list[str]
) -> None:
    assert list(answered(Looks(resource))["custom"]["private"]) == private


def test_a_refusal_is_no_secret(assistant: Assistant) -> None:
    message = answered(Looks("logs"), user="U0STRANGER1")
    assert "may not read logs" in message["text"] and list(message["custom"]["private"]) == []


def test_times_are_meant_in_the_zone_that_was_chosen_in_chat(assistant: Assistant) -> None:
    now = datetime.now(timezone.utc)
    assistant.chat_choices.choose("T1", "U0ANADUARTE", ChatSettings(zone="Asia/Tokyo"), "U0ANADUARTE", now)
    assert answered(Looks())["text"].startswith("seen in Asia/Tokyo")


def _before(card: Card) -> list[dict[str, Any]]:
    first = answered(Looks())["custom"] | {"card": {"title": card.title}}
    asked = {"event": "user", "text": "hows staging", "message_id": "xyz", "metadata": {}}
    return [asked, {"event": "bot", "text": card.title, "data": {"custom": first}}]


@pytest.mark.parametrize(
    ("words", "good"),
    [
        ("that was helpful", True),
        ("great answer", True),
        ("👍", True),
        ("10/10", True),
        ("not helpful", False),
        ("wasn't helpful", False),
        ("useless", False),
        ("that's not correct", False),
        ("👎", False),
        ("2 out of 10", False),
        ("close, but not quite what I was looking for", False),
    ],
)
def test_what_people_say_of_an_answer_is_kept_with_it(assistant: Assistant, words: str, good: bool) -> None:
    message = answered(ActionFeedback(), words, events=_before(Card("staging: fine")))
    ((opinion, about),) = assistant.answers.opinions()
    assert (opinion.answer, opinion.user, opinion.good, opinion.reason) == ("xyz-1", "U0ANADUARTE", good, words)
    assert about is not None and (about.question, about.card["title"]) == ("hows staging", "staging: fine")
    assert ("Thank you" in message["text"]) is good


def test_are_you_ok_is_answered_with_its_own_state(assistant: Assistant) -> None:
    text = answered(ActionIdentity(), "are you ok?")["text"]
    assert text.startswith("I am here, but github, jenkins, alertmanager and prometheus do not answer me.") or (
        "do not answer me" in text and "messages" in text
    )
    assert "0 to answer, 0 to send" in text


def test_who_are_you_is_answered_with_who_it_is(assistant: Assistant) -> None:
    assert answered(ActionIdentity(), "who are you?")["text"].startswith("I'm the Epetech assistant")
