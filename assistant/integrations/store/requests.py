"""Requests for changes (port ``Requests``): optimistic revisions, one change under way in a place, told or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from assistant.contracts.actor import Actor
from assistant.contracts.as_json import from_json, to_json
from assistant.contracts.audit import Entry
from assistant.contracts.change import HOLDING, NEXT, ChangeRequest, State
from assistant.contracts.errors import Conflict, NotFound
from assistant.integrations.store.audit import record
from assistant.integrations.store.database import UtcTime, database_errors, metadata

requests = sa.Table(
    "requests",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("source", sa.String(255), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", sa.String(32), nullable=False, index=True),
    sa.Column("service", sa.String(255), nullable=False),
    sa.Column("environment", sa.String(255), nullable=False),
    sa.Column("asker", sa.String(255), nullable=False, index=True),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("told", sa.Integer, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sqlite_autoincrement=True,
)
_HOLDING = requests.c.state.in_([state.value for state in HOLDING])
sa.Index(
    "one_under_way",
    requests.c.source,
    requests.c.service,
    requests.c.environment,
    unique=True,
    sqlite_where=_HOLDING,
    postgresql_where=_HOLDING,
)


class SqlRequests:
    """Requests in the database; those made against other providers (the sandbox) are never seen again."""

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine, self._source = engine, source

    def add(self, new: Sequence[ChangeRequest], entries: Sequence[Entry]) -> tuple[ChangeRequest, ...]:
        """Store new requests, all or none; they come back with their numbers."""
        stored = []
        with database_errors(), self._engine.begin() as connection:
            for request in new:
                row = {**_row(request), "source": self._source, "told": request.revision}
                inserted = connection.execute(requests.insert().values(**row))
                stored.append(replace(request, number=inserted.inserted_primary_key[0]))
            _record_all(connection, [_numbered(*each) for each in zip(entries, stored, strict=True)])
        return tuple(stored)

    def save(self, changed: Sequence[ChangeRequest], entries: Sequence[Entry]) -> tuple[ChangeRequest, ...]:
        """Write these over what is stored under the same revision, all or none; their revisions go up by one."""
        with database_errors(), self._engine.begin() as connection:
            for request in changed:
                _write(connection, request)
            _record_all(connection, entries)
        return tuple(replace(request, revision=request.revision + 1) for request in changed)

    def get(self, number: int) -> ChangeRequest:
        """The request with that number. Raises NotFound."""
        found = self._all(sa.select(requests).where(requests.c.number == number))
        if not found:
            raise NotFound("request", str(number))
        return found[0]

    def find(
        self,
        states: Sequence[State],
        *,
        asker: Actor | None = None,
        place: tuple[str, str] | None = None,
        since: datetime | None = None,
    ) -> tuple[ChangeRequest, ...]:
        """The requests in these states, oldest first; of one asker, one service and environment, made since then."""
        query = sa.select(requests).where(requests.c.state.in_([state.value for state in states]))
        if asker:
            query = query.where(requests.c.asker == asker.identity)
        if place:
            query = query.where(requests.c.service == place[0], requests.c.environment == place[1])
        if since:
            query = query.where(requests.c.created_at >= since)
        return self._all(query)

    def untold(self) -> tuple[ChangeRequest, ...]:
        """Requests that changed since people were last told, oldest first."""
        return self._all(sa.select(requests).where(requests.c.told < requests.c.revision))

    def told(self, number: int, revision: int) -> None:
        """People have been told about this revision; an older one never undoes a newer."""
        this = sa.and_(requests.c.number == number, requests.c.told < revision)
        with database_errors(), self._engine.begin() as connection:
            connection.execute(requests.update().where(this).values(told=revision))

    def _all(self, query: Any) -> tuple[ChangeRequest, ...]:
        with database_errors(), self._engine.connect() as connection:
            ours = query.where(requests.c.source == self._source).order_by(requests.c.number)
            return tuple(map(_request, connection.execute(ours)))


def _write(connection: Connection, request: ChangeRequest) -> None:
    may_become = [state.value for state, following in NEXT.items() if request.state in following]
    same = sa.and_(requests.c.number == request.number, requests.c.revision == request.revision)
    query = requests.update().where(same, requests.c.state.in_(may_become))
    try:
        written = connection.execute(query.values(**_row(replace(request, revision=request.revision + 1))))
    except IntegrityError as error:
        raise Conflict(f"Another change of {request.scope} is under way, so nothing was started.") from error
    if not written.rowcount:
        raise Conflict(f"Request {request.number} has changed meanwhile, so nothing was done. Please look at it again.")


def _numbered(entry: Entry, request: ChangeRequest) -> Entry:
    """The entry about a new request, whose number nobody knew before it was stored."""
    return replace(entry, parameters={**entry.parameters, "request": str(request.number)})


def _record_all(connection: Connection, entries: Sequence[Entry]) -> None:
    for entry in entries:
        record(connection, entry)


def _row(request: ChangeRequest) -> dict[str, Any]:
    row = {
        "revision": request.revision,
        "state": request.state.value,
        "service": request.plan.wish.service,
        "environment": request.plan.wish.environment,
        "asker": request.asker.identity,
        "created_at": request.created_at,
        "body": to_json(request),
    }
    return {**row, "number": request.number} if request.number else row


def _request(row: Any) -> ChangeRequest:
    return replace(from_json(ChangeRequest, row.body), number=row.number, revision=row.revision)
