"""What each kind of question last showed."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_COLUMNS = (("service", "kind"), ("environment", "key"))


def upgrade() -> None:
    """One table for every kind of observation; the states in it come back with the worker's next round."""
    op.execute("DELETE FROM observations")
    for before, after in _COLUMNS:
        op.execute(f"ALTER TABLE observations RENAME COLUMN {before} TO {after}")
    op.rename_table("observations", "observed")


def downgrade() -> None:
    """The table of states alone, empty."""
    op.execute("DELETE FROM observed")
    for before, after in _COLUMNS:
        op.execute(f"ALTER TABLE observed RENAME COLUMN {after} TO {before}")
    op.rename_table("observed", "observations")
