"""Whose something is, and whom one can talk to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.contracts.errors import NotAllowed, NotFound
from assistant.contracts.owners import OwnersReport, OwnersRequest
from assistant.operations.context import Context
from assistant.operations.owners import contact, owners
from assistant.safeguards.access import Access
from tests.operations.platform import CATALOGUE, FakeCi, context


def world(person: str | None = None) -> Context:
    known = CATALOGUE.people[person] if person else None
    return replace(context(FakeCi(), access=Access(members=("read:owners",))), person=known)


def ask(person: str | None = None, **request: object) -> OwnersReport:
    return owners(world(person), OwnersRequest(**request))  # type: ignore[arg-type]


def test_a_service_has_its_team_people_channel_and_dependencies_both_ways() -> None:
    (checkout,) = ask(services=("checkout",)).services
    assert (checkout.owner.name, checkout.owner.channel) == ("Team Checkout", "#team-checkout")
    assert [person.display_name for person in checkout.owner.people] == ["Ana Duarte", "Ben Osei"]
    assert checkout.service.depends_on == ("payments", "inventory", "identity", "notifications")
    assert checkout.needed_by == ("storefront",)


def test_a_team_is_answered_with_what_it_owns() -> None:
    (team,) = ask(teams=("team-payments",)).owners
    assert team.services == ("billing-worker", "payments")


def test_without_a_name_every_service_is_listed_once() -> None:
    listed = [name for owner in ask().owners for name in owner.services]
    assert sorted(listed) == sorted(CATALOGUE.services)


def test_my_services_are_those_of_my_teams_and_a_stranger_has_none() -> None:
    assert [owner.services for owner in ask("ana-duarte", mine=True).owners if owner.services] == [
        ("checkout", "storefront")
    ]
    assert ask(mine=True).owners == ()


def test_a_name_that_the_catalogue_lost_is_not_found() -> None:
    with pytest.raises(NotFound):
        ask(services=("gone",))


def test_people_are_reached_through_the_team_named_the_owner_or_the_platform_team() -> None:
    assert contact(world(), ("team-discovery",), ("payments",)).team.name == "team-discovery"
    assert contact(world(), (), ("payments",)).team.name == "team-payments"
    platform = contact(world(), (), ())
    assert platform.team.name == "platform"
    assert [person.display_name for person in platform.people] == ["Lena Fischer", "Tomasz Nowak"]


def test_owners_need_the_right_to_read_them() -> None:
    with pytest.raises(NotAllowed):
        owners(context(FakeCi()), OwnersRequest())
    with pytest.raises(NotAllowed):
        contact(context(FakeCi()), (), ())


def test_who_somebody_is() -> None:
    (tomasz,) = ask(people=("tomasz-nowak",)).people
    assert (tomasz.person.display_name, [team.name for team in tomasz.teams]) == ("Tomasz Nowak", ["Platform Team"])
