"""Opening the database: tables, engine, migrations."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from assistant.contracts.errors import Unavailable

BUSY_SECONDS = 5
_POLL_SECONDS = 0.002
_LINE = 5075001
"""Any number will do, as long as each line has its own."""
_MIGRATIONS = Path(__file__).parent / "migrations"


class UtcTime(sa.TypeDecorator):  # type: ignore[misc]
    """An aware time, stored in UTC: SQLite would drop the zone without a word."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database: naive UTC."""
        return None if value is None else value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database: aware UTC."""
        return None if value is None else value.replace(tzinfo=timezone.utc)


metadata = sa.MetaData()

observed = sa.Table(
    "observed",
    metadata,
    sa.Column("kind", sa.String(255), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("source", sa.String(255), primary_key=True),
    sa.Column("observed_at", UtcTime, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(255), primary_key=True),
    sa.Column("holder", sa.String(255), nullable=False),
    sa.Column("until", UtcTime, nullable=False),
)


@contextmanager
def database_errors() -> Iterator[None]:
    """Every failure of the database (locked, full, gone) as Unavailable."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise Unavailable(
            "the assistant's database", "did not take or give what it was asked for", str(error)
        ) from error


def insert_into(table: sa.Table, engine: Engine) -> Any:
    """An INSERT that can also say what becomes of a row that is there already."""
    return (postgresql if engine.dialect.name == "postgresql" else sqlite).insert(table)


def one_at_a_time(connection: Connection, line: int) -> None:
    """Wait until whoever else stands in this line has ended its transaction; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({line})"))


def open_database(url: str) -> Engine:
    """Open the database and bring its tables up to date; several processes may do so at once.

    Raises Unavailable when it cannot be reached, is locked or full.
    """
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        # Connections are kept: SQLite tidies its log up whenever the last one closes, which costs as much as a write.
        arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        engine = sa.create_engine(url, connect_args=arguments, poolclass=QueuePool, max_overflow=-1)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    else:
        engine = sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": BUSY_SECONDS})
    with database_errors(), engine.begin() as connection:
        _migrate(connection)
    return engine


def _migrate(connection: Connection) -> None:
    one_at_a_time(connection, _LINE)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself, or BEGIN IMMEDIATE below would fail (SQLAlchemy's pysqlite page).
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    # From here on `_begin_immediate` waits: SQLite would sleep up to a tenth of a second at a time, and be overtaken.
    connection.execute("PRAGMA busy_timeout=0")


def _begin_immediate(connection: Connection) -> None:
    # Taking the write lock at the start makes writers wait in line instead of failing half-way.
    deadline = time.monotonic() + BUSY_SECONDS
    while time.monotonic() < deadline:
        try:
            connection.connection.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                break
            time.sleep(_POLL_SECONDS)
    # Once more, for SQLAlchemy's own error.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
