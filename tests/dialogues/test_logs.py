"""Questions for logs, through the model, the action server and the sandbox's HTTP."""

from __future__ import annotations

import re

import pytest

from tests.running import Bot


@pytest.mark.parametrize(
    "question", ["show me the logs of the failed checkout deploy", "log of the cart deployment on qa pls"]
)
def test_the_telling_lines_of_a_failed_deployment(bot: Bot, question: str) -> None:
    answer = bot.ask(question)
    assert re.match(r"Run #\d+ of checkout failed: “Smoke test” in the job “Deploy”\.", answer)
    assert "smoke test: ERROR: /health/ready answered 503, expected 200" in answer
    assert "made-up-password" not in answer and "value hidden." in answer
    assert re.search(r"The rest: http\S+/job/\d+", answer)


def test_a_build_by_its_number(bot: Bot) -> None:
    shown = bot.ask("logs for checkout build #3")
    assert shown.startswith("Run #3 of checkout passed.") and "It did not fail" in shown


def test_whose_log_is_asked_for_once_with_choices(bot: Bot) -> None:
    talk = bot.console()
    (question,) = talk.say("show me the deploy logs")
    assert {"checkout", "search"} <= set(question.buttons) and question.text.count("?") == 1
    assert "Smoke test" in talk.say("checkout")[0].text
