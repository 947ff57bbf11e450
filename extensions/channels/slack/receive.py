"""What Slack sends is verified, stored and acknowledged; nothing else happens while Slack waits.

bolt verifies the signature and finds the listener. A listener raises when the inbox cannot take it: Slack gets a 500
and delivers again. What is not shaped as Slack shapes it gets a 400.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, TypeVar

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from assistant.contracts.errors import AssistantError
from assistant.contracts.messaging import Incoming
from assistant.contracts.ports import Inbox
from assistant.settings import SlackApp
from extensions.channels.slack import payloads
from extensions.channels.slack.adapter import MALFORMED

ANY = re.compile(".*")
_EVENTS = ("message", "app_mention")

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Mailbox:
    """Puts into the inbox whatever arrives meanwhile in one go, and tells ``stored`` that there is something."""

    def __init__(self, inbox: Inbox, stored: Callable[[], None]) -> None:
        self._inbox, self._stored = inbox, stored
        self._waiting: list[tuple[Incoming, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def put(self, incoming: Incoming) -> None:
        """Return once it is stored. Raises Unavailable when it cannot be."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((incoming, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.ensure_future(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            failed: AssistantError | None = None
            try:
                await asyncio.to_thread(self._inbox.put, [incoming for incoming, _ in batch])
            except AssistantError as error:
                failed = error
            for _, done in batch:
                if failed is None:
                    done.set_result(None)
                else:
                    done.set_exception(failed)
            self._stored()


def listen(
    slack: SlackApp, mailbox: Mailbox, counts: Callable[[Incoming], bool], forget: Callable[[str], None]
) -> AsyncApp:
    """bolt's app with a listener for everything that is taken in.

    Args:
        slack: the settings.
        mailbox: where it goes.
        counts: whether a plain reply in a thread is meant for the assistant; blocking.
        forget: removes the installation of a workspace; blocking.
    """
    app = AsyncApp(
        name="assistant",
        logger=_quiet(),
        # bolt would acknowledge events before their listener has run.
        process_before_response=True,
        signing_secret=slack.signing_secret.value if slack.signing_secret else "",
        client=AsyncWebClient(base_url=slack.api_url),
        authorize=_authorize,
        ignoring_self_events_enabled=False,
    )

    async def heard(body: dict[str, Any]) -> None:
        heard = _read(payloads.message, body)
        if heard and (not heard.plain or await asyncio.to_thread(counts, heard.incoming)):
            await mailbox.put(heard.incoming)

    for event in _EVENTS:
        app.event(event)(heard)
    app.event("app_home_opened")(_taker(payloads.home_opened, mailbox))
    app.command(ANY)(_taker(payloads.command, mailbox))
    app.action(ANY)(_taker(payloads.action, mailbox))
    app.view_submission(ANY)(_taker(payloads.view, mailbox))
    app.message_shortcut(ANY)(_taker(payloads.shortcut, mailbox))
    _watch_installation(app, forget)
    app.error(_failed)
    return app


class Malformed(Exception):
    """A body that Slack would not send."""


async def _failed(error: Exception) -> BoltResponse | None:
    if isinstance(error, Malformed):
        return BoltResponse(status=400)
    _log.error("slack.not_taken", exc_info=error)
    return None


def _read(read: Callable[[payloads.Body, datetime], T], body: payloads.Body) -> T:
    try:
        return read(body, _now())
    except MALFORMED as error:
        raise Malformed from error


def _taker(read: Callable[[payloads.Body, datetime], Incoming | None], mailbox: Mailbox) -> Callable[..., Any]:
    async def take(body: dict[str, Any], ack: AsyncAck) -> None:
        incoming = _read(read, body)
        if incoming is not None:
            await mailbox.put(incoming)
        await ack()

    return take


def _watch_installation(app: AsyncApp, forget: Callable[[str], None]) -> None:
    """https://docs.slack.dev/reference/events/app_uninstalled and tokens_revoked"""

    async def gone(body: dict[str, Any]) -> None:
        if team := _read(payloads.uninstalled, body):
            await asyncio.to_thread(forget, team)

    for event in ("app_uninstalled", "tokens_revoked"):
        app.event(event)(gone)


async def _authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
    """Nothing to ask: the signature proves that it is Slack; whose workspace it is matters when it is worked off."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def _quiet() -> logging.Logger:
    """bolt warns of everything that it finds in the environment besides."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    return logger


def _now() -> datetime:
    return datetime.now(timezone.utc)
