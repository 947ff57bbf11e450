"""The inbox (port ``Inbox``): what came in from chat, stored before it is acknowledged.

What is done keeps its id and its conversation only; words and bodies are removed at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.contracts.messaging import Entry, Incoming, Kind, Stage
from assistant.integrations.store.database import UtcTime, database_errors, insert_into, metadata, one_at_a_time

KEPT_DONE = timedelta(days=7)
"""Slack repeats a delivery within an hour; a plain reply in a thread counts for a week."""
KEPT_DEAD = timedelta(days=30)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("team", sa.String(64), nullable=False),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("home", sa.String(64), nullable=False),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("thread", sa.String(64), nullable=False),
    sa.Column("conversation", sa.String(255), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("sent_at", UtcTime, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("replayed", sa.Boolean, nullable=False),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("due", UtcTime, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Index("inbox_conversation", "conversation", "stage", "sent_at"),
    sa.Index("inbox_sent", "stage", "sent_at"),
)

_OPEN = (Stage.WAITING.value, Stage.WORKING.value)
_DONE = {"stage": Stage.DONE.value, "text": "", "body": {}, "problem": ""}
_LINE = 5075002
"""Two that claim at once would both see the same conversation free."""


class SqlInbox:
    """The inbox in the database; copies of the dialogue server may share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, arrived: Sequence[Incoming]) -> None:
        """Store all of them, or none; what is there already (by its id) is left alone."""
        insert = insert_into(inbox, self._engine)
        with database_errors(), self._engine.begin() as connection:
            connection.execute(insert.on_conflict_do_nothing(index_elements=["id"]), [_row(each) for each in arrived])

    def claim(self, seconds: float, limit: int, now: datetime, finished: Sequence[str] = ()) -> list[Incoming]:
        """Write down that ``finished`` are done, then take up to ``limit`` that are due, for ``seconds``."""
        with database_errors(), self._engine.begin() as connection:
            one_at_a_time(connection, _LINE)
            if finished:
                connection.execute(inbox.update().where(inbox.c.id.in_(finished)).values(**_DONE))
            rows: list[Mapping[str, Any]] = []
            for stage in _OPEN:  # what waits, then what somebody took up and did not finish
                wanted = {"stage": stage, "now": now, "limit": limit - len(rows)}
                rows += connection.execute(_CLAIMABLE, wanted).mappings().all()
            if rows:
                mine = inbox.update().where(inbox.c.id.in_([row["id"] for row in rows]))
                until = now + timedelta(seconds=seconds)
                taken = {"stage": Stage.WORKING.value, "due": until, "attempts": inbox.c.attempts + 1}
                connection.execute(mine.values(**taken))
        return [_incoming(row, row["attempts"] + 1) for row in rows]

    def fail(self, incoming: Incoming, problem: str, retry_at: datetime | None) -> None:
        """It failed; it is due again at ``retry_at``, or dead when that is None."""
        failed: dict[str, Any] = {"stage": Stage.DEAD.value, "problem": problem}
        if retry_at is not None:
            failed |= {"stage": Stage.WAITING.value, "due": retry_at}
        with database_errors(), self._engine.begin() as connection:
            connection.execute(inbox.update().where(inbox.c.id == incoming.id).values(**failed))

    def knows(self, conversation: str) -> bool:
        """Whether this person has talked to the assistant in this conversation within the last days."""
        with database_errors(), self._engine.begin() as connection:
            found = sa.select(inbox.c.id).where(inbox.c.conversation == conversation).limit(1)
            return connection.execute(found).first() is not None

    def entries(self, stage: Stage | None, limit: int) -> list[Entry]:
        """The newest ``limit``, of a stage or all that are not done."""
        wanted = inbox.c.stage == stage.value if stage else inbox.c.stage != Stage.DONE.value
        newest = sa.select(inbox).where(wanted).order_by(inbox.c.received_at.desc()).limit(limit)
        with database_errors(), self._engine.begin() as connection:
            return [_entry(row) for row in connection.execute(newest).mappings()]

    def entry(self, id: str) -> Entry | None:
        """One of them, None when there is none (any more)."""
        with database_errors(), self._engine.begin() as connection:
            row = connection.execute(sa.select(inbox).where(inbox.c.id == id)).mappings().first()
        return _entry(row) if row else None

    def replay(self, id: str) -> bool:
        """Let a dead one be worked off again, marked as replayed; False when there is none."""
        again = {"stage": Stage.WAITING.value, "attempts": 0, "replayed": True, "due": inbox.c.received_at}
        return self._change(id, (Stage.DEAD,), again)

    def drop(self, id: str) -> bool:
        """Give one up that is dead or waits; False when there is none."""
        return self._change(id, (Stage.DEAD, Stage.WAITING), _DONE)

    def forget(self, now: datetime) -> None:
        """Remove what has been kept long enough."""
        for stage, kept in ((Stage.DONE, KEPT_DONE), (Stage.DEAD, KEPT_DEAD)):
            old = sa.and_(inbox.c.stage == stage.value, inbox.c.received_at < now - kept)
            with database_errors(), self._engine.begin() as connection:
                connection.execute(inbox.delete().where(old))

    def _change(self, id: str, stages: Sequence[Stage], values: Mapping[str, Any]) -> bool:
        here = sa.and_(inbox.c.id == id, inbox.c.stage.in_([stage.value for stage in stages]))
        with database_errors(), self._engine.begin() as connection:
            changed: int = connection.execute(inbox.update().where(here).values(**values)).rowcount
        return changed > 0


def _claimable() -> sa.sql.Select:
    """What is due and stands first in its conversation, where nothing else is being worked on."""
    now, other = sa.bindparam("now", type_=UtcTime), inbox.alias("other")
    same = sa.and_(other.c.conversation == inbox.c.conversation, other.c.id != inbox.c.id)
    busy = sa.exists().where(same, other.c.stage == Stage.WORKING.value, other.c.due > now)
    tie = sa.and_(other.c.sent_at == inbox.c.sent_at, other.c.id < inbox.c.id)
    before = sa.and_(other.c.sent_at <= inbox.c.sent_at, sa.or_(other.c.sent_at < inbox.c.sent_at, tie))
    behind = sa.exists().where(same, other.c.stage.in_(_OPEN), before)
    due = sa.and_(inbox.c.stage == sa.bindparam("stage"), inbox.c.due <= now)
    return sa.select(inbox).where(due, ~busy, ~behind).order_by(inbox.c.sent_at).limit(sa.bindparam("limit"))


_CLAIMABLE = _claimable()


def _row(incoming: Incoming) -> dict[str, Any]:
    row = {name: getattr(incoming, name) for name in Incoming.__dataclass_fields__}
    due = {"stage": Stage.WAITING.value, "due": incoming.received_at, "problem": ""}
    return {**row, "kind": incoming.kind.value, "body": dict(incoming.body), **due}


def _incoming(row: Mapping[str, Any], attempts: int) -> Incoming:
    values = {name: row[name] for name in Incoming.__dataclass_fields__}
    return Incoming(**{**values, "kind": Kind(row["kind"]), "attempts": attempts})


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(_incoming(row, row["attempts"]), Stage(row["stage"]), row["due"], row["problem"])
