"""The audit log (port ``AuditLog``): append-only, each record chained to the one before.

The database itself refuses to change or delete a record (triggers, made by the migration).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from assistant.contracts.audit import KEY, Anchor, AuditRequest, Entry, Record
from assistant.integrations.store.database import UtcTime, database_errors, metadata, one_at_a_time

FIRST = ""
"""What the first record has in place of a digest before it."""
_LINE = 5075004
"""So that numbers have no gaps."""
_PAGE = 500

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("person", sa.String(32), nullable=False, index=True),
    sa.Column("verb", sa.String(32), nullable=False),
    sa.Column("resource", sa.String(255), nullable=False),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("message", sa.String(255), nullable=False),
    sa.Column("correlation", sa.String(255), nullable=False, index=True),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)

audit_people = sa.Table(
    "audit_people",
    metadata,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("identity", sa.String(255), nullable=False, unique=True),
)


def record(connection: Connection, entry: Entry) -> Record:
    """Append within a transaction that is open; whatever else it writes is there with its record, or neither is."""
    one_at_a_time(connection, _LINE)
    newest = sa.select(audit.c.number, audit.c.digest).order_by(audit.c.number.desc()).limit(1)
    number, previous = connection.execute(newest).one_or_none() or (0, FIRST)
    unsealed = Record(
        number=number + 1,
        at=entry.at.astimezone(timezone.utc),
        person=_key(connection, entry.actor.identity),
        verb=entry.verb,
        resource=entry.resource,
        decision=entry.decision,
        rule=entry.rule,
        outcome=entry.outcome,
        parameters=dict(entry.parameters),
        message=entry.message,
        correlation=entry.correlation,
        previous=previous,
    )
    unsealed = _pseudonymous(connection, unsealed, entry.people)
    sealed = replace(unsealed, digest=unsealed.seal())
    connection.execute(audit.insert().values({column.name: getattr(sealed, column.name) for column in audit.c}))
    return sealed


class SqlAuditLog:
    """The log in the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, entry: Entry) -> Record:
        """Record what has no other write to go with."""
        with database_errors(), self._engine.begin() as connection:
            return record(connection, entry)

    def search(self, request: AuditRequest) -> tuple[Record, ...]:
        """Every record that is asked for, newest first, with names where they are still known."""
        query = sa.select(audit).where(*_conditions(request)).order_by(audit.c.number.desc())
        with database_errors(), self._engine.connect() as connection:
            return tuple(_records(connection, query))

    def records(self) -> Iterator[Record]:
        """All of it, oldest first, read in pages so that a long log needs no more memory than a short one."""
        last = None
        while True:
            after = audit.c.number > last if last is not None else sa.true()
            query = sa.select(audit).where(after).order_by(audit.c.number).limit(_PAGE)
            with database_errors(), self._engine.connect() as connection:
                page = _records(connection, query)
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].number

    def head(self) -> Anchor | None:
        """The newest record's number and digest."""
        query = sa.select(audit.c.number, audit.c.digest).order_by(audit.c.number.desc()).limit(1)
        with database_errors(), self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return Anchor(*row) if row else None

    def forget(self, person: str) -> int:
        """Erase who stands behind the keys of a person of the catalogue; how many keys there were."""
        with database_errors(), self._engine.begin() as connection:
            erased = connection.execute(audit_people.delete().where(audit_people.c.identity == person))
            return int(erased.rowcount)


def _key(connection: Connection, identity: str) -> str:
    known = sa.select(audit_people.c.key).where(audit_people.c.identity == identity)
    key: str | None = connection.execute(known).scalar()
    if key is None:
        key = uuid.uuid4().hex
        connection.execute(audit_people.insert().values(key=key, identity=identity))
    return key


def _pseudonymous(connection: Connection, unsealed: Record, people: Mapping[str, str]) -> Record:
    """The record with a key wherever one of these people is named, so that the log itself names nobody."""
    if not people:
        return unsealed
    words = "|".join(re.escape(word) for word in sorted(people, key=len, reverse=True))
    named = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")

    def keyed(text: str) -> str:
        return named.sub(lambda found: f"{{{_key(connection, people[found[0]])}}}", text)

    parameters = {name: keyed(value) for name, value in unsealed.parameters.items()}
    return replace(unsealed, rule=keyed(unsealed.rule), outcome=keyed(unsealed.outcome), parameters=parameters)


def _records(connection: Connection, query: Any) -> list[Record]:
    """What a query finds, with names where they are still known."""
    known = {row.key: row.identity for row in connection.execute(sa.select(audit_people))}
    return [_named(Record(**row._mapping), known) for row in connection.execute(query)]


def _named(record: Record, known: Mapping[str, str]) -> Record:
    texts = (record.rule, record.outcome, *record.parameters.values())
    keys = {key for text in texts for key in KEY.findall(text) if key in known}
    return replace(record, name=known.get(record.person), others={key: known[key] for key in keys})


def _conditions(request: AuditRequest) -> list[Any]:
    found: list[Any] = []
    if request.verbs:
        glass = audit.c.parameters["glass"].as_string().is_not(None) if "break_glass" in request.verbs else sa.false()
        found.append(sa.or_(audit.c.verb.in_(request.verbs), glass))
    resource = audit.c.resource  # service/environment; a lock of a whole environment concerns each service in it
    if request.services:
        found.append(sa.or_(*(resource.startswith(f"{each}/", autoescape=True) for each in (*request.services, "*"))))
    if request.environments:
        found.append(sa.or_(*(resource.endswith(f"/{each}", autoescape=True) for each in (*request.environments, "*"))))
    if request.people:
        keys = sa.select(audit_people.c.key).where(audit_people.c.identity.in_(request.people))
        found.append(audit.c.person.in_(keys))
    if request.interval:
        found.append(audit.c.at >= request.interval.start)
        found.append(audit.c.at < request.interval.end)
    if request.correlation:
        found.append(audit.c.correlation == request.correlation)
    if request.number is not None:
        found.append(audit.c.parameters["request"].as_string() == str(request.number))
    if request.refused:
        found.append(audit.c.decision == "refused")
    return found
