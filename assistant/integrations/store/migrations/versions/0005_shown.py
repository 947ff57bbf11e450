"""What a sent message shows, and the thread that it stands in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Two columns, found by either of them."""
    op.add_column("outbox", sa.Column("shows", sa.String(255), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("thread", sa.String(64), nullable=False, server_default=""))
    op.create_index("outbox_shows", "outbox", ["shows", "number"])
    op.create_index("outbox_thread", "outbox", ["queue", "thread", "number"])


def downgrade() -> None:
    """Remove them."""
    for column in ("shows", "thread"):
        op.drop_index(f"outbox_{column}", "outbox")
        op.drop_column("outbox", column)
