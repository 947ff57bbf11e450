"""Which replies in a thread are for the assistant, where a channel wants it to read all of them."""

from __future__ import annotations

import pytest

from assistant.contracts.as_json import to_json
from assistant.contracts.card import Button, Card
from assistant.contracts.platform import Person
from assistant.contracts.post import Answered
from extensions.channels.slack.overheard import is_meant, to_another

PEOPLE = (Person("cid", "Cid Romero"),)
ASKED = Answered("a", "T1", "C1", None, "c", "U1", "", to_json(Card("Which?", buttons=(Button("qa", "inform"),))))
TOLD = Answered(
    "a", "T1", "C1", None, "c", "U1", "", to_json(Card("qa: fine", buttons=(Button("Logs", "fetch_logs"),)))
)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("<@U2> can you look?", True),
        ("thanks, <@U2>", True),
        ("@platform is it up?", True),
        ("cid: is it up?", True),
        ("hey Cid Romero, is it up?", True),
        ("who deployed <@U2>'s change?", False),
        ("checkout, payments: how are they?", False),
        ("is <@U2> on call?", False),
    ],
)
def test_who_is_named_first_is_spoken_to(text: str, other: bool) -> None:
    assert to_another(text, PEOPLE) is other


@pytest.mark.parametrize(
    ("intent", "before", "meant"),
    [
        ("ask_status", None, True),
        ("inform", None, False),
        ("inform", TOLD, True),
        ("affirm", ASKED, True),
        ("affirm", TOLD, False),
        ("deny", None, False),
        ("out_of_scope", ASKED, False),
        ("thank", TOLD, False),
    ],
)
def test_short_words_are_answers_only_to_a_question(intent: str, before: Answered | None, meant: bool) -> None:
    assert is_meant("some words", intent, before) is meant


def test_how_is_it_going_goes_on_after_an_answer() -> None:
    assert is_meant("how's it going?", "greet", TOLD)
    assert not is_meant("how's it going?", "greet", None) and not is_meant("hi all", "greet", TOLD)
