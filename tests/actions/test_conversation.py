"""What is said when no capability answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.base import Reply, Turn
from actions.conversation import ActionClarify, ActionOutOfScope
from actions.request import Said
from assistant.integrations.knowledge.markdown import MarkdownKnowledge
from assistant.language.question import canonical
from assistant.safeguards.access import Access
from tests.operations.platform import FakeCi, context

KNOWLEDGE = MarkdownKnowledge(Path(__file__).parents[2] / "catalog", canonical)


def turn(text: str, *ranking: str, rights: tuple[str, ...] = ("read:status", "read:docs")) -> Turn:
    world = context(FakeCi(), knowledge=KNOWLEDGE, access=Access(members=rights))
    return Turn(Said(text, "out_of_scope", {}, ranking=ranking, bare=text), world, "local.ana.1")


def nowhere(text: str, **more: tuple[str, ...]) -> Reply:
    return ActionOutOfScope().reply(turn(text, **more))


def test_what_the_documents_answer_is_not_out_of_scope() -> None:
    assert nowhere("postmortem").card.title.startswith("Postmortems")
    assert nowhere("do we use kafka?").card.title.startswith("Kafka topics")


def test_what_is_near_is_shown_as_near_to_a_question_alone() -> None:
    reply = nowhere("how do I order a new laptop")
    assert reply.card.title.startswith("I found no page that answers this. The closest I have is")
    assert nowhere("order a new laptop").card.title.startswith("I can't help with that.")


@pytest.mark.parametrize("text", ["what's the weather like", "tell me a joke", "???"])
def test_what_nobody_wrote_about_is_no_answer(text: str) -> None:
    reply = nowhere(text)
    assert reply.card.title.startswith("I can't help with that.") and not reply.answered


def test_documents_that_one_may_not_read_stay_closed() -> None:
    assert nowhere("postmortem", rights=("read:status",)).card.title.startswith("I can't help with that.")


def test_a_question_is_never_offered_a_change() -> None:
    ranking = ("silence_alert", "list_alerts", "lock_environment", "ask_status")
    asked = ActionClarify().reply(turn("is anything muted?", *ranking))
    assert [button.intent for button in asked.card.buttons] == ["list_alerts", "ask_status"] and not asked.answered
    told = ActionClarify().reply(turn("mute staging", *ranking))
    assert [button.intent for button in told.card.buttons] == ["silence_alert", "list_alerts"]
