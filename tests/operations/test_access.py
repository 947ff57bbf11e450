"""What somebody is told about their own rights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.contracts.access import AccessReport, AccessRequest, Right
from assistant.contracts.actor import GUEST
from assistant.operations.access import access
from assistant.safeguards.access import Access
from tests.operations.platform import CATALOGUE, FakeCi, context

RULES = Access(
    members=("read:status",),
    roles={"engineer": ("read:logs",), "releaser": ("deploy:*",)},
    people={"ana-duarte": ("releaser",)},
    groups={"team-checkout": ("engineer",)},
)


def ask(person: str | None) -> AccessReport:
    known = CATALOGUE.people[person] if person else None
    return access(replace(context(FakeCi(), access=RULES), person=known), AccessRequest())


def test_every_right_comes_with_its_rule() -> None:
    report = ask("ana-duarte")
    assert report.who == "Ana Duarte (team-checkout)"
    assert report.rights == (
        Right("read", "status", "“members”"),
        Right("deploy", "*", "role “releaser” of ana-duarte"),
        Right("read", "logs", "role “engineer” of team-checkout"),
    )


def test_whoever_is_not_in_the_catalogue_has_a_members_rights() -> None:
    assert ask(None).rights == (Right("read", "status", "“members”"),)


@pytest.mark.parametrize(("sandbox", "count"), [(True, 1), (False, 0)])
def test_a_guest_has_rights_only_in_the_sandbox(sandbox: bool, count: int) -> None:
    world = replace(context(FakeCi(), actor=GUEST, access=RULES), sandbox=sandbox)
    assert len(access(world, AccessRequest()).rights) == count


def test_what_is_told_is_what_is_decided() -> None:
    world = replace(context(FakeCi(), access=RULES), person=CATALOGUE.people["ben-osei"])
    told = {(right.verb, right.resource) for right in access(world, AccessRequest()).rights}
    for verb, resource in (("read", "status"), ("read", "logs"), ("read", "audit"), ("deploy", "checkout")):
        decided = RULES.decide(world.actor, world.person, verb, resource).allowed
        assert decided is ((verb, resource) in told)
