"""A change is made only of values that were said for it, each of these by name."""

from __future__ import annotations

from typing import Any

import pytest

from actions.request import QUESTION, SUBJECT, Said, said
from actions.request.change import Asked, Part, Unsaid
from actions.request.deployments import answered, change_request, corrected
from actions.request.which import Which
from assistant.contracts.change import Verb
from assistant.contracts.errors import Invalid
from assistant.language.names import Names
from assistant.language.reading import mentions
from tests.operations.platform import CATALOGUE

NAMES = Names(CATALOGUE)
ABOUT_PRODUCTION = {"capability": "status", "values": {"environment": ["production"], "service": ["checkout"]}}


def heard(text: str, intent: str = "deploy", **slots: Any) -> Said:
    found = [
        {"entity": each.kind, "value": each.text, "start": each.start, "end": each.end}
        for each in mentions(text, NAMES)
    ]
    return said({"text": text, "intent": {"name": intent}, "entities": found}, slots, NAMES)


def wanted(text: str, verb: Verb = Verb.DEPLOY, **slots: Any) -> Asked:
    return change_request(heard(text, verb.value, **slots), verb, CATALOGUE, None)


def lacking(text: str, verb: Verb = Verb.DEPLOY, **slots: Any) -> Unsaid:
    with pytest.raises(Unsaid) as caught:
        wanted(text, verb, **slots)
    return caught.value


def test_how_is_production_doing_then_deploy_payments_asks_where() -> None:
    missing = lacking("deploy payments 1.4.2", **{SUBJECT: ABOUT_PRODUCTION})
    assert missing.field == "environment"
    assert missing.asked.parts == (Part("payments", "1.4.2"),)
    assert missing.asked.environment is None


def test_an_open_reading_question_gives_nothing_either() -> None:
    slots = {QUESTION: ABOUT_PRODUCTION, SUBJECT: ABOUT_PRODUCTION}
    assert lacking("deploy payments 1.4.2", **slots).asked.environment is None


def test_two_environments_are_a_question() -> None:
    missing = lacking("deploy payments 1.4.2 to staging production")
    assert (missing.field, missing.choices) == ("environment", ("staging", "production"))
    assert missing.asked.parts == (Part("payments", "1.4.2"),)


@pytest.mark.parametrize(
    ("text", "environment", "source"),
    [
        ("promote payments from staging to production", "production", "staging"),
        ("promote payments staging -> prod", "production", "staging"),
        ("take payments out of staging into prod please", "production", "staging"),
    ],
)
def test_from_and_to_are_read_from_the_text(text: str, environment: str, source: str) -> None:
    asked = wanted(text)
    assert (asked.environment, asked.source) == (environment, source)


def test_two_services_with_latest_are_one_change_of_both() -> None:
    asked = wanted("ok payments and checkout to staging, latest")
    assert asked.parts == (Part("payments"), Part("checkout"))
    assert asked.which is Which.NEWEST


def test_two_services_keep_each_its_version() -> None:
    asked = wanted("deploy payments 1.4.2 and checkout 2.0.0 to staging")
    assert asked.parts == (Part("payments", "1.4.2"), Part("checkout", "2.0.0"))
    asked = wanted("deploy 1.4.2 of payments and 2.0.0 of checkout to staging")
    assert asked.parts == (Part("payments", "1.4.2"), Part("checkout", "2.0.0"))


def test_one_version_for_two_services_is_a_question() -> None:
    missing = lacking("deploy payments and checkout 2.0.0 to staging")
    assert missing.field == "version"
    assert "payments" in str(missing)


def test_two_versions_are_a_question() -> None:
    assert lacking("deploy payments 1.4.2 1.4.3 to staging").choices == ("1.4.2", "1.4.3")


def test_the_answer_to_the_question_completes_it() -> None:
    missing = lacking("deploy payments 1.4.2")
    asked = answered(heard("staging", "inform"), missing.asked, CATALOGUE)
    assert (asked.parts, asked.environment, asked.asks) == ((Part("payments", "1.4.2"),), "staging", None)


def test_it_is_offered_and_never_taken() -> None:
    missing = lacking("ship it to staging", **{SUBJECT: {"capability": "status", "values": {"service": ["search"]}}})
    assert missing.field == "service"
    assert missing.choices[0] == "search"
    assert missing.asked.parts == ()


@pytest.mark.parametrize(
    ("text", "parts", "environment"),
    [
        ("no, 1.4.2", (Part("payments", "1.4.2"),), "production"),
        ("wait no 1.4.2", (Part("payments", "1.4.2"),), "production"),
        ("to staging i meant", (Part("payments", "1.4.3"),), "staging"),
        ("no, checkout", (Part("checkout"),), "production"),
    ],
)
def test_a_correction_replaces_what_it_names(text: str, parts: tuple[Part, ...], environment: str) -> None:
    shown = Asked(Verb.DEPLOY, (Part("payments", "1.4.3"),), "production", drafts=((57, 1),))
    asked = corrected(heard(text, "inform"), shown, CATALOGUE)
    assert (asked.parts, asked.environment, asked.drafts) == (parts, environment, ())


def test_a_later_time_is_refused_and_not_done_now() -> None:
    with pytest.raises(Invalid, match="can't plan ahead"):
        wanted("deploy payments 1.4.2 to staging tomorrow morning")


def test_an_unknown_service_is_asked_for_and_the_rest_is_kept() -> None:
    missing = lacking("deploy the paymenz-relay service 1.4.2 to staging")
    assert missing.field == "service"
    assert missing.asked.environment == "staging"


def test_a_rollback_needs_no_version_but_a_place() -> None:
    missing = lacking("roll back checkout", Verb.ROLLBACK)
    assert missing.field == "environment"
    asked = wanted("roll back checkout in production to 1.3.0", Verb.ROLLBACK)
    assert (asked.parts, asked.environment) == ((Part("checkout", "1.3.0"),), "production")


def test_what_cannot_be_a_version_was_said_all_the_same() -> None:
    assert wanted("deploy checkout ${jndi:x} to prod").parts == (Part("checkout", "${jndi:x}"),)
    assert wanted("deploy checkout to prod").parts == (Part("checkout"),)
