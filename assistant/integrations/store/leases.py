"""Leases (port ``Leases``): one row per recurring job."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from assistant.integrations.store.database import database_errors, leases


class SqlLeases:
    """Leases in the database; whoever updates or inserts the row first holds it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def acquire(self, name: str, holder: str, seconds: float, now: datetime) -> bool:
        """Take or renew the lease until ``now`` + ``seconds``; False while somebody else holds it."""
        row = {"holder": holder, "until": now + timedelta(seconds=seconds)}
        free_or_mine = sa.or_(leases.c.holder == holder, leases.c.until < now)
        with database_errors(), self._engine.begin() as connection:
            taken = connection.execute(leases.update().where(leases.c.name == name, free_or_mine).values(**row))
            if taken.rowcount:
                return True
            try:
                connection.execute(leases.insert().values(name=name, **row))
            except IntegrityError:
                return False
            return True

    def release(self, name: str, holder: str) -> None:
        """Give it back early; nothing happens when ``holder`` does not hold it."""
        with database_errors(), self._engine.begin() as connection:
            connection.execute(leases.delete().where(leases.c.name == name, leases.c.holder == holder))
