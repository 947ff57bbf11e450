"""Installing the app in a workspace: bolt's OAuth flow, with our encrypted store.

https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timezone

from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from assistant.contracts.messaging import Workspace
from assistant.integrations.store.installations import STATE_SECONDS, SqlInstallations
from assistant.settings import SlackApp

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "mpim:history",
    "reactions:write",
    "users:read",
)
"""Of the bot; the manifest asks for the same, and docs/slack.md has the reason of each."""

PATH = "/webhooks/slack"


def oauth_flow(slack: SlackApp, store: SqlInstallations) -> AsyncOAuthFlow:
    """The flow behind ``/install`` and ``/oauth_redirect``."""
    return AsyncOAuthFlow(
        client=AsyncWebClient(base_url=slack.api_url),
        logger=logging.getLogger("slack_bolt.oauth"),
        settings=AsyncOAuthSettings(
            client_id=slack.client_id,
            client_secret=slack.client_secret.value if slack.client_secret else None,
            scopes=SCOPES,
            user_scopes=(),
            install_path=f"{PATH}/install",
            redirect_uri_path=f"{PATH}/oauth_redirect",
            authorization_url=slack.api_url.removesuffix("api/") + "oauth/v2/authorize",
            installation_store=_Installations(store),
            state_store=_States(store),
            state_expiration_seconds=STATE_SECONDS,
        ),
    )


class _Installations(AsyncInstallationStore):
    """What bolt stores at the end of an installation; looking it up is not bolt's business here."""

    def __init__(self, store: SqlInstallations) -> None:
        self._store = store

    async def async_save(self, installation: Installation) -> None:
        """Keep the bot's part; the person who installs it gives no rights of their own."""
        bot = installation.to_bot()
        if bot is not None and bot.team_id:
            await asyncio.to_thread(self._store.save, _workspace(bot, bot.team_id))


class _States(AsyncOAuthStateStore):
    def __init__(self, store: SqlInstallations) -> None:
        self._store = store

    async def async_issue(self, *_args: object, **_more: object) -> str:
        """A new state."""
        return await asyncio.to_thread(self._store.issue_state, datetime.now(timezone.utc))

    async def async_consume(self, state: str) -> bool:
        """Whether it is good; it is not any more then."""
        return await asyncio.to_thread(self._store.consume_state, state, datetime.now(timezone.utc))


def _workspace(bot: Bot, team: str) -> Workspace:
    expires = bot.bot_token_expires_at
    return Workspace(
        team=team,
        bot_user=bot.bot_user_id,
        token=bot.bot_token,
        name=bot.team_name or "",
        bot_id=bot.bot_id or "",
        scopes=tuple(bot.bot_scopes),
        refresh_token=bot.bot_refresh_token,
        expires_at=datetime.fromtimestamp(expires, timezone.utc) if expires else None,
    )
