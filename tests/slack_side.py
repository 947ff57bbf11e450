"""A stand-in for Slack's Web API where a test chooses each answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

SECONDS = 0.05
"""So long it takes to answer, so that what asks at the same time meets."""


class SlackSide:
    """Answers each method as ``answers`` says; ``called`` are their names, ``asked`` what was sent to them."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.called: list[str] = []
        self.asked: list[dict[str, list[str]]] = []
        self.url = ""


@contextmanager
def slack_side() -> Iterator[SlackSide]:
    """One that runs, with its ``url``."""
    side = SlackSide()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            method = self.path.rpartition("/")[2]
            side.called.append(method)
            side.asked.append(parse_qs(body))
            time.sleep(SECONDS)
            text = json.dumps(side.answers[method]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    side.url = f"http://127.0.0.1:{server.server_address[1]}/api/"
    yield side
    server.shutdown()
    server.server_close()
