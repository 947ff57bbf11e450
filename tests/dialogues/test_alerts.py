"""Questions about alerts and runbooks, through the model, the action server and the sandbox's HTTP."""

from __future__ import annotations

import re

import pytest

from tests.running import Bot


def test_everything_that_fires_grouped_worst_first(bot: Bot) -> None:
    answer = bot.ask("what's firing right now?")
    assert answer.startswith("3 alerts are firing: 1 critical, 2 warning.")
    assert "✗ payments production  HighErrorRate (critical) since" in answer
    assert "runbook https://docs.epetech.online/runbooks/high-error-rate/" in answer
    assert "no service" in answer and "node=build-03" in answer
    assert "Silenced: QueueBacklog (notifications staging) until" in answer
    assert "by lena-fischer: load test of the mailer" in answer


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("any critical alerts in prod?", "1 critical alert is firing in production."),
        ("alerts for search?", "1 alert is firing for search: 1 warning."),
        ("open alerts for checkout", "Nothing is firing for checkout."),
        ("alerts belonging to team-payments", "1 alert is firing for team-payments: 1 critical."),
        ("is HighErrorRate still firing on payments?", "Yes, HighErrorRate is firing for payments."),
    ],
)
def test_only_what_was_asked_for(bot: Bot, question: str, told: str) -> None:
    assert bot.ask(question).startswith(told)


def test_when_alertmanager_does_not_answer_nothing_is_called_quiet(bot: Bot) -> None:
    bot.fault(path="/alertmanager", kind="status", status=500)
    answer = bot.ask("open alerts for checkout")
    assert re.match(
        r"I can't say (whether anything|what) is firing for checkout.*: alertmanager did not answer", answer
    )


def test_from_an_alert_to_its_runbook(bot: Bot) -> None:
    talk = bot.console()
    talk.say("alerts for payments?")
    assert "/runbooks/high-error-rate/ (named by the alert)" in talk.say("link to runbook of this alert please")[0].text
    assert "/runbooks/high-latency/" in talk.say("HighLatency runbook")[0].text


def test_a_runbook_out_of_the_documents_or_whom_to_ask(bot: Bot) -> None:
    assert "/runbooks/disk-almost-full/" in bot.ask("DiskAlmostFull runbook")
    assert bot.ask("playbook for GremlinsInTheWires").startswith("No runbook is known for GremlinsInTheWires.")
    assert "Its owner is Team Checkout in #team-checkout." in bot.ask("got a runbook for checkout?")


def test_a_follow_up_about_another_environment(bot: Bot) -> None:
    talk = bot.console()
    talk.say("what fires in production?")
    assert talk.say("and staging?")[0].text.startswith("2 alerts are firing in staging")
