"""Which answers offer choices about a request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """A table; answers of before keep their choices, which are refused when they are clicked too late."""
    op.create_table(
        "offers",
        sa.Column("request", sa.Integer, primary_key=True),
        sa.Column("answer", sa.String(64), primary_key=True),
        sa.Column("message", sa.String(64), nullable=False, index=True),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("offers")
