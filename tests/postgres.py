"""Databases for the tests: each test that asks for ``database_url`` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from tests.peers import free_port

PROGRAMS = Path("/usr/lib/postgresql")
"""Where Debian keeps the servers' programs, one folder for each version, outside of the path."""


def _missing(what: str) -> None:
    reason = f"{what} is missing: install the package postgresql to run this on PostgreSQL"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _program(name: str) -> str:
    newest = sorted(PROGRAMS.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = shutil.which(name) or (str(newest[-1]) if newest else None)
    if found is None:
        _missing(name)
    assert found is not None
    return found


def _run(*command: str) -> None:
    """PostgreSQL refuses to be root's: as root, only the server drops its rights."""
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            _missing("setpriv (of util-linux)")
        command = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command)
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL of this run's own, on a free port; gives its address without a database."""
    initdb, pg_ctl, port = _program("initdb"), _program("pg_ctl"), free_port()
    folder = Path(tempfile.mkdtemp(prefix="assistant-postgresql-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        data, log = folder / "data", folder / "log"
        _run(initdb, "-D", str(data), "-U", "test", "--auth=trust", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
        _run(pg_ctl, "-D", str(data), "-w", "-l", str(log), "-o", options, "start")
        try:
            yield f"postgresql://test@127.0.0.1:{port}"
        finally:
            _run(pg_ctl, "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, as the setting DATABASE_URL has it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state/assistant.db"
    return new_database(request.getfixturevalue("postgresql"))


def new_database(server: str) -> str:
    """The address of an empty database of a PostgreSQL server."""
    name = f"test_{uuid.uuid4().hex}"
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    connection.close()
    return f"{server}/{name}"
