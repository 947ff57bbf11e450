"""Questions to the documents, through the model."""

from __future__ import annotations

import pytest

from tests.running import Bot


@pytest.mark.parametrize(
    ("question", "heading", "words"),
    [
        ("how do I get access to a database?", "Databases › Get access for yourself", "epe db login"),
        ("where do I find my api key", "How do I get an API key?", "Create a personal token in the staff portal"),
        ("how do we name kafka topics", "Kafka topics › Naming", "orders.basket.abandoned.v1"),
        (
            "does the notifier support webhooks? couldn't find it in the docs",
            "Notifications API › Webhooks",
            "no replay",
        ),
        ("what does error code 4012 of the payments api mean", "Payments API › Error codes", "authorise again"),
    ],
)
def test_the_page_answers_in_its_own_words(bot: Bot, question: str, heading: str, words: str) -> None:
    answer = bot.ask(question)
    assert answer.splitlines()[0].endswith(heading), answer
    assert words in answer
    assert "Source: https://docs.epetech.online/" in answer and "last changed" in answer


def test_a_follow_up_that_the_page_does_not_speak_of_is_not_claimed(bot: Bot) -> None:
    talk = bot.console()
    talk.say("vpn setup")
    assert "It says nothing about staging in particular." in talk.say("and for staging?")[0].text


def test_what_is_not_documented_is_not_made_up(bot: Bot) -> None:
    answer = bot.ask("does the handbook cover dental insurance")
    assert answer == "That is not documented, as far as I can find. You can ask the Platform Team in #platform."


def test_a_follow_up_keeps_the_question(bot: Bot) -> None:
    talk = bot.console()
    assert "Payments API" in talk.say("does payments have webhooks? is it in the docs")[0].text
    assert "Notifications API › Webhooks" in talk.say("and notifications?")[0].text.splitlines()[0]


def test_more_shows_the_next_passage(bot: Bot) -> None:
    talk = bot.console()
    (first,) = talk.say("where are the docs about rotating secrets?")
    assert "More" in first.buttons
    (second,) = talk.say(str(first.buttons.index("More") + 1))
    (third,) = talk.say("more, please")
    assert "Source:" in second.text and "Source:" in third.text
    assert len({first.text, second.text, third.text}) == 3


@pytest.mark.parametrize("question", ["docs?", "documentation " * 300, "docs about '; DROP TABLE \" OR *"])
def test_odd_questions_get_a_sentence(bot: Bot, question: str) -> None:
    answer = bot.ask(question)
    assert answer.strip() and "Traceback" not in answer and "went wrong" not in answer
