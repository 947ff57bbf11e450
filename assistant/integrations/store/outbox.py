"""The outbox (port ``Outbox``): what waits to be sent, in order for each channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from assistant.contracts.as_json import from_json, to_json
from assistant.contracts.post import Answered, Backlog, Place, Post, Waiting
from assistant.integrations.store.answers import keep
from assistant.integrations.store.database import UtcTime, database_errors, insert_into, metadata, one_at_a_time

KEPT = timedelta(days=30)
"""How long it is known where a message stands; its words are removed as soon as it is sent."""
_LINE = 5075003
"""Numbers have to become visible in their order, and no queue may have two first ones."""

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),
    sa.Column("queue", sa.String(255), nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("due", UtcTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("doubtful", sa.Boolean, nullable=False),
    sa.Column("put_at", UtcTime, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("ts", sa.String(64), nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("shows", sa.String(255), nullable=False, server_default=""),
    sa.Column("thread", sa.String(64), nullable=False, server_default=""),
    sa.Index("outbox_open", "open", "number"),
    sa.Index("outbox_queue", "queue", "open", "number"),
    sa.Index("outbox_shows", "shows", "number"),
    sa.Index("outbox_thread", "queue", "thread", "number"),
)


class SqlOutbox:
    """The outbox in the database. Whoever takes a post has it for a while; nobody else sends from its queue then."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, *posts: Post, now: datetime, answer: Answered | None = None) -> None:
        """Store the posts in their order, and the answer that they carry; what is there already is left alone."""
        insert = insert_into(outbox, self._engine)
        fresh = {"open": True, "stage": "waiting", "due": now, "put_at": now, "attempts": 0, "doubtful": False}
        empty = {"channel": "", "ts": "", "problem": ""}
        rows = [{**_named(post), "body": to_json(post), **fresh, **empty} for post in posts]
        with database_errors(), self._engine.begin() as connection:
            one_at_a_time(connection, _LINE)
            for row in rows:
                connection.execute(insert.on_conflict_do_nothing(index_elements=["id"]), row)
            if answer is not None:
                keep(connection, answer, now)

    def take(self, seconds: float, limit: int, now: datetime) -> list[Waiting]:
        """Up to ``limit`` posts that are due and first in their queues; they are the taker's for ``seconds``.

        One that was taken before and neither sent nor given back by then may have arrived.
        """
        table = outbox.c
        with database_errors(), self._engine.begin() as connection:
            one_at_a_time(connection, _LINE)
            rows = connection.execute(_first_and_due(now).limit(limit)).mappings().all()
            doubtful = sa.or_(table.doubtful, table.stage == "sending")
            mine = outbox.update().where(table.number.in_([row["number"] for row in rows]))
            until = now + timedelta(seconds=seconds)
            if rows:
                connection.execute(
                    mine.values(stage="sending", due=until, doubtful=doubtful, attempts=table.attempts + 1)
                )
            return [_waiting(row, connection) for row in rows]

    def sent(self, *arrived: tuple[Post, Place | None]) -> None:
        """They arrived; only where they stand is kept."""
        with database_errors(), self._engine.begin() as connection:
            for post, place in arrived:
                # A message that answers none begins a thread.
                at = {"channel": place.channel, "ts": place.ts, "thread": post.thread or place.ts} if place else {}
                connection.execute(_ended(post, stage="sent", problem="", **at))

    def failed(self, post: Post, why: str, lost: bool = True) -> None:
        """It was given up; what is ``lost`` to a person by that is shown by :meth:`failures`."""
        with database_errors(), self._engine.begin() as connection:
            connection.execute(_ended(post, stage="failed" if lost else "skipped", problem=why))

    def later(self, id: str, due: datetime, why: str, doubtful: bool) -> None:
        """It was not sent, or nobody knows (``doubtful``); it is due again, and its queue waits for it."""
        values = {"stage": "waiting", "due": due, "problem": why, "doubtful": doubtful}
        with database_errors(), self._engine.begin() as connection:
            connection.execute(outbox.update().where(outbox.c.id == id).values(**values))

    def knows(self, id: str) -> bool:
        """Whether a post was ever put (and is not forgotten)."""
        with database_errors(), self._engine.connect() as connection:
            return connection.execute(sa.select(outbox.c.id).where(outbox.c.id == id)).first() is not None

    def showing(self, key: str) -> Sequence[Post]:
        """The newest message of each channel that shows this, without its words."""
        there = sa.and_(outbox.c.shows == key, outbox.c.stage.not_in(("failed", "skipped")))
        query = sa.select(outbox.c.queue, outbox.c.body).where(there).order_by(outbox.c.number)
        with database_errors(), self._engine.connect() as connection:
            newest = {row.queue: row.body for row in connection.execute(query)}
        return [from_json(Post, body) for body in newest.values()]

    def speaks_in(self, queue: str, thread: str) -> bool:
        """Whether something was put into a thread (and is not forgotten)."""
        any_there = sa.select(outbox.c.id).where(outbox.c.queue == queue, outbox.c.thread == thread).limit(1)
        with database_errors(), self._engine.connect() as connection:
            return connection.execute(any_there).first() is not None

    def in_thread(self, queue: str, thread: str) -> Waiting | None:
        """The newest message of a thread that shows something, without its words."""
        here = sa.and_(outbox.c.queue == queue, outbox.c.thread == thread, outbox.c.shows != "")
        newest = sa.select(outbox).where(here).order_by(outbox.c.number.desc()).limit(1)
        with database_errors(), self._engine.connect() as connection:
            row = connection.execute(newest).mappings().first()
            return _waiting(row, connection) if row else None

    def backlog(self, now: datetime) -> Backlog:
        """What waits, what was lost within a day, and how the newest attempt ended."""
        table = outbox.c
        waits = sa.select(sa.func.count(), sa.func.min(table.put_at)).where(table.open)
        lost = sa.select(sa.func.count()).where(table.stage == "failed", table.put_at > now - timedelta(days=1))
        tried = sa.or_(table.stage.in_(("sent", "failed")), sa.and_(table.open, table.problem != ""))
        newest = sa.select(table.problem).where(tried).order_by(table.number.desc()).limit(1)
        with database_errors(), self._engine.connect() as connection:
            count, oldest = connection.execute(waits).one()
            problem = connection.execute(newest).scalar_one_or_none()
            return Backlog(count, oldest, connection.execute(lost).scalar_one(), problem)

    def failures(self, limit: int) -> Sequence[tuple[Post, datetime, str]]:
        """The newest posts that were given up: without their words, when they were put, and why."""
        newest = sa.select(outbox).where(outbox.c.stage == "failed").order_by(outbox.c.number.desc()).limit(limit)
        with database_errors(), self._engine.connect() as connection:
            rows = connection.execute(newest).mappings().all()
        return [(from_json(Post, row["body"]), row["put_at"], row["problem"]) for row in rows]

    def forget(self, now: datetime) -> None:
        """Remove what has been kept long enough."""
        old = sa.and_(~outbox.c.open, outbox.c.put_at < now - KEPT)
        with database_errors(), self._engine.begin() as connection:
            connection.execute(outbox.delete().where(old))


def _named(post: Post) -> dict[str, str]:
    return {"id": post.id, "queue": post.queue, "shows": post.shows, "thread": post.thread or ""}


def _ended(post: Post, **values: str) -> sa.sql.Update:
    kept = to_json(replace(post, text="", blocks=(), target="", title="", options={}))
    return outbox.update().where(outbox.c.id == post.id).values(open=False, body=kept, **values)


def _first_and_due(now: datetime) -> sa.sql.Select:
    earlier = outbox.alias("earlier")
    before = earlier.c.number < outbox.c.number
    blocked = sa.exists().where(earlier.c.queue == outbox.c.queue, earlier.c.open, before)
    return sa.select(outbox).where(outbox.c.open, outbox.c.due <= now, ~blocked).order_by(outbox.c.number)


def _waiting(row: Mapping[str, Any], connection: Connection) -> Waiting:
    post = from_json(Post, row["body"])
    doubtful = bool(row["doubtful"] or row["stage"] == "sending")
    found = Waiting(post, row["attempts"] + 1, doubtful, row["put_at"])
    at = _place(post.of, connection) if post.of else None
    return replace(found, at=at, seen=_place(post.see, connection) if post.see else None)


def _place(id: str, connection: Connection) -> Place | None:
    query = sa.select(outbox.c.channel, outbox.c.ts).where(outbox.c.id == id, outbox.c.ts != "")
    row = connection.execute(query).first()
    return Place(row.channel, row.ts) if row else None
