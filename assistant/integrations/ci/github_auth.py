"""How we show GitHub who we are: a token, or an App that gets itself a token per organisation or user.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Protocol

import jwt

from assistant.contracts.errors import Missing, NotConnected, ProviderError, RateLimited, Refused, Unavailable
from assistant.contracts.platform import Provider
from assistant.integrations.fields import Fields
from assistant.integrations.http import QUOTA, Answer, Examine, Http
from assistant.integrations.http_failures import asks_to_wait, retry_after

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
RENEW_BEFORE_SECONDS = 300.0
SECONDARY_LIMIT_SECONDS = 60.0
_JWT_SECONDS = 540
_CLOCK_DRIFT_SECONDS = 60


class Credentials(Protocol):
    """What :func:`connect` needs: an :class:`~assistant.integrations.http.Authorize` that knows its remedy."""

    @property
    def remedy(self) -> str:
        """What a person does when GitHub refuses them."""

    def __call__(self, path: str, deadline: float) -> Mapping[str, str]: ...


def connect(provider: Provider, credentials: Credentials) -> Http:
    """The way to GitHub's REST API at ``provider.url`` (github.com or Enterprise: ``https://host/api/v3``)."""
    return Http(
        provider.name,
        provider.url,
        credentials,
        headers=HEADERS,
        remedy=credentials.remedy,
        examine=limits(provider.name),
    )


class TokenCredentials:
    """A personal access token (fine-grained or classic), the same for every request.

    Args:
        provider: whose ``secret`` names the setting, for the sentence when it is refused.
        token: its value.
    """

    def __init__(self, provider: Provider, token: str) -> None:
        self.remedy = f"renew {_setting(provider, 'TOKEN')}"
        self._headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, path: str, deadline: float) -> Mapping[str, str]:
        return self._headers


class AppCredentials:
    """A GitHub App: signs a short-lived JWT, finds its installation by the repository's owner, uses that one's token.

    https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app

    Args:
        provider: as for :class:`TokenCredentials`.
        app_id: the App's id or client id.
        private_key: PEM text, RSA.
    """

    def __init__(self, provider: Provider, app_id: str, private_key: str) -> None:
        self._provider, self._app_id, self._private_key = provider, app_id, private_key
        key, number = _setting(provider, "APP_PRIVATE_KEY"), _setting(provider, "APP_ID")
        self.remedy = f"check {number} and {key}, and that the App is still installed"
        self._http = Http(
            provider.name,
            provider.url,
            self._as_app,
            headers=HEADERS,
            remedy=self.remedy,
            examine=limits(provider.name),
        )
        self._lock = threading.Lock()
        self._owners: dict[str, _Owner] = {}

    def __call__(self, path: str, deadline: float) -> Mapping[str, str]:
        place = _place(path)
        if place is None:
            return self._as_app(path, deadline)
        owner = place.split("/")[2].lower()
        with self._lock:
            held = self._owners.setdefault(owner, _Owner())
        if not held.lock.acquire(timeout=max(deadline - time.monotonic(), 0)):
            raise Unavailable(self._provider.name, "did not give us a token in time")
        try:
            if held.good_until <= time.time():
                self._renew(held, place, deadline)
            return {"Authorization": f"Bearer {held.token}"}
        finally:
            held.lock.release()

    def _renew(self, held: _Owner, place: str, deadline: float) -> None:
        name = self._provider.name
        try:
            installation = Fields(
                name, "an installation", self._http.get(f"{place}/installation", deadline=deadline).json
            )
        except Missing:
            raise Refused(
                name, f"has no installation of our App for {place.split('/', 2)[2]}: install it there"
            ) from None
        path = f"/app/installations/{installation.number('id')}/access_tokens"
        answer = Fields(name, "a token", self._http.post(path, deadline=deadline).json)
        held.token, held.good_until = answer.text("token"), answer.time("expires_at").timestamp() - RENEW_BEFORE_SECONDS

    def _as_app(self, path: str, deadline: float) -> Mapping[str, str]:
        now = int(time.time())
        claims = {"iat": now - _CLOCK_DRIFT_SECONDS, "exp": now + _JWT_SECONDS, "iss": self._app_id}
        try:
            return {"Authorization": f"Bearer {jwt.encode(claims, self._private_key, algorithm='RS256')}"}
        except (jwt.PyJWTError, ValueError, TypeError):
            key = _setting(self._provider, "APP_PRIVATE_KEY")
            why = f"cannot be asked: {key} is not an RSA private key in PEM form"
            raise NotConnected(self._provider.name, why) from None


class _Owner:
    """The token of one installation; its lock lets one thread renew while the others wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.token = ""
        self.good_until = 0.0


def _place(path: str) -> str | None:
    """``/repos/<owner>/<repository>`` or ``/orgs/<organisation>``: where the installation for ``path`` is asked for."""
    parts = path.split("/")
    if parts[1] == "repos" and len(parts) > 3:
        return "/".join(parts[:4])
    if parts[1] == "orgs" and len(parts) > 2:
        return "/".join(parts[:3])
    return None


def _setting(provider: Provider, name: str) -> str:
    return f"{provider.secret or 'GITHUB'}_{name}"


def limits(provider: str) -> Examine:
    """GitHub's own ways to say no, which its statuses do not tell apart.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api (primary: ``x-ratelimit-remaining``
    is 0 until ``x-ratelimit-reset``; secondary: ``Retry-After``, or only a message: then a minute at least).
    """

    def examine(answer: Answer) -> ProviderError | None:
        remaining = _count(answer, "x-ratelimit-remaining")
        if remaining is not None:
            QUOTA.labels(provider).set(remaining)
        if answer.status not in (403, 429):
            return None
        wait = _wait(answer, remaining)
        if wait is not None:
            return RateLimited(provider, asks_to_wait(wait), wait)
        if answer.headers.get("x-github-sso", "").startswith("required"):
            why = "wants our token authorised for single sign-on: open the token's page there and choose Configure SSO"
            return Refused(provider, why)
        return None

    return examine


def _count(answer: Answer, header: str) -> int | None:
    value = answer.headers.get(header, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def _wait(answer: Answer, remaining: int | None) -> float | None:
    """Seconds that a 403 or 429 asks to wait, None when it is about something else."""
    after = retry_after(answer.headers)
    if after is not None:
        return after
    if remaining == 0:
        reset = _count(answer, "x-ratelimit-reset")
        return SECONDARY_LIMIT_SECONDS if reset is None else max(reset - time.time(), 1.0)
    message = answer.json.get("message") if isinstance(answer.json, dict) else None
    limited = isinstance(message, str) and ("rate limit" in message.lower() or "abuse detection" in message.lower())
    return SECONDARY_LIMIT_SECONDS if limited else None
