"""What somebody is told about their own rights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.contracts.access import AccessReport, AccessRequest, Holders, Right
from assistant.contracts.actor import GUEST, Actor
from assistant.operations.access import access
from assistant.safeguards.access import Access
from tests.operations.platform import CATALOGUE, FakeCi, context

RULES = Access(
    members=("read:status",),
    roles={"engineer": ("read:logs",), "releaser": ("deploy:*",)},
    people={"ana-duarte": ("releaser",)},
    groups={"team-checkout": ("engineer",)},
)


ANA = Actor("T1", "U0ANADUARTE")
EVERYTHING = AccessRequest()


def ask(person: str | None, request: AccessRequest = EVERYTHING, access_: Access = RULES) -> AccessReport:
    known = CATALOGUE.people[person] if person else None
    return access(replace(context(FakeCi(), actor=ANA, access=access_), person=known), request)


def test_every_right_comes_with_its_rule() -> None:
    report = ask("ana-duarte")
    assert report.who == "Ana Duarte (team-checkout)"
    assert report.rights == (
        Right("read", "status", "“members”"),
        Right("deploy", "*", "role “releaser” of ana-duarte"),
        Right("read", "logs", "role “engineer” of team-checkout"),
    )


def test_whoever_is_not_in_the_catalogue_reads_status_and_nothing_more() -> None:
    unknown = (Right("read", "status", "“members” (not in the catalogue)"),)
    assert ask(None).rights == unknown
    assert ask(None, access_=replace(RULES, members=("read:docs", "read:*"))).rights == unknown
    assert ask(None, access_=replace(RULES, members=("read:docs",))).rights == ()


@pytest.mark.parametrize(("sandbox", "count"), [(True, 1), (False, 0)])
def test_a_guest_has_rights_only_in_the_sandbox(sandbox: bool, count: int) -> None:
    world = replace(context(FakeCi(), actor=GUEST, access=RULES), sandbox=sandbox)
    assert len(access(world, AccessRequest()).rights) == count


def test_what_is_told_is_what_is_decided() -> None:
    world = replace(context(FakeCi(), actor=ANA, access=RULES), person=CATALOGUE.people["ben-osei"])
    told = {(right.verb, right.resource) for right in access(world, AccessRequest()).rights}
    for verb, resource in (("read", "status"), ("read", "logs"), ("read", "audit"), ("deploy", "checkout")):
        decided = RULES.decide(world.actor, world.person, verb, resource).allowed
        assert decided is ((verb, resource) in told)


SCOPED = Access(
    roles={"engineer": ("read:logs", "deploy:own/staging"), "all": ("rollback:*",)},
    groups={"team-checkout": ("engineer",), "platform": ("all",)},
)


def test_certain_things_are_ruled_on_one_by_one() -> None:
    asked = AccessRequest(("deploy",), services=("checkout",), environments=("staging", "production"))
    report = ask("ana-duarte", asked, SCOPED)
    assert [(one.what, one.allowed) for one in report.rulings] == [
        ("deploy checkout in staging", True),
        ("deploy checkout in production", False),
    ]


def test_a_service_that_is_ruled_the_same_everywhere_is_one_ruling_with_who_may_instead() -> None:
    (ruling,) = ask("ana-duarte", AccessRequest(("rollback",), services=("payments",)), SCOPED).rulings
    assert (ruling.what, ruling.allowed, ruling.instead) == ("roll back payments", False, ("Platform Team",))


def test_a_colleagues_rights_are_those_outside_of_this_console() -> None:
    report = ask(None, AccessRequest(readable=("logs",), person="ben-osei"), SCOPED)
    assert report.who == "Ben Osei (team-checkout)"
    assert [(one.what, one.allowed) for one in report.rulings] == [("read logs", True)]
    assert ask(None, AccessRequest(readable=("logs",), person="mei-tanaka"), SCOPED).rulings[0].allowed is False


def test_at_the_sandboxes_own_console_everything_that_it_reads_is_told() -> None:
    world = replace(context(FakeCi(), access=SCOPED), person=CATALOGUE.people["mei-tanaka"], sandbox=True)
    told = {right.resource for right in access(world, AccessRequest()).rights if right.verb == "read"}
    for word in ("status", "logs", "audit"):
        assert SCOPED.decide(world.actor, world.person, "read", word, sandbox=True).allowed and word in told


def test_who_may_groups_what_has_the_same_answer() -> None:
    rules = Access(
        roles={"own": ("deploy:own/*",), "all": ("deploy:*",), "reader": ("read:logs",)},
        groups={"team-checkout": ("own", "reader"), "platform": ("all",)},
        members=("read:docs",),
    )
    told = {one.what: one.names for one in ask(None, AccessRequest(("deploy",), who=True), rules).holders}
    assert told["deploy checkout and storefront"] == ("Team Checkout", "Platform Team")
    assert ("Platform Team",) in told.values()
    (one,) = ask(None, AccessRequest(("deploy",), (), ("checkout",), ("production",), who=True), rules).holders
    assert (one.what, one.names) == ("deploy checkout in production", ("Team Checkout", "Platform Team"))
    read = ask(None, AccessRequest(readable=("logs", "docs", "audit"), who=True), rules).holders
    assert [one.names for one in read] == [("Team Checkout",), ("everybody",), ()]


def test_who_may_approve_is_told_where_a_second_person_is_asked_for_and_by_whom() -> None:
    rules = Access(roles={"approver": ("approve:own/*",)}, groups={"team-checkout": ("approver",)})

    def told(service: str, *environments: str) -> list[Holders]:
        return list(ask(None, AccessRequest(("approve",), (), (service,), environments, who=True), rules).holders)

    assert told("checkout") == [Holders("approve checkout in production", ("Team Checkout",))]
    assert told("checkout", "staging") == [Holders("approve checkout in staging", (), needed=False)]
    (elsewhere,) = told("notifications", "production")
    assert elsewhere.names == ("whoever GitHub asks",), "access.yml has no say where GitHub asks"


def test_whoever_lacks_a_right_is_told_whom_to_ask() -> None:
    assert ask("ana-duarte").keeper == "the Platform Team in #platform"
