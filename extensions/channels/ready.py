"""Whether the dialogue server can answer."""

from __future__ import annotations

from sanic.request import Request
from sanic.response import HTTPResponse, json


async def ready(request: Request) -> HTTPResponse:
    """200 once the model is loaded; Rasa listens, and ignores every message, also when loading it failed."""
    agent = getattr(request.app.ctx, "agent", None)
    if agent is not None and agent.is_ready():
        return json({"ready": True})
    return json({"ready": False, "reason": "the model could not be loaded. Train it anew: make train"}, status=503)
