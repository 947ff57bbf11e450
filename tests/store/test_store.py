"""The assistant's own state: kept across restarts, shared by processes, clear when the database fails."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.contracts.delivery import Deployment, Phase, ServiceState, Start
from assistant.contracts.errors import Unavailable
from assistant.integrations.store import database
from assistant.integrations.store.database import metadata, open_database
from assistant.integrations.store.leases import SqlLeases
from assistant.integrations.store.observations import SqlObservations

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone.utc)
DEPLOYMENT = Deployment(
    "search", "staging", "2.9.0", Phase.RUNNING, NOW, NOW, "3f2c1ab", "cid", Start.ON_MERGE, "step 3", "12", "u"
)
STATE = ServiceState("search", "staging", "github", NOW, current=None, under_way=DEPLOYMENT)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/state/assistant.db"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    yield engine
    engine.dispose()


def test_a_state_survives_a_restart_as_it_was(url: str, engine: Engine) -> None:
    SqlObservations(engine, "sandbox").remember(STATE)
    assert SqlObservations(open_database(url), "sandbox").recall("search", "staging") == STATE


def test_an_older_state_never_replaces_a_newer_one(engine: Engine) -> None:
    kept = SqlObservations(engine, "sandbox")
    kept.remember(STATE)
    kept.remember(replace(STATE, observed_at=NOW - timedelta(seconds=1), under_way=None))
    assert kept.recall("search", "staging") == STATE
    newer = replace(STATE, observed_at=NOW + timedelta(seconds=1), under_way=None)
    kept.remember(newer)
    assert kept.recall("search", "staging") == newer


def test_what_the_sandbox_told_is_never_shown_as_real(engine: Engine) -> None:
    SqlObservations(engine, "sandbox").remember(STATE)
    assert SqlObservations(engine, "https://api.github.com").recall("search", "staging") is None


def test_a_lease_has_one_holder_until_it_ends(engine: Engine) -> None:
    leases = SqlLeases(engine)
    assert leases.acquire("observe", "one", 60, NOW)
    assert not leases.acquire("observe", "two", 60, NOW + timedelta(seconds=59))
    assert leases.acquire("observe", "one", 60, NOW + timedelta(seconds=59))
    assert not leases.acquire("observe", "two", 60, NOW + timedelta(seconds=100))
    assert leases.acquire("observe", "two", 60, NOW + timedelta(seconds=120))
    leases.release("observe", "one")
    assert not leases.acquire("observe", "one", 60, NOW + timedelta(seconds=121))
    leases.release("observe", "two")
    assert leases.acquire("observe", "one", 60, NOW + timedelta(seconds=121))


def test_only_one_of_many_gets_a_free_lease(url: str, engine: Engine) -> None:
    start, won = threading.Barrier(8), []

    def try_it(holder: str) -> None:
        leases = SqlLeases(open_database(url))
        start.wait()
        if leases.acquire("observe", holder, 60, NOW):
            won.append(holder)

    threads = [threading.Thread(target=try_it, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_several_processes_may_open_a_new_database_at_once(url: str) -> None:
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            open_database(url)
        except Unavailable as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_the_migrations_make_the_tables_that_the_code_means(engine: Engine) -> None:
    there = sa.inspect(engine)
    for table in metadata.tables.values():
        columns = {column["name"]: column["nullable"] for column in there.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}


def test_a_locked_database_is_said_and_nothing_is_lost(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = SqlObservations(engine, "sandbox")
    kept.remember(STATE)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    impatient = SqlObservations(open_database(str(engine.url)), "sandbox")
    blocker = sqlite3.connect(tmp_path / "state" / "assistant.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match="database"):
        impatient.remember(replace(STATE, observed_at=NOW + timedelta(hours=1)))
    blocker.execute("ROLLBACK")
    assert kept.recall("search", "staging") == STATE


def test_a_database_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"this is no database, but long enough to look like one" * 10)
    with pytest.raises(Unavailable, match="database"):
        open_database(f"sqlite:///{tmp_path}/broken.db")
