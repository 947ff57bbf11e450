"""What a person reads about their rights."""

from __future__ import annotations

from datetime import datetime, timezone

from assistant.contracts.access import AccessReport, AccessRequest, Holders, Right, Ruling
from assistant.presentation.cards.access import access_card
from assistant.presentation.plain import render

STATUS = Right("read", "status", "“members”")
DOCS = Right("read", "docs", "“members”")
DEPLOY = Right("deploy", "*", "role “releaser” of ana")


def shown(*rights: Right, verbs: tuple[str, ...] = (), problem: str | None = None) -> str:
    report = AccessReport(AccessRequest(verbs), "Ana (team-a)", rights, "access.yml", problem)
    return render(access_card(report), timezone.utc, datetime.now(timezone.utc))


def test_every_right_with_its_rule() -> None:
    assert shown(STATUS, DOCS, DEPLOY) == (
        "You may do this:\n  • read status and docs, by “members”\n  • deploy anything, by role “releaser” of ana\n"
        "I know you as Ana (team-a). The rules stand in access.yml of the catalogue."
    )
    assert shown(STATUS).startswith("You may look things up; no rule lets you change anything.")
    assert shown().startswith("There is nothing you may do here.")


def test_a_question_about_a_verb_is_answered_first() -> None:
    assert shown(STATUS, verbs=("rollback",)).startswith("No: no rule lets you rollback.")
    assert shown(DEPLOY, verbs=("deploy",)).startswith("Yes, you may deploy anything.")
    narrow = Right("deploy", "checkout", "role “releaser” of ana")
    assert shown(narrow, verbs=("deploy",)).startswith("Partly: you may deploy checkout.")
    assert shown(DEPLOY, verbs=("deploy", "lock")).startswith("No: no rule lets you lock. You may deploy anything.")


def test_certain_things_are_answered_with_yes_no_or_partly_and_why() -> None:
    yes = Ruling("deploy cart in staging", True, "role “engineer” grants it")
    no = Ruling("deploy cart in production", False, "no rule grants it", ("Team Shop",))

    def told(*rulings: Ruling, person: str | None = None) -> str:
        report = AccessReport(AccessRequest(person=person), "Ana Duarte (team-a)", (), "access.yml", rulings=rulings)
        return render(access_card(report), timezone.utc, datetime.now(timezone.utc))

    assert told(yes).startswith("Yes, you may deploy cart in staging.\n  • role “engineer” grants it.")
    assert told(no, person="ana").startswith("No, Ana Duarte may not deploy cart in production.")
    assert "  • no rule grants it. Who may: Team Shop." in told(no)
    assert told(yes, no).startswith("Partly: you may deploy cart in staging, but not deploy cart in production.")


def test_broken_rules_are_named() -> None:
    assert "cannot be read right now (access.yml, line 3: expected YAML)" in shown(
        STATUS, problem="access.yml, line 3: expected YAML"
    )


def test_who_may_and_why_not() -> None:
    keeper = "the Platform Team in #platform"

    def told(request: AccessRequest, *rulings: Ruling, holders: tuple[Holders, ...] = ()) -> str:
        report = AccessReport(request, "Ana", (), "access.yml", rulings=rulings, holders=holders, keeper=keeper)
        return render(access_card(report), timezone.utc, datetime.now(timezone.utc))

    one, nobody = Holders("deploy cart", ("Team Shop", "Ops")), Holders("read audit", ())
    assert told(AccessRequest(who=True), holders=(one,)).startswith("Team Shop and Ops may deploy cart.")
    assert told(AccessRequest(who=True), holders=(nobody,)).startswith("Nobody may read audit.")
    assert "  • read audit: nobody" in told(AccessRequest(who=True), holders=(one, nobody))
    free = Holders("approve cart in qa", (), needed=False)
    assert told(AccessRequest(who=True), holders=(free,)).startswith("Nobody has to approve cart in qa.")
    no, yes = Ruling("read logs", False, "no rule grants it"), Ruling("read logs", True, "role “a” grants it")
    assert told(AccessRequest(), no).endswith(f"For a right that is missing, ask {keeper}.")
    assert told(AccessRequest(why=True), yes).startswith("No rule stops you: you may read logs.")
    assert "ask" not in told(AccessRequest(), yes)
