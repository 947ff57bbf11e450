"""The HTTP around the made-up platform: who may ask, pages, ETags, limits, faults and the clock."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from sandbox import github, jenkins, monitoring
from sandbox.company import ORGANISATION
from sandbox.faults import Fault, Faults
from sandbox.github import Call, Page, Problem, whole
from sandbox.shapes import Scene
from sandbox.world import World

TOKEN = "sandbox-token"  # noqa: S105 - made up, and good for nothing elsewhere
LIMIT = 5000
_DOCS = "https://docs.github.com/rest"
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


class Quota:
    """GitHub's hourly allowance. It runs by the real clock, as the client's waiting does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hour, self._used = 0, 0

    def use(self, cost: int) -> dict[str, int]:
        """Take ``cost`` requests from the allowance and say how it stands."""
        with self._lock:
            hour = int(time.time()) // 3600
            self._used = cost + (self._used if hour == self._hour else 0)
            self._hour = hour
            remaining = max(LIMIT - self._used, 0)
            return {"limit": LIMIT, "remaining": remaining, "reset": (hour + 1) * 3600, "used": self._used}


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
        self.quota = Quota()

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

    # GitHub

    def _github(self) -> None:
        headers: dict[str, str] = {}
        try:
            self._authorise()
            if self.bare == "/rate_limit":
                status, body = 200, self._rate_limit()
            else:
                call = Call(self._scene(), self.query, _object(self.text))
                status, found = github.answer(self.command, self.bare, call)
                body = self._page(found, headers) if isinstance(found, Page) else found
        except github.Elsewhere as place:
            status, body, headers["Location"] = 302, {}, place.url
        except Problem as problem:
            status, body = problem.status, _error(problem.status, problem.message)
        self._send_github(status, body, headers)

    def _log(self, repository: str, number: str) -> None:
        """A file of the store behind a signed address, which refuses whoever brings another right as well."""
        if "Authorization" in self.headers:
            return self._send(400, "InvalidAuthenticationInfo: only one kind of authentication is allowed\n")
        try:
            return self._send(200, github.signed_log(repository, number, Call(self._scene(), self.query)))
        except Problem as problem:
            return self._send(problem.status, f"{problem.message}\n")

    def _authorise(self) -> None:
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        as_app = self.bare.startswith("/app") or self.bare.endswith("/installation")
        if not token or kind.lower() not in ("bearer", "token"):
            raise Problem(401, "Requires authentication")
        if as_app and not github.is_app_token(token):
            raise Problem(401, "A JSON web token could not be decoded")
        if not as_app and token not in (TOKEN, github.INSTALLATION_TOKEN):
            raise Problem(401, "Bad credentials")

    def _page(self, page: Page, headers: dict[str, str]) -> Any:
        """Cut a list as GitHub does: https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api"""
        size, number = min(whole(self.query.get("per_page"), 30), 100), whole(self.query.get("page"), 1)
        last = max((len(page.items) + size - 1) // size, 1)
        targets = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
        wanted = [*(["prev"] if number > 1 else []), *(["next", "last"] if number < last else [])]
        wanted += ["first"] if number > 1 else []
        links = [f'<{self._address(targets[rel])}>; rel="{rel}"' for rel in wanted]
        if links:
            headers["Link"] = ", ".join(links)
        shown = [page.show(item) for item in page.items[size * (number - 1) : size * number]]
        return {"total_count": len(page.items), page.key: shown} if page.key else shown

    def _address(self, page: int) -> str:
        return f"http://{self.headers.get('Host')}{urlsplit(self.path).path}?{urlencode({**self.query, 'page': page})}"

    def _rate_limit(self) -> Any:
        core = self.server.quota.use(0)
        other = {**core, "limit": 30, "remaining": 30, "used": 0}
        return {"resources": {"core": core, "search": other}, "rate": core}

    def _send_github(self, status: int, body: Any, headers: dict[str, str]) -> None:
        data = json.dumps(body, separators=(",", ":")).encode() if status != 204 else b""
        digest = hashlib.sha256(data).hexdigest()
        if status == 200:
            headers["ETag"] = f'W/"{digest}"'
            headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
            # A spoilt answer needs a body.
            if digest in self.headers.get("If-None-Match", "") and not self.fault:
                status, data = 304, b""
        free = status == 304 or self.bare == "/rate_limit"
        self._send(status, data, {**self._github_headers(0 if free else 1), **headers})

    def _github_headers(self, cost: int) -> dict[str, str]:
        quota = {f"X-RateLimit-{name.title()}": str(value) for name, value in self.server.quota.use(cost).items()}
        number = hashlib.sha256(f"{self.path}{time.time()}".encode()).hexdigest().upper()
        return {
            **quota,
            "X-RateLimit-Resource": "core",
            "X-GitHub-Request-Id": ":".join((number[:4], number[4:10], number[10:16])),
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": self.headers.get("X-GitHub-Api-Version") or "2022-11-28",
        }

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
                self._send_github(fault.status, _error(fault.status, "Server Error"), {})
            case "html":
                page = b"<!DOCTYPE html><html><body><h1>Unicorn!</h1><p>We had issues.</p></body></html>"
                self._send(fault.status, page, {"Content-Type": "text/html; charset=utf-8"})
            case "rate_limit":
                self._limit("API rate limit exceeded for user ID 1001.", {"X-RateLimit-Remaining": "0"})
            case "secondary_limit":
                self._limit("You have exceeded a secondary rate limit.", {"Retry-After": "30"})
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

    def _limit(self, message: str, headers: dict[str, str]) -> None:
        used_up = {"X-RateLimit-Reset": str(int(time.time()) + 40)} if "X-RateLimit-Remaining" in headers else {}
        self._send_github(403, _error(403, message), {**headers, **used_up})

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


def _object(text: str) -> dict[str, Any]:
    """The JSON object of a body; Problem when it is none."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        raise Problem(400, "Problems parsing JSON") from None
    return found if isinstance(found, dict) else {}


def _error(status: int, message: str) -> dict[str, str]:
    return {"message": message, "documentation_url": _DOCS, "status": str(status)}
