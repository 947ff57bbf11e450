"""Socket Mode: Slack's requests over a connection that we open, for machines that Slack cannot reach.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError

_PAUSE_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class SocketMode:
    """The connection, from :meth:`start` to :meth:`stop`; once it stands, slack_sdk renews it by itself."""

    def __init__(self, app: AsyncApp, token: str) -> None:
        self._client: Any = AsyncSocketModeHandler(app, token).client
        self._connecting: asyncio.Future[None] | None = None

    def start(self) -> None:
        """Connect, however long Slack keeps us waiting."""
        self._connecting = asyncio.ensure_future(self._connect())

    async def stop(self) -> None:
        """Disconnect."""
        if self._connecting:
            self._connecting.cancel()
        await self._client.close()

    async def _connect(self) -> None:
        while True:
            try:
                await self._client.connect()
                return
            except (SlackClientError, ClientError, OSError, asyncio.TimeoutError) as error:
                _log.error("slack.socket", reason=f"{type(error).__name__}: {error}")
                await asyncio.sleep(_PAUSE_SECONDS)
