"""What channels and people have chosen in chat (port ``ChatChoices``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.contracts.as_json import from_json, to_json
from assistant.contracts.post import ChatSettings
from assistant.integrations.store.database import UtcTime, database_errors, insert_into, metadata

chat_settings = sa.Table(
    "chat_settings",
    metadata,
    sa.Column("team", sa.String(64), primary_key=True),
    sa.Column("place", sa.String(64), primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
)


class SqlChatChoices:
    """One row for each channel or person (``place`` is its id) of a workspace that has chosen anything."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def chosen(self, team: str, place: str) -> ChatSettings:
        """What was chosen there; nothing where nobody did."""
        query = sa.select(chat_settings.c.body).where(chat_settings.c.team == team, chat_settings.c.place == place)
        with database_errors(), self._engine.connect() as connection:
            body = connection.execute(query).scalar()
        return from_json(ChatSettings, body) if body else ChatSettings()

    def choose(self, team: str, place: str, settings: ChatSettings, by: str, now: datetime) -> None:
        """Keep a choice in place of the one before."""
        values = {"body": to_json(settings), "changed_by": by, "changed_at": now}
        statement = insert_into(chat_settings, self._engine).values(team=team, place=place, **values)
        with database_errors(), self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["team", "place"], set_=values))

    def everywhere(self) -> Mapping[tuple[str, str], ChatSettings]:
        """Every choice by workspace and place."""
        with database_errors(), self._engine.connect() as connection:
            rows = connection.execute(sa.select(chat_settings)).mappings().all()
        return {(row["team"], row["place"]): from_json(ChatSettings, row["body"]) for row in rows}
