"""What stands around the calls to one provider: a gate that knows when not to ask, a memory for conditional GETs."""

from __future__ import annotations

import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from assistant.contracts.errors import ProviderError, RateLimited, Unavailable
from assistant.integrations.http_failures import asks_to_wait

FAILURES_UNTIL_PAUSE = 5
PAUSE_SECONDS = 15.0
LONGEST_HOLD_SECONDS = 3600.0
PATIENCE_SECONDS = 1.0
"""A call that was given less time than this and got no answer says nothing about the provider."""


class Gate:
    """Decides whether a call may go out now: room in the pool, no pause after failures, no rate limit in force.

    After ``FAILURES_UNTIL_PAUSE`` calls in a row without an answer nobody asks for ``PAUSE_SECONDS``; then one probe
    decides. After a rate limit nobody asks until the time that the provider named, as GitHub demands of its callers
    (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
    """

    def __init__(self, provider: str, pool: int) -> None:
        self._provider, self._pool = provider, pool
        self._places = threading.BoundedSemaphore(pool)
        self._lock = threading.Lock()
        self._failures = 0
        self._probing = False
        self._resume_at = self._quiet_until = 0.0

    @contextmanager
    def passing(self, patience: float) -> Iterator[None]:
        """Around one call. Raises Unavailable or RateLimited at once when it must not go out.

        Args:
            patience: seconds until the call's deadline.
        """
        if not self._places.acquire(blocking=False):
            raise Unavailable(self._provider, f"is already being asked {self._pool} things at once; try again shortly")
        try:
            self._admit()
            answered = False
            try:
                yield
                answered = True
            except ProviderError as error:
                answered = not isinstance(error, Unavailable)
                if isinstance(error, RateLimited) and error.retry_after is not None:
                    self._hold(error.retry_after)
                raise
            finally:
                if answered or patience >= PATIENCE_SECONDS:
                    self._record(answered)
                else:
                    self._probing = False
        finally:
            self._places.release()

    def _hold(self, seconds: float) -> None:
        with self._lock:
            self._quiet_until = time.monotonic() + min(seconds, LONGEST_HOLD_SECONDS)

    def _admit(self) -> None:
        with self._lock:
            now = time.monotonic()
            if self._quiet_until > now:
                wait = self._quiet_until - now
                raise RateLimited(self._provider, asks_to_wait(wait), wait)
            if self._failures < FAILURES_UNTIL_PAUSE:
                return
            if self._resume_at > now or self._probing:
                wait = max(self._resume_at - now, 1.0)
                raise Unavailable(self._provider, f"failed several times in a row and is asked again in {wait:.0f} s")
            self._probing = True

    def _record(self, answered: bool) -> None:
        """How an admitted call ended; every answer counts, also one that refuses."""
        with self._lock:
            self._probing = False
            self._failures = 0 if answered else self._failures + 1
            if self._failures >= FAILURES_UNTIL_PAUSE:
                self._resume_at = time.monotonic() + PAUSE_SECONDS


@dataclass(frozen=True)
class Kept:
    """An answer that may be asked for again by its ETag."""

    etag: str
    status: int
    headers: Mapping[str, str]
    links: Mapping[str, str]
    body: bytes


class EtagCache:
    """Answers by address, the least recently used leaving first; bounded in number and in bytes of their bodies.

    Bodies are kept compressed, so that a round over hundreds of services in several environments fits: a conditional
    request that is answered with 304 costs no quota.
    """

    def __init__(self, entries: int = 20_000, size: int = 64_000_000) -> None:
        self._entries, self._size = entries, size
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._held = 0

    def find(self, url: str) -> Kept | None:
        """The answer kept for ``url``, if any."""
        with self._lock:
            kept = self._kept.get(url)
            if kept is None:
                return None
            self._kept.move_to_end(url)
        return replace(kept, body=zlib.decompress(kept.body))

    def keep(self, url: str, answer: Kept) -> None:
        """Keep ``answer`` instead of what was kept for ``url``."""
        packed = replace(answer, body=zlib.compress(answer.body, 1))
        with self._lock:
            self._drop(url)
            self._kept[url] = packed
            self._held += len(packed.body)
            while len(self._kept) > self._entries or self._held > self._size:
                self._drop(next(iter(self._kept)))

    def _drop(self, url: str) -> None:
        old = self._kept.pop(url, None)
        if old is not None:
            self._held -= len(old.body)
