"""Questions about one's own rights, through the model."""

from __future__ import annotations

from tests.running import Bot


def test_rights_are_told_with_their_rules(bot: Bot) -> None:
    answer = bot.ask("what am I allowed to do with you?")
    assert "status" in answer and "by “members”" in answer
    assert "I know you as Ana Duarte (team-checkout)" in answer


def test_a_right_that_nobody_granted_is_denied_plainly(bot: Bot) -> None:
    answer = bot.ask("am i allowed to roll back payments?")
    assert answer.startswith("No, you may not roll back payments.")
    assert "Who may: Team Payments and Platform Team." in answer
