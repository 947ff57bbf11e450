"""A GitHub with many services, and the monitoring of them, as far as a question about an environment reads it.

Every answer is 20 ms away.

``python -m bench.many_github`` prints its address and serves until it is told to stop. Nothing changes while it runs,
so that a second question finds every answer unchanged. Bodies have about GitHub's size, since reading them costs time.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LATENCY_SECONDS = 0.02
RECORDS = 30
"""Deployments that an environment remembers: a full page."""
TAGS = 40
ENVIRONMENTS = ("staging", "production")
_FAILED_EVERY = 10
_STARTED = datetime.now(timezone.utc).replace(microsecond=0)
_USER_LINKS = (
    *("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events"),
    *("received_events", "html", "avatar"),
)
_REPOSITORY_LINKS = (
    *("archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents"),
    *("contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks"),
    *("issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones", "pulls"),
    *("releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams", "trees", "notifications"),
)

Json = Any


class Server(ThreadingHTTPServer):
    """Serves on a free port of 127.0.0.1 and counts what it is asked."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._lock = threading.Lock()
        self._requests = self._charged = 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that gives up at its deadline hangs up in the middle."""

    @property
    def address(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.server_port}"

    def count(self, charged: bool) -> None:
        """Count one request; those that find nothing changed cost no quota."""
        with self._lock:
            self._requests += 1
            self._charged += charged

    def spent(self) -> dict[str, int]:
        """The requests since the last time this was asked for, and how many of them cost quota."""
        with self._lock:
            counted = {"requests": self._requests, "charged": self._charged}
            self._requests = self._charged = 0
        return counted


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet per answer; otherwise the kernel's waiting for more would be measured.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        if self.path == "/spent":
            self._send(200, json.dumps(self.server.spent()).encode(), "")
            return
        time.sleep(LATENCY_SECONDS)
        monitoring = _MONITORING.get(urlsplit(self.path).path)
        if monitoring is not None:
            self.server.count(charged=False)
            self._send(200, monitoring, "")
            return
        status, body, etag = _answer(self.path)
        unchanged = etag == self.headers.get("If-None-Match")
        self.server.count(charged=not unchanged)
        self._send(304 if unchanged else status, b"" if unchanged else body, etag)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: printing would be measured too."""

    def _send(self, status: int, body: bytes, etag: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)


@lru_cache(maxsize=20_000)
def _answer(address: str) -> tuple[int, bytes, str]:
    """Status, body and ETag for an address."""
    parts = urlsplit(address)
    for pattern, function in _ROUTES:
        match = re.fullmatch(rf"/repos/[^/]+/service-(\d+){pattern}", parts.path)
        if match:
            more = match[2] if match.re.groups > 1 else parse_qs(parts.query).get("environment", [""])[0]
            body = json.dumps(function(int(match[1]), more)).encode()
            return 200, body, f'"{hashlib.sha256(body).hexdigest()}"'
    return 404, b'{"message": "Not Found"}', ""


def _deployments(service: int, environment: str) -> Json:
    first = service * 1000 + ENVIRONMENTS.index(environment) * 100
    return [_deployment(service, first + number) for number in range(RECORDS)]


def _deployment(service: int, record: int) -> Json:
    newest = TAGS - 1 - (service % 3 if record % 1000 >= 100 else 0)
    return {
        "id": record,
        "ref": f"v1.{newest - record % 100}.0",
        "sha": _sha(record),
        "environment": ENVIRONMENTS[record % 1000 // 100],
        "task": "deploy",
        "payload": {},
        "description": None,
        "created_at": _time(record),
        "updated_at": _time(record),
        "creator": _user(),
        **_links(f"repos/epetech/service-{service}/deployments/{record}", ("statuses", "repository")),
    }


def _statuses(service: int, record: str) -> Json:
    """Newest first. In every tenth service the newest deployment to staging has failed."""
    failed = service % _FAILED_EVERY == 0 and int(record) % 1000 == 0
    page = f"https://github.com/epetech/service-{service}/actions/runs/{record}/job/{record}"
    return [
        {
            "id": int(record) * 10 + number,
            "state": state,
            "environment": ENVIRONMENTS[int(record) % 1000 // 100],
            "created_at": _time(int(record)),
            "updated_at": _time(int(record)),
            "log_url": page,
            "target_url": page,
            "creator": _user(),
        }
        for number, state in enumerate(("failure" if failed else "success", "in_progress", "queued"))
    ]


def _run(service: int, run: str) -> Json:
    failed = service % _FAILED_EVERY == 0 and int(run) % 1000 == 0
    repository = {"id": service, "owner": _user(), **_links(f"repos/epetech/service-{service}", _REPOSITORY_LINKS)}
    return {
        "id": int(run),
        "name": "Deploy",
        "display_title": "Deploy",
        "status": "completed",
        "conclusion": "failure" if failed else "success",
        "event": "workflow_dispatch",
        "run_started_at": _time(int(run)),
        "created_at": _time(int(run)),
        "updated_at": _time(int(run)),
        "head_sha": _sha(int(run)),
        "head_branch": "main",
        "actor": _user(),
        "triggering_actor": _user(),
        "html_url": f"https://github.com/epetech/service-{service}/actions/runs/{run}",
        "repository": repository,
        "head_repository": repository,
    }


def _tags(service: int, _: str) -> Json:
    place = f"repos/epetech/service-{service}/git"
    return [
        {
            "ref": f"refs/tags/v1.{number}.0",
            "object": {"sha": _sha(number), "type": "commit"},
            **_links(place, ("refs",)),
        }
        for number in range(TAGS)
    ]


_ROUTES: tuple[tuple[str, Callable[[int, str], Json]], ...] = (
    ("/deployments", _deployments),
    (r"/deployments/(\d+)/statuses", _statuses),
    (r"/actions/runs/(\d+)", _run),
    ("/git/matching-refs/tags%2Fv", _tags),
)


_MONITORING = {
    "/api/v2/alerts": json.dumps(
        [
            {
                "labels": {
                    "alertname": "Slow",
                    "severity": "warning",
                    "service": f"service-{number}",
                    "env": "staging",
                },
                "annotations": {"summary": "slow", "runbook_url": "https://docs.epetech.online/slow/"},
                "startsAt": "2026-03-02T09:00:00Z",
                "endsAt": "2026-03-02T09:10:00Z",
                "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
            }
            for number in range(1, 31)
        ]
    ).encode(),
    "/api/v1/query": json.dumps({"status": "success", "data": {"resultType": "vector", "result": []}}).encode(),
}
"""What an Alertmanager and a Prometheus answer; they count no quota."""


def _sha(number: int) -> str:
    return hashlib.sha1(str(number).encode(), usedforsecurity=False).hexdigest()


def _time(record: int) -> str:
    """The newest deployment is an hour old, each older one another day."""
    return (_STARTED - timedelta(hours=1, days=record % 100)).isoformat().replace("+00:00", "Z")


def _user() -> Json:
    return {"login": "release-bot", "id": 7, "type": "User", **_links("users/release-bot", _USER_LINKS)}


def _links(path: str, names: tuple[str, ...]) -> dict[str, str]:
    """The addresses that GitHub adds to everything; nobody follows them, but they are most of its bytes."""
    return {f"{name}_url": f"https://api.github.com/{path}/{name}" for name in names}


def main() -> None:
    """Print the address, then serve."""
    with Server() as server:
        print(server.address, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
