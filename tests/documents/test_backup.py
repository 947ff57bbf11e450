"""The commands by which the page says that a copy is kept and gone back to, run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.bootstrap import Assistant
from assistant.cli import main
from assistant.settings import PROJECT, Settings
from tests.postgres import new_database

PAGE = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCK = re.search(r"## Data and back-up.*?```sh\n(.*?)```", PAGE, re.DOTALL)


def commands(program: str) -> list[str]:
    """The lines of one database: first to keep a copy, then to go back."""
    assert BLOCK
    part = re.split(r"^# ", BLOCK[1], flags=re.MULTILINE)
    lines = next(each for each in part if each.startswith(program)).splitlines()[1:]
    return [line for line in lines if line]


def run(command: str, folder: Path, **variables: str) -> None:
    subprocess.run(["sh", "-c", command], cwd=folder, env={**os.environ, **variables}, check=True, capture_output=True)


def assistant(folder: Path, url: str | None = None) -> Assistant:
    more = {"DATABASE_URL": url} if url else {}
    return Assistant(Settings({"ASSISTANT_STATE": str(folder / ".state"), "CATALOG": str(PROJECT / "catalog"), **more}))


def said(tools: Assistant, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main.commands[words[0]], list(words[1:]), obj=tools)
    return done.exit_code, done.output


def noted(folder: Path, tools: Assistant) -> None:
    """What the worker writes into its log now and then."""
    head = tools.records.audit.head()
    assert head
    log = folder / ".state" / "logs" / "worker.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(f'{{"event": "audit.anchor", "number": {head.number}, "digest": "{head.digest}"}}\n')


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="sqlite3 is missing: install the package sqlite3")
def test_a_copy_of_sqlite(tmp_path: Path) -> None:
    keep, back = commands("SQLite")
    before = assistant(tmp_path)
    assert said(before, "pause", "an incident")[0] == 0
    run(keep, tmp_path)
    assert said(before, "resume")[0] == 0
    noted(tmp_path, before)
    before.engine.dispose()
    run(back, tmp_path)
    went_back(tmp_path, assistant(tmp_path))


def test_a_copy_of_postgresql(postgresql: str, tmp_path: Path) -> None:
    keep, back = commands("PostgreSQL")
    url, other = new_database(postgresql), new_database(postgresql)
    before = assistant(tmp_path, url)
    assert said(before, "pause", "an incident")[0] == 0
    run(keep, tmp_path, DATABASE_URL=url)
    assert said(before, "resume")[0] == 0
    noted(tmp_path, before)
    run(back, tmp_path, DATABASE_URL=other)
    went_back(tmp_path, assistant(tmp_path, other))


def went_back(folder: Path, tools: Assistant) -> None:
    """The pause is in force again; the log is whole as far as it goes, and says that something is missing since."""
    pause = tools.records.locks.pause(datetime.now(timezone.utc))
    assert pause and pause.why == "an incident"
    code, told = said(tools, "audit", "verify")
    assert code == 1 and "has noted record 2, and the last one here is 1" in told
    (folder / ".state" / "logs" / "worker.log").unlink()
    code, told = said(tools, "audit", "verify")
    assert code == 0 and "The audit log is whole: 1 record," in told
    assert said(tools, "resume")[0] == 0 and said(tools, "audit", "verify")[0] == 0
