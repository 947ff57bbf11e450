"""Slack's channel in Rasa's server: ``make serve`` loads it, alone, when the settings for Slack are there.

Everything lies under ``/webhooks/slack/``: ``events``, ``commands`` and ``interactions`` take Slack's signed requests,
``install`` and ``oauth_redirect`` install the app, ``ready`` says whether the model is loaded.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.bootstrap import Assistant, the_assistant
from assistant.contracts.messaging import Incoming
from assistant.observability import configure_logging
from extensions.channels.ready import ready
from extensions.channels.slack.adapter import LONGEST_BODY, dispatched, refusal, to_bolt, to_sanic
from extensions.channels.slack.desk import Desk
from extensions.channels.slack.dispatch import Dispatch
from extensions.channels.slack.drain import Drain
from extensions.channels.slack.oauth import oauth_flow
from extensions.channels.slack.receive import Mailbox, listen
from extensions.channels.slack.socket_mode import SocketMode

SWITCH_SECONDS = 0.0002
"""Understanding keeps the interpreter busy; acknowledging gets it after this instead of 5 ms."""

_log = structlog.get_logger(__name__)


class SlackChannel(InputChannel):
    """Takes what Slack sends into the inbox, and lets the drain work it off."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant, self._slack = assistant, assistant.slack
        self._slack.require_inbound()
        key = assistant.settings.actor_key
        self._key = key.value if key else None
        self._agent: Any = None
        self._socket: SocketMode | None = None

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> SlackChannel:
        """Built by Rasa from ``--connector``, after it has set up logging; everything comes from the settings."""
        assistant = the_assistant()
        configure_logging("dialogue", assistant.settings.log_level)
        return cls(assistant)

    @classmethod
    def name(cls) -> str:
        """The channel's name; it is mounted at ``/webhooks/slack``."""
        return "slack"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes, and the threads behind them while the server runs."""
        desk = Desk(self._assistant, on_new_message, self._key, self._parse)
        dispatch = Dispatch(self._assistant, desk, self._parse)
        drain = Drain(self._assistant.inbox, dispatch.work, dispatch.give_up)
        mailbox = Mailbox(self._assistant.inbox, drain.wake)
        self._bolt = listen(self._slack, mailbox, self._counts, self._forget)

        secret = self._slack.signing_secret.value if self._slack.signing_secret else ""

        async def take(request: Request) -> HTTPResponse:
            return refusal(request) or await dispatched(self._bolt, request, secret)

        routes = Blueprint("slack")
        routes.add_route(ready, "/ready", methods=["GET"])
        if secret:
            for path in ("/events", "/commands", "/interactions"):
                routes.add_route(take, path, methods=["POST"], name=path[1:])
        if not self._slack.bot_token:
            self._add_installation(routes)
        self._live_with_server(routes, drain)
        return routes

    def _live_with_server(self, routes: Blueprint, drain: Drain) -> None:
        async def start(app: Sanic, _loop: object) -> None:
            app.config.REQUEST_MAX_SIZE = LONGEST_BODY
            sys.setswitchinterval(SWITCH_SECONDS)
            self._agent = getattr(app.ctx, "agent", None)
            drain.start()
            if self._slack.app_token:
                self._socket = SocketMode(self._bolt, self._slack.app_token.value)
                self._socket.start()

        async def stop(_app: Sanic, _loop: object) -> None:
            if self._socket:
                await self._socket.stop()
            await asyncio.to_thread(drain.stop)

        routes.listener("after_server_start")(start)
        routes.listener("before_server_stop")(stop)

    def _add_installation(self, routes: Blueprint) -> None:
        flow = oauth_flow(self._slack, self._assistant.installations)

        async def install(request: Request) -> HTTPResponse:
            return to_sanic(await flow.handle_installation(to_bolt(request)))

        async def redirect(request: Request) -> HTTPResponse:
            return to_sanic(await flow.handle_callback(to_bolt(request)))

        routes.add_route(install, "/install", methods=["GET"])
        routes.add_route(redirect, "/oauth_redirect", methods=["GET"])

    def _counts(self, incoming: Incoming) -> bool:
        """Whether a plain reply is for the assistant: it takes part in the thread, and the channel likes it."""
        if self._assistant.chat_settings(incoming.team, incoming.channel).replies != "always":
            return False
        # Its first answer may be on its way yet.
        queue = f"{incoming.team}.{incoming.channel}"
        known = self._assistant.inbox.knows(incoming.conversation)
        return known or self._assistant.outbox.speaks_in(queue, incoming.thread)

    def _forget(self, team: str) -> None:
        if not self._slack.bot_token:
            self._assistant.installations.remove(team)
        _log.warning("slack.uninstalled", team=team)

    async def _parse(self, text: str) -> Mapping[str, Any]:
        """What Rasa understands a text as; nothing while there is no model."""
        understood: Mapping[str, Any] = await self._agent.parse_message(text) if self._agent else {}
        return understood
