"""Questions about changes, through the model, the action server and the sandbox's HTTP."""

from __future__ import annotations

import re

import pytest

from tests.running import Bot


@pytest.mark.parametrize(
    "question", ["what's in staging but not in prod for checkout?", "compare staging and production of checkout"]
)
def test_two_environments_of_a_service(bot: Bot, question: str) -> None:
    answer = bot.ask(question)
    assert re.match(r"checkout: \d+ commits from production \(1\.4\.2\) to staging \(1\.4\.3\), by \w+ \w+", answer)
    assert re.search(r"• .+ #\d+ \(\w+ \w+, ", answer)


def test_two_versions_in_any_order(bot: Bot) -> None:
    answer = bot.ask("show me the diff between 1.4.2 and 1.4.0 of checkout")
    assert re.match(r"checkout: \d+ commits from 1\.4\.0 to 1\.4\.2", answer)


def test_a_migration_is_pointed_out(bot: Bot) -> None:
    assert "a rollback would have to undo that too" in bot.ask("what's new in payments 1.4.3?")


def test_a_shared_repository_is_split(bot: Bot) -> None:
    assert re.search(r"\d+ of \d+ commits touch inventory", bot.ask("changes in inventory between 4.3.0 and 4.4.1"))


def test_all_services_between_two_environments(bot: Bot) -> None:
    answer = bot.ask("how does staging differ from production?")
    assert re.match(r"staging and production: \d+ differ, 1 the same", answer)
    assert "✓ identity        5.1.1 in both" in answer


def test_the_service_is_asked_for_once(bot: Bot) -> None:
    talk = bot.console()
    (question,) = talk.say("what's new in 1.4.2?")
    assert question.text == "Of which service?" and "checkout" in question.buttons
    assert talk.say("checkout")[0].text.startswith("checkout: 2 commits from 1.4.1 to 1.4.2")


def test_an_unknown_version_is_a_sentence(bot: Bot) -> None:
    assert "I don't know a version called “9.9.9”" in bot.ask("diff checkout 1.4.2 and 9.9.9")
