"""The action server's own ground, attached by rasa-sdk's plugin hook (``rasa_sdk_plugins.py`` names this module).

rasa-sdk listens on every interface, asks nobody for a password, and answers a failure with the exception's text and
the whole request (``rasa_sdk/endpoint.py``); all three are mended here.
"""

from __future__ import annotations

import asyncio
import hmac

import pluggy
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.handlers import ErrorHandler
from sanic.request import Request
from sanic.response import HTTPResponse, json, raw

from assistant.bootstrap import the_assistant
from assistant.contracts.errors import AssistantError
from assistant.observability import configure_logging
from assistant.settings import listen_on_loopback

TOKEN_HEADER = "X-Assistant-Token"  # noqa: S105 - the header's name
_OPEN_PATHS = ("/health", "/ready")

hookimpl = pluggy.HookimplMarker("rasa_sdk")
_log = structlog.get_logger(__name__)


@hookimpl
def attach_sanic_app_extensions(app: Sanic) -> None:
    """Called by rasa-sdk once the app is built and before it listens."""
    settings = the_assistant().settings
    configure_logging("actions", settings.log_level)
    listen_on_loopback()
    app.register_middleware(_authorise, "request")
    app.add_route(_metrics, "/metrics", methods=["GET"])
    app.add_route(_ready, "/ready", methods=["GET"])
    app.error_handler = _Discreet()


async def _authorise(request: Request) -> HTTPResponse | None:
    """Refuse whoever does not show the shared secret. Without one (plain ``rasa shell``) everybody is a guest."""
    token = the_assistant().settings.action_server_token
    if token is None or request.path in _OPEN_PATHS:
        return None
    shown = request.headers.get(TOKEN_HEADER, "")
    if hmac.compare_digest(shown.encode("utf-8", "replace"), token.value.encode()):
        return None
    _log.warning("request.refused", path=request.path, reason="wrong or missing token")
    return json({"error": "wrong or missing token"}, status=403)


async def _metrics(_request: Request) -> HTTPResponse:
    return raw(generate_latest(), content_type=CONTENT_TYPE_LATEST)


async def _ready(_request: Request) -> HTTPResponse:
    """200 once the catalogue can be read and the database opened, 503 with the reason until then."""
    assistant = the_assistant()
    try:
        await asyncio.to_thread(lambda: (assistant.source.current(), assistant.engine))
    except AssistantError as error:
        return json({"ready": False, "reason": str(error)}, status=503)
    return json({"ready": True, "sandbox": assistant.sandbox})


class _Discreet(ErrorHandler):
    """Tells the log what went wrong, and the caller only that something did."""

    def response(self, request: Request, exception: Exception) -> HTTPResponse:
        """Called by Sanic for every exception, in place of the handlers that rasa-sdk registered."""
        status = exception.status_code if isinstance(exception, SanicException) else 500
        if status >= 500:
            _log.error("request.failed", exc_info=exception)
        return json({"error": "the action server could not answer"}, status=status)
