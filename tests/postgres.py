"""Databases for the tests: each test that asks for ``databases``, ``database_url`` or ``engine`` runs on both kinds.

On SQLite, and on a real PostgreSQL that this run starts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.engine import Engine

from assistant.integrations.store.database import open_database
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


def _in_memory() -> Path | None:
    """Databases come and go with every test: in memory, if there is plenty of it, that takes a fifth of the time."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 4 * 1024**3 else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL of this run's own, on a free port; gives its address without a database."""
    initdb, pg_ctl, port = _program("initdb"), _program("pg_ctl"), free_port()
    folder = Path(tempfile.mkdtemp(prefix="assistant-postgresql-", dir=_in_memory()))
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


class Server:
    """Where the databases of one kind come from; a copy of one that is up to date is there sooner than a new one."""

    def __init__(self, kind: str, made: Callable[[str | None], str], dropped: Callable[[str], None]) -> None:
        self.kind, self._made, self._dropped = kind, made, dropped
        self._there: list[str] = []

    @cached_property
    def _pattern(self) -> str:
        url = self.empty()
        open_database(url).dispose()
        self._there.remove(url)
        return url

    def empty(self) -> str:
        """The address of a database without any tables."""
        self._there.append(self._made(None))
        return self._there[-1]

    def ready(self) -> str:
        """The address of a database that is up to date and has nothing in it."""
        self._there.append(self._made(self._pattern))
        return self._there[-1]

    def drop(self) -> None:
        """Let go of all that were handed out."""
        while self._there:
            self._dropped(self._there.pop())


@pytest.fixture(scope="session")
def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> Server:
    def made(pattern: str | None) -> str:
        file = tmp_path_factory.mktemp("sqlite") / "assistant.db"
        if pattern:
            shutil.copy(pattern.removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"

    return Server("sqlite", made, lambda url: shutil.rmtree(Path(url.removeprefix("sqlite:///")).parent))


@pytest.fixture(scope="session")
def _postgresql(postgresql: str) -> Server:
    def made(pattern: str | None) -> str:
        return new_database(postgresql, pattern.rpartition("/")[2] if pattern else "template1")

    def dropped(url: str) -> None:
        _statement(postgresql, f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    return Server("postgresql", made, dropped)


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Databases of a kind; whatever a test got of them is gone at its end."""
    server: Server = request.getfixturevalue(f"_{request.param}")
    yield server
    server.drop()


@pytest.fixture
def database_url(databases: Server) -> str:
    """The address of a database that is up to date and has nothing in it, as the setting DATABASE_URL has it."""
    return databases.ready()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The database at ``database_url``, opened."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def new_database(server: str, pattern: str = "template1") -> str:
    """The address of a new database of a PostgreSQL server, a copy of another one there."""
    name = f"test_{uuid.uuid4().hex}"
    _statement(server, f"CREATE DATABASE {name} TEMPLATE {pattern}")
    return f"{server}/{name}"


def _statement(server: str, statement: str) -> None:
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    connection.cursor().execute(statement)
    connection.close()
