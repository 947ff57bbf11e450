"""Where an answer goes, who sees it, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.contracts.card import Button, Card
from assistant.contracts.post import Opinion, Post, PostKind
from extensions.channels.slack import desk
from tests.channels.slack.at_desk import URL, AtDesk
from tests.presentation.block_rules import texts

QUESTION = Card(
    "Which service do you mean?",
    buttons=(
        Button("search", "inform", {"service": "search"}),
        Button("storefront", "inform", {"service": "storefront"}),
    ),
)


def values(post: Post) -> dict[str, str]:
    """The values of a post's buttons by what they do."""
    elements = [element for block in post.blocks if block["type"] == "actions" for element in block["elements"]]
    return {element["action_id"]: element["value"] for element in elements}


def test_an_answer_stands_in_the_thread_of_its_question(at: AtDesk) -> None:
    incoming = at.says("hows staging")
    post = at.post()
    assert (post.kind, post.channel, post.thread, post.id) == (PostKind.MESSAGE, "C1", "1.000001", f"{incoming.id}-1")
    assert post.text == "staging: all 8 running"


def test_an_answer_in_a_direct_message_stands_there(at: AtDesk) -> None:
    at.says("hows staging", channel="D1")
    assert (at.posts()[0].channel, at.posts()) == ("D1", [])


def test_a_slow_answer_is_preceded_by_a_sign_that_goes_away_with_it(
    at: AtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "SIGN_SECONDS", 0.2)
    at.seconds = 1.0
    at.says("hows staging")
    sign, answer, gone = at.posts()
    assert [sign.kind, answer.kind, gone.kind] == [PostKind.REACT, PostKind.MESSAGE, PostKind.UNREACT]
    assert sign.target == gone.target != ""
    at.command("/deploy-status", "staging")
    looking, answer = at.posts()
    assert (looking.text, answer.options["replace_original"]) == ("Looking …", True)


def test_what_takes_more_than_a_members_right_is_shown_to_the_asker_alone(at: AtDesk, catalog: Path) -> None:
    at.private = ("logs",)
    at.says("why is checkout red")
    post = at.post()
    assert (post.kind, post.reader, post.thread) == (PostKind.EPHEMERAL, "U0ANADUARTE", "1.000001")
    at.says("why is checkout red", channel="D1")
    assert at.post().kind is PostKind.MESSAGE
    access = yaml.safe_load((catalog / "access.yml").read_text(encoding="utf-8"))
    (catalog / "access.yml").write_text(yaml.safe_dump({**access, "channels": {"C1": ["read:logs"]}}), encoding="utf-8")
    at.says("why is checkout red")
    assert at.post().kind is PostKind.MESSAGE


def test_sharing_checks_whether_everybody_in_the_channel_may_see_it(at: AtDesk) -> None:
    at.command("/deploy-status", "staging")
    answer = at.post()
    assert (answer.kind, answer.target, answer.options["response_type"]) == (PostKind.RESPONSE, URL, "ephemeral")
    at.clicks("share", values(answer)["share"], answer, alone=True)
    shared = at.post()
    assert shared.options == {"response_type": "in_channel", "replace_original": False}
    assert "Shared by Ana Duarte." in texts(shared.blocks) and values(shared) == {}
    at.private = ("logs",)
    at.command("/deploy-status", "staging")
    hidden = at.post()
    assert "share" not in values(hidden)
    at.clicks("share", f"{hidden.id}.0", hidden, alone=True)  # as before the channel was struck off the list
    refused = at.post()
    assert refused.options["response_type"] == "ephemeral"
    assert "not everybody in this channel may read logs" in refused.text


@pytest.mark.parametrize("intent", ["greet", "ask_help", "out_of_scope", "affirm", "rollback", "thank"])
def test_only_what_tells_something_is_judged_and_shared(at: AtDesk, intent: str) -> None:
    at.command("/deploy-status", "staging")
    assert set(values(at.post())) == {"share", "good", "bad"}
    at.intent = intent
    at.command("/assistant", "help")
    assert values(at.post()) == {}


def test_what_a_change_would_mean_can_be_shown_to_the_channel(at: AtDesk) -> None:
    at.intent, at.card = "deploy", Card("Deploy search?", buttons=(Button("Yes, do it", "affirm", {"shown": "57.1"}),))
    at.command("/deploy", "search 2.9.1 staging")
    assert set(values(at.post())) == {"choice.0", "share"}


def test_questions_refusals_and_running_cards_are_neither_judged_nor_shared(at: AtDesk) -> None:
    at.more = {"answered": False}
    at.command("/deploy-status", "staging")
    assert values(at.post()) == {}
    at.more = {"shows": "request:57"}
    at.says("how is it going")
    assert values(at.post()) == {}
    at.command("/docs")
    assert "What are you looking for?" in (usage := at.post()).text and values(usage) == {}


def test_a_choice_is_made_once_by_whom_it_was_asked_of(at: AtDesk) -> None:
    at.card = QUESTION
    at.says("is 2.8.1 in prod yet")
    question = at.post()
    assert set(values(question)) == {"choice.0", "choice.1"}
    value = values(question)["choice.0"]
    at.clicks("choice.0", value, question, user="U0BENOSEI01")
    assert "asked of somebody else" in at.post().text and len(at.seen) == 1

    at.card = Card("search 2.8.1 runs in production.")
    at.clicks("choice.0", value, question)
    refreshed, answer = at.posts()
    assert at.asked() == ("inform", {"service": ["search"]})
    assert at.seen[-1].sender_id == at.seen[0].sender_id
    assert (refreshed.kind, refreshed.of) == (PostKind.UPDATE, question.id)
    assert "You chose search." in texts(refreshed.blocks) and values(refreshed) == {}
    assert (answer.thread, answer.text) == ("1.000001", "search 2.8.1 runs in production.")

    at.clicks("choice.1", values(question)["choice.1"], question)
    said, update = at.posts()
    assert "no longer open" in said.text and len(at.seen) == 2
    assert update.kind is PostKind.UPDATE


def test_a_question_that_is_answered_in_words_loses_its_choices(at: AtDesk) -> None:
    at.card = QUESTION
    at.says("is 2.8.1 in prod yet")
    question = at.post()
    at.card = Card("search 2.8.1 runs in production.")
    at.says("search")
    answer, closed = at.posts()
    assert answer.text == "search 2.8.1 runs in production."
    assert (closed.kind, closed.of, values(closed)) == (PostKind.UPDATE, question.id, {})
    assert texts(closed.blocks)[0] == "Which service do you mean?" and "It goes on below." in texts(closed.blocks)
    at.says("thanks")
    assert len(at.posts()) == 1, "once"


def test_an_answer_whose_choices_stand_for_themselves_keeps_them(at: AtDesk) -> None:
    at.card = Card("Request 57 waits.", buttons=(Button("Approve", "approve_request", {"shown": "57.2"}),))
    at.says("deploy search")
    at.posts()
    at.card = Card("It is uncertain.", buttons=(Button("It never started", "inform", {"shown": "never 57.2"}),))
    at.says("and now?")
    uncertain = at.post()
    at.card = Card("staging: all 8 running")
    at.says("hows staging")
    assert len(at.posts()) == 1
    at.clicks("choice.0", values(uncertain)["choice.0"], uncertain, user="U0BENOSEI01")
    assert at.asked() == ("inform", {"shown": ["never 57.2"]}), "whoever is asked for a word may give it"


def test_a_choice_under_an_older_question_is_refused(at: AtDesk) -> None:
    at.card = QUESTION
    at.says("is 2.8.1 in prod yet")
    old = at.post()
    at.says("hows prod")
    at.posts()
    at.clicks("choice.0", values(old)["choice.0"], old)
    assert "no longer open" in at.posts()[0].text
    assert len(at.seen) == 2


def test_a_choice_that_stands_for_itself_is_anybodys(at: AtDesk) -> None:
    at.card = Card("What about search?", buttons=(Button("Its last builds", "ask_pipeline", {"service": "search"}),))
    at.says("search")
    question = at.post()
    at.clicks("choice.0", values(question)["choice.0"], question, user="U0BENOSEI01")
    assert at.asked() == ("ask_pipeline", {"service": ["search"]})
    assert at.seen[-1].sender_id.startswith("T1.U0BENOSEI01.C1.")


def test_a_yes_that_says_to_what_outlasts_other_questions(at: AtDesk) -> None:
    yes = Button("Yes, deploy it", "affirm", {"request": "57", "revision": "2"})
    at.card = Card("payments 1.4.1 → 1.4.2 in production?", buttons=(yes,))
    at.says("ship payments 1.4.2 to prod")
    shown = at.post()
    at.card = Card("Nothing is firing.")
    at.says("whats alerting on payments")
    at.posts()
    at.clicks("choice.0", values(shown)["choice.0"], shown)
    assert at.asked() == ("affirm", {"request": ["57"], "revision": ["2"]})
    assert at.posts()[0].kind is PostKind.UPDATE
    at.clicks("choice.0", values(shown)["choice.0"], shown, user="U0BENOSEI01")
    assert at.seen[-1].sender_id.startswith("T1.U0BENOSEI01.") and [post.kind for post in at.posts()] == [
        PostKind.MESSAGE
    ]


def test_a_double_click_counts_once_and_leaves_the_new_card_alone(at: AtDesk) -> None:
    at.card = Card("Deploy search?", buttons=(Button("Yes, do it", "affirm", {"shown": "57.1"}),))
    at.says("deploy search")
    card = at.post()
    at.card = Card("Request 57 is under way.", buttons=(Button("Stop it", "cancel_run", {"shown": "57.2"}),))
    at.clicks("choice.0", values(card)["choice.0"], card)
    assert [post.kind for post in at.posts()] == [PostKind.UPDATE, PostKind.MESSAGE]
    at.clicks("choice.0", values(card)["choice.0"], card)
    told = at.post()
    assert (told.kind, told.text) == (PostKind.RESPONSE, "You chose that already; it goes on where the question was.")
    assert len(at.seen) == 2


def test_a_choice_whose_first_attempt_ended_with_its_process_still_counts(at: AtDesk) -> None:
    at.card = QUESTION
    at.says("is 2.8.1 in prod yet")
    question = at.post()
    assert at.assistant.answers.settle(question.id, 0)
    at.attempt = 2
    at.clicks("choice.0", values(question)["choice.0"], question)
    assert at.asked() == ("inform", {"service": ["search"]})


def test_a_click_that_is_refused_is_told_to_the_clicker_alone(at: AtDesk) -> None:
    at.card = Card("Request 57 waits for approval.", buttons=(Button("Approve", "approve_request", {"shown": "57.2"}),))
    at.says("yes")
    waiting = at.post()
    at.card, at.more = Card("You may not approve request 57: who asks is not the second person."), {"refused": True}
    at.clicks("choice.0", values(waiting)["choice.0"], waiting)
    refused = at.post()
    assert (refused.kind, refused.options["response_type"]) == (PostKind.RESPONSE, "ephemeral")
    at.says("approve it")
    assert at.post().kind is PostKind.MESSAGE


def test_a_choice_from_a_menu_counts_like_a_button(at: AtDesk) -> None:
    names = list(at.assistant.source.current().services)
    at.card = Card("Which?", buttons=tuple(Button(name, "inform", {"service": name}) for name in names))
    at.says("logs")
    question = at.post()
    (menu,) = [element for block in question.blocks if block["type"] == "actions" for element in block["elements"]]
    at.clicks(menu["action_id"], menu["options"][2]["value"], question, menu=True)
    assert at.asked() == ("inform", {"service": [names[2]]})


def test_what_came_too_late_is_asked_again_in_its_own_words(at: AtDesk) -> None:
    at.card = Card("Is it still wanted?", buttons=(Button("Yes, go on", "", {"text": "deploy search"}),))
    at.says("deploy search")
    question = at.post()
    at.clicks("choice.0", values(question)["choice.0"], question)
    assert (at.seen[-1].text, at.seen[-1].parse_data) == ("deploy search", None)


def test_a_forged_or_forgotten_choice_does_nothing(at: AtDesk) -> None:
    at.says("hows staging")
    answer = at.post()
    for value in ("", "gone.0.0", f"{answer.id}.0.7", f"{answer.id}.x.-1", "a.b.c.d"):
        at.clicks("choice.0", value, answer)
        assert "older than I can remember" in at.post().text
    assert len(at.seen) == 1


def test_the_rest_of_a_long_answer_is_a_click_away(at: AtDesk) -> None:
    at.card = Card("All of it", lines=tuple((f"line {n} " + "x" * 100,) for n in range(200)))
    at.says("everything")
    first = at.post()
    at.clicks("more.1", values(first)["more.1"], first)
    second = at.post()
    assert (second.kind, second.thread) == (PostKind.MESSAGE, "1.000001")
    shown = "".join(texts(first.blocks)) + "".join(texts(second.blocks))
    assert all(f"line {n} " in shown for n in range(120))


def test_the_rest_of_a_private_answer_is_for_the_same_person_only(at: AtDesk) -> None:
    at.private = ("logs",)
    at.card = Card("All of it", lines=tuple((f"line {n} " + "x" * 100,) for n in range(200)))
    at.says("everything")
    first = at.post()
    at.clicks("more.1", values(first)["more.1"], first, alone=True)
    assert at.post().options["response_type"] == "ephemeral"
    at.clicks("more.1", values(first)["more.1"], first, user="U0BENOSEI01")
    assert at.posts() == []


def test_a_good_word_is_kept_with_question_and_answer(at: AtDesk) -> None:
    at.says("hows staging, my key is token=abcdef12345")
    answer = at.post()
    at.clicks("good", values(answer)["good"], answer)
    thanks = at.post()
    assert (thanks.text, thanks.options["response_type"]) == ("Thank you, noted.", "ephemeral")
    ((opinion, about),) = at.assistant.answers.opinions()
    assert opinion == Opinion(answer.id, "U0ANADUARTE", True)
    assert about is not None and (about.intent, about.confidence, about.model) == ("ask_status", 0.9, "m1")
    assert about.question == "hows staging, my key is token=[hidden]"


def test_a_bad_word_asks_for_the_reason(at: AtDesk) -> None:
    at.says("hows staging")
    answer = at.post()
    at.clicks("bad", values(answer)["bad"], answer)
    window = at.post()
    assert (window.kind, window.options["title"]["text"]) == (PostKind.VIEW, "What was wrong?")
    at.submits(window.options, {"reason": {"type": "plain_text_input", "value": "that is QA, not staging"}})
    assert at.post().channel == "U0ANADUARTE"
    ((opinion, about),) = at.assistant.answers.opinions()
    assert opinion == Opinion(answer.id, "U0ANADUARTE", False, "that is QA, not staging")
    assert about is not None and about.question == "hows staging"


def test_a_message_can_be_asked_about(at: AtDesk) -> None:
    at.shortcut("HighErrorRate fires for payments &amp; search")
    assert at.seen[-1].text == "HighErrorRate fires for payments & search"
    post = at.post()
    assert (post.kind, post.options["response_type"]) == (PostKind.RESPONSE, "ephemeral")
