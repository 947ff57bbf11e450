"""The console's side of an answer: what is shown, and which number means which choice."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from assistant.console import Console, Message, converse
from assistant.processes import Running


class Answer:
    """What the dialogue server answers."""

    def __init__(self, body: list[dict[str, Any]]) -> None:
        self._body = body

    def raise_for_status(self) -> None:
        """It went well."""

    def json(self) -> list[dict[str, Any]]:
        return self._body


def buttons(*titles: str) -> list[dict[str, str]]:
    return [{"title": title, "payload": "/x"} for title in titles]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = []
    answer: list[dict[str, Any]] = [
        {"text": "one", "buttons": buttons("a", "b")},
        {"text": "two", "buttons": buttons("c")},
        {"custom": {"answered": False}},
    ]

    def post(url: str, json: dict[str, Any], **_: Any) -> Answer:
        bodies.append(json)
        return Answer(answer)

    monkeypatch.setattr(requests, "post", post)
    return bodies


def test_choices_of_several_answers_are_numbered_through(sent: list[dict[str, Any]]) -> None:
    talk = Console(Running(1, 1, "s", True))
    first, second = talk.say("two questions")
    assert first.shown() == "one\n  1) a\n  2) b"
    assert second.shown() == "two\n  3) c"
    talk.say("3")
    assert sent[-1] == {"button": 2}


def test_what_was_no_answer_is_marked(sent: list[dict[str, Any]]) -> None:
    answers = Console(Running(1, 1, "s", True)).say("what?")
    assert [message.answered for message in answers] == [True, False]
    assert Message("text").answered


def test_one_speaks_only_as_somebody_and_finds_back(capsys: pytest.CaptureFixture[str]) -> None:
    talk = Console(Running(1, 1, "s", True))
    lines = ["/as priya-ramann", "/as priya-raman", "/as me", "/as"]
    converse(talk, lines, False, ["priya-raman", "ana-duarte"])
    told = [line for line in capsys.readouterr().out.splitlines() if line and not line.startswith(">")]
    assert "no person “priya-ramann”" in told[0] and "did you mean" in told[0].lower()
    assert told[1].startswith("You speak as priya-raman now; “/as me”")
    assert told[2] == "You speak as yourself again." and "no person" in told[3]
    converse(talk, ["/as priya-raman"], False, ())
    assert "works in the sandbox alone" in capsys.readouterr().out
