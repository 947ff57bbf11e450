"""Where the assistant is installed, with encrypted tokens, and the states of installations under way."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.engine import Engine

from assistant.contracts.errors import Invalid
from assistant.contracts.messaging import Workspace
from assistant.integrations.store.database import UtcTime, database_errors, metadata

STATE_SECONDS = 600

installations = sa.Table(
    "installations",
    metadata,
    sa.Column("team", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("bot_user", sa.String(64), nullable=False),
    sa.Column("bot_id", sa.String(64), nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("refresh_token", sa.Text),
    sa.Column("expires_at", UtcTime),
)

oauth_states = sa.Table(
    "oauth_states",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("expires_at", UtcTime, nullable=False),
)


class SqlInstallations:
    """Installed workspaces; their tokens leave this class in the clear and are stored encrypted."""

    def __init__(self, engine: Engine, keys: Sequence[str]) -> None:
        """``keys`` are Fernet keys: the first encrypts, all of them decrypt. Raises Invalid for one that is none."""
        self._engine = engine
        try:
            self._keys = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise Invalid(
                "SLACK_ENCRYPTION_KEYS holds something that is no key. Make one: assistant slack new-key"
            ) from error

    def save(self, workspace: Workspace) -> None:
        """Keep an installation; a newer one of the same workspace replaces it."""
        with database_errors(), self._engine.begin() as connection:
            connection.execute(installations.delete().where(installations.c.team == workspace.team))
            connection.execute(installations.insert().values(**self._row(workspace)))

    def find(self, team: str) -> Workspace | None:
        """The installation in a workspace. Raises Invalid when none of the keys opens its tokens."""
        with database_errors(), self._engine.begin() as connection:
            here = sa.select(installations).where(installations.c.team == team)
            row = connection.execute(here).mappings().first()
        return self._workspace(row) if row else None

    def teams(self) -> tuple[str, ...]:
        """Every workspace where the assistant is installed."""
        with database_errors(), self._engine.begin() as connection:
            return tuple(connection.execute(sa.select(installations.c.team).order_by("team")).scalars())

    def remove(self, team: str) -> None:
        """Forget a workspace with its tokens."""
        with database_errors(), self._engine.begin() as connection:
            connection.execute(installations.delete().where(installations.c.team == team))

    def rotate_keys(self) -> int:
        """Encrypt every token anew with the first key; how many workspaces that were."""
        teams = self.teams()
        for team in teams:
            workspace = self.find(team)
            if workspace is not None:
                self.save(workspace)
        return len(teams)

    def issue_state(self, now: datetime) -> str:
        """A new state for an installation, good once and for ten minutes."""
        state = secrets.token_urlsafe(32)
        row = {"digest": _digest(state), "expires_at": now + timedelta(seconds=STATE_SECONDS)}
        with database_errors(), self._engine.begin() as connection:
            connection.execute(oauth_states.delete().where(oauth_states.c.expires_at < now))
            connection.execute(oauth_states.insert().values(**row))
        return state

    def consume_state(self, state: str, now: datetime) -> bool:
        """Whether the state was issued, is not used yet and is fresh; from now on it is used."""
        here = oauth_states.delete().where(oauth_states.c.digest == _digest(state), oauth_states.c.expires_at >= now)
        with database_errors(), self._engine.begin() as connection:
            used: int = connection.execute(here).rowcount
        return used == 1

    def _row(self, workspace: Workspace) -> dict[str, Any]:
        row = {name: getattr(workspace, name) for name in Workspace.__dataclass_fields__}
        refresh = workspace.refresh_token
        sealed = {"token": self._seal(workspace.token), "refresh_token": self._seal(refresh) if refresh else None}
        return {**row, **sealed, "scopes": ",".join(workspace.scopes)}

    def _workspace(self, row: Mapping[str, Any]) -> Workspace:
        refresh = row["refresh_token"]
        opened = {"token": self._open(row["token"]), "refresh_token": self._open(refresh) if refresh else None}
        scopes = tuple(scope for scope in row["scopes"].split(",") if scope)
        return Workspace(**{**row, **opened, "scopes": scopes})

    def _seal(self, token: str) -> str:
        return self._keys.encrypt(token.encode()).decode()

    def _open(self, sealed: str) -> str:
        try:
            return self._keys.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise Invalid(
                "No key in SLACK_ENCRYPTION_KEYS opens the stored Slack tokens. Add the key that they were stored "
                "with, or install the app anew."
            ) from error


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()
