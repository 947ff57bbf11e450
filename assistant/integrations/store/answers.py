"""Answers with their choices, and what people say of them. Whoever keeps them has redacted them."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from assistant.contracts.as_json import from_json, to_json
from assistant.contracts.card import Card
from assistant.contracts.post import Answered, Opinion
from assistant.integrations.store.database import UtcTime, database_errors, insert_into, metadata

KEPT = timedelta(days=30)
"""How long an answer's buttons work. Opinions stay, with their question and answer, until somebody deletes them."""

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("conversation", sa.String(255), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("given_at", UtcTime, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Index("answers_conversation", "conversation", "given_at"),
)

opinions = sa.Table(
    "opinions",
    metadata,
    sa.Column("answer", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(64), primary_key=True),
    sa.Column("good", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("given_at", UtcTime, nullable=False),
    sa.Column("about", sa.JSON, nullable=False),
)


offers = sa.Table(
    "offers",
    metadata,
    sa.Column("request", sa.Integer, primary_key=True),
    sa.Column("answer", sa.String(64), primary_key=True),
    sa.Column("message", sa.String(64), nullable=False, index=True),
)


class SqlAnswers:
    """Answers and opinions in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, answer: Answered, now: datetime) -> None:
        """Keep an answer; the same id again changes nothing."""
        with database_errors(), self._engine.begin() as connection:
            keep(connection, answer, now)

    def answer(self, id: str) -> Answered | None:
        """An answer with its present revision, None when it is forgotten."""
        with database_errors(), self._engine.connect() as connection:
            row = connection.execute(sa.select(answers).where(answers.c.id == id)).mappings().first()
        return from_json(Answered, {**row["body"], "revision": row["revision"]}) if row else None

    def newest(self, conversation: str) -> Answered | None:
        """The last answer of a conversation, None when there is none."""
        query = sa.select(answers.c.id).where(answers.c.conversation == conversation)
        with database_errors(), self._engine.connect() as connection:
            id = connection.execute(query.order_by(answers.c.given_at.desc()).limit(1)).scalar()
        return self.answer(id) if id else None

    def offering(self, request: int) -> list[Answered]:
        """The answers whose messages offer choices about a request, oldest first."""
        found = sa.select(answers).join(offers, offers.c.answer == answers.c.id).where(offers.c.request == request)
        with database_errors(), self._engine.connect() as connection:
            rows = connection.execute(found.order_by(answers.c.given_at, answers.c.id)).mappings().all()
        return [from_json(Answered, {**row["body"], "revision": row["revision"]}) for row in rows]

    def took_back(self, message: str, but: str = "") -> None:
        """A message offers no choices about requests any more, but those of the answer that it shows now."""
        with database_errors(), self._engine.begin() as connection:
            connection.execute(offers.delete().where(offers.c.message == message, offers.c.answer != but))

    def settle(self, id: str, revision: int) -> bool:
        """Take the choice of an answer, once; False when ``revision`` is not its present one."""
        mine = answers.update().where(answers.c.id == id, answers.c.revision == revision)
        with database_errors(), self._engine.begin() as connection:
            changed: int = connection.execute(mine.values(revision=revision + 1)).rowcount
        return changed > 0

    def judge(self, opinion: Opinion, about: Answered | None, now: datetime) -> None:
        """Keep what somebody says of an answer, with all that is needed to learn from it; the last word counts."""
        values = {"good": opinion.good, "reason": opinion.reason, "given_at": now}
        row = {"answer": opinion.answer, "user": opinion.user, "about": to_json(about) if about else {}}
        statement = insert_into(opinions, self._engine).values(**row, **values)
        with database_errors(), self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["answer", "user"], set_=values))

    def opinions(self) -> list[tuple[Opinion, Answered | None]]:
        """Everything that people said, oldest first."""
        query = sa.select(opinions).order_by(opinions.c.given_at)
        with database_errors(), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            (
                Opinion(row["answer"], row["user"], row["good"], row["reason"]),
                from_json(Answered, row["about"]) if row["about"] else None,
            )
            for row in rows
        ]

    def forget(self, now: datetime) -> None:
        """Remove the answers that have been kept long enough."""
        with database_errors(), self._engine.begin() as connection:
            connection.execute(answers.delete().where(answers.c.given_at < now - KEPT))
            connection.execute(offers.delete().where(offers.c.answer.not_in(sa.select(answers.c.id))))


def keep(connection: Connection, answer: Answered, now: datetime) -> None:
    """Keep an answer within a transaction."""
    row = {"id": answer.id, "conversation": answer.conversation, "revision": 0, "given_at": now}
    statement = insert_into(answers, connection.engine).values(**row, body=to_json(answer))
    connection.execute(statement.on_conflict_do_nothing(index_elements=["id"]))
    if offered := [{"request": one, "answer": answer.id, "message": answer.message} for one in _offered(answer)]:
        connection.execute(insert_into(offers, connection.engine).on_conflict_do_nothing(), offered)


def _offered(answer: Answered) -> set[int]:
    """The requests that its choices are about, where its message can be changed later."""
    if answer.ephemeral or not answer.channel:
        return set()
    return {number for button in from_json(Card, answer.card).buttons for number, _ in button.about}
