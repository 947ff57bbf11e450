"""Questions about builds, through the model, the action server and the sandbox's HTTP."""

from __future__ import annotations

import re

import pytest

from tests.dialogues.test_status import rows
from tests.running import Bot


@pytest.mark.parametrize(
    "question", ["why is checkouts build red", "CHECKOUT CI FAILED??", "is the cart pipeline green"]
)
def test_why_a_build_is_red(bot: Bot, question: str) -> None:
    answer = bot.ask(question)
    assert answer.startswith("The build of checkout on main is red: “Unit tests” failed in the job “Test”.")
    assert re.search(r"Red since run #\d+, .* at [0-9a-f]{7}: “.*” by \w+ \w+ http", answer)
    assert "Last green: run #" in answer
    told = re.findall(r"^    .*$", answer, re.MULTILINE)
    assert 5 <= len(told) <= 15
    assert any("E       AssertionError: assert None == 'SPRING'" in line for line in told)
    assert "sk_live" not in answer and "1 value hidden." in answer


def test_the_red_build_is_followed_up(bot: Bot) -> None:
    talk = bot.console()
    talk.say("why is checkouts build red")
    evidence = talk.say("flaky or real?")[0].text
    assert re.match(
        r"“Unit tests” in the job “Test” failed in \d+ of the last \d+ finished builds of checkout", evidence
    )
    assert re.findall(r"^  #\d+ failed, ", evidence, re.MULTILINE)
    assert "Run #" in talk.say("show me the log")[0].text
    assert talk.say("and payments?")[0].text.startswith("Run #")


def test_a_green_build_shows_its_last_runs(bot: Bot) -> None:
    answer = bot.ask("did the last search build pass?")
    assert answer.startswith("The build of search on main is green.")
    assert len(re.findall(r"^  #\d+ ", answer, re.MULTILINE)) == 5


def test_all_builds_worst_first(bot: Bot) -> None:
    lines = rows(bot.ask("what pipelines are red right now?"))
    assert next(iter(lines)) == "checkout" and "Unit tests, red since #" in lines["checkout"]
    assert len(lines) == 8


def test_a_run_by_number(bot: Bot) -> None:
    assert bot.ask("checkout build #3 pass or fail").startswith("Run #3 of checkout on main passed.")
    assert "I don't know a run called “#4711”" in bot.ask("did run 4711 pass?")


def test_a_number_of_many_services_is_asked_about_once(bot: Bot) -> None:
    talk = bot.console()
    (question,) = talk.say("did build #3 pass?")
    assert {"checkout", "search"} <= set(question.buttons)
    assert talk.say("search")[0].text.startswith("Run #3 of search on main ")


def test_an_unknown_branch(bot: Bot) -> None:
    assert "I don't know a branch of checkout called “feature/nope”." in bot.ask(
        "is the checkout build on feature/nope green?"
    )


def test_who_does_not_answer_is_named(bot: Bot) -> None:
    bot.fault(kind="status", status=500, path="/repos/epetech/checkout/actions")
    assert "github answered 500" in bot.ask("why is the checkout build red?")


@pytest.mark.parametrize(
    "before", ["who owns checkout?", "how's checkout in staging?", "error rate of checkout in prod"]
)
@pytest.mark.parametrize("again", ["run that again", "rerun it", "repeat that"])
def test_it_is_run_again_only_right_after_an_answer_about_that_build(bot: Bot, before: str, again: str) -> None:
    talk = bot.console()
    talk.say(before)
    answer = "\n".join(message.shown() for message in talk.say(again))
    assert "Running" not in answer
    assert "Which build shall I run again?" in answer or f"ask again: “{before}”" in answer


def test_it_is_the_build_no_longer_once_something_else_was_told(bot: Bot) -> None:
    talk = bot.console()
    talk.say("why is checkouts build red")
    talk.say("help")
    (asked,) = talk.say("run that again")
    assert asked.text.startswith("Which build shall I run again?") and "checkout #18" in asked.buttons


@pytest.mark.parametrize("answer", ["yes", "1"])
def test_a_green_build_is_run_again_after_a_yes(bot: Bot, answer: str) -> None:
    bot.as_it_was()
    talk = bot.console()
    talk.speak_as("mei-tanaka")
    (asked,) = talk.say("rerun the search build")
    assert asked.text.startswith("#14 of search passed. Shall I run it again all the same?")
    assert talk.say(answer)[0].text.startswith("Running search #14 again")
    bot.as_it_was()


def test_a_no_to_a_green_build_runs_nothing(bot: Bot) -> None:
    talk = bot.console()
    talk.speak_as("mei-tanaka")
    talk.say("rerun the search build")
    assert talk.say("no")[0].text.startswith("Fine, dropped")
    assert "Nothing is waiting" in talk.say("yes")[0].text
