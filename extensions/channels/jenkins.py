"""Jenkins' notifications: a build began or ended, so that the worker looks at its places at once.

The plugin https://plugins.jenkins.io/notification/ sends ``{"url": "job/platform/job/deploy-app/", ...}``; a line of
curl in a pipeline may send ``{"job": "platform/deploy-app"}``. Nothing in them is believed but where to look.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import structlog
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as answer

from assistant.bootstrap import Assistant, the_assistant
from assistant.contracts.watch import Poke
from extensions.channels.github import stored

_LONGEST_NAME = 255

_log = structlog.get_logger(__name__)


class JenkinsChannel(InputChannel):
    """``POST /webhooks/jenkins`` with ``X-Jenkins-Token``; nothing is there without ``JENKINS_WEBHOOK_TOKEN``."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant, self._token = assistant, assistant.settings.secret("JENKINS_WEBHOOK_TOKEN")

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> JenkinsChannel:
        """Built by Rasa; everything comes from the settings."""
        return cls(the_assistant())

    @classmethod
    def name(cls) -> str:
        """The channel's name, and the end of its address."""
        return "jenkins"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The one route."""

        async def take(request: Request) -> HTTPResponse:
            return await self._take(request)

        routes = Blueprint("jenkins")
        if self._token and self._token.value:
            routes.add_route(take, "/", methods=["POST"])
        return routes

    async def _take(self, request: Request) -> HTTPResponse:
        token = self._token.value if self._token else ""
        if not hmac.compare_digest(token.encode(), request.headers.get("X-Jenkins-Token", "").encode()):
            _log.warning("jenkins.refused", reason="the token does not fit")
            return answer({"message": "X-Jenkins-Token does not fit"}, status=401)
        try:
            job = job_of(json.loads(request.body))
        except ValueError:
            return answer({"message": "this is no notification: it names no job"}, status=400)
        return await stored(self._assistant, Poke(f"jenkins:{hashlib.sha256(request.body).hexdigest()}", job))


def job_of(payload: object) -> str:
    """The full name of the job that a notification is about. Raises ValueError when it names none."""
    body = payload if isinstance(payload, dict) else {}
    name, url = body.get("job"), body.get("url")
    if isinstance(url, str) and not name:
        name = "/".join(unquote(part) for part in url.strip("/").split("/") if part != "job")
    if not isinstance(name, str) or not name.strip("/"):
        raise ValueError("no job")
    return name.strip("/")[:_LONGEST_NAME]
