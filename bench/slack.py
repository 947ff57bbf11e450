"""A burst from Slack against the real processes: how soon each event is acknowledged, and how fast all are answered.

Slack itself is a stand-in that accepts everything.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import aiohttp
import numpy as np
from slack_sdk.signature import SignatureVerifier

from assistant.bootstrap import Assistant
from assistant.contracts.ports import Inbox
from assistant.processes import Processes
from assistant.settings import PROJECT, Settings
from bench.figures import Figure
from bench.servers import QUESTIONS, free_port
from bench.training import environment

SECRET = "s3cret"
PEOPLE = 100
WORKED_OFF_SECONDS = 600.0


def burst(model: Path, state: Path, rate: int, seconds: int) -> Iterator[Figure]:
    """``rate`` direct messages a second from 100 people, for ``seconds``."""
    ports = {name: str(free_port()) for name in ("RASA_PORT", "ACTION_SERVER_PORT", "SANDBOX_PORT")}
    with stand_in() as url:
        slack = {"SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": url}
        given = {"ASSISTANT_STATE": str(state), "CATALOG": str(PROJECT / "catalog"), **ports, **slack}
        settings = Settings(environment(**given))
        with Processes(settings, model, "slack") as processes:
            running = processes.start()
            inbox = Assistant(settings).inbox
            asyncio.run(_send(running.url, 1, 1))
            _worked_off(inbox)
            times = asyncio.run(_send(running.url, rate, seconds))
            waiting, started = len(inbox.entries(None, rate * seconds)), time.monotonic()
            _worked_off(inbox)
            drained = time.monotonic() - started
    for name, share in (("median", 0.5), ("99th percentile", 0.99)):
        yield Figure(f"Slack acknowledged at {rate}/s, {name}", "ms", float(np.quantile(times, share)) * 1000)
    yield Figure(f"Slack waiting after {seconds} s at {rate}/s", "messages", float(waiting))
    yield Figure("Slack answered", "messages/s", (rate * seconds) / (seconds + drained))


async def _send(url: str, rate: int, seconds: int) -> list[float]:
    """Send in even steps, whatever is still on its way; the seconds until each was acknowledged."""
    connections = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connections) as session:
        sent = []
        for number in range(rate * seconds):
            sent.append(asyncio.ensure_future(_event(session, f"{url}/events", number)))
            await asyncio.sleep(1 / rate)
        return list(await asyncio.gather(*sent))


async def _event(session: aiohttp.ClientSession, url: str, number: int) -> float:
    person, now = f"U0MEMBER{number % PEOPLE}", time.time()
    message = {"type": "message", "channel_type": "im", "user": person, "channel": f"D{person}", "ts": f"{now:.6f}"}
    event = {**message, "text": QUESTIONS[number % len(QUESTIONS)]}
    body = json.dumps({"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}", "event": event})
    stamp = str(int(now))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body) or ""
    signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": "application/json"}
    started = time.monotonic()
    async with session.post(url, data=body, headers=signed) as answer:
        answer.raise_for_status()
    return time.monotonic() - started


def _worked_off(inbox: Inbox) -> None:
    deadline = time.monotonic() + WORKED_OFF_SECONDS
    while inbox.entries(None, 1) and time.monotonic() < deadline:
        time.sleep(0.05)


@contextmanager
def stand_in() -> Iterator[str]:
    """A Slack that says yes to everything; gives the address of its Web API."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Yes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/api/"
    server.shutdown()
    server.server_close()


class _Yes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Everybody is a full member, every message was posted."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        known = {"team_id": "T1", "user_id": "UBOT", "bot_id": "B1", "channel": "C1", "ts": f"{time.time():.6f}"}
        body = json.dumps({"ok": True, **known, "user": {"team_id": "T1"}, "messages": []}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""
