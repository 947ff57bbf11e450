"""The HTTP around the made-up platform: which part of it answers, faults and the clock."""

from __future__ import annotations

import base64
import json
import re
import socket
import struct
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox import github, jenkins, monitoring
from sandbox.company import ORGANISATION, TOKEN
from sandbox.faults import Fault, Faults
from sandbox.github_calls import Call, Problem
from sandbox.github_runs import signed_log
from sandbox.shapes import Scene
from sandbox.world import World

_PATIENCE = 600
"""How long, in seconds, an answer that never comes or only drips is kept up."""
_GITHUB = re.compile("/(repos|orgs|users|user|app|rate_limit)(/|$)")


class Clock:
    """The sandbox's time: the real one, until somebody sets it; then it stands still until it is moved."""

    def __init__(self, now: datetime | None) -> None:
        self._fixed = now
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """The moment that the world is shown at (aware)."""
        return (self._fixed or datetime.now(timezone.utc)) + self._ahead

    def move(self, wish: Mapping[str, Any]) -> None:
        """Set it (``now``) or move it (``advance_seconds``).

        Raises:
            ValueError: neither is there, or it is not a time.
        """
        if "now" in wish:
            self._fixed, self._ahead = moment(str(wish["now"])), timedelta(0)
        else:
            self._ahead += timedelta(seconds=float(wish.get("advance_seconds", "nothing")))


def moment(text: str) -> datetime:
    """A time with its zone, such as ``2026-03-02T09:00:00Z``.

    Raises:
        ValueError: it is none.
    """
    found = datetime.fromisoformat(re.sub("Z$", "+00:00", text))
    if found.tzinfo is None:
        raise ValueError("a time needs its zone, for example 2026-03-02T09:00:00Z")
    return found


class Server(ThreadingHTTPServer):
    """The sandbox on 127.0.0.1.

    Args:
        port: 0 for a free one; see ``server_port``.
        now: where the clock stands; None lets it run with the real one.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, now: datetime | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.clock = Clock(now)
        self.world = World(self.clock.now())
        self.faults = Faults()
        self.quota = github.Quota()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no event; anything else is shown."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the terminal belongs to the dialogue."""

    def _serve(self) -> None:
        url = urlsplit(self.path)
        self.query = dict(parse_qsl(url.query, keep_blank_values=True))
        self.bare = unquote(url.path)
        own = self.bare.startswith("/_sandbox")
        self.fault = None if own else self.server.faults.strike(self.command, self.path)
        self.text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        self.muted = self.fault is not None and self.fault.after
        if self.muted:
            self._route()
            self.muted = False
        if self.fault is None or not self._fail(self.fault):
            self._route()

    def _route(self) -> None:
        if self.bare.startswith("/_sandbox/"):
            self._control()
        elif self.bare.startswith(("/alertmanager/api/", "/prometheus/api/")):
            self._send(*monitoring.answer(self.bare, parse_qsl(urlsplit(self.path).query), self._scene()))
        elif self.bare.startswith((f"/{ORGANISATION}/", "/alertmanager/", "/prometheus/")):
            self._send(200, f"sandbox:{self.bare.replace('/', ' ').rstrip()}, a page that only a real platform has\n")
        elif self.bare.startswith("/jenkins"):
            self._jenkins()
        elif match := re.fullmatch(r"/_logs/([^/]+)/(\d+)", self.bare):
            self._log(*match.groups())
        elif _GITHUB.match(self.bare):
            self._github()
        else:
            self._send(404, "sandbox: nothing here\n")

    def _jenkins(self) -> None:
        kind, _, code = self.headers.get("Authorization", "").partition(" ")
        allowed = kind == "Basic" and base64.b64decode(code + "==").decode("utf-8", "replace").endswith(f":{TOKEN}")
        if not allowed and self.bare.strip("/") != "jenkins":
            return self._send(401, b"<html><body>Invalid password/token</body></html>", {"Content-Type": "text/html"})
        path = self.bare.removeprefix("/jenkins")
        if self.command == "POST":
            values = self.query | dict(parse_qsl(self.text))
            return self._send(*jenkins.done(path, values, self._scene()))
        return self._send(*jenkins.answer(path, self.query, self._scene()))

    def _scene(self) -> Scene:
        return Scene(self.server.world, self.server.clock.now(), f"http://{self.headers.get('Host')}")

    def _github(self) -> None:
        url = f"http://{self.headers.get('Host')}{urlsplit(self.path).path}"
        call = Call(self._scene(), url, self.query, self.text)
        # A spoilt answer needs a body.
        whole = self.fault is not None
        self._send(*github.respond(self.command, self.bare, call, self.headers, self.server.quota, whole))

    def _log(self, repository: str, number: str) -> None:
        """A file of the store behind a signed address, which refuses whoever brings another right as well."""
        if "Authorization" in self.headers:
            return self._send(400, "InvalidAuthenticationInfo: only one kind of authentication is allowed\n")
        try:
            return self._send(200, signed_log(repository, number, self.query.get("sig"), self._scene()))
        except Problem as problem:
            return self._send(problem.status, f"{problem.message}\n")

    # What tests ask for

    def _control(self) -> None:
        server = self.server
        try:
            wish = json.loads(self.text) if self.command == "POST" else {}
            match self.command, self.bare.removeprefix("/_sandbox/"):
                case "GET", "health" | "clock":
                    pass
                case "POST", "clock":
                    server.clock.move(wish)
                case "POST", "faults":
                    server.faults.add(wish)
                case "DELETE", "faults":
                    server.faults.lift()
                case "POST", "tags":
                    server.world.move_tag(str(wish["repository"]), str(wish["name"]), server.clock.now())
                case "DELETE", "triggers":
                    server.world = World(server.world.start)
                case "GET", "triggers":
                    return self._send(200, server.world.triggers())
                case _:
                    return self._send(404, "sandbox: nothing here\n")
        except (ValueError, AttributeError, TypeError, OverflowError, KeyError) as error:
            return self._send(400, {"message": f"{error}"})
        times = {"now": server.clock.now().isoformat(), "start": server.world.start.isoformat()}
        return self._send(200, {"sandbox": True, **times})

    def _fail(self, fault: Fault) -> bool:
        """Fail in the wished way; False when the true answer shall still follow."""
        match fault.kind:
            case "status":
                self._refuse(fault.status, "Server Error")
            case "html":
                page = b"<!DOCTYPE html><html><body><h1>Unicorn!</h1><p>We had issues.</p></body></html>"
                self._send(fault.status, page, {"Content-Type": "text/html; charset=utf-8"})
            case "rate_limit":
                none = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": str(int(time.time()) + 40)}
                self._refuse(403, "API rate limit exceeded for user ID 1001.", **none)
            case "secondary_limit":
                self._refuse(403, "You have exceeded a secondary rate limit.", Retry_After="30")
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
            case "never":
                fault.lifted.wait(_PATIENCE)
                self.close_connection = True
            case "slow":
                fault.lifted.wait(fault.seconds)
                return False
            case _:  # half_json and drip spoil the true answer on its way out
                return False
        return True

    def _refuse(self, status: int, message: str, **headers: str) -> None:
        self._send(*github.refusal(status, message, self.headers, self.server.quota, **headers))

    def _send(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        if self.muted:
            return
        kind = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json; charset=utf-8"
        text = body if isinstance(body, bytes | str) else json.dumps(body)
        data = text.encode() if isinstance(text, str) else text
        if self.fault and self.fault.kind == "half_json":
            data = data[: len(data) // 2]
        self.send_response_only(status)
        sent = {"Date": formatdate(usegmt=True), "Server": "sandbox", "Content-Type": kind, **(headers or {})}
        if status not in (204, 304):
            sent["Content-Length"] = str(len(data))
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        if self.fault and self.fault.kind == "drip":
            self._drip(data, self.fault)
            return
        self.wfile.write(data)

    def _drip(self, data: bytes, fault: Fault) -> None:
        self.close_connection = True
        for byte in data[:_PATIENCE]:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if fault.lifted.wait(1):
                return
