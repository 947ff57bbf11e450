"""GitHub's REST API over the made-up world: who may ask, which address answers what, ETags and the hourly allowance.

https://docs.github.com/en/rest
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import time
from datetime import datetime, timedelta, timezone
from email.message import Message
from typing import Any

from sandbox import github_code, github_runs, shapes
from sandbox.company import CENTRAL, ORGANISATION, REPOSITORIES, TOKEN
from sandbox.github_calls import Answer, Call, Done, Elsewhere, Handler, Missing, Page, Problem

INSTALLATION = 7001
INSTALLATION_TOKEN = "sandbox-installation-token"  # noqa: S105 - made up, and good for nothing elsewhere
LIMIT = 5000
_DOCS = "https://docs.github.com/rest"
Reply = tuple[int, bytes, dict[str, str]]
"""Status, body and headers."""


class Quota:
    """The hourly allowance. It runs by the real clock, as the client's waiting does."""

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


def respond(method: str, path: str, call: Call, sent: Message, quota: Quota, whole: bool) -> Reply:
    """What an address answers, its path without query and already decoded.

    Args:
        sent: the request's headers.
        whole: whether the body is needed even by whoever has it already.
    """
    headers: dict[str, str] = {}
    try:
        _authorise(path, sent.get("Authorization", ""))
        status, found = (200, _allowance(quota)) if path == "/rate_limit" else _answer(method, path, call)
        body, headers = found.cut(call) if isinstance(found, Page) else (found, {})
    except Elsewhere as place:
        status, body, headers = 302, {}, {"Location": place.url}
    except Problem as problem:
        return refusal(problem.status, problem.message, sent, quota)
    data = _encoded(body) if status != 204 else b""
    if status == 200:
        digest = hashlib.sha256(data).hexdigest()
        headers |= {"ETag": f'W/"{digest}"', "Cache-Control": "private, max-age=60, s-maxage=60"}
        if digest in sent.get("If-None-Match", "") and not whole:
            status, data = 304, b""
    free = status == 304 or path == "/rate_limit"
    return status, data, {**_headers(sent, quota, 0 if free else 1), **headers}


def refusal(status: int, message: str, sent: Message, quota: Quota, **headers: str) -> Reply:
    """An error as GitHub writes it; ``Retry_After`` stands for the header ``Retry-After``."""
    body = {"message": message, "documentation_url": _DOCS, "status": str(status)}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, _encoded(body), {**_headers(sent, quota, 1), **more}


def _authorise(path: str, authorization: str) -> None:
    kind, _, token = authorization.partition(" ")
    as_app = path.startswith("/app") or path.endswith("/installation")
    if not token or kind.lower() not in ("bearer", "token"):
        raise Problem(401, "Requires authentication")
    if as_app and not _is_app_token(token):
        raise Problem(401, "A JSON web token could not be decoded")
    if not as_app and token not in (TOKEN, INSTALLATION_TOKEN):
        raise Problem(401, "Bad credentials")


def _is_app_token(token: str) -> bool:
    """Whether it has the form of a JSON web token, which is all that the sandbox asks of an App."""
    parts = token.split(".")
    try:
        return len(parts) == 3 and b'"alg"' in base64.urlsafe_b64decode(parts[0] + "==")
    except ValueError:
        return False


def _answer(method: str, path: str, call: Call) -> tuple[int, Any]:
    """The status and what is found at an address. Raises Problem."""
    for pattern, handler in _ROUTES:
        verb, _, shape = pattern.rpartition(" ")
        match = re.fullmatch(shape.replace("REPO", f"/repos/{ORGANISATION}/([^/]+)"), path)
        if match and method == (verb or "GET"):
            if "REPO" in shape and match[1] not in REPOSITORIES:
                break
            found = handler(call, *match.groups())
            return (found.status, found.body) if isinstance(found, Done) else (201 if verb else 200, found)
    raise Missing


def _allowance(quota: Quota) -> Any:
    core = quota.use(0)
    return {"resources": {"core": core, "search": {**core, "limit": 30, "remaining": 30, "used": 0}}, "rate": core}


def _encoded(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def _headers(sent: Message, quota: Quota, cost: int) -> dict[str, str]:
    number = hashlib.sha256(f"{time.time()}".encode()).hexdigest().upper()
    return {
        **{f"X-RateLimit-{name.title()}": str(value) for name, value in quota.use(cost).items()},
        "X-RateLimit-Resource": "core",
        "X-GitHub-Request-Id": ":".join((number[:4], number[4:10], number[10:16])),
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-GitHub-Api-Version-Selected": sent.get("X-GitHub-Api-Version") or "2022-11-28",
    }


# Whoever asks, and what belongs to them


def _app(call: Call) -> Answer:
    return call.scene.show("app", owner=shapes.user(call.scene, ORGANISATION), rights=call.scene.show("rights"))


def _installation(call: Call, repo: str = CENTRAL) -> Answer:
    owner, rights = shapes.user(call.scene, ORGANISATION), call.scene.show("rights")
    return call.scene.show("installation", repo, id=INSTALLATION, owner=owner, owner_id=owner["id"], rights=rights)


def _access_token(call: Call) -> Answer:
    # The client renews by its own clock, so this is an hour of the real one.
    expiry = shapes.stamp(datetime.now(timezone.utc) + timedelta(hours=1))
    return call.scene.show("access_token", token=INSTALLATION_TOKEN, expiry=expiry, rights=call.scene.show("rights"))


_ROUTES: tuple[tuple[str, Handler], ...] = (
    ("/user", lambda call: shapes.myself(call.scene)),
    (f"/orgs/{ORGANISATION}/repos", lambda call: Page(REPOSITORIES, lambda it: shapes.repository(call.scene, it))),
    (f"/orgs/{ORGANISATION}/installation", _installation),
    ("/app", _app),
    (f"POST /app/installations/{INSTALLATION}/access_tokens", _access_token),
    ("REPO", lambda call, repo: shapes.repository(call.scene, repo, full=True)),
    ("REPO/installation", _installation),
    *github_runs.ROUTES,
    *github_code.ROUTES,
)
