"""What a person reads when they ask what changed."""

from __future__ import annotations

from datetime import datetime, timezone

from assistant.contracts.changes import Change, ChangesReport, ChangesRequest, Compared, Comparison, End, Side
from assistant.contracts.errors import Unavailable
from assistant.presentation.cards.changes import changes_card
from assistant.presentation.plain import render

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
STAGING, PRODUCTION = Side("1.3", "staging"), Side("1.1", "production")
NAMES = {"ana": "Ana Duarte", "ben": "Ben Osei"}


def change(number: int, author: str = "ana", version: str | None = None) -> Change:
    return Change(f"c{number}", f"Change {number}", author, NOW, str(number), version)


def shown(*services: Compared, **request: object) -> str:
    report = ChangesReport(ChangesRequest(**request), services, NOW)  # type: ignore[arg-type]
    return render(changes_card(report, lambda login: NAMES.get(login, login), sandbox=False), timezone.utc, NOW)


def between(comparison: Comparison) -> Compared:
    return Compared("checkout", PRODUCTION, STAGING, comparison)


def test_commits_stand_with_pull_request_author_and_time() -> None:
    text = shown(between(Comparison(2, (change(7), change(6, "ben")))))
    assert text.splitlines() == [
        "checkout: 2 commits from production (1.1) to staging (1.3), by Ana Duarte and Ben Osei",
        "  • Change 7 #7 (Ana Duarte, 09:30)",
        "  • Change 6 #6 (Ben Osei, 09:30)",
    ]


def test_of_the_migrations_alone_the_files_are_told() -> None:
    found = Comparison(2, (change(7),), warned=("db/migrations/7.sql",), url="http://compare")
    assert shown(between(found), migrations=True).splitlines() == [
        "checkout, from production (1.1) to staging (1.3): 1 file of migrations.",
        "  • db/migrations/7.sql",
        "All changes: http://compare",
    ]
    assert "no migrations" in shown(between(Comparison(2, (change(7),))), migrations=True)


def test_several_versions_stand_with_their_authors() -> None:
    found = Comparison(3, (change(3, "ana", "1.3"), change(2, "ben", "1.2")), ("1.3", "1.2"), of_paths=True)
    text = shown(between(found), behind=True)
    assert text.startswith(
        "checkout: production (1.1) is 2 versions behind staging (1.3): 2 of 3 commits touch checkout"
    )
    assert " ✓ 1.3  1 commit by Ana Duarte, the last 09:30" in text
    assert " ✓ 1.2  1 commit by Ben Osei" in text
    assert "no recorded reason" in text


def test_the_rest_of_a_long_list_is_behind_the_link() -> None:
    found = Comparison(25, tuple(change(n) for n in range(25)), url="https://code.example/compare")
    text = shown(between(found))
    assert text.count("•") == 10 and "15 more: https://code.example/compare" in text


def test_migrations_missing_commits_and_limits_are_pointed_out() -> None:
    found = Comparison(1, (change(1),), missing=2, warned=("db/migrations/4.sql",), cut=True)
    text = shown(between(found))
    assert "db/migrations/4.sql; a rollback would have to undo that too" in text
    assert "production (1.1) also has 2 commits that staging (1.3) lacks." in text
    assert "there may be more than I show" in text


def test_nothing_new_is_said_in_one_sentence() -> None:
    same = Compared("checkout", Side("1.1", "production"), Side("1.1", "staging"), Comparison(0, ()))
    assert shown(same) == "checkout: production and staging run the same version, 1.1."
    main = Compared("checkout", Side("1.3"), Side("main"), Comparison(0, ()))
    assert shown(main, unreleased=True) == "checkout: nothing was merged into main after 1.3."


def test_environments_are_compared_service_by_service() -> None:
    ends = (End("staging", True), End("production", True))
    unknown = Compared("search", problem=Unavailable("github", "did not answer in time"))
    same = Compared("identity", Side("2.0", "production"), Side("2.0", "staging"), Comparison(0, ()))
    text = shown(unknown, between(Comparison(2, (change(1),), warned=("m/1.sql",))), same, ends=ends)
    assert text.startswith("staging and production: 1 differs, 1 the same, 1 unknown")
    assert " … checkout  production (1.1) → staging (1.3): 2 commits, with migrations" in text
    assert " ? search    not known" in text and text.endswith("\nsearch: github did not answer in time.")
    assert " ✓ identity  2.0 in both" in text


def test_a_commit_message_cannot_draw_outside_its_line() -> None:
    evil = Change("c", "x\u202e\x1b[31m", "mallory\n ✓ fake", NOW)
    text = shown(between(Comparison(1, (evil,))))
    assert len(text.splitlines()) == 2 and "\x1b" not in text and "\u202e" not in text
