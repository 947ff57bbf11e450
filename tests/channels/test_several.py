"""One message, several questions: which of its halves are requests of their own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from extensions.channels.several import questions

INTENTS = {
    "how's staging": "ask_status",
    "who owns search?": "ask_owner",
    "who's on call for it": "ask_on_call",
    "is checkout red": "ask_pipeline",
    "why": "ask_pipeline",
    "deploy payments 1.4.2 to staging": "deploy",
    "cancel the other one": "cancel_run",
    "who's on call?": "ask_on_call",
    "what's the weather like": "out_of_scope",
}


def split(text: str, confidence: float = 0.9) -> list[str]:
    async def parse(part: str) -> dict[str, Any]:
        return {"intent": {"name": INTENTS.get(part, "nlu_fallback"), "confidence": confidence}}

    return asyncio.run(questions(text, parse))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("how's staging and who owns search?", ["how's staging", "who owns search?"]),
        ("how's staging? who owns search?", ["how's staging", "who owns search?"]),
        ("is checkout red, and who's on call?", ["is checkout red", "who's on call?"]),
        ("how's staging, is checkout red and who's on call?", ["how's staging", "is checkout red", "who's on call?"]),
    ],
)
def test_each_question_is_answered(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_what_changes_something_is_asked_back_last() -> None:
    text = "deploy payments 1.4.2 to staging and who's on call?"
    assert split(text) == ["who's on call?", "deploy payments 1.4.2 to staging"]


@pytest.mark.parametrize(
    "text",
    [
        "how's staging",
        "how's staging and what's the weather like",
        "is checkout red and why",
        "deploy payments 1.4.2 to staging and cancel the other one",
        '/ask_owner{"service": "search"}',
    ],
)
def test_what_is_not_clearly_two_stays_one(text: str) -> None:
    assert split(text) == [text]


def test_two_guesses_are_not_two_questions() -> None:
    assert len(split("how's staging and who owns search?", confidence=0.3)) == 1
