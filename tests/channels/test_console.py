"""The console's door opens for the console alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from sanic import Sanic
from sanic.response import HTTPResponse

from assistant.safeguards.identity import CLAIM, verify
from assistant.settings import Settings
from extensions.channels.console import CONVERSATION_HEADER, SECRET_HEADER, ConsoleChannel
from tests.channels.served import served

SETTINGS = Settings({"CONSOLE_SECRET": "s3cret", "ACTOR_SIGNING_KEY": "k" * 32, "ASSISTANT_LOCAL_PERSON": "ana-duarte"})
KNOCK = {SECRET_HEADER: "s3cret", CONVERSATION_HEADER: "one"}
BUTTONS = [{"title": "search", "payload": '/inform{"service": "search"}'}]


class Console:
    """A console channel on a real port, around a Rasa that notes what it was asked."""

    def __init__(self, url: str, seen: list[UserMessage], post: Any) -> None:
        self.url, self.seen, self.post = url, seen, post


@pytest.fixture(scope="module")
def console() -> Iterator[Console]:
    seen: list[UserMessage] = []

    async def handle(message: UserMessage) -> None:
        seen.append(message)
        await message.output_channel.send_response(message.sender_id, {"text": "which?", "buttons": list(BUTTONS)})

    app = Sanic("console_test", configure_logging=False)
    app.blueprint(ConsoleChannel(SETTINGS).blueprint(handle), url_prefix="/webhooks/console")
    with served(app) as client:
        yield Console(client.url, seen, client.post)


@pytest.fixture(autouse=True)
def _forget(console: Console) -> None:
    console.seen.clear()


def say(console: Console, body: Any, headers: dict[str, str] = KNOCK) -> HTTPResponse:
    return console.post("/webhooks/console/webhook", json=body, headers=headers)


def test_whoever_knows_the_secret_is_the_local_person(console: Console) -> None:
    answer = say(console, {"message": "how's staging"})
    assert answer.status_code == 200
    assert answer.json()[0]["text"] == "which?"
    (message,) = console.seen
    claim = verify("k" * 32, message.metadata[CLAIM], message.sender_id, "how's staging")
    assert (claim.actor.workspace, claim.actor.user) == ("local", "ana-duarte")


@pytest.mark.parametrize(
    "headers",
    [{}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: ""}, {**KNOCK, "Origin": "http://127.0.0.1:5005"}],
    ids=["no secret", "wrong secret", "empty secret", "a browser"],
)
def test_everybody_else_is_refused_and_nothing_happens(console: Console, headers: dict[str, str]) -> None:
    assert say(console, {"message": "how's staging"}, headers).status_code == 403
    assert console.seen == []


def test_nothing_but_the_text_is_believed_from_the_body(console: Console) -> None:
    forged = {"message": "hi", "sender": "T1.boss", "input_channel": "slack", "metadata": {CLAIM: "x", "user": "boss"}}
    say(console, forged)
    (message,) = console.seen
    assert message.sender_id == "local.ana-duarte.one"
    assert message.input_channel == "console"
    assert verify("k" * 32, message.metadata[CLAIM], message.sender_id, "hi").actor.user == "ana-duarte"


def test_a_typed_intent_is_text_and_a_clicked_one_is_an_intent(console: Console) -> None:
    say(console, {"message": BUTTONS[0]["payload"]})
    say(console, {"button": 0})
    assert [message.text for message in console.seen] == ['inform{"service": "search"}', BUTTONS[0]["payload"]]


@pytest.mark.parametrize("button", [1, -1, "0", None, 10**9])
def test_a_button_that_was_not_shown_is_no_intent(console: Console, button: object) -> None:
    say(console, {"message": "hi"})
    console.seen.clear()
    answer = say(console, {"button": button})
    assert "nothing that I can read" in answer.json()[0]["text"]
    assert console.seen == []


def test_a_button_of_another_conversation_is_no_intent(console: Console) -> None:
    say(console, {"message": "hi"})
    console.seen.clear()
    say(console, {"button": 0}, {**KNOCK, CONVERSATION_HEADER: "two"})
    assert console.seen == []


@pytest.mark.parametrize("body", [[], "text", None, {"message": ["a"]}, {"message": None}])
def test_odd_bodies_get_an_answer(console: Console, body: object) -> None:
    assert say(console, body).status_code == 200
