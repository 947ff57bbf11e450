"""``GET /webhooks/gate?service=…&environment=…``: a pipeline asks whether it may go on.

Without an answer it may not.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from assistant.bootstrap import Assistant, the_assistant
from assistant.contracts.errors import AssistantError, NotFound
from assistant.operations.gate import PIPELINE, Leave, may_go_on

_log = structlog.get_logger(__name__)


class GateChannel(InputChannel):
    """The gate for pipelines, with ``Authorization: Bearer <GATE_TOKEN>``; nothing is there without that setting."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant, self._token = assistant, assistant.settings.secret("GATE_TOKEN")

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GateChannel:
        """Built by Rasa; everything comes from the settings."""
        return cls(the_assistant())

    @classmethod
    def name(cls) -> str:
        """The channel's name, and the end of its address."""
        return "gate"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The one route."""

        async def ask(request: Request) -> HTTPResponse:
            return await self._ask(request)

        routes = Blueprint("gate")
        if self._token and self._token.value:
            routes.add_route(ask, "/", methods=["GET"])
        return routes

    async def _ask(self, request: Request) -> HTTPResponse:
        expected = f"Bearer {self._token.value if self._token else ''}"
        if not hmac.compare_digest(expected.encode(), request.headers.get("Authorization", "").encode()):
            return json({"allowed": False, "reason": "the token does not fit"}, status=401)
        asked = {name: request.args.get(name, "") for name in ("service", "environment", "request")}
        try:
            leave = await asyncio.to_thread(self._decide, **asked)
        except NotFound as error:
            return json({"allowed": False, "reason": str(error)}, status=404)
        except AssistantError as error:
            _log.error("gate.closed", reason=str(error), **asked)
            return json({"allowed": False, "reason": str(error)}, status=503)
        _log.info("gate.asked", allowed=leave.allowed, reason=leave.reason, **asked)
        return json({"allowed": leave.allowed, "reason": leave.reason})

    def _decide(self, service: str, environment: str, request: str) -> Leave:
        return may_go_on(self._assistant.context(PIPELINE), service, environment, request)
