"""Answers with choices that count once, what people say of them, and what they have chosen in chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from sqlalchemy.engine import Engine

from assistant.contracts.post import Answered, ChatSettings, Opinion
from assistant.integrations.store.answers import KEPT, SqlAnswers
from assistant.integrations.store.chat_settings import SqlChatChoices

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
ANSWER = Answered(
    "a-1",
    "T1",
    "C1",
    "1.2",
    "T1.U1.C1.1.2",
    "U1",
    "hows staging",
    {"title": "fine"},
    ("logs",),
    "ask_status",
    0.93,
    "m1",
)


def test_an_answer_comes_back_with_its_revision(engine: Engine) -> None:
    answers = SqlAnswers(engine)
    answers.keep(ANSWER, NOW)
    assert answers.answer("a-1") == ANSWER
    assert answers.answer("a-2") is None


def test_what_offers_choices_about_a_request_is_found_until_it_offers_them_no_more(engine: Engine) -> None:
    answers = SqlAnswers(engine)
    card = {"title": "?", "buttons": [{"title": "Yes", "intent": "affirm", "values": {"shown": "57.1 58.2"}}]}
    answers.keep(replace(ANSWER, card=card), NOW)
    answers.keep(replace(ANSWER, id="alone", card=card, ephemeral=True), NOW)
    answers.keep(replace(ANSWER, id="home", card=card, channel=""), NOW)
    assert [each.id for each in answers.offering(57)] == [each.id for each in answers.offering(58)] == ["a-1"]
    answers.keep(replace(ANSWER, id="a-2", card=card, of="a-1"), NOW)
    answers.took_back("a-1", but="a-2")
    assert [each.id for each in answers.offering(57)] == ["a-2"]
    answers.took_back("a-1")
    assert answers.offering(58) == []
    answers.keep(replace(ANSWER, id="a-3", card=card), NOW)
    answers.forget(NOW + KEPT + timedelta(seconds=1))
    assert answers.offering(57) == []


def test_a_choice_counts_once(engine: Engine) -> None:
    answers = SqlAnswers(engine)
    answers.keep(ANSWER, NOW)
    assert answers.settle("a-1", 0)
    assert not answers.settle("a-1", 0)
    assert answers.answer("a-1") == replace(ANSWER, revision=1)
    answers.keep(ANSWER, NOW)
    assert not answers.settle("a-1", 0)


def test_the_newest_answer_of_a_conversation_is_known(engine: Engine) -> None:
    answers = SqlAnswers(engine)
    answers.keep(ANSWER, NOW)
    answers.keep(replace(ANSWER, id="a-2"), NOW + timedelta(seconds=1))
    answers.keep(replace(ANSWER, id="a-3", conversation="other"), NOW + timedelta(seconds=2))
    newest = answers.newest(ANSWER.conversation)
    assert newest is not None and newest.id == "a-2"


def test_an_opinion_outlives_its_answer_and_the_last_word_counts(engine: Engine) -> None:
    answers = SqlAnswers(engine)
    answers.keep(ANSWER, NOW)
    answers.judge(Opinion("a-1", "U1", True), ANSWER, NOW)
    answers.judge(Opinion("a-1", "U1", False, "staging was meant"), None, NOW)
    answers.judge(Opinion("a-1", "U2", True), ANSWER, NOW + timedelta(seconds=1))
    answers.forget(NOW + KEPT + timedelta(seconds=1))
    assert answers.answer("a-1") is None
    assert answers.opinions() == [
        (Opinion("a-1", "U1", False, "staging was meant"), ANSWER),
        (Opinion("a-1", "U2", True), ANSWER),
    ]


def test_what_was_chosen_replaces_what_was_chosen_before(engine: Engine) -> None:
    choices = SqlChatChoices(engine)
    assert choices.chosen("T1", "C1") == ChatSettings()
    choices.choose("T1", "C1", ChatSettings(("alerts",), "always", "search"), "U1", NOW)
    choices.choose("T1", "C1", ChatSettings((), "always"), "U2", NOW)
    choices.choose("T1", "U1", ChatSettings(zone="Europe/Lisbon"), "U1", NOW)
    assert choices.chosen("T1", "C1") == ChatSettings((), "always")
    assert set(choices.everywhere()) == {("T1", "C1"), ("T1", "U1")}
