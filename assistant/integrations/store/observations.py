"""The last known state of every service (port ``Observations``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.contracts.delivery import Deployment, Phase, ServiceState, Start
from assistant.integrations.store.database import database_errors, observations

_TIMES = ("created_at", "updated_at")


class SqlObservations:
    """Keeps one state per service, environment and source; a source is the set of provider addresses.

    The source keeps apart what the sandbox told from what a real provider told.
    """

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine, self._source = engine, source

    def remember(self, state: ServiceState) -> None:
        """Keep ``state`` unless a newer one is there."""
        table = observations
        key = self._key(state.service, state.environment)
        row = {"observed_at": state.observed_at, "body": _to_json(state)}
        with database_errors(), self._engine.begin() as connection:
            kept = connection.execute(sa.select(table.c.observed_at).where(*self._where(key))).scalar()
            if kept is None:
                connection.execute(table.insert().values(**key, **row))
            elif kept < state.observed_at:
                connection.execute(table.update().where(*self._where(key)).values(**row))

    def recall(self, service: str, environment: str) -> ServiceState | None:
        """The last known state, None when there was none yet."""
        with database_errors(), self._engine.connect() as connection:
            query = sa.select(observations.c.body).where(*self._where(self._key(service, environment)))
            body = connection.execute(query).scalar()
        return None if body is None else _from_json(body)

    def _key(self, service: str, environment: str) -> dict[str, str]:
        return {"service": service, "environment": environment, "source": self._source}

    @staticmethod
    def _where(key: Mapping[str, str]) -> list[Any]:
        return [observations.c[name] == value for name, value in key.items()]


def _to_json(state: ServiceState) -> dict[str, Any]:
    def deployment(value: Deployment | None) -> dict[str, Any] | None:
        if value is None:
            return None
        return {**vars(value), **{name: getattr(value, name).isoformat() for name in _TIMES}}

    parts = {name: deployment(getattr(state, name)) for name in ("current", "under_way", "failed")}
    return {**vars(state), **parts, "observed_at": state.observed_at.isoformat()}


def _from_json(body: Mapping[str, Any]) -> ServiceState:
    def deployment(value: Mapping[str, Any] | None) -> Deployment | None:
        if value is None:
            return None
        times = {name: datetime.fromisoformat(value[name]) for name in _TIMES}
        return Deployment(**{**value, **times, "phase": Phase(value["phase"]), "start": Start(value["start"])})

    parts = {name: deployment(body[name]) for name in ("current", "under_way", "failed")}
    return ServiceState(**{**body, **parts, "observed_at": datetime.fromisoformat(body["observed_at"])})
