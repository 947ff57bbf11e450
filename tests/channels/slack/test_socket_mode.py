"""Socket Mode: Slack's envelopes come over a connection of our own, and are acknowledged once they are stored.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from aiohttp import web

from assistant.contracts.messaging import Workspace
from assistant.integrations.chat.workspaces import Members, OneWorkspace
from tests.channels.slack.served import slack_served
from tests.peers import free_port


class SlackSide:
    """Gives out an address, says hello there, sends ``envelope`` and notes what comes back."""

    def __init__(self, envelope: dict[str, Any]) -> None:
        self.envelope, self.port = envelope, free_port()
        self.tokens: list[str] = []
        self.acknowledged: list[dict[str, Any]] = []

    async def open(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers["Authorization"])
        return web.json_response({"ok": True, "url": f"ws://127.0.0.1:{self.port}/link"})

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}})
        for _ in range(2):  # a repeat, as after a lost acknowledgement
            await socket.send_json(self.envelope)
            self.acknowledged.append(await socket.receive_json(timeout=10))
        async for _ in socket:
            pass
        return socket

    @contextmanager
    def running(self) -> Iterator[str]:
        app, loop = web.Application(), asyncio.new_event_loop()
        app.router.add_post("/api/apps.connections.open", self.open)
        app.router.add_get("/link", self.link)
        runner = web.AppRunner(app)
        threading.Thread(target=loop.run_forever, daemon=True).start()

        async def serve() -> None:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", self.port, shutdown_timeout=0.1).start()

        asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
        try:
            yield f"http://127.0.0.1:{self.port}/api"
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)


def test_what_comes_over_the_socket_is_stored_acknowledged_and_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OneWorkspace, "_asked", lambda self: Workspace("T1", "UBOT", "xoxb-made-up"))
    monkeypatch.setattr(Members, "_ask", lambda *_: True)
    message = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U0ANADUARTE", "text": "hi"}
    payload = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": message}
    message["ts"] = f"{time.time():.6f}"
    side = SlackSide({"type": "events_api", "envelope_id": "one", "payload": payload})
    settings = {"SLACK_SIGNING_SECRET": "", "SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_APP_TOKEN": "xapp-made-up"}
    with side.running() as url, slack_served(tmp_path, SLACK_API_URL=url, **settings) as slack:
        assert slack.asked(1) == ["hi"]
        slack.until(lambda: len(side.acknowledged) == 2)
        assert {each["envelope_id"] for each in side.acknowledged} == {"one"}
        assert side.tokens[0] == "Bearer xapp-made-up"
        # Nothing listens for what nobody could verify.
        assert requests.post(f"{slack.url}/webhooks/slack/events", data="{}", timeout=5).status_code == 404
    assert len(slack.agent.seen) == 1
