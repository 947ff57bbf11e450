"""Calls to one provider over HTTP: every call answers before its deadline, or fails in a named way.

What a person can be told about a failure is decided here once; adapters add only what is particular to their vendor
(``examine``). Built on ``requests``; ``docs/decisions/requests-instead-of-a-github-client.md`` says why.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import requests
import structlog
import urllib3.exceptions
from prometheus_client import Counter, Gauge, Histogram

from assistant import __version__
from assistant.contracts.errors import (
    BadAnswer,
    NotStarted,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Uncertain,
)
from assistant.integrations import http_failures as failures
from assistant.integrations.clocked_transport import ClockedAdapter, until
from assistant.integrations.http_guards import EtagCache, Gate, Kept

POOL = 20
BODY_LIMIT = 8_000_000
TEXT_LIMIT = 64_000_000
RETRY_PAUSES = (0.2, 0.6)
REDIRECTS = 3
_CHUNK = 16_384
_TICK = 0.01
_REFUSALS = range(300, 500)
_MAY_HAVE_WORKED = (302, 303, 408)
_HERE = re.compile(r"https?://(127\.0\.0\.1|localhost|::1)(:\d+)?")

REQUESTS = Counter("assistant_provider_requests", "Requests to providers by how they ended.", ["provider", "outcome"])
SECONDS = Histogram("assistant_provider_request_seconds", "Duration of requests to providers.", ["provider"])
QUOTA = Gauge("assistant_provider_quota_remaining", "Requests that a provider's rate limit still allows.", ["provider"])

_log = structlog.get_logger(__name__)
_jitter = random.SystemRandom()


@dataclass(frozen=True)
class Answer:
    """What a provider answered: ``json`` is the parsed body (None when empty), ``links`` the Link header by rel.

    ``text`` is what :meth:`Http.text` was asked for; ``cut`` says that it had more before.
    """

    status: int
    headers: Mapping[str, str]
    json: Any
    links: Mapping[str, str]
    text: str = ""
    cut: bool = False


class Authorize(Protocol):
    """Gives the headers that authorise a request for ``path`` (relative to the base address) before ``deadline``."""

    def __call__(self, path: str, deadline: float) -> Mapping[str, str]: ...


Examine = Callable[[Answer], ProviderError | None]


@dataclass(frozen=True)
class _Call:
    """One request as it was asked for; ``scope`` is the path that the authorisation is for.

    ``tail`` is how many bytes of a plain text are wanted from its end; 0 asks for JSON. ``sent`` is set when the
    request may have left this machine.
    """

    method: str
    path: str
    scope: str
    deadline: float
    params: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    accept: Collection[int] = ()
    follow: bool = False
    tail: int = 0
    sent: threading.Event = field(default_factory=threading.Event)
    started: float = field(default_factory=time.monotonic)


class Http:
    """The way to one provider instance. Safe to share between threads.

    Args:
        provider: its name in the catalogue, as errors, metrics and logs call it.
        base_url: what every path is appended to.
        authorize: gives the headers that authorise a request; they never leave the origin of ``base_url``.
        headers: sent with every request.
        remedy: what a person does when the credentials are refused ("renew GITHUB_TOKEN").
        examine: looks at every answer first and may name its failure better than the generic rules.
        pool: how many requests may be under way at once; one more is refused at once.
    """

    def __init__(
        self,
        provider: str,
        base_url: str,
        authorize: Authorize | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        remedy: str = "check its credentials in the settings",
        examine: Examine | None = None,
        pool: int = POOL,
    ) -> None:
        self.provider, self.base_url = provider, base_url.rstrip("/")
        self._authorize, self._remedy, self._examine = authorize, remedy, examine
        self._gate, self._cache = Gate(provider, pool), EtagCache()
        self._session = _session(pool, _origin(self.base_url))
        self._session.headers.update(headers or {})

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        deadline: float,
        accept: Collection[int] = (),
        follow: bool = False,
    ) -> Answer:
        """Ask for ``path``, again after passing failures, by its ETag when it was answered before.

        Args:
            path: appended to the base address, with its variable parts already quoted (:func:`urllib.parse.quote`).
            params: the query.
            deadline: the :func:`time.monotonic` instant at which this returns or raises at the latest.
            accept: error statuses that the caller wants as an answer instead of an exception.
            follow: whether redirects are followed; the authorisation stays at the first origin.

        Raises:
            ProviderError: one of its kinds, with a sentence for people.
        """
        return self._run(_Call("GET", path, path, deadline, params, accept=accept, follow=follow))

    def text(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        deadline: float,
        tail: int,
        accept: Collection[int] = (),
    ) -> Answer:
        """The last ``tail`` bytes of a plain text. See :meth:`get`.

        A redirect leads to a signed address, which carries its own right: the authorisation is never sent there,
        not even at the same origin.
        """
        return self._run(_Call("GET", path, path, deadline, params, accept=accept, follow=True, tail=tail))

    def post(
        self, path: str, body: Mapping[str, Any] | None = None, *, deadline: float, accept: Collection[int] = ()
    ) -> Answer:
        """Send ``body`` as JSON, once: whether a failed attempt took effect cannot be known. See :meth:`get`."""
        return self._run(_Call("POST", path, path, deadline, body=body, accept=accept))

    def trigger(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        form: Mapping[str, str] | None = None,
        deadline: float,
        accept: Collection[int] = (),
    ) -> Answer:
        """Set something off with one POST of ``body`` as JSON or of ``form``. See :meth:`get`.

        Raises:
            NotStarted: it was not sent, or the provider refused it.
            Uncertain: it was sent, and no answer tells what became of it.
        """
        call = _Call("POST", path, path, deadline, body=body, form=form, accept=_REFUSALS)
        try:
            answer = self._run(call)
        except ProviderError as error:
            refused = not call.sent.is_set() or isinstance(error, Refused | RateLimited)
            raise (NotStarted if refused else Uncertain)(self.provider, error.why, error.details) from error
        if answer.status in accept or answer.status not in _REFUSALS:
            return answer
        kind = Uncertain if answer.status in _MAY_HAVE_WORKED else NotStarted
        raise kind(self.provider, failures.refusal(answer.status, answer.json, urlsplit(path).path, self._remedy))

    def pages(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        deadline: float,
        limit: int = 10,
        accept: Collection[int] = (),
        follow: bool = False,
    ) -> Iterator[Answer]:
        """The answer for ``path`` and those that its ``Link: rel="next"`` leads to: ``limit`` pages at most.

        Raises BadAnswer when a page leads to another origin or back to one that was read.
        """
        call = _Call("GET", path, path, deadline, params, accept=accept, follow=follow)
        seen: set[str] = set()
        while len(seen) < limit:
            seen.add(call.path)
            answer = self._run(call)
            yield answer
            url = answer.links.get("next")
            if url is None:
                return
            if url in seen:
                raise BadAnswer(self.provider, "sent pages that lead in a circle", url)
            if _origin(url) != _origin(self.base_url):
                raise BadAnswer(self.provider, "sent pages that lead to another server", _origin(url))
            call = replace(call, path=url, params=None, started=time.monotonic())

    def close(self) -> None:
        """Close the idle connections."""
        self._session.close()

    def _run(self, call: _Call) -> Answer:
        """The call within its bounds, counted and logged."""
        outcome, status, why = "error", 0, ""
        try:
            if call.started >= call.deadline:
                raise Unavailable(self.provider, "was not asked: no time was left")
            with self._gate.passing(call.deadline - call.started):
                answer = self._attempts(call)
            outcome, status = "ok", answer.status
            return answer
        except ProviderError as error:
            outcome, why = type(error).__name__, " ".join((error.why, error.details)).strip()
            raise
        finally:
            seconds = time.monotonic() - call.started
            REQUESTS.labels(self.provider, outcome).inc()
            SECONDS.labels(self.provider).observe(seconds)
            told = {"provider": self.provider, "method": call.method, "path": call.path.partition("?")[0]}
            tell = _log.debug if outcome == "ok" else _log.warning
            event = "provider.answered" if outcome == "ok" else "provider.failed"
            tell(event, **told, outcome=outcome, why=why, status=status, ms=round(seconds * 1000))

    def _attempts(self, call: _Call) -> Answer:
        pauses = RETRY_PAUSES if call.method == "GET" else ()
        for pause in (*pauses, None):
            try:
                return self._followed(call)
            except failures.Passing as passing:
                if pause is None:
                    raise passing.error from passing
                wait = passing.after if passing.after is not None else pause * _jitter.uniform(0.5, 1.5)
                if time.monotonic() + wait >= call.deadline:
                    raise passing.error from passing
                time.sleep(wait)
        raise AssertionError("the last pause is None")

    def _followed(self, call: _Call) -> Answer:
        url = call.path if call.path.startswith(("http://", "https://")) else self.base_url + call.path
        secure, params = url.startswith("https:"), call.params
        for _ in range(REDIRECTS + 1):
            answer = self._once(call, url, params)
            if not 300 <= answer.status < 400 or answer.status in call.accept:
                return answer
            url, params = _join(url, answer.headers.get("location", "")), None
            if not call.follow or (secure and not url.startswith("https:")):
                target = f"redirects us ({answer.status}) to {_origin(url)}"
                raise BadAnswer(self.provider, f"{target}: check its address in the catalogue")
        raise BadAnswer(self.provider, "sent redirects that do not end")

    def _once(self, call: _Call, url: str, params: Mapping[str, str] | None) -> Answer:
        """One exchange. The cache is asked by the full address, so the request is prepared first."""
        headers = self._authorization(call, url)
        try:
            with until(call.deadline, call.sent):
                request = self._session.prepare_request(
                    requests.Request(call.method, url, headers, params=params, json=call.body, data=call.form)
                )
                kept = self._cache.find(str(request.url)) if call.method == "GET" else None
                if kept is not None:
                    request.headers["If-None-Match"] = kept.etag
                response, body = self._exchange(request, call)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if isinstance(error, requests.Timeout) or time.monotonic() >= call.deadline - _TICK:
                raise failures.too_late(self.provider, call.deadline - call.started) from None
            raise failures.of_exception(self.provider, error, _origin(self.base_url), self._remedy) from None
        return self._answer(call, str(request.url), response, body, kept)

    def _authorization(self, call: _Call, url: str) -> Mapping[str, str]:
        signed = call.tail > 0 and url != self.base_url + call.path
        if self._authorize is None or signed or _origin(url) != _origin(self.base_url):
            return {}
        return self._authorize(call.scope, call.deadline)

    def _exchange(self, request: requests.PreparedRequest, call: _Call) -> tuple[requests.Response, bytes]:
        """Send and read; the sockets keep to the deadline, this keeps to the size.

        Of a text a byte more than its tail is kept, which tells that it was cut.
        """
        limit = TEXT_LIMIT if call.tail else BODY_LIMIT
        left = max(call.deadline - time.monotonic(), 0.001)
        settings = self._session.merge_environment_settings(str(request.url), {}, True, None, None)
        response = self._session.send(request, timeout=(left, left), allow_redirects=False, **settings)
        with response:
            chunks: deque[bytes] = deque()
            size = held = 0
            for chunk in response.iter_content(_CHUNK):
                chunks.append(chunk)
                size, held = size + len(chunk), held + len(chunk)
                if size > limit:
                    raise BadAnswer(self.provider, f"sent more than {limit // 1_000_000} MB at once")
                while call.tail and held - len(chunks[0]) > call.tail:
                    held -= len(chunks.popleft())
        return response, b"".join(chunks)

    def _answer(self, call: _Call, url: str, response: requests.Response, body: bytes, kept: Kept | None) -> Answer:
        links = {rel: _join(url, link["url"]) for rel, link in response.links.items() if "url" in link}
        if call.tail and response.status_code == 200:
            text = body[-call.tail :].decode("utf-8", "replace")
            return Answer(200, response.headers, None, links, text, cut=len(body) > call.tail)
        content, sound = _parse(body)
        answer = Answer(response.status_code, response.headers, content, links)
        problem = self._examine(answer) if self._examine else None
        if problem is not None:
            raise problem
        if response.status_code == 304 and kept is not None:
            return Answer(kept.status, kept.headers, _parse(kept.body)[0], kept.links)
        if response.status_code >= 400:
            if response.status_code in call.accept:
                return answer
            path = urlsplit(url).path
            raise failures.of_status(self.provider, answer.status, answer.headers, path, self._remedy)
        if not sound and response.status_code < 300:
            kind = response.headers.get("content-type", "no content type").split(";")[0]
            why = "sent a web page instead of data" if kind == "text/html" else "sent an answer that cannot be read"
            raise BadAnswer(self.provider, f"{why}: check its address in the catalogue", kind)
        etag = response.headers.get("etag")
        if call.method == "GET" and response.status_code == 200 and etag:
            self._cache.keep(url, Kept(etag, 200, response.headers, links, body))
        return answer


def _origin(url: str) -> str:
    """Scheme, host and port (unless it is the scheme's own) of ``url``; of one that cannot be read, the whole text."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    shown = "" if port in (None, {"http": 80, "https": 443}.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{parts.hostname}{shown}"


def _join(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return target


def _parse(body: bytes) -> tuple[Any, bool]:
    """The JSON of ``body`` and whether it is sound; nothing at all is sound."""
    if not body.strip():
        return None, True
    try:
        return json.loads(body), True
    except (ValueError, RecursionError):
        return None, False


def _session(pool: int, origin: str) -> requests.Session:
    session = requests.Session()
    adapter = ClockedAdapter(pool_connections=2, pool_maxsize=pool)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = f"epetech-assistant/{__version__}"
    session.headers["Accept"] = "application/json"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # The company's proxy and certificates come from the usual variables; credentials only from our settings, so a
    # stray .netrc must not replace them, and what runs on this machine is never asked for through a proxy.
    session.auth = lambda request: request
    session.trust_env = _HERE.fullmatch(origin) is None
    return session
