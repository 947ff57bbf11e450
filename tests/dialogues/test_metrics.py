"""Questions about metrics, through the model, the action server and the sandbox's HTTP."""

from __future__ import annotations

import re

import pytest

from tests.running import Bot

NUMBER = r"[\d.,]+"


def test_a_number_now_an_hour_and_a_week_ago(bot: Bot) -> None:
    answer = bot.ask("what's the error rate of payments in prod?")
    found = re.match(
        rf"payments in production: error rate ({NUMBER}) % \(an hour ago ({NUMBER}), a week ago {NUMBER}\)", answer
    )
    assert found, answer
    assert float(found[1]) > 5 > float(found[2])


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("search p99", "search in production: p99 latency "),
        ("how much memory is inventory eating", "inventory in production: memory "),
        ("rps of checkout in staging", "checkout in staging: traffic "),
        ("latency of search in staging", "search in staging, now:"),
        ("what's the error rate of billing-worker?", "billing-worker in production: error rate no data"),
        ("queue depth of checkout", "I don't know a metric called “queue depth” for checkout. There are: error rate"),
    ],
)
def test_metrics_by_the_names_that_people_use(bot: Bot, question: str, told: str) -> None:
    assert bot.ask(question).startswith(told)


def test_the_conversation_says_of_what(bot: Bot) -> None:
    talk = bot.console()
    talk.say("how is search doing in staging?")
    assert talk.say("what's the p95?")[0].text.startswith("search in staging: p95 latency")
    assert talk.say("and payments?")[0].text.startswith("payments in staging: p95 latency")


def test_a_service_is_asked_for_with_choices(bot: Bot) -> None:
    talk = bot.console()
    (question,) = talk.say("WHAT IS THE LATENCY NOW")
    assert question.text == "Which service shall I look at?" and "checkout" in question.buttons
    assert talk.say("checkout")[0].text.startswith("checkout in production, now:")


def test_a_prometheus_that_fails_is_named(bot: Bot) -> None:
    bot.fault(path="/prometheus", kind="status", status=503)
    assert bot.ask("cpu of checkout").startswith("checkout in production: cpu is unknown: prometheus ")
