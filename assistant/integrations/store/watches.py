"""What is followed, and what providers have sent about them (port ``Watches``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.contracts.as_json import from_json, to_json
from assistant.contracts.watch import Poke, Watched, WatchedBuild
from assistant.integrations.store.database import UtcTime, database_errors, insert_into, metadata

KEPT = timedelta(days=7)
_LONGEST = 255

watched = sa.Table(
    "watched",
    metadata,
    sa.Column("key", sa.String(_LONGEST), primary_key=True),
    sa.Column("source", sa.String(_LONGEST), primary_key=True),
    sa.Column("closed", sa.Boolean, nullable=False, index=True),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)
pokes = sa.Table(
    "pokes",
    metadata,
    sa.Column("id", sa.String(_LONGEST), primary_key=True),
    sa.Column("place", sa.String(_LONGEST), nullable=False),
    sa.Column("environment", sa.String(_LONGEST)),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("looked", sa.Boolean, nullable=False, index=True),
)


class SqlWatches:
    """One row for each deployment or build and source; a source is the set of provider addresses."""

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine, self._source = engine, source

    def open(self) -> tuple[Watched, ...]:
        """The deployments that were not closed, oldest first."""
        return tuple(one for one in self._open() if isinstance(one, Watched))

    def builds(self) -> tuple[WatchedBuild, ...]:
        """The same of builds that were run again."""
        return tuple(one for one in self._open() if isinstance(one, WatchedBuild))

    def _open(self) -> Iterator[Watched | WatchedBuild]:
        """What an update of ours made unreadable is left out."""
        mine = (watched.c.source == self._source, watched.c.closed.is_(False))
        query = sa.select(watched.c.body).where(*mine).order_by(watched.c.since, watched.c.key)
        with database_errors(), self._engine.connect() as connection:
            bodies = connection.execute(query).scalars().all()
        return (one for one in map(_readable, bodies) if one is not None)

    def known(self, key: str) -> bool:
        """Whether one is or was followed (and is not forgotten)."""
        query = sa.select(watched.c.key).where(watched.c.key == key, watched.c.source == self._source)
        with database_errors(), self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def get(self, key: str) -> Watched | WatchedBuild | None:
        """One that is or was followed, None when there is none by that key (any more)."""
        query = sa.select(watched.c.body).where(watched.c.key == key, watched.c.source == self._source)
        with database_errors(), self._engine.connect() as connection:
            body = connection.execute(query).scalar()
        return _readable(body) if body else None

    def keep(self, one: Watched | WatchedBuild, closed: bool = False) -> None:
        """Store it in place of what was stored under its key; with ``closed`` it is followed no more."""
        row = {"key": one.key, "source": self._source, "closed": closed, "since": one.since, "body": to_json(one)}
        insert = insert_into(watched, self._engine).values(**row)
        new = {name: insert.excluded[name] for name in ("closed", "body")}
        with database_errors(), self._engine.begin() as connection:
            connection.execute(insert.on_conflict_do_update(index_elements=("key", "source"), set_=new))

    def poke(self, poke: Poke, now: datetime) -> bool:
        """Store that something changed; False when this very message was stored before."""
        row = {"id": poke.id, "place": poke.where, "environment": poke.environment, "received_at": now}
        insert = insert_into(pokes, self._engine).values(**row, looked=False).on_conflict_do_nothing()
        with database_errors(), self._engine.begin() as connection:
            return bool(connection.execute(insert).rowcount)

    def poked(self) -> tuple[Poke, ...]:
        """What was stored and not looked at yet, oldest first."""
        table = pokes.c
        query = sa.select(table.id, table.place, table.environment).where(table.looked.is_(False))
        with database_errors(), self._engine.connect() as connection:
            return tuple(Poke(*row) for row in connection.execute(query.order_by(table.received_at)))

    def looked(self, those: Sequence[Poke]) -> None:
        """These were looked at."""
        which = pokes.c.id.in_([poke.id for poke in those])
        with database_errors(), self._engine.begin() as connection:
            connection.execute(pokes.update().where(which).values(looked=True))

    def forget(self, now: datetime) -> None:
        """Drop what is a week old."""
        with database_errors(), self._engine.begin() as connection:
            connection.execute(pokes.delete().where(pokes.c.received_at < now - KEPT))
            connection.execute(watched.delete().where(watched.c.since < now - KEPT, watched.c.closed.is_(True)))


def _readable(body: Any) -> Watched | WatchedBuild | None:
    """None for what another version of the assistant has written otherwise."""
    try:
        return from_json(WatchedBuild, body) if "again" in body else from_json(Watched, body)
    except ValueError:
        return None
