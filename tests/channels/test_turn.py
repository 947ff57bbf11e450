"""Nobody is left without an answer, and nobody types an intent."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from assistant.contracts.actor import Actor
from assistant.safeguards.identity import CLAIM, verify
from extensions.channels import turn
from extensions.channels.several import Parse
from extensions.channels.turn import LONGEST_MESSAGE, plain_text, take_turn

ANA = Actor("local", "ana-duarte")
KEY = "k" * 32


def talk(text: str, handle: turn.Handler, parse: Parse | None = None) -> list[dict[str, Any]]:
    """The answers to one message."""
    output = CollectingOutputChannel()
    message = UserMessage(text, output, "local.ana.1", message_id="m1", metadata={CLAIM: "forged"})
    asyncio.run(take_turn(handle, message, ANA, KEY, parse))
    return [each for each in output.messages if "text" in each]


async def parsed(text: str) -> dict[str, Any]:
    """As a model would: by the first word that it knows."""
    names = {"who": "ask_owner", "how's": "ask_status", "deploy": "deploy"}
    return {"intent": {"name": names[text.split()[0]], "confidence": 0.9}}


async def echo(message: UserMessage) -> None:
    await message.output_channel.send_response(message.sender_id, {"text": message.text})


def test_an_answer_is_passed_on_once() -> None:
    assert [each["text"] for each in talk("how's staging", echo)] == ["how's staging"]


def test_the_speaker_is_signed_and_foreign_metadata_is_gone() -> None:
    seen: list[UserMessage] = []

    async def keep(message: UserMessage) -> None:
        seen.append(message)

    talk("how's staging", keep)
    assert list(seen[0].metadata) == [CLAIM]
    claim = verify(KEY, seen[0].metadata[CLAIM], "local.ana.1", "how's staging")
    assert (claim.actor, claim.correlation) == (ANA, "m1")


def test_silence_becomes_a_sentence_with_a_reference() -> None:
    async def nothing(message: UserMessage) -> None:
        return None

    (answer,) = talk("how's staging", nothing)
    assert "does not answer" in answer["text"] and "m1" in answer["text"]


def test_two_questions_are_two_turns_each_signed_for_its_own_words() -> None:
    seen: list[UserMessage] = []

    async def keep(message: UserMessage) -> None:
        seen.append(message)
        buttons = [{"title": "More", "payload": "/x"}]
        await message.output_channel.send_response(message.sender_id, {"text": message.text, "buttons": buttons})

    answers = talk("how's staging and who owns search?", keep, parsed)
    assert [each["text"] for each in answers] == ["how's staging", "who owns search?"]
    for message in seen:
        assert verify(KEY, message.metadata[CLAIM], "local.ana.1", message.text).actor == ANA


def test_the_first_question_without_an_answer_does_not_cost_the_second() -> None:
    async def half_dead(message: UserMessage) -> None:
        if message.text != "how's staging":
            await echo(message)

    first, second = talk("how's staging, and who owns search?", half_dead, parsed)
    assert "does not answer" in first["text"] and second["text"] == "who owns search?"


def test_a_failure_becomes_a_sentence_without_its_trace() -> None:
    async def fail(message: UserMessage) -> None:
        raise RuntimeError("database password is hunter2")

    (answer,) = talk("how's staging", fail)
    assert "do not know whether that arrived" in answer["text"] and "hunter2" not in answer["text"]


def test_a_turn_that_hangs_ends_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "TURN_SECONDS", 0.05)
    cancelled = asyncio.Event()

    async def hang(message: UserMessage) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    (answer,) = talk("how's staging", hang)
    assert "does not answer" in answer["text"]
    assert cancelled.is_set()


@pytest.mark.parametrize(("text", "said"), [("", "nothing that I can read"), ("x" * 40_000, "40,000 characters")])
def test_what_cannot_be_read_is_refused_with_a_reason_and_never_handled(text: str, said: str) -> None:
    async def never(message: UserMessage) -> None:
        raise AssertionError("was handled")

    (answer,) = talk(text, never)
    assert said in answer["text"]


def test_the_longest_message_is_still_read() -> None:
    assert len(talk("x" * LONGEST_MESSAGE, echo)[0]["text"]) == LONGEST_MESSAGE


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ('/approve_request{"run":"57"}', 'approve_request{"run":"57"}'),
        ("  // /deploy", "deploy"),
        ("\u200b/deploy", "deploy"),
        ("how's\x00 staging\x1b[31m\r\n doing", "how's staging[31m doing"),
        ("\u202egnigats", "gnigats"),
        ("   ", ""),
        ("\u200b\u200b", ""),
        ("مرحبا staging", "مرحبا staging"),
        ("🎉", "🎉"),
    ],
)
def test_typed_text_is_text(typed: str, read: str) -> None:
    assert plain_text(typed) == read
