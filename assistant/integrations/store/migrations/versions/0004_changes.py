"""Requests, locks and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_HOLDING = sa.text("state IN ('starting', 'under way', 'uncertain')")
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
_SQLITE = (
    "CREATE TRIGGER audit_update BEFORE UPDATE ON audit " + _REFUSE,
    "CREATE TRIGGER audit_delete BEFORE DELETE ON audit " + _REFUSE,
    # INSERT OR REPLACE deletes without the trigger above.
    "CREATE TRIGGER audit_insert BEFORE INSERT ON audit "
    "WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit) "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
    "CREATE TRIGGER audit_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    "CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
)


def upgrade() -> None:
    """Create the tables, and the triggers that keep the audit log as it is."""
    _requests()
    _locks()
    _audit()
    _watching()


def downgrade() -> None:
    """Remove them."""
    for table in ("pokes", "watched", "audit", "audit_people", "pauses", "waiters", "locks", "requests"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_append_only()")


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("source", sa.String(255), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String(32), nullable=False, index=True),
        sa.Column("service", sa.String(255), nullable=False),
        sa.Column("environment", sa.String(255), nullable=False),
        sa.Column("asker", sa.String(255), nullable=False, index=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    where = {"sqlite_where": _HOLDING, "postgresql_where": _HOLDING}
    op.create_index("one_under_way", "requests", ["source", "service", "environment"], unique=True, **where)


def _locks() -> None:
    op.create_table(
        "locks",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("source", sa.String(255), nullable=False),
        sa.Column("service", sa.String(255), nullable=False),
        sa.Column("environment", sa.String(255), nullable=False),
        sa.Column("until", sa.DateTime),
        sa.Column("body", sa.JSON, nullable=False),
        sa.UniqueConstraint("source", "service", "environment"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "waiters",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("source", sa.String(255), nullable=False),
        sa.Column("scope", sa.String(511), nullable=False),
        sa.Column("person", sa.String(255), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.UniqueConstraint("source", "scope", "person"),
        sqlite_autoincrement=True,
    )
    op.create_table("pauses", sa.Column("number", sa.Integer, primary_key=True), sa.Column("body", sa.JSON))


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
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
    op.create_table(
        "audit_people",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("identity", sa.String(255), nullable=False, unique=True),
    )
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def _watching() -> None:
    op.create_table(
        "watched",
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("source", sa.String(255), primary_key=True),
        sa.Column("closed", sa.Boolean, nullable=False, index=True),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_table(
        "pokes",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("place", sa.String(255), nullable=False),
        sa.Column("environment", sa.String(255)),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("looked", sa.Boolean, nullable=False, index=True),
    )
