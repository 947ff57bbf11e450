"""What a person reads about their rights."""

from __future__ import annotations

from datetime import datetime, timezone

from assistant.contracts.access import AccessReport, AccessRequest, Right
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


def test_broken_rules_are_named() -> None:
    assert "cannot be read right now (access.yml, line 3: expected YAML)" in shown(
        STATUS, problem="access.yml, line 3: expected YAML"
    )
