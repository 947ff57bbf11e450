"""Sends what waits in the outbox: in order for each channel, patiently, and nothing twice that nobody wants twice."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import structlog

from assistant.contracts.errors import (
    BadAnswer,
    Missing,
    NotConnected,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Uncertain,
)
from assistant.contracts.ports import Chat, Outbox
from assistant.contracts.post import Place, Post, PostKind, Waiting

HELD_SECONDS = 60.0
"""A taken post may be taken by another worker after this long; sending one gives up well before."""
IDLE_SECONDS = 0.1
PATIENCE = timedelta(hours=24)
"""How long an outage of the platform is outlasted."""
_LOOK_AFTER = 2.0
"""Seconds until a message that may have arrived can be found."""
_LONGEST_WAIT = 60.0
_LAST_SECONDS = 2.0
_AT_ONCE = 8

_TO_PEOPLE = (PostKind.MESSAGE, PostKind.EPHEMERAL, PostKind.RESPONSE, PostKind.FILE)
# Doing these twice is the same as doing them once.
_REPEATABLE = (PostKind.UPDATE, PostKind.REACT, PostKind.UNREACT, PostKind.HOME)
_NO_WORDS = (PostKind.REACT, PostKind.UNREACT, PostKind.HOME)
"""Nobody misses an answer when these fail."""

_log = structlog.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(timezone.utc)


class Postman:
    """Takes posts that are due and sends them, several channels at a time.

    Args:
        outbox: shared with other workers; a post is one worker's at a time.
        chat: where they go.
        now: the present, for tests.
    """

    def __init__(self, outbox: Outbox, chat: Chat, now: Callable[[], datetime] = _now) -> None:
        self._outbox, self._chat, self._now = outbox, chat, now

    def run(self, stop: threading.Event) -> None:
        """Send until ``stop`` is set; a database that does not answer is waited for.

        Only this thread touches the database; others wait for the platform's answers.
        """
        busy: dict[Future[Place | None], Waiting] = {}
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="post") as pool:
            while not stop.is_set():
                try:
                    for waiting in self.take(_AT_ONCE - len(busy)) if len(busy) < _AT_ONCE else ():
                        busy[pool.submit(self._sent, waiting)] = waiting
                except Unavailable as error:
                    _log.warning("outbox.unreadable", reason=str(error))
                    stop.wait(1.0)
                self._note_all(busy, IDLE_SECONDS, stop)
            wait(busy, _LAST_SECONDS)
            self._note_all(busy, 0, stop)

    def take(self, most: int) -> list[Waiting]:
        """What is to be sent now."""
        return self._outbox.take(HELD_SECONDS, most, self._now())

    def handle(self, waiting: Waiting) -> None:
        """Send one post and note what became of it. Raises Unavailable when that cannot be noted."""
        done: Future[Place | None] = Future()
        try:
            done.set_result(self._sent(waiting))
        except ProviderError as error:
            done.set_exception(error)
        self._note([(waiting, done)])

    def _note_all(self, busy: dict[Future[Place | None], Waiting], seconds: float, stop: threading.Event) -> None:
        if not busy:
            stop.wait(seconds)
        ended = [(busy.pop(done), done) for done in wait(busy, seconds, FIRST_COMPLETED).done]
        try:
            self._note(ended)
        except Unavailable as error:
            # They stay taken; whoever takes them next looks whether they arrived.
            _log.error("posts.not_noted", posts=[waiting.post.id for waiting, _ in ended], reason=str(error))

    def _note(self, ended: Sequence[tuple[Waiting, Future[Place | None]]]) -> None:
        arrived = [(waiting.post, done.result()) for waiting, done in ended if done.exception() is None]
        if arrived:
            self._outbox.sent(*arrived)
        for waiting, done in ended:
            if (error := done.exception()) is not None:
                self._failed(waiting, error)

    def _failed(self, waiting: Waiting, error: BaseException) -> None:
        post = waiting.post
        if isinstance(error, RateLimited):
            self._again(waiting, error, error.retry_after or 1.0)
        elif isinstance(error, Uncertain):
            self._again(waiting, error, _LOOK_AFTER, doubtful=post.kind not in _REPEATABLE)
        elif isinstance(error, Unavailable):
            self._again(waiting, error, min(_LONGEST_WAIT, 0.5 * 2 ** min(waiting.attempts, 10)))
        elif isinstance(error, ProviderError):
            self._given_up(waiting, error)
        else:
            _log.error("post.error", post=post.id, exc_info=error)
            self._given_up(waiting, BadAnswer("I", "could not put it into words"))

    def _sent(self, waiting: Waiting) -> Place | None:
        post = waiting.post
        if post.of and waiting.at is None:
            raise Missing("Slack", "was never given the message that this changes")
        if not waiting.doubtful or post.kind in _REPEATABLE:
            return self._chat.send(waiting)
        try:
            found = self._chat.find(waiting)
        except (RateLimited, Unavailable, Uncertain):
            raise
        except ProviderError as error:
            if not post.critical:
                raise Missing("Slack", "may have shown it; it cannot be looked up, and is not repeated") from error
            found = None
        return found or self._chat.send(waiting)

    def _again(self, waiting: Waiting, error: ProviderError, seconds: float, doubtful: bool | None = None) -> None:
        post, now = waiting.post, self._now()
        hasty = post.kind is PostKind.VIEW and post.of is None
        if hasty or now - waiting.put_at > PATIENCE:
            self._given_up(waiting, error)
            return
        _log.info("post.later", post=post.id, reason=str(error), seconds=seconds, attempts=waiting.attempts)
        doubt = waiting.doubtful if doubtful is None else doubtful
        self._outbox.later(post.id, now + timedelta(seconds=seconds), str(error), doubt)

    def _given_up(self, waiting: Waiting, error: ProviderError) -> None:
        """Note why, and tell the person another way where there is one."""
        post = waiting.post
        _log.error("post.failed", post=post.id, kind=post.kind.value, reason=str(error), details=error.details)
        if (instead := _instead(post, error)) is not None:
            self._outbox.put(instead, now=self._now())
        self._outbox.failed(post, str(error), lost=post.kind not in _NO_WORDS)


def _instead(post: Post, error: ProviderError) -> Post | None:
    """The same without blocks where these were refused, else as a direct message to who waits for it."""
    opens = post.kind is PostKind.VIEW and post.of is None
    if isinstance(error, Refused | NotConnected) or not (opens or post.kind in _TO_PEOPLE):
        return None
    if isinstance(error, BadAnswer) and post.blocks:
        return replace(post, id=f"{post.id}.text", blocks=())
    if post.reader is None or post.channel == post.reader or (isinstance(error, BadAnswer) and not opens):
        return None
    direct = Post(f"{post.id}.direct", PostKind.MESSAGE, post.team, post.reader, reader=post.reader)
    if opens:
        late = not isinstance(error, BadAnswer)
        why = "in time. Please click again." if late else f"({error.why}). The same in words does it, too."
        return replace(direct, text=f"I could not open that window {why}")
    if post.kind is PostKind.FILE:
        return replace(direct, kind=PostKind.FILE, text=post.text, title=post.title)
    where = f" in <#{post.channel}>" if post.channel.startswith(("C", "G")) else " there"
    why = f"I could not answer you{where} ({error.provider} {error.why}), so here it is:"
    text = {"type": "section", "text": {"type": "mrkdwn", "text": why}}
    return replace(direct, text=f"{why}\n{post.text}", blocks=(text, *post.blocks) if post.blocks else ())


def new_id() -> str:
    """An id for a post."""
    return uuid.uuid4().hex[:16]
