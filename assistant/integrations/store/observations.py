"""What was seen last of everything that can be asked about (port ``Observations``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.contracts.as_json import from_json, to_json
from assistant.contracts.known import Known
from assistant.integrations.store.database import database_errors, insert_into, observed

T = TypeVar("T")

_KEY = ("kind", "key", "source")


class SqlObservations:
    """Keeps one value per kind, key and source; a source is the set of provider addresses.

    The source keeps apart what the sandbox told from what a real provider told.
    """

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine, self._source = engine, source

    def remember(self, values: Mapping[str, object], at: datetime) -> None:
        """Keep ``values``, frozen dataclasses, as seen ``at`` a moment, each unless something newer is there."""
        rows = [
            {
                "kind": type(value).__name__,
                "key": key,
                "source": self._source,
                "observed_at": at,
                "body": to_json(value),
            }
            for key, value in sorted(values.items())  # in one order, so that two writers never wait for each other
        ]
        insert = insert_into(observed, self._engine)
        new = {"observed_at": insert.excluded.observed_at, "body": insert.excluded.body}
        statement = insert.on_conflict_do_update(index_elements=_KEY, set_=new, where=observed.c.observed_at < at)
        with database_errors(), self._engine.begin() as connection:
            connection.execute(statement, rows)

    def recall(self, kind: type[T], key: str) -> Known[T] | None:
        """What was seen last, None when nothing was, or only in a form of former times."""
        return self._known(kind, observed.c.key == key).get(key)

    def recall_all(self, kind: type[T]) -> Mapping[str, Known[T]]:
        """Everything of a kind that was seen, by its keys."""
        return self._known(kind, sa.true())

    def _known(self, kind: type[T], which: Any) -> dict[str, Known[T]]:
        table = observed.c
        query = sa.select(table.key, table.body, table.observed_at).where(
            table.kind == kind.__name__, table.source == self._source, which
        )
        with database_errors(), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        found = {}
        for key, body, at in rows:
            try:
                found[key] = Known(from_json(kind, body), at)
            except ValueError:
                continue  # written before an update: the next sight of it replaces it
        return found
