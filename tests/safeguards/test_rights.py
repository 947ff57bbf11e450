"""Person × verb × resource × state: who of the example company may do what, and what no state of the files allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.contracts.actor import GUEST, LOCAL_WORKSPACE, Actor
from assistant.safeguards.access import Access, load_access
from assistant.safeguards.rights import SCOPED, VERBS, covers, problem
from tests.operations.platform import CATALOGUE

RULES = load_access(Path(__file__).parents[2] / "catalog")
PLACES = ("checkout/staging", "checkout/production", "payments/production", "*/staging", "*/production")
# Which of PLACES; everything that is not named here is refused.
OWN, ALL, NONE = (0, 1), (0, 1, 2, 3, 4), ()
GRANTED = {
    "ana-duarte": {
        **dict.fromkeys(("deploy", "rollback", "cancel", "rerun"), OWN),
        "lock": (0, 1, 3),
        "approve": (1,),
    },
    "priya-raman": {
        **dict.fromkeys(("deploy", "rollback", "cancel", "rerun"), (2,)),
        "lock": (0, 2, 3),
        "approve": (2,),
    },
    "lena-fischer": {
        **dict.fromkeys(("deploy", "rollback", "cancel", "rerun", "lock", "take_over", "break_glass"), ALL),
        "approve": (1, 2, 4),
    },
    "stranger": {},
}
GRANTED["lena-fischer"]["lock"] = ALL


def allowed(person: str, verb: str, resource: str, rules: Access = RULES, actor: Actor | None = None) -> bool:
    known = CATALOGUE.people.get(person)
    service = CATALOGUE.services.get(resource.partition("/")[0])
    who = actor or Actor("T1", "U1", known.name if known else None)
    return rules.decide(who, known, verb, resource, owner=service.owner if service else None).allowed


@pytest.mark.parametrize("person", GRANTED)
@pytest.mark.parametrize("verb", SCOPED)
def test_who_may_change_what(person: str, verb: str) -> None:
    may = tuple(index for index, place in enumerate(PLACES) if allowed(person, verb, place))
    assert may == GRANTED[person].get(verb, NONE)


@pytest.mark.parametrize("person", GRANTED)
def test_only_the_platform_team_pauses_and_reads_the_audit_log(person: str) -> None:
    platform = person == "lena-fischer"
    assert allowed(person, "pause", "*") is platform and allowed(person, "read", "audit") is platform


@pytest.mark.parametrize("person", GRANTED)
@pytest.mark.parametrize("verb", VERBS)
def test_without_usable_rules_nobody_changes_anything(tmp_path: Path, person: str, verb: str) -> None:
    (tmp_path / "access.yml").write_text("roles: [broken", encoding="utf-8")
    for rules in (load_access(tmp_path), load_access(tmp_path / "absent")):
        assert not any(allowed(person, verb, place, rules) for place in (*PLACES, "*", "logs", "audit"))
        assert allowed(person, "read", "status", rules)


@pytest.mark.parametrize("verb", SCOPED)
def test_guests_and_the_local_console_change_nothing_real(verb: str) -> None:
    local = Actor(LOCAL_WORKSPACE, "lena-fischer", "lena-fischer")
    for place in PLACES:
        assert not allowed("lena-fischer", verb, place, actor=local)
        assert not allowed("lena-fischer", verb, place, actor=GUEST)
    assert RULES.decide(local, CATALOGUE.people["lena-fischer"], verb, "*/qa", True).allowed is (verb != "approve")
    assert not RULES.decide(GUEST, None, verb, "*/qa", True).allowed


@pytest.mark.parametrize(
    ("right", "asked", "owner", "teams", "yes"),
    [
        ("deploy:*", "deploy:checkout/staging", "team-a", (), True),
        ("deploy:checkout/*", "deploy:checkout/staging", "team-a", (), True),
        ("deploy:checkout/staging", "deploy:checkout/production", "team-a", (), False),
        ("deploy:team-a/*", "deploy:checkout/staging", "team-a", (), True),
        ("deploy:team-b/*", "deploy:checkout/staging", "team-a", ("team-b",), False),
        ("deploy:own/*", "deploy:checkout/staging", "team-a", ("team-a",), True),
        ("deploy:own/*", "deploy:checkout/staging", "team-a", ("team-b",), False),
        ("lock:own/*", "lock:*/staging", None, ("team-a",), False),
        ("lock:checkout/*", "lock:*/staging", None, (), False),
        ("lock:*/staging", "lock:*/staging", None, (), True),
        ("lock:*/staging", "lock:checkout/*", "team-a", (), False),
        ("deploy:*/staging", "rollback:checkout/staging", "team-a", (), False),
        ("read:*", "deploy:checkout/staging", "team-a", (), False),
    ],
)
def test_what_a_right_covers(right: str, asked: str, owner: str | None, teams: tuple[str, ...], yes: bool) -> None:
    verb, _, resource = asked.partition(":")
    assert covers(right, verb, resource, owner, teams) is yes


@pytest.mark.parametrize(
    ("right", "said"),
    [
        ("deploy", "verb:resource"),
        ("deplyo:*", "one of the verbs"),
        ("deploy:checkout", "services/environment"),
        ("deploy:/staging", "services/environment"),
        ("deploy:a/b/c", "services/environment"),
        ("pause:staging", "pause:*"),
        ("read:adit", "read:audit"),
    ],
)
def test_a_right_that_could_never_count_is_an_error(right: str, said: str) -> None:
    assert said in str(problem(right))


def test_a_refusal_says_who_may() -> None:
    ana = CATALOGUE.people["ana-duarte"]
    decision = RULES.decide(Actor("T1", "U1", ana.name), ana, "deploy", "payments/staging", owner="team-payments")
    assert decision.instead == ("team-payments", "platform")
