"""Where a value comes from, as people read it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from assistant.catalogue import CatalogueSource
from assistant.catalogue.explain import Explained, explain

Write = Callable[[str, str], Path]


def rows_of(folder: Path, service: str, environment: str | None = None) -> dict[str, Explained]:
    return {row.name: row for row in explain(CatalogueSource(folder).current(), folder, service, environment)}


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@epetech.online", *arguments]
    dates = {"GIT_COMMITTER_DATE": "2026-01-05T10:00:00Z", "GIT_AUTHOR_DATE": "2026-01-05T10:00:00Z"}
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", **dates}
    ).stdout.strip()


@pytest.fixture
def committed(folder: Path) -> Path:
    """The catalogue in a folder of a repository whose remote is GitHub."""
    git(folder.parent, "init", "-q")
    git(folder.parent, "remote", "add", "origin", "git@github.com:acme/platform.git")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "-qm", "first")
    return folder


def test_every_value_has_its_rule_and_line(folder: Path) -> None:
    rows = rows_of(folder, "shop", "staging")
    assert (rows["owner"].value, rows["owner"].rule, rows["owner"].line) == ("team-a", "service", 12)
    observed = rows["observe.github_environment"]
    assert (observed.value, observed.rule, observed.file) == ("staging", "profile actions", "platform.yaml")


def test_what_nothing_declares_is_unknown(folder: Path) -> None:
    rows = rows_of(folder, "shop", "staging")
    assert [rows[name].value for name in ("health", "approval", "running")] == [None, None, None]
    assert "start" not in rows


def test_without_an_environment_only_what_differs_names_one(folder: Path, write: Write) -> None:
    override = "assistant/production.observe.github_environment: prod-eu"
    write("shop.yaml", (folder / "shop.yaml").read_text().replace("assistant/aliases: store", override))
    rows = explain(CatalogueSource(folder).current(), folder, "shop")
    told = [(row.value, row.environments) for row in rows if row.name == "observe.github_environment"]
    assert told == [("{environment}", ("staging",)), ("prod-eu", ("production",))]
    assert [row.environments for row in rows if row.name == "start.workflow"] == [()]


def test_committed_lines_link_to_github_with_the_age_of_their_commit(committed: Path) -> None:
    row = rows_of(committed, "shop", "staging")["owner"]
    head = git(committed, "rev-parse", "HEAD")
    assert row.link == f"https://github.com/acme/platform/blob/{head}/catalog/shop.yaml#L12"
    assert row.changed_at == datetime(2026, 1, 5, 10, tzinfo=timezone.utc)


def test_changed_lines_have_no_link_and_the_age_of_the_file(committed: Path, write: Write) -> None:
    path = write("shop.yaml", (committed / "shop.yaml").read_text() + "# more\n")
    row = rows_of(committed, "shop", "staging")["owner"]
    assert row.link is None
    assert row.changed_at == datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)


def test_another_remote_gives_no_links(committed: Path) -> None:
    git(committed, "remote", "set-url", "origin", "https://code.epetech.online/acme/platform.git")
    assert rows_of(committed, "shop", "staging")["owner"].link is None


def test_enterprise_hosts_and_passwords_in_remotes(committed: Path) -> None:
    git(committed, "remote", "set-url", "origin", "https://me:word@github.epetech.online/acme/platform")
    link = rows_of(committed, "shop", "staging")["owner"].link
    assert link is not None
    assert link.startswith("https://github.epetech.online/acme/platform/blob/")


def test_outside_of_git_there_is_an_age_and_no_link(folder: Path) -> None:
    row = rows_of(folder, "shop", "staging")["owner"]
    assert row.link is None
    assert row.changed_at == datetime.fromtimestamp((folder / "shop.yaml").stat().st_mtime, timezone.utc)
