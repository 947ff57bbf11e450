"""Who may do what, and what is left when the rules cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.contracts.actor import GUEST, Actor
from assistant.contracts.platform import Person
from assistant.safeguards.access import Access, load_access

MEMBER = Actor("T1", "U9")
ANA = Person("ana-duarte", "Ana Duarte", teams=("team-payments",))
BEN = Person("ben-osei", "Ben Osei", teams=("team-checkout",))
POLICY = """
members: ["read:status"]
roles:
  reader: ["read:logs"]
  auditor: ["read:*"]
people:
  ben-osei: [auditor]
groups:
  team-payments: [reader]
"""


def access(tmp_path: Path, text: str | None) -> Access:
    if text is not None:
        (tmp_path / "access.yml").write_text(text, encoding="utf-8")
    return load_access(tmp_path)


@pytest.mark.parametrize(
    ("person", "resource", "allowed", "rule"),
    [
        (None, "status", True, "members"),
        (None, "logs", False, "not in the catalogue"),
        (ANA, "logs", True, "role “reader” of team-payments"),
        (ANA, "audit", False, "no rule in access.yml grants read:audit to ana-duarte"),
        (BEN, "audit", True, "role “auditor” of ben-osei"),
    ],
)
def test_a_decision_says_its_rule(
    tmp_path: Path, person: Person | None, resource: str, allowed: bool, rule: str
) -> None:
    decision = access(tmp_path, POLICY).decide(MEMBER, person, "read", resource)
    assert decision.allowed is allowed
    assert rule in decision.rule


def test_a_right_is_not_stretched_to_another_verb(tmp_path: Path) -> None:
    assert not access(tmp_path, POLICY).decide(MEMBER, BEN, "deploy", "checkout").allowed


def test_guests_get_nothing_but_the_sandbox(tmp_path: Path) -> None:
    policy = access(tmp_path, POLICY)
    assert not policy.decide(GUEST, None, "read", "status").allowed
    assert policy.decide(GUEST, None, "read", "status", sandbox=True).allowed
    assert not policy.decide(GUEST, None, "deploy", "checkout", sandbox=True).allowed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no such file"),
        ("members: [", "expected valid YAML"),
        ("- a\n- b", "expected the keys"),
        ("membres: []", "membres"),
        ("members: read:status", "a list of words"),
        ("members: ['readstatus']", "verb:resource"),
        ("people: {ana: [boss]}", "boss"),
        ("members: ['read:lgos']", "read:lgos"),
        ("roles: {engineer: ['reed:logs']}", "reed:logs"),
        ("roles: [x]", "names under roles"),
    ],
)
def test_without_usable_rules_members_read_status_and_nothing_else(tmp_path: Path, text: str | None, said: str) -> None:
    broken = access(tmp_path, text)
    assert said in str(broken.problem)
    assert broken.decide(MEMBER, ANA, "read", "status").allowed
    refused = broken.decide(MEMBER, ANA, "read", "logs")
    assert not refused.allowed and "cannot be read" in refused.rule
    assert not broken.decide(GUEST, None, "read", "status").allowed


def test_what_a_channel_may_see_is_what_members_may_and_what_is_listed(tmp_path: Path) -> None:
    rules = access(tmp_path, POLICY + 'channels:\n  C0PLATFORM: ["read:logs"]\n')
    assert rules.problem is None
    assert rules.may_show("C0PLATFORM", "logs") and rules.may_show("C0PLATFORM", "status")
    assert not rules.may_show("C0PLATFORM", "audit")
    assert not rules.may_show("C0OTHER", "logs") and rules.may_show("C0OTHER", "status")
    assert rules.is_everybodys("read", "status") and not rules.is_everybodys("read", "logs")
