"""Questions about one's own rights, through the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Bot


def test_rights_are_told_with_their_rules(bot: Bot) -> None:
    answer = bot.ask("what am I allowed to do with you?")
    assert "status" in answer and "by “members”" in answer
    assert "I know you as Ana Duarte (team-checkout)" in answer


def test_a_right_that_nobody_granted_is_denied_plainly(bot: Bot) -> None:
    answer = bot.ask("am i allowed to roll back payments?")
    assert answer.startswith("No, you may not roll back payments.")
    assert "Who may: Team Payments and Platform Team." in answer


@pytest.mark.parametrize("asked", ["whoami", "who am i", "am i logged in as someone"])
def test_who_one_is_comes_first(bot: Bot, asked: str) -> None:
    assert bot.ask(asked).startswith("You are Ana Duarte (team-checkout).")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("👍", "Thank you!"),
        ("👎", "Sorry about that."),
        ("this is wrong, payments is not on 1.4.1", "Sorry about that."),
    ],
)
def test_an_opinion_is_one_however_it_is_typed(bot: Bot, said: str, told: str) -> None:
    talk = bot.console()
    talk.say("how's payments?")
    assert talk.say(said)[0].text.startswith(told)


def test_broken_rules_are_noted_under_every_answer(whole_bot: Bot) -> None:
    rules = Path(whole_bot.environment["CATALOG"]) / "access.yml"
    good = rules.read_text(encoding="utf-8")
    try:
        rules.write_text("roles: [", encoding="utf-8")
        assert "Note: the access rules are broken (access.yml, line" in whole_bot.ask("how's staging?")
    finally:
        rules.write_text(good, encoding="utf-8")
    assert "the access rules are broken" not in whole_bot.ask("how's staging?")


def test_asking_for_a_freeze_says_where_there_is_none(bot: Bot) -> None:
    assert bot.ask("is there a freeze").startswith("Nobody holds anything anywhere")


def test_rights_are_told_in_words_and_a_refusal_names_who_may(bot: Bot) -> None:
    rights = bot.ask("what may i do")
    assert "own/" not in rights and "on_call" not in rights and "your teams' services" in rights
    talk = bot.console()
    talk.say("deploy payments 1.4.3 to prod")
    assert talk.say("who can?")[0].text.startswith("Team Payments and Platform Team may deploy payments in production.")
    assert "Yes" not in bot.ask("i dont want to deploy payments to prod")
