"""How a message becomes a request: its own values first, and from the conversation only what it asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.request import QUESTION, SUBJECT, Missing, Said, Values, said, status_request
from assistant.contracts.errors import Ambiguous, NotFound
from assistant.contracts.status import StatusRequest
from assistant.language.names import Names
from tests.operations.platform import CATALOGUE

NAMES = Names(CATALOGUE)
SEARCH_IN_PROD = {"capability": "status", "values": {"service": ["search"], "environment": ["production"]}}


def request(text: str, intent: str = "ask_status", *entities: tuple[str, str], **slots: Any) -> StatusRequest:
    found = [{"entity": kind, "value": value} for kind, value in entities]
    latest = {"text": text, "intent": {"name": intent}, "entities": found}
    return status_request(said(latest, slots, NAMES))


def test_names_become_canonical_and_count_once() -> None:
    asked = request("x", "ask_status", ("service", "the cart"), ("service", "checkout"), ("environment", "prd"))
    assert asked == StatusRequest(("checkout",), ("production",))


def test_a_version_loses_its_decoration() -> None:
    assert request("x", "ask_status", ("version", "v1.4.2")).version == "1.4.2"


def test_two_versions_are_a_question() -> None:
    with pytest.raises(Ambiguous):
        request("x", "ask_status", ("version", "1.4.2"), ("version", "1.4.3"))


def test_a_name_that_fits_nothing_is_a_question_and_not_dropped() -> None:
    with pytest.raises(NotFound, match="mailer"):
        request("x", "ask_status", ("service", "mailer"), ("environment", "staging"))


def test_nothing_named_is_everything_and_what_stands_for_nothing_is_asked_for() -> None:
    assert request("is everything ok?").is_overview
    with pytest.raises(Missing):
        request("how is it doing?")


@pytest.mark.parametrize(
    ("text", "named", "without"),
    [
        ("show prod except payments", StatusRequest((), ("production",)), ("payments",)),
        ("staging without search, payments and checkout", None, ("search", "payments", "checkout")),
        ("how's everything apart from development", StatusRequest(), ("development",)),
        ("how is search in staging, except for qa", StatusRequest(("search",), ("staging",)), ("qa",)),
    ],
)
def test_what_is_excepted_is_left_out(text: str, named: StatusRequest | None, without: tuple[str, ...]) -> None:
    found = status_request(spoken(text, *((one.kind, one.text) for one in NAMES.find(text))))
    assert found.without == without
    assert found == replace(named or StatusRequest((), ("staging",)), without=without)


@pytest.mark.parametrize(
    ("text", "intent", "entities", "expected"),
    [
        ("and staging?", "ask_status", [("environment", "staging")], StatusRequest(("search",), ("staging",))),
        ("what about checkout", "inform", [("service", "checkout")], StatusRequest(("checkout",), ("production",))),
        ("no, i meant payments", "inform", [("service", "payments")], StatusRequest(("payments",), ("production",))),
        ("is it deployed in qa too?", "ask_status", [("environment", "qa")], StatusRequest(("search",), ("qa",))),
        ("how is it doing now", "ask_status", [], StatusRequest(("search",), ("production",))),
        (
            "is checkout 1.4.2 there yet?",
            "ask_status",
            [("service", "checkout"), ("version", "1.4.2")],
            StatusRequest(("checkout",), ("production",), "1.4.2"),
        ),
        ("how is checkout doing these days", "ask_status", [("service", "checkout")], StatusRequest(("checkout",))),
        ("hows staging?", "ask_status", [("environment", "staging")], StatusRequest((), ("staging",))),
        ("how about staging?", "ask_status", [("environment", "staging")], StatusRequest(("search",), ("staging",))),
        ("how is staging doing today", "ask_status", [("environment", "staging")], StatusRequest((), ("staging",))),
    ],
)
def test_only_what_is_pointed_at_comes_from_before(
    text: str, intent: str, entities: list[tuple[str, str]], expected: StatusRequest
) -> None:
    assert request(text, intent, *entities, **{SUBJECT: SEARCH_IN_PROD}) == expected


def test_an_answer_completes_the_question_that_was_open() -> None:
    open_question = {"capability": "status", "values": {"version": ["2.8.1"], "environment": ["production"]}}
    asked = request("search", "inform", ("service", "search"), **{QUESTION: open_question, SUBJECT: SEARCH_IN_PROD})
    assert asked == StatusRequest(("search",), ("production",), "2.8.1")


def test_another_service_does_not_inherit_the_version() -> None:
    before = {"capability": "status", "values": {"service": ["search"], "version": ["2.8.1"]}}
    assert request("and checkout?", "inform", ("service", "checkout"), **{SUBJECT: before}) == StatusRequest(
        ("checkout",)
    )


def test_what_another_capability_talked_about_is_left_alone() -> None:
    before = {"capability": "docs", "values": {"service": ["search"]}}
    assert request("and staging?", "inform", ("environment", "staging"), **{SUBJECT: before}) == StatusRequest(
        (), ("staging",)
    )


def test_a_team_stands_for_its_services() -> None:
    assert request("x", "ask_status", ("team", "team-payments")).teams == ("team-payments",)


@pytest.mark.parametrize(
    ("text", "entities", "environments"),
    [
        ("is anything deploying right now?", [], ()),
        ("any rollouts still going in prod?", [("environment", "prod")], ("production",)),
    ],
)
def test_what_is_under_way_needs_no_place(text: str, entities: list[tuple[str, str]], environments: tuple[str]) -> None:
    asked = request(text, "ask_status", *entities)
    assert asked.under_way and asked.environments == environments


def spoken(text: str, *entities: tuple[str, str], intent: str = "ask_status") -> Said:
    """A message as the extractor passes it on: every name with its place, the first one in the text."""
    found = [{"entity": kind, "value": name, "start": text.index(name)} for kind, name in entities]
    found = [{**one, "end": one["start"] + len(one["value"])} for one in found]
    return said({"text": text, "intent": {"name": intent}, "entities": found}, {}, NAMES)


@pytest.mark.parametrize(
    ("text", "entities", "values"),
    [
        (
            "not staging, production",
            [("environment", "staging"), ("environment", "production")],
            {"environment": ["production"]},
        ),
        ("no, not search: checkout", [("service", "search"), ("service", "checkout")], {"service": ["checkout"]}),
        ("qa instead of the stage", [("environment", "qa"), ("environment", "stage")], {"environment": ["qa"]}),
        ("1.4.3 rather than 1.4.2", [("version", "1.4.3"), ("version", "1.4.2")], {"version": ["1.4.3"]}),
        ("not mailer, checkout", [("service", "mailer"), ("service", "checkout")], {"service": ["checkout"]}),
        (
            "is search not 2.8.1 yet?",
            [("service", "search"), ("version", "2.8.1")],
            {"service": ["search"], "version": ["2.8.1"]},
        ),
        ("why not staging", [("environment", "staging")], {"environment": ["staging"]}),
        (
            "staging and not only production",
            [("environment", "staging"), ("environment", "production")],
            {"environment": ["staging", "production"]},
        ),
    ],
)
def test_what_is_ruled_out_is_left_out_unless_nothing_else_is_named(
    text: str, entities: list[tuple[str, str]], values: Values
) -> None:
    message = spoken(text, *entities)
    assert message.values == values and message.unresolved == ()


def test_a_comparison_keeps_both_its_ends() -> None:
    text = "what's in staging but not production for checkout, not search?"
    names = [("environment", "staging"), ("environment", "production"), ("service", "checkout"), ("service", "search")]
    message = spoken(text, *names, intent="ask_changes")
    assert message.values == {"environment": ["staging", "production"], "service": ["checkout"]}


def test_a_ruled_out_name_is_no_word_to_look_for() -> None:
    message = spoken("access to qa, not staging", ("environment", "qa"), ("environment", "staging"), intent="ask_docs")
    assert "staging" not in message.bare and len(message.bare) == len(message.text)


@pytest.mark.parametrize(
    ("text", "entities", "environments"),
    [
        ("is payments v1.4.3 live yet?", [("service", "payments"), ("version", "v1.4.3")], ("production",)),
        (
            "is payments v1.4.3 live in qa?",
            [("service", "payments"), ("version", "v1.4.3"), ("environment", "qa")],
            ("qa",),
        ),
        ("is payments v1.4.3 alive?", [("service", "payments"), ("version", "v1.4.3")], ()),
        ("is payments live?", [("service", "payments")], ()),
    ],
)
def test_a_version_that_is_live_is_in_the_environment_called_so(
    text: str, entities: list[tuple[str, str]], environments: tuple[str, ...]
) -> None:
    assert status_request(spoken(text, *entities)).environments == environments


def test_live_is_no_place_where_no_environment_is_called_so() -> None:
    plain = tuple(replace(one, aliases=()) for one in CATALOGUE.environments)
    latest = {
        "text": "is payments 1.4.3 live?",
        "intent": {"name": "ask_status"},
        "entities": [{"entity": "service", "value": "payments"}, {"entity": "version", "value": "1.4.3"}],
    }
    message = said(latest, {}, Names(replace(CATALOGUE, environments=plain)))
    assert status_request(message) == StatusRequest(("payments",), (), "1.4.3")
