"""GitHub's webhooks: whatever they tell of a run or a deployment lets the worker look at its places at once.

https://docs.github.com/en/webhooks/webhook-events-and-payloads. Nothing in them is believed but where to look.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from typing import Any

import structlog
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as answer

from assistant.bootstrap import Assistant, the_assistant
from assistant.contracts.errors import Unavailable
from assistant.contracts.watch import Poke

EVENTS = ("workflow_run", "workflow_job", "deployment", "deployment_status")
_LONGEST_ID = 100

_log = structlog.get_logger(__name__)


class GitHubChannel(InputChannel):
    """``POST /webhooks/github``; there is nothing at that address without ``GITHUB_WEBHOOK_SECRET``."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant, self._secret = assistant, assistant.settings.secret("GITHUB_WEBHOOK_SECRET")

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GitHubChannel:
        """Built by Rasa; everything comes from the settings."""
        return cls(the_assistant())

    @classmethod
    def name(cls) -> str:
        """The channel's name, and the end of its address."""
        return "github"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The one route."""

        async def take(request: Request) -> HTTPResponse:
            return await self._take(request)

        routes = Blueprint("github")
        if self._secret and self._secret.value:
            routes.add_route(take, "/", methods=["POST"])
        return routes

    async def _take(self, request: Request) -> HTTPResponse:
        secret = self._secret.value if self._secret else ""
        if not is_signed(secret, request.body, request.headers.get("X-Hub-Signature-256", "")):
            _log.warning("github.refused", reason="the signature does not fit")
            return answer({"message": "the signature does not fit"}, status=401)
        delivery = request.headers.get("X-GitHub-Delivery", "")
        if not delivery or len(delivery) > _LONGEST_ID:
            return answer({"message": "X-GitHub-Delivery is missing"}, status=400)
        try:
            poke = poke_of(request.headers.get("X-GitHub-Event", ""), delivery, json.loads(request.body))
        except ValueError:
            return answer({"message": "choose the content type application/json"}, status=400)
        return await stored(self._assistant, poke) if poke else answer({"new": False})


async def stored(assistant: Assistant, poke: Poke) -> HTTPResponse:
    """Store it, then acknowledge it, with whether it is ``new``; 503 when it could not be stored.

    What is lost so is made up for by the worker's own rounds.
    """
    try:
        new = await asyncio.to_thread(assistant.watches.poke, poke, datetime.now(timezone.utc))
    except Unavailable as error:
        _log.error("poke.lost", reason=str(error), details=error.details)
        return answer({"message": "it could not be stored"}, status=503)
    return answer({"new": new})


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether ``signature`` is GitHub's over ``body``, compared in constant time.

    https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    """
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def poke_of(event: str, delivery: str, payload: object) -> Poke | None:
    """Where an event says that something changed, None for one that tells nothing of deployments.

    Raises ValueError when it names no repository.
    """
    if event not in EVENTS:
        return None
    repository = _text(_child(payload, "repository"), "full_name")
    if repository is None:
        raise ValueError("no repository")
    return Poke(f"github:{delivery}", repository, _text(_child(payload, "deployment"), "environment"))


def _child(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: object, name: str) -> str | None:
    found = _child(value, name)
    return found[:255] if isinstance(found, str) and found else None
