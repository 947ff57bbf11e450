"""Commits between versions as GitHub tells them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from assistant.contracts.errors import BadAnswer, NotFound
from assistant.contracts.interval import Interval
from assistant.integrations.ci.github_actions import GitHubActions
from tests.integrations.ci.github_answers import REPO, at, delivery
from tests.integrations.ci.test_github_deployments import NINE, example  # noqa: F401 - a fixture
from tests.integrations.ci.test_github_example import CATALOGUE
from tests.integrations.faulty_server import FaultyServer, reply

Soon = Callable[[], float]
SHARED = {
    "version.tag": "payments-v{semver}",
    "paths": "payments/, libs/money",
    "rollback.warn_paths": "**/migrations/**",
}


def sha(number: int) -> str:
    return f"{number:040x}"


def commit(number: int, message: str = "Change", login: str | None = "ana") -> dict[str, Any]:
    signature = {"name": "Ana D", "email": "ana@epetech.online", "date": at(number)}
    author = {"login": login} if login else None
    return {
        "sha": sha(number),
        "commit": {"message": message, "author": signature, "committer": signature},
        "author": author,
    }


def comparison(*commits: dict[str, Any], files: tuple[str, ...] = (), **more: int) -> dict[str, Any]:
    listed = [{"filename": name} for name in files]
    told = {"ahead_by": len(commits), "behind_by": 0, "commits": list(commits), "files": listed}
    return {**told, "html_url": "https://github.example/compare", **more}


def tags(server: FaultyServer, **names: int) -> None:
    """``v1_0=4``: the tag payments-v1.0 on commit 4."""
    plain = {f"payments-v{name[1:].replace('_', '.')}": sha(number) for name, number in names.items()}
    server.routes[f"{REPO}/tags"] = reply([{"name": name, "commit": {"sha": at}} for name, at in plain.items()])
    references = [{"ref": f"refs/tags/{name}", "object": {"sha": at}} for name, at in plain.items()]
    server.routes[f"{REPO}/git/matching-refs/tags%2Fpayments-v"] = reply(references)


def test_only_the_services_own_commits_are_told_but_all_are_counted(
    server: FaultyServer, github: GitHubActions, soon: Soon
) -> None:
    tags(server, v1_0=1, v1_1=3, v1_2=4)
    files = ("payments/src/a.py", "payments/migrations/4.sql", "search/migrations/9.sql")
    found = comparison(commit(2, "Fix (#7)"), commit(3, login=None), commit(4), files=files)
    server.routes[f"{REPO}/compare/payments-v1.0...payments-v1.2"] = reply(found)
    server.routes[f"{REPO}/commits"] = reply([commit(3), commit(2), commit(1)])
    told = github.changes.compare(delivery(SHARED), "1.0", "v1.2", soon())
    assert (told.total, told.of_paths, told.versions) == (3, True, ("1.2", "1.1"))
    assert [(one.title, one.pull_request, one.author, one.version) for one in told.changes] == [
        ("Change", None, "Ana D", "1.1"),
        ("Fix", "7", "ana", "1.1"),
    ]
    assert told.warned == ("payments/migrations/4.sql",)
    asked = [path for path in server.paths if path.endswith("/commits")]
    assert len(asked) == 2  # one for each folder, however many commits there are


def test_what_only_the_older_side_has_and_what_was_cut_off_is_told(
    server: FaultyServer, github: GitHubActions, soon: Soon
) -> None:
    tags(server, v1_0=1, v1_1=2)
    found = comparison(commit(2), ahead_by=700, behind_by=3)
    server.routes[f"{REPO}/compare/payments-v1.0...payments-v1.1"] = reply(found)
    plain = {key: value for key, value in SHARED.items() if key != "paths"}
    told = github.changes.compare(delivery(plain), "1.0", "1.1", soon())
    assert (told.total, told.missing, told.cut, told.of_paths) == (700, 3, True, False)


def test_the_version_that_does_not_exist_is_named(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    tags(server, v1_0=1)
    server.routes[f"{REPO}/compare/payments-v1.0...9.9"] = reply({"message": "Not Found"}, 404)
    server.routes[f"{REPO}/commits/payments-v1.0"] = reply(commit(1))
    server.routes[f"{REPO}/commits/9.9"] = reply({"message": "No commit found"}, 422)
    with pytest.raises(NotFound, match=r"version called “9\.9”"):
        github.changes.compare(delivery(SHARED), "1.0", "9.9", soon())


def test_a_version_cannot_reach_another_address(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    tags(server, v1_0=1)
    with pytest.raises(NotFound):
        github.changes.compare(delivery(SHARED), "1.0", "../../user?x=", soon())
    assert all(path.startswith(REPO) for path in server.paths)


def test_nonsense_is_called_so(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    tags(server, v1_0=1, v1_1=2)
    server.routes[f"{REPO}/compare/payments-v1.0...payments-v1.1"] = reply({"commits": [{"sha": 5}]})
    with pytest.raises(BadAnswer):
        github.changes.compare(delivery(SHARED), "1.0", "1.1", soon())


def test_versions_are_the_newest_first_and_a_services_own(example: GitHubActions, soon: Soon) -> None:  # noqa: F811
    assert CATALOGUE is not None
    versions = example.changes.versions(CATALOGUE.delivery("inventory", "staging"), soon())
    assert versions[:4] == ["4.4.1", "4.4.0", "4.3.1", "4.3.0"] and "3.1.0" not in versions


def test_a_repository_of_two_services_is_split_by_paths(example: GitHubActions, soon: Soon) -> None:  # noqa: F811
    assert CATALOGUE is not None
    told = example.changes.compare(CATALOGUE.delivery("inventory", "staging"), "4.2.1", "4.4.1", soon())
    assert 0 < len(told.changes) < told.total
    assert told.versions == ("4.4.1", "4.4.0", "4.3.1", "4.3.0")


def test_a_migration_is_pointed_out(example: GitHubActions, soon: Soon) -> None:  # noqa: F811
    assert CATALOGUE is not None
    told = example.changes.compare(CATALOGUE.delivery("payments", "staging"), "1.4.1", "1.4.3", soon())
    assert any(name.startswith("migrations/") for name in told.warned)


def test_what_was_merged_in_a_time(example: GitHubActions, soon: Soon) -> None:  # noqa: F811
    assert CATALOGUE is not None
    when = Interval(NINE - timedelta(days=2), NINE)
    told = example.changes.merged(CATALOGUE.delivery("checkout", "staging"), when, soon())
    assert told.changes and all(when.holds(one.at) for one in told.changes)
    longer = Interval(datetime(2026, 1, 1, tzinfo=timezone.utc), NINE)
    assert told.total < example.changes.merged(CATALOGUE.delivery("checkout", "staging"), longer, soon()).total
