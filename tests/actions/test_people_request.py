"""Questions about people, their alerts and what depends on what: from words to requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.request import Said, access_request, alerts_request, on_call_request, owners_request, said
from assistant.contracts.alerts import AlertsRequest
from assistant.contracts.errors import Invalid, NotFound
from assistant.language.names import Names
from assistant.language.reading import mentions
from tests.operations.platform import CATALOGUE

NAMES = Names(CATALOGUE)
PEOPLE = CATALOGUE.people
ANA = PEOPLE["ana-duarte"]


def message(text: str, intent: str, **slots: Any) -> Said:
    found = [
        {"entity": each.kind, "value": each.text, "start": each.start, "end": each.end}
        for each in mentions(text, NAMES)
    ]
    return said({"text": text, "intent": {"name": intent}, "entities": found}, slots, NAMES)


@pytest.mark.parametrize(
    ("text", "services", "relation"),
    [
        ("what depends on payments", ("payments",), "needed_by"),
        ("which services use identity?", ("identity",), "needed_by"),
        ("who needs the inventory service", ("inventory",), "needed_by"),
        ("by whom is payments used", ("payments",), None),
        ("what is payments used by", ("payments",), "needed_by"),
        ("what does checkout need", ("checkout",), "needs"),
        ("what does checkout depend on", ("checkout",), "needs"),
        ("dependencies of search", ("search",), "needs"),
        ("does checkout depend on payments", ("checkout", "payments"), "needs"),
        ("who owns payments", ("payments",), None),
    ],
)
def test_which_way_a_dependency_is_asked(text: str, services: tuple[str, ...], relation: str | None) -> None:
    request = owners_request(message(text, "ask_owner"), PEOPLE)
    assert (request.services, request.relation) == (services, relation)


@pytest.mark.parametrize(
    ("text", "person"),
    [("who is mei", "mei-tanaka"), ("which team is Tomasz in?", "tomasz-nowak"), ("how do I reach ben", "ben-osei")],
)
def test_a_colleague_is_no_unknown_service(text: str, person: str) -> None:
    assert owners_request(message(text, "ask_owner"), PEOPLE).people == (person,)


def test_a_stranger_is_neither_person_nor_service() -> None:
    entity = {"entity": "service", "value": "zoltan", "start": 7, "end": 13}
    stranger = said({"text": "who is zoltan", "intent": {"name": "ask_owner"}, "entities": [entity]}, {}, NAMES)
    with pytest.raises(NotFound, match="person or service called “zoltan”"):
        owners_request(stranger, PEOPLE)


def test_a_colleagues_turns_and_everybodys() -> None:
    request, _ = on_call_request(message("until when is ben on call", "ask_on_call"), ANA, PEOPLE)
    assert (request.person, request.mine) == ("ben-osei", False)
    request, _ = on_call_request(message("who is on call in two weeks for discovery", "ask_on_call"), ANA, PEOPLE)
    assert (request.person, request.teams) == (None, ("team-discovery",))
    assert request.when is not None and request.when.words.startswith("in two weeks")


def alerts(text: str, **slots: Any) -> AlertsRequest:
    return alerts_request(message(text, "list_alerts", **slots), ANA, PEOPLE)[0]


def test_my_teams_alerts_are_those_of_my_teams() -> None:
    assert alerts("alerts for my team").teams == ("team-checkout",)
    assert alerts("anything firing for us?").teams == ("team-checkout",)
    assert alerts("my pager just went off, what is it").teams == ()
    with pytest.raises(Invalid, match="which person of the catalogue"):
        alerts_request(message("alerts for my team", "list_alerts"), None, PEOPLE)


@pytest.mark.parametrize(
    ("text", "silenced"),
    [
        ("is HighErrorRate silenced?", True),
        ("is anything muted?", True),
        ("who silenced it", True),
        ("all alerts, also the silenced ones", False),
        ("everything quiet on the alerting front?", False),
    ],
)
def test_questions_about_silences(text: str, silenced: bool) -> None:
    assert alerts(text).silenced is silenced


def test_rights_are_asked_about_things_places_and_people() -> None:
    def asked(text: str) -> tuple[object, ...]:
        request, _ = access_request(message(text, "ask_permissions"), PEOPLE)
        return request.verbs, request.readable, request.services, request.environments, request.person

    assert asked("can ben read logs?") == ((), ("logs",), (), (), "ben-osei")
    assert asked("may I deploy checkout to prod") == (("deploy",), (), ("checkout",), ("production",), None)
    assert asked("what am I allowed to do") == ((), (), (), (), None)


def test_why_not_asks_the_same_again() -> None:
    asked, values = access_request(message("may I deploy checkout to prod", "ask_permissions"), PEOPLE)
    again, _ = access_request(message("why not?", "affirm", subject={"capability": "access", "values": values}), PEOPLE)
    assert again == replace(asked, why=True)
