"""Questions about who is on call, through the model and the action server; the asker is Ana Duarte of Team Checkout."""

from __future__ import annotations

import pytest

from tests.running import Bot

CHECKOUT = ("Ana Duarte", "Ben Osei")


@pytest.mark.parametrize("question", ["who is on call for checkout right now?", "on call person of checkout team"])
def test_who_now_until_when_and_who_is_next(bot: Bot, question: str) -> None:
    lines = bot.ask(question).splitlines()
    assert lines[0] in [f"{name} is on call for Team Checkout." for name in CHECKOUT]
    assert lines[1].startswith("Until ") and lines[2].startswith("Next: ")
    assert [name in lines[0] for name in CHECKOUT] != [name in lines[2] for name in CHECKOUT]


def test_all_teams_at_once(bot: Bot) -> None:
    lines = bot.ask("list everyone on call across all teams").splitlines()
    assert lines[0] == "On call now:"
    teams = ["Platform Team", "Team Checkout", "Team Discovery", "Team Payments"]
    assert [line.strip(" •").partition(":")[0] for line in lines[1:]] == teams


def test_my_own_turns(bot: Bot) -> None:
    answer = bot.ask("do I have duty next week?")
    assert answer.startswith(("Yes, you are on call next week:", "No, you are not on call next week."))
    assert "Team Checkout: " in answer


def test_another_time_and_another_service(bot: Bot) -> None:
    talk = bot.console()
    assert talk.say("who is on call for search next week?")[0].text.startswith(
        "On call next week:\n  • Team Discovery: "
    )
    assert "Team Payments: " in talk.say("and payments?")[0].text
    assert bot.ask("who covers christmas").startswith("On call christmas (")
    assert "I don't know when “easter weekend” is" in bot.ask("who is on call over the easter weekend")
