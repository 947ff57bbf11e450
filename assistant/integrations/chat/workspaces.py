"""Workspaces of Slack where the assistant is installed (port ``Workspaces``), and who is a full member there."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from threading import Lock

from slack_sdk.errors import SlackApiError, SlackClientError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation import TokenRotator
from slack_sdk.web import WebClient

from assistant.contracts.errors import Unavailable
from assistant.contracts.messaging import Workspace
from assistant.contracts.ports import Leases, Workspaces
from assistant.integrations.chat.tokens import SECONDS, bot_of, failure
from assistant.integrations.store.installations import SqlInstallations

RENEW_BEFORE = timedelta(minutes=60)
MEMBER_KEPT = 3600
"""Seconds for which it is believed that somebody is a full member, or is none."""


class OneWorkspace:
    """The workspace of ``SLACK_BOT_TOKEN``; Slack is asked once which one that is."""

    def __init__(self, token: str, api_url: str) -> None:
        self._token, self._api_url = token, api_url
        self._lock = Lock()
        self._known: Workspace | None = None

    def workspace(self, team: str) -> Workspace | None:
        """The workspace when it is that one, None for another."""
        here = self._ask()
        return here if here.team == team else None

    def teams(self) -> tuple[str, ...]:
        """That one workspace."""
        return (self._ask().team,)

    def _ask(self) -> Workspace:
        with self._lock:
            if self._known is None:
                self._known = self._asked()
            return self._known

    def _asked(self) -> Workspace:
        return bot_of(self._token, self._api_url)


class InstalledWorkspaces:
    """Workspaces that were installed by OAuth; tokens that expire are renewed in time, by one process."""

    def __init__(self, store: SqlInstallations, leases: Leases, client_id: str, secret: str, api_url: str) -> None:
        self._store, self._leases, self._api_url = store, leases, api_url
        client = WebClient(base_url=api_url, timeout=SECONDS)
        self._rotator = TokenRotator(client_id=client_id, client_secret=secret, client=client)

    def workspace(self, team: str) -> Workspace | None:
        """The workspace with a token that is good for minutes at least, None when it is not installed there."""
        here = self._store.find(team)
        return self._renewed(here) if here and _expires(here, RENEW_BEFORE) else here

    def teams(self) -> tuple[str, ...]:
        """Every workspace where it is installed."""
        return self._store.teams()

    def _renewed(self, here: Workspace) -> Workspace | None:
        lease, holder = f"slack-token-{here.team}", uuid.uuid4().hex
        if not self._leases.acquire(lease, holder, 3 * SECONDS, datetime.now(timezone.utc)):
            if _expires(here, timedelta(0)):
                raise Unavailable("Slack", "is just giving out a new token")
            return here
        try:
            again = self._store.find(here.team)
            return self._rotate(again) if again and _expires(again, RENEW_BEFORE) else again
        finally:
            self._leases.release(lease, holder)

    def _rotate(self, here: Workspace) -> Workspace:
        """https://docs.slack.dev/authentication/using-token-rotation; a refresh token is good once."""
        try:
            bot = self._rotator.perform_bot_token_rotation(bot=_bot(here), minutes_before_expiration=24 * 60)
        except (SlackTokenRotationError, SlackClientError, OSError) as error:
            if not _expires(here, timedelta(0)):
                return here
            raise failure(error, "the installation", self._api_url) from error
        if bot is None or bot.bot_token_expires_at is None:
            return here
        expires = datetime.fromtimestamp(bot.bot_token_expires_at, timezone.utc)
        fresh = replace(here, token=bot.bot_token, refresh_token=bot.bot_refresh_token, expires_at=expires)
        self._store.save(fresh)
        return fresh


class Members:
    """Who is a full member of a workspace: no guest, no bot, nobody of another organisation."""

    def __init__(self, workspaces: Workspaces, api_url: str) -> None:
        self._workspaces, self._api_url = workspaces, api_url
        self._asked = lru_cache(maxsize=5000)(self._ask)

    def full_member(self, team: str, user: str) -> bool:
        """Whether ``user`` is one, as of an hour ago at most. Raises Unavailable when Slack does not say."""
        return self._asked(team, user, int(time.monotonic() // MEMBER_KEPT))

    def _ask(self, team: str, user: str, _hour: int) -> bool:
        """https://docs.slack.dev/reference/methods/users.info (scope ``users:read``)"""
        here = self._workspaces.workspace(team)
        if here is None:
            return False
        client = WebClient(here.token, base_url=self._api_url, timeout=SECONDS)
        try:
            found = client.users_info(user=user).get("user") or {}
        except SlackApiError as error:
            if error.response.get("error") in ("user_not_found", "user_not_visible"):
                return False
            raise failure(error, "the installation", self._api_url) from error
        except (SlackClientError, OSError) as error:
            raise failure(error, "the installation", self._api_url) from error
        foreign = found.get("team_id", team) != team
        kinds = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
        return not foreign and not any(found.get(kind) for kind in kinds)


def _expires(workspace: Workspace, within: timedelta) -> bool:
    return workspace.expires_at is not None and workspace.expires_at < datetime.now(timezone.utc) + within


def _bot(here: Workspace) -> Bot:
    expires = int(here.expires_at.timestamp()) if here.expires_at else None
    return Bot(
        team_id=here.team,
        bot_token=here.token,
        bot_id=here.bot_id,
        bot_user_id=here.bot_user,
        bot_scopes=list(here.scopes),
        bot_refresh_token=here.refresh_token,
        bot_token_expires_at=expires,
        installed_at=time.time(),
    )
