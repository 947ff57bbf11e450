"""Questions about past deployments, through the model, the action server and the sandbox's HTTP."""

from __future__ import annotations

import re

import pytest

from tests.running import Bot


@pytest.mark.parametrize(
    "question",
    [
        "who deployed notifications to prod last?",
        "when was notifications last shipped to production and by whom",
    ],
)
def test_the_last_deployment_begins_with_who_and_admits_what_waits(bot: Bot, question: str) -> None:
    answer = bot.ask(question)
    assert re.match(
        r"(Lena Fischer|Tomasz Nowak) deployed notifications 2\.3\.0 to production\.\n.*started by hand http", answer
    )
    assert "Since then: 2.3.1" in answer and "made-up" in answer


def test_on_merge_it_says_who_merged_and_which_workflow_deployed(bot: Bot) -> None:
    answer = bot.ask("who shipped the last storefront release to staging?")
    assert re.match(r"storefront 2\.8\.2 went to staging on merge: \w+ \w+ merged #\d+\.", answer)
    assert "deployed by deploy.yml" in answer


def test_a_time_is_read_in_the_askers_zone_and_shown(bot: Bot) -> None:
    answer = bot.ask("list everything that was released in the last two weeks")
    assert re.match(r"The newest 10 of (?:at least )?\d+ deployments, ", answer)
    assert "I read “in the last two weeks” as from " in answer
    assert "to narrow it down" in answer


def test_a_person_is_known_by_first_name(bot: Bot) -> None:
    answer = bot.ask("has Priya ever deployed anything to live")
    assert "to production by Priya Raman" in answer
    assert "Jonas" not in answer


def test_failures_are_marked_and_linked(bot: Bot) -> None:
    answer = bot.ask("failed deployments of checkout in qa")
    assert re.search(r"✗ qa  1\.4\.4 .*\(failed, .*\) http", answer)


def test_follow_ups_keep_what_was_asked(bot: Bot) -> None:
    talk = bot.console()
    talk.say("who deployed notifications to prod last?")
    assert re.match(r"\w+ \w+ deployed notifications 2\.3\.1 to staging\.", talk.say("and in staging?")[0].text)
    assert re.match(r"\w+ \w+ deployed checkout 1\.4\.3 to staging\.", talk.say("and checkout?")[0].text)


def test_morning_turns_three_and_four(bot: Bot) -> None:
    talk = bot.console()
    talk.say("how is staging doing?")
    talk.say("and prod?")
    (why,) = talk.say("why is inventory 4 behind")
    assert "production (4.2.1) is 4 versions behind staging (4.4.1)" in why.text
    assert all(re.search(rf"✓ {version}  \d+ commits? by \w+ \w+", why.text) for version in ("4.4.1", "4.3.0"))
    assert "no recorded reason" in why.text
    (who,) = talk.say("who shipped the last one")
    assert re.match(r"\w+ \w+ deployed inventory 4\.4\.1 to staging\.", who.text)


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("did Anna deploy anything this morning?", "I don't know a person called “Anna”."),
        ("what was released on 30 february?", "I don't know when"),
        ("which deployments of billing-worker went to qa?", "billing-worker does not run in qa."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(bot: Bot, said: str, answered: str) -> None:
    assert bot.ask(said).startswith(answered)


def test_a_provider_that_fails_is_named(bot: Bot) -> None:
    bot.fault(path=r"/repos/epetech/search/", kind="status", status=500)
    answer = bot.ask("deployment history of search")
    assert "search: github answered 500; " in answer
