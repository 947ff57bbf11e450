"""Questions about environments, services and versions, through the model, the action server and the sandbox's HTTP."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from tests.running import Bot, running

SERVICES = ("checkout", "payments", "inventory", "search", "notifications", "identity", "storefront", "billing-worker")


def rows(answer: str) -> dict[str, str]:
    """The lines of an answer by the name they begin with."""
    found = re.findall(r"^ [✓✗!…?] (\S+) +(.*)$", answer, re.MULTILINE)
    assert len({name for name, _ in found}) == len(found), answer
    return dict(found)


@pytest.mark.parametrize(
    "question",
    [
        "How's the staging environment doing?",
        "morning, hows stagign doing",
        "stg ok?",
        "STAGING STATUS!!",
        "what's up with stage",
    ],
)
def test_an_environment_in_many_words(bot: Bot, question: str) -> None:
    answer = bot.ask(question)
    lines = rows(answer)
    assert answer.startswith("staging: ")
    assert sorted(lines) == sorted(SERVICES)
    assert "HighLatency since" in lines["search"]
    assert all(re.search(r"\d+\.\d+\.\d+ (?:since|deploying)", line) for line in lines.values())
    assert "production 4 versions behind" in lines["inventory"]
    assert re.search(r"\(\w+ \w+, on merge\)", lines["storefront"])
    assert re.search(r"\(\w+ \w+, by hand\)", lines["checkout"])
    assert "made-up" in answer


def test_the_worst_comes_first(bot: Bot) -> None:
    assert next(iter(rows(bot.ask("how is production doing?")))) == "payments"


def test_a_deployment_under_way_shows_its_step(bot: Bot) -> None:
    waiting = rows(bot.ask("how is notifications in production?"))["notifications"]
    assert "2.3.1 waiting to deploy" in waiting and "approval" in waiting


def test_production_is_behind_by_so_many_versions(bot: Bot) -> None:
    assert "4 versions behind staging (4.4.1)" in rows(bot.ask("status of prod"))["inventory"]


def test_services_of_one_repository_are_kept_apart(bot: Bot) -> None:
    lines = rows(bot.ask("how is staging"))
    assert "4.4.1 since" in lines["inventory"]
    assert "3.1.0 since" in lines["billing-worker"]


def test_a_service_across_its_environments(bot: Bot) -> None:
    lines = rows(bot.ask("where does the login service run, and which version?"))
    assert list(lines) == ["development", "qa", "staging", "production"]
    assert all("5.1.1 since" in line for line in lines.values())


def test_follow_ups_keep_the_context(bot: Bot) -> None:
    talk = bot.console()
    talk.say("how is staging doing?")
    assert talk.say("and prod?")[0].text.startswith("production: ")
    assert talk.say("what about search?")[0].text.startswith("search in production: ")
    assert talk.say("in qa")[0].text.startswith("search in qa: ")
    assert talk.say("how is checkout doing?")[0].text.startswith("checkout: ")


def test_a_missing_value_is_asked_for_once_with_choices(bot: Bot) -> None:
    talk = bot.console()
    (question,) = talk.say("how is it doing?")
    assert question.buttons == ("development", "qa", "staging", "production")
    assert question.text.count("?") == 1
    assert talk.say("3")[0].text.startswith("staging: ")


def test_another_question_may_come_in_between(bot: Bot) -> None:
    talk = bot.console()
    talk.say("how is it doing?")
    assert talk.say("how is checkout in qa?")[0].text.startswith("checkout in qa: ")
    assert talk.say("thanks")[0].text == "You're welcome."


def test_a_version_that_two_services_have_is_asked_about(bot: Bot) -> None:
    talk = bot.console()
    (question,) = talk.say("is 2.8.1 in prod yet?")
    assert sorted(question.buttons) == ["search", "storefront"]
    answer = talk.say("search")[0].text
    assert answer.startswith("Yes, search 2.8.1 is in production.")
    assert "2.8.1 since" in answer


def test_a_version_is_answered_with_no_and_what_is_there(bot: Bot) -> None:
    assert bot.ask("is checkout 1.4.4 in production?").startswith("No, checkout in production is at 1.4.2.")


def test_two_services_are_both_answered(bot: Bot) -> None:
    assert sorted(rows(bot.ask("how are payments and checkout in production?"))) == ["checkout", "payments"]


def test_a_typo_gets_a_suggestion_or_is_understood(bot: Bot) -> None:
    assert bot.ask("how is paymets in prod?").startswith("payments in production")
    assert "I don't know a service called “mailer”" in bot.ask("how is the mailer service doing?")


def test_an_environment_that_a_service_lacks(bot: Bot) -> None:
    answer = bot.ask("how is billing-worker doing in qa?")
    assert answer == "billing-worker does not run in qa. It runs in development, staging, production."


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("hello there", "Hi!"),
        ("who are you?", "I'm the Epetech assistant"),
        ("what can you do?", "How's the staging environment doing?"),
        ("thanks a lot", "You're welcome."),
        ("bye", "See you."),
        ("what's the weather tomorrow?", "I can't help with that"),
        ("silence HighLatency on search for 2 hours", "I can't do that yet; nothing was changed"),
        ("never mind", "Nothing is waiting"),
        ("", "nothing that I can read"),
        ("   \t ", "nothing that I can read"),
        ("x" * 40_000, "40,000 characters"),
        ("🎉🎉🎉", "I can't help with that"),
        ('/ask_status{"environment":"staging"}', ""),
        ("\u202ehow is staging\u202c \x00\x07", "staging: "),
        ("<@U07Q2LB9X> how is `staging` doing?", "staging: "),
    ],
)
def test_everything_else_gets_a_sentence(bot: Bot, said: str, answered: str) -> None:
    answer = bot.ask(said)
    assert answer.strip() and answered in answer
    assert "Traceback" not in answer


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 401},
        {"kind": "status", "status": 403},
        {"kind": "status", "status": 404},
        {"kind": "status", "status": 500},
        {"kind": "half_json"},
        {"kind": "html"},
        {"kind": "drip"},
        {"kind": "never"},
        {"kind": "reset"},
    ],
    ids=lambda fault: f"{fault['kind']}{fault.get('status', '')}",
)
def test_whatever_github_does_the_rest_is_answered_in_time(bot: Bot, fault: dict[str, object]) -> None:
    bot.ask("how is staging?")
    bot.fault(path=r"/repos/epetech/checkout/", **fault)
    started = time.monotonic()
    answer = bot.ask("how is staging?")
    assert time.monotonic() - started < 7
    lines = rows(answer)
    assert "github " in lines["checkout"] and "ago" in lines["checkout"], answer
    assert "checkout not answered for" in answer.splitlines()[0]
    assert all("github" not in line for name, line in lines.items() if name != "checkout"), answer
    assert "Traceback" not in answer and "{" not in answer


@pytest.mark.parametrize("kind", ["rate_limit", "secondary_limit"])
def test_a_used_up_quota_is_said_with_the_age_of_what_is_shown(tmp_path: Path, kind: str) -> None:
    with running(tmp_path) as bot:
        talk = bot.console()
        talk.say("how is qa?")
        bot.fault(path="/repos/epetech/checkout/", kind=kind, times=1)
        talk.say("how is checkout in qa?")
        line = rows(talk.say("how is search in qa?")[0].text)["search"]
    # One quota serves all, so nobody is asked again until it is refilled.
    assert "github asks to wait" in line and "ago" in line


def test_the_log_follows_a_message_to_the_providers_calls(bot: Bot) -> None:
    bot.fault(path=r"/repos/epetech/identity/", kind="status", status=500)
    bot.ask("how is identity doing in production?")
    lines = [json.loads(line) for line in bot.log("actions").splitlines() if line.startswith("{")]
    failed = [line for line in lines if line["event"] == "provider.failed" and "identity" in line["path"]]
    assert failed and all(len(line["correlation"]) == 12 for line in failed), bot.log("actions")[-2000:]
    assert "sandbox-token" not in bot.log("actions")
