"""Works off the inbox: in order within a conversation, several conversations at once, everything to its end.

A thread with its own event loop, and the only one that touches Rasa's agent, so that acknowledging never waits for it.
What fails is tried again with growing pauses, then given up, visibly. What a crash interrupted is taken up again when
its claim has run out.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone

import structlog
from prometheus_client import Counter

from assistant.contracts.errors import AssistantError
from assistant.contracts.messaging import Incoming
from assistant.contracts.ports import Inbox
from assistant.observability import bind_correlation

AT_ONCE = 8
AT_ONCE_COMPUTING = 3
"""While those under way compute instead of waiting, more at once would only delay each other, and acknowledging."""
BURST, BURST_SECONDS = 15, 1.0
"""So many arrivals within so many seconds are a burst: one at a time is answered then, acknowledging goes first."""
WORK_SECONDS = 30.0
"""Longer than the longest turn; then it has failed."""
CLAIM_SECONDS = 45.0
RETRY_AFTER = (1, 5, 20, 60)
"""Seconds before the second attempt, the third ...; after the last one it is given up."""
_IDLE_SECONDS = 1.0
_LAG_SECONDS = 0.02
"""An event loop that comes back later than this is computing."""
_TIDY_SECONDS = 600.0

WORKED = Counter("assistant_inbox", "What was taken from the inbox, by kind and how it ended.", ["kind", "outcome"])

Work = Callable[[Incoming], Awaitable[None]]

_log = structlog.get_logger(__name__)


class Drain:
    """Takes from the inbox and hands each to ``work``, or to ``give_up`` when nothing helps any more."""

    def __init__(self, inbox: Inbox, work: Work, give_up: Work) -> None:
        self._inbox, self._work, self._give_up = inbox, work, give_up
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, name="drain", daemon=True)
        self._more, self._stopping = asyncio.Event(), False
        self._arrivals: deque[float] = deque(maxlen=BURST)
        self._busy: set[asyncio.Task[None]] = set()
        self._finished: list[str] = []
        self._tidied = 0.0

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def wake(self) -> None:
        """There is something new; may be called from any thread, also after the end."""
        self._arrivals.append(time.monotonic())
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._more.set)

    def stop(self) -> None:
        """Take nothing new, finish what is under way, and return then."""
        self._stopping = True
        self.wake()
        self._thread.join(WORK_SECONDS)

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._run())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _run(self) -> None:
        while not self._stopping:
            self._more.clear()
            claimed = await self._next()
            for incoming in claimed:
                task = asyncio.ensure_future(self._handle(incoming))
                self._busy.add(task)
                task.add_done_callback(self._done)
            if not claimed:
                await self._pause()
        if self._busy:
            await asyncio.wait(self._busy)
        await self._next()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._more.set()

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._more.wait(), _IDLE_SECONDS)
        except asyncio.TimeoutError:
            return

    async def _next(self) -> list[Incoming]:
        """Write down what is done, then take what is due; nothing while the database does not answer."""
        try:
            free = await self._room()
            return await asyncio.to_thread(self._exchange, free) if free or self._finished else []
        except AssistantError as error:
            _log.error("inbox.unavailable", reason=str(error))
            await asyncio.sleep(_IDLE_SECONDS)
            return []

    async def _room(self) -> int:
        """How many more may begin now."""
        most = 0 if self._stopping else 1 if self._in_burst() else AT_ONCE_COMPUTING
        if len(self._busy) < most or most < AT_ONCE_COMPUTING:
            return max(0, most - len(self._busy))
        started = time.monotonic()
        await asyncio.sleep(0.001)
        waiting = time.monotonic() - started < _LAG_SECONDS
        return max(0, AT_ONCE - len(self._busy)) if waiting else 0

    def _in_burst(self) -> bool:
        return len(self._arrivals) == BURST and time.monotonic() - self._arrivals[0] < BURST_SECONDS

    def _exchange(self, free: int) -> list[Incoming]:
        now = datetime.now(timezone.utc)
        if now.timestamp() - self._tidied > _TIDY_SECONDS:
            self._inbox.forget(now)
            self._tidied = now.timestamp()
        finished = list(self._finished)
        claimed = self._inbox.claim(CLAIM_SECONDS, free, now, finished)
        del self._finished[: len(finished)]
        return claimed

    async def _handle(self, incoming: Incoming) -> None:
        bind_correlation(incoming.id)
        if incoming.attempts > len(RETRY_AFTER) + 1:
            # The process ended each time before it could say why.
            problem: str | None = "it was interrupted again and again"
        else:
            problem = await self._attempt(self._work, incoming)
        if problem is None:
            WORKED.labels(incoming.kind.value, "done").inc()
            self._finished.append(incoming.id)
            return
        _log.error("inbox.failed", kind=incoming.kind.value, attempts=incoming.attempts, reason=problem)
        await self._failed(incoming, problem)

    async def _failed(self, incoming: Incoming, problem: str) -> None:
        retry = incoming.attempts <= len(RETRY_AFTER)
        WORKED.labels(incoming.kind.value, "failed" if retry else "dead").inc()
        again = None
        if retry:
            again = datetime.now(timezone.utc) + timedelta(seconds=RETRY_AFTER[incoming.attempts - 1])
        elif told := await self._attempt(self._give_up, incoming):
            _log.error("inbox.untold", reason=told)
        try:
            await asyncio.to_thread(self._inbox.fail, incoming, problem, again)
        except AssistantError as error:
            # Its claim runs out, then it is taken up again.
            _log.error("inbox.unavailable", reason=str(error))

    @staticmethod
    async def _attempt(work: Work, incoming: Incoming) -> str | None:
        """Why it failed, None when it did not; whatever is raised is told like this, never lost in a task."""
        task = asyncio.ensure_future(work(incoming))
        done, _ = await asyncio.wait({task}, timeout=WORK_SECONDS)
        if not done:
            task.cancel()
            return f"it took longer than {WORK_SECONDS:.0f} s"
        error = task.exception()
        if error is None:
            return None
        if not isinstance(error, AssistantError):
            _log.error("inbox.error", exc_info=error)
        return f"{type(error).__name__}: {error}"
