"""The assistant's own state: kept across restarts, shared by processes, clear when the database fails."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.contracts.alerts import Alert, Fired, Silence
from assistant.contracts.delivery import Deployment, Phase, ServiceState, Start
from assistant.contracts.errors import Unavailable
from assistant.contracts.known import Known
from assistant.contracts.pipelines import Build, Job, Run, Step
from assistant.integrations.store import database
from assistant.integrations.store.database import metadata, open_database
from assistant.integrations.store.leases import SqlLeases
from assistant.integrations.store.observations import SqlObservations
from tests.postgres import Server

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone.utc)
DEPLOYMENT = Deployment(
    "search", "staging", "2.9.0", Phase.RUNNING, NOW, NOW, "3f2c1ab", "cid", Start.ON_MERGE, "step 3", "12", "u"
)
STATE = ServiceState("search", "staging", "github", NOW, current=None, under_way=DEPLOYMENT)


KEY = "search/staging"


def seen(at: datetime) -> ServiceState:
    return replace(STATE, observed_at=at, under_way=None)


def test_a_state_survives_a_restart_as_it_was(database_url: str, engine: Engine) -> None:
    SqlObservations(engine, "sandbox").remember({KEY: STATE}, NOW)
    again = SqlObservations(open_database(database_url), "sandbox")
    assert again.recall(ServiceState, KEY) == Known(STATE, NOW)
    assert again.recall_all(ServiceState) == {KEY: Known(STATE, NOW)}


def test_an_older_state_never_replaces_a_newer_one(engine: Engine) -> None:
    kept = SqlObservations(engine, "sandbox")
    earlier, later = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)
    kept.remember({KEY: STATE}, NOW)
    kept.remember({KEY: seen(earlier)}, earlier)
    assert kept.recall(ServiceState, KEY) == Known(STATE, NOW)
    kept.remember({KEY: seen(later)}, later)
    assert kept.recall(ServiceState, KEY) == Known(seen(later), later)


def test_every_kind_has_a_memory_of_its_own(engine: Engine) -> None:
    kept = SqlObservations(engine, "sandbox")
    silence = Silence(NOW, "ana", "known")
    alert = Alert("Slow", "warning", NOW, "am", {"service": "search"}, silences=(silence,))
    run = Run("8", "801", "epetech/search", "Fix it", Phase.FAILED, NOW, NOW + timedelta(minutes=3))
    job = Job("1", "test", Phase.FAILED, (Step("pytest", Phase.FAILED),))
    build = Build("search", None, (run,), shown=run, job=job)
    for value in (STATE, Fired((alert,)), build):
        kept.remember({KEY: value}, NOW)
    assert kept.recall(Fired, KEY) == Known(Fired((alert,)), NOW)
    assert kept.recall(Build, KEY) == Known(build, NOW)
    assert kept.recall(Build, "payments") is None


def test_what_an_older_version_kept_in_another_form_is_forgotten(engine: Engine) -> None:
    kept = SqlObservations(engine, "sandbox")
    kept.remember({KEY: STATE}, NOW)
    with engine.begin() as connection:
        connection.execute(database.observed.update().values(body={"service": "search", "moon": "full"}))
    assert kept.recall(ServiceState, KEY) is None


def test_of_many_who_see_a_service_first_the_newest_sight_is_kept(database_url: str, engine: Engine) -> None:
    start, errors = threading.Barrier(6), []

    def see(seconds: int) -> None:
        kept = SqlObservations(open_database(database_url), "sandbox")
        start.wait()
        at = NOW + timedelta(seconds=seconds)
        try:
            kept.remember({KEY: seen(at)}, at)
        except Unavailable as error:
            errors.append(error)

    threads = [threading.Thread(target=see, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    newest = NOW + timedelta(seconds=5)
    assert errors == []
    assert SqlObservations(engine, "sandbox").recall(ServiceState, KEY) == Known(seen(newest), newest)


def test_what_the_sandbox_told_is_never_shown_as_real(engine: Engine) -> None:
    SqlObservations(engine, "sandbox").remember({KEY: STATE}, NOW)
    real = SqlObservations(engine, "https://api.github.com")
    assert real.recall(ServiceState, KEY) is None and real.recall_all(ServiceState) == {}


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


def test_only_one_of_many_gets_a_free_lease(database_url: str, engine: Engine) -> None:
    start, won = threading.Barrier(8), []

    def try_it(holder: str) -> None:
        leases = SqlLeases(open_database(database_url))
        start.wait()
        if leases.acquire("observe", holder, 60, NOW):
            won.append(holder)

    threads = [threading.Thread(target=try_it, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_several_processes_may_open_a_new_database_at_once(databases: Server) -> None:
    database_url, errors = databases.empty(), []

    def open_it() -> None:
        try:
            open_database(database_url)
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


def test_a_locked_database_is_said_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/assistant.db"
    kept = SqlObservations(open_database(url), "sandbox")
    kept.remember({KEY: STATE}, NOW)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    impatient = SqlObservations(open_database(url), "sandbox")
    blocker = sqlite3.connect(tmp_path / "assistant.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match="database"):
        impatient.remember({KEY: STATE}, NOW + timedelta(hours=1))
    blocker.execute("ROLLBACK")
    assert kept.recall(ServiceState, KEY) == Known(STATE, NOW)


def test_a_server_that_is_not_there_is_said(postgresql: str) -> None:
    with pytest.raises(Unavailable, match="database"):
        open_database(f"{postgresql}/no_such_database")


def test_a_database_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"this is no database, but long enough to look like one" * 10)
    with pytest.raises(Unavailable, match="database"):
        open_database(f"sqlite:///{tmp_path}/broken.db")
