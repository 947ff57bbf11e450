"""Locks, those who wait for them, and the pause (port ``Locks``)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from assistant.contracts.as_json import from_json, to_json
from assistant.contracts.audit import Entry
from assistant.contracts.errors import Conflict
from assistant.contracts.locks import Lock, Pause, Scope, Waiter
from assistant.integrations.store.audit import record
from assistant.integrations.store.database import UtcTime, database_errors, metadata

locks = sa.Table(
    "locks",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("source", sa.String(255), nullable=False),
    sa.Column("service", sa.String(255), nullable=False),
    sa.Column("environment", sa.String(255), nullable=False),
    sa.Column("until", UtcTime),
    sa.Column("body", sa.JSON, nullable=False),
    sa.UniqueConstraint("source", "service", "environment"),
    sqlite_autoincrement=True,
)

waiters = sa.Table(
    "waiters",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("source", sa.String(255), nullable=False),
    sa.Column("scope", sa.String(511), nullable=False),
    sa.Column("person", sa.String(255), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.UniqueConstraint("source", "scope", "person"),
    sqlite_autoincrement=True,
)

pauses = sa.Table("pauses", metadata, sa.Column("number", sa.Integer, primary_key=True), sa.Column("body", sa.JSON))


class SqlLocks:
    """Locks in the database; the scope's uniqueness decides who was first. The pause holds whatever is connected."""

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine, self._source = engine, source

    def active(self, now: datetime) -> tuple[Lock, ...]:
        """The locks in force, oldest first."""
        in_force = sa.and_(locks.c.source == self._source, sa.or_(locks.c.until.is_(None), locks.c.until > now))
        query = sa.select(locks).where(in_force).order_by(locks.c.number)
        with database_errors(), self._engine.connect() as connection:
            return tuple(replace(from_json(Lock, row.body), number=row.number) for row in connection.execute(query))

    def place(self, lock: Lock, entry: Entry, now: datetime, instead_of: int | None = None) -> Lock:
        """Put a lock in force, in place of the one with that number. Raises Conflict when its scope is held."""
        key = {"source": self._source, "service": lock.scope.service, "environment": lock.scope.environment}
        same = sa.and_(*(locks.c[name] == value for name, value in key.items()))
        with database_errors(), self._engine.begin() as connection:
            if instead_of is not None:
                self._delete(connection, instead_of)
            connection.execute(locks.delete().where(same, locks.c.until <= now))
            try:
                inserted = connection.execute(locks.insert().values(**key, until=lock.until, body=to_json(lock)))
            except IntegrityError as error:
                raise Conflict(f"{lock.scope} is locked already. Ask who holds it.") from error
            record(connection, entry)
        return replace(lock, number=inserted.inserted_primary_key[0])

    def remove(self, number: int, entry: Entry) -> None:
        """End a lock. Raises Conflict when it is not there any more."""
        with database_errors(), self._engine.begin() as connection:
            self._delete(connection, number)
            record(connection, entry)

    def wait(self, waiter: Waiter, entry: Entry) -> Waiter:
        """Put somebody in line for a scope; who is in it already keeps their place."""
        key = {"source": self._source, "scope": str(waiter.scope), "person": waiter.person.identity}
        there = sa.select(waiters).where(*(waiters.c[name] == value for name, value in key.items()))
        with database_errors(), self._engine.begin() as connection:
            row = connection.execute(there).one_or_none()
            if row is not None:
                return _waiter(row)
            added = connection.execute(waiters.insert().values(**key, body=to_json(waiter)))
            record(connection, entry)
        return replace(waiter, number=added.inserted_primary_key[0])

    def waiting(self, scope: Scope | None = None) -> tuple[Waiter, ...]:
        """Who waits (for exactly this scope), in line."""
        of_scope = waiters.c.scope == str(scope) if scope else sa.true()
        query = sa.select(waiters).where(waiters.c.source == self._source, of_scope).order_by(waiters.c.number)
        with database_errors(), self._engine.connect() as connection:
            return tuple(map(_waiter, connection.execute(query)))

    def told(self, number: int) -> None:
        """Take somebody who was told out of the line."""
        with database_errors(), self._engine.begin() as connection:
            connection.execute(waiters.delete().where(waiters.c.number == number))

    def pause(self, now: datetime) -> Pause | None:
        """The pause that is in force; one whose end has come is none."""
        with database_errors(), self._engine.connect() as connection:
            body = connection.execute(sa.select(pauses.c.body)).scalar()
        found = from_json(Pause, body) if body else None
        return None if found and found.until and found.until <= now else found

    def set_pause(self, pause: Pause | None, entry: Entry) -> None:
        """Begin or end the pause."""
        with database_errors(), self._engine.begin() as connection:
            connection.execute(pauses.delete())
            if pause:
                connection.execute(pauses.insert().values(number=1, body=to_json(pause)))
            record(connection, entry)

    @staticmethod
    def _delete(connection: Any, number: int) -> None:
        if not connection.execute(locks.delete().where(locks.c.number == number)).rowcount:
            raise Conflict("That lock is not there any more, so nothing was changed.")


def _waiter(row: Any) -> Waiter:
    return replace(from_json(Waiter, row.body), number=row.number)
