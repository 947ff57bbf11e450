"""What is sent: in order, once, through outages, and never lost in silence."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from assistant.contracts.errors import (
    BadAnswer,
    Missing,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Uncertain,
)
from assistant.contracts.post import Place, Post, PostKind, Waiting
from assistant.integrations.store.outbox import SqlOutbox
from assistant.messaging.outbox import Postman

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)


class FakeChat:
    """Takes what it is sent, unless an error stands in ``errors`` for it; ``arrives`` then tells whether it came."""

    def __init__(self) -> None:
        self.errors: dict[str, list[ProviderError]] = defaultdict(list)
        self.arrives = False
        self.searchable = True
        self.shown: list[Post] = []
        self.lock = threading.Lock()

    def send(self, waiting: Waiting) -> Place | None:
        with self.lock:
            errors = self.errors[waiting.post.id]
            error = errors.pop(0) if errors else None
            if error is None or (self.arrives and isinstance(error, Uncertain)):
                self.shown.append(waiting.post)
        if error:
            raise error
        return Place(waiting.post.channel, str(len(self.shown)))

    def find(self, waiting: Waiting) -> Place | None:
        if not self.searchable:
            raise Refused("Slack", "refused my token (missing_scope)")
        ids = [post.id for post in self.shown]
        return Place(waiting.post.channel, str(ids.index(waiting.post.id))) if waiting.post.id in ids else None

    @property
    def ids(self) -> list[str]:
        return [post.id for post in self.shown]


class Clock:
    """Time that only passes when a test says so."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def outbox(engine: Engine) -> SqlOutbox:
    return SqlOutbox(engine)


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def message(id: str, **more: object) -> Post:
    return Post(id, PostKind.MESSAGE, "T1", "C1", f"text of {id}", reader="U1", **more)  # type: ignore[arg-type]


def work(outbox: SqlOutbox, chat: FakeChat, clock: Clock, rounds: int = 1) -> None:
    postman = Postman(outbox, chat, clock)
    for _ in range(rounds):
        for waiting in postman.take(10):
            postman.handle(waiting)


def test_a_post_is_sent_once_and_its_place_is_kept(outbox: SqlOutbox, chat: FakeChat, clock: Clock) -> None:
    update = Post("b", PostKind.UPDATE, "T1", "C1", "new", of="a")
    outbox.put(message("a"), update, now=NOW)
    work(outbox, chat, clock, 3)
    assert chat.ids == ["a", "b"]
    assert outbox.backlog(NOW).waiting == 0


def test_when_asked_to_wait_it_waits_and_keeps_the_order(outbox: SqlOutbox, chat: FakeChat, clock: Clock) -> None:
    chat.errors["a"] = [RateLimited("Slack", "asked me to wait", 30.0)]
    outbox.put(message("a"), message("b"), now=NOW)
    work(outbox, chat, clock, 2)
    clock.passes(29)
    work(outbox, chat, clock, 2)
    assert chat.ids == []
    clock.passes(1)
    work(outbox, chat, clock, 2)
    assert chat.ids == ["a", "b"]


def test_an_outage_is_outlasted(outbox: SqlOutbox, chat: FakeChat, clock: Clock) -> None:
    chat.errors["a"] = [Unavailable("Slack", "cannot be reached")] * 30
    outbox.put(message("a"), now=NOW)
    for _ in range(40):
        work(outbox, chat, clock)
        clock.passes(60)
    assert chat.ids == ["a"]


def test_after_a_day_it_is_given_up_and_that_is_seen(outbox: SqlOutbox, chat: FakeChat, clock: Clock) -> None:
    chat.errors["a"] = [Unavailable("Slack", "cannot be reached")] * 30
    chat.errors["a.direct"] = [Unavailable("Slack", "cannot be reached")]
    outbox.put(message("a"), now=NOW)
    clock.passes(25 * 3600)
    work(outbox, chat, clock)
    assert [why for _, _, why in outbox.failures(5)] == ["Slack cannot be reached."]


def test_a_sign_or_a_home_that_fails_is_no_lost_answer(outbox: SqlOutbox, chat: FakeChat, clock: Clock) -> None:
    signs = [Post(kind.value, kind, "T1", "C1", "eyes") for kind in (PostKind.REACT, PostKind.UNREACT, PostKind.HOME)]
    for each in (*signs, message("c")):
        chat.errors[each.id] = [Refused("Slack", "refused my token (missing_scope)")]
        outbox.put(each, now=NOW)
    work(outbox, chat, clock, 5)
    assert [post.id for post, _, _ in outbox.failures(9)] == ["c"] and outbox.backlog(NOW).failed == 1


def test_the_backlog_tells_how_the_newest_attempt_ended(outbox: SqlOutbox, chat: FakeChat, clock: Clock) -> None:
    assert outbox.backlog(NOW).problem is None
    chat.errors["a"] = [Refused("Slack", "refused my token (invalid_auth)")]
    outbox.put(message("a"), now=NOW)
    work(outbox, chat, clock)
    assert outbox.backlog(NOW).problem == "Slack refused my token (invalid_auth)."
    outbox.put(message("b"), now=NOW)
    work(outbox, chat, clock)
    assert outbox.backlog(NOW).problem == ""


@pytest.mark.parametrize("arrives", [True, False])
def test_what_may_have_arrived_is_looked_for_before_it_is_repeated(
    outbox: SqlOutbox, chat: FakeChat, clock: Clock, arrives: bool
) -> None:
    chat.arrives, chat.errors["a"] = arrives, [Uncertain("Slack", "did not answer")]
    outbox.put(message("a"), message("b"), now=NOW)
    work(outbox, chat, clock)
    clock.passes(5)
    work(outbox, chat, clock, 3)
    assert chat.ids == ["a", "b"]


def test_while_the_platform_is_silent_the_search_for_it_goes_on(
    outbox: SqlOutbox, chat: FakeChat, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.arrives, chat.errors["a"] = True, [Uncertain("Slack", "did not answer")]
    outbox.put(message("a"), now=NOW)
    work(outbox, chat, clock)
    with monkeypatch.context() as silent:
        silent.setattr(chat, "find", lambda waiting: (_ for _ in ()).throw(Uncertain("Slack", "did not answer")))
        for _ in range(20):
            clock.passes(60)
            work(outbox, chat, clock)
    clock.passes(60)
    work(outbox, chat, clock)
    assert chat.ids == ["a"] and outbox.backlog(clock()).waiting == 0 and outbox.failures(5) == []


@pytest.mark.parametrize(("critical", "times"), [(True, 2), (False, 1)])
def test_where_it_cannot_be_looked_for_only_what_is_critical_is_repeated(
    outbox: SqlOutbox, chat: FakeChat, clock: Clock, critical: bool, times: int
) -> None:
    chat.arrives, chat.searchable = True, False
    chat.errors["a"] = [Uncertain("Slack", "did not answer")]
    outbox.put(message("a", critical=critical), now=NOW)
    work(outbox, chat, clock)
    clock.passes(5)
    work(outbox, chat, clock)
    assert chat.ids == ["a"] * times
    assert len(outbox.failures(5)) == 2 - times


def test_who_cannot_be_answered_there_is_told_by_direct_message(
    outbox: SqlOutbox, chat: FakeChat, clock: Clock
) -> None:
    chat.errors["a"] = [Missing("Slack", "says that I am not in that channel")]
    outbox.put(message("a"), now=NOW)
    work(outbox, chat, clock, 2)
    (direct,) = chat.shown
    assert direct.channel == "U1"
    assert direct.text == (
        "I could not answer you in <#C1> (Slack says that I am not in that channel), so here it is:\ntext of a"
    )


def test_a_removed_installation_is_recorded_and_bothers_nobody_else(
    outbox: SqlOutbox, chat: FakeChat, clock: Clock
) -> None:
    chat.errors["a"] = [Refused("Slack", "says that my installation was removed")]
    outbox.put(message("a"), message("b"), now=NOW)
    work(outbox, chat, clock, 3)
    assert chat.ids == ["b"]
    assert [post.id for post, _, _ in outbox.failures(5)] == ["a"]


def test_blocks_that_slack_does_not_take_are_sent_as_text(outbox: SqlOutbox, chat: FakeChat, clock: Clock) -> None:
    chat.errors["a"] = [BadAnswer("Slack", "did not take what I wrote (invalid_blocks)")]
    outbox.put(message("a", blocks=({"type": "x"},)), now=NOW)
    work(outbox, chat, clock, 2)
    assert [(post.text, post.blocks) for post in chat.shown] == [("text of a", ())]


def test_a_window_that_comes_too_late_is_said(outbox: SqlOutbox, chat: FakeChat, clock: Clock) -> None:
    chat.errors["v"] = [Missing("Slack", "took no window there any more")]
    outbox.put(Post("v", PostKind.VIEW, "T1", reader="U1", target="1.2"), now=NOW)
    work(outbox, chat, clock, 2)
    assert [(post.channel, post.text) for post in chat.shown] == [
        ("U1", "I could not open that window in time. Please click again.")
    ]


def test_a_window_that_slack_does_not_take_is_said(outbox: SqlOutbox, chat: FakeChat, clock: Clock) -> None:
    chat.errors["v"] = [BadAnswer("Slack", "did not take what I wrote (view_too_large)")]
    outbox.put(Post("v", PostKind.VIEW, "T1", reader="U1", target="1.2"), now=NOW)
    work(outbox, chat, clock, 2)
    (told,) = chat.shown
    assert (told.channel, told.text) == (
        "U1",
        "I could not open that window (did not take what I wrote (view_too_large)). The same in words does it, too.",
    )


def test_a_file_that_nobody_may_be_given_in_a_channel_comes_directly_as_a_file(
    outbox: SqlOutbox, chat: FakeChat, clock: Clock
) -> None:
    chat.errors["f"] = [Missing("Slack", "says that I am not in that channel")]
    outbox.put(Post("f", PostKind.FILE, "T1", "C1", "x" * 100_000, title="log.txt", reader="U1"), now=NOW)
    work(outbox, chat, clock, 2)
    (direct,) = chat.shown
    assert (direct.kind, direct.channel, direct.title, len(direct.text)) == (PostKind.FILE, "U1", "log.txt", 100_000)


def test_an_update_of_what_was_never_sent_holds_nothing_up(outbox: SqlOutbox, chat: FakeChat, clock: Clock) -> None:
    outbox.put(Post("u", PostKind.UPDATE, "T1", "C1", "new", of="never"), message("a"), now=NOW)
    work(outbox, chat, clock, 3)
    assert chat.ids == ["a"]


def test_thousands_of_posts_arrive_once_and_in_order_whatever_fails(outbox: SqlOutbox, chat: FakeChat) -> None:
    """Two workers; a hundred posts are asked to wait, not taken, or lost to sight after they arrived."""
    dice = random.Random(7)
    posts = [Post(f"p{n}", PostKind.MESSAGE, "T1", f"C{n % 100}", str(n)) for n in range(2_000)]
    chat.arrives = True
    for post in dice.sample(posts, 100):
        wait, lost = RateLimited("Slack", "asked me to wait", 0.05), Uncertain("Slack", "did not answer")
        chat.errors[post.id] = [dice.choice((wait, lost, Unavailable("Slack", "cannot be reached")))]
    for start in range(0, len(posts), 500):
        outbox.put(*posts[start : start + 500], now=datetime.now(timezone.utc))
    stop = threading.Event()
    workers = [threading.Thread(target=Postman(outbox, chat).run, args=(stop,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    end = time.monotonic() + 240
    while time.monotonic() < end and outbox.backlog(datetime.now(timezone.utc)).waiting:
        stop.wait(0.2)
    stop.set()
    for worker in workers:
        worker.join()
    assert Counter(chat.ids) == {post.id: 1 for post in posts}
    by_channel = defaultdict(list)
    for post in chat.shown:
        by_channel[post.channel].append(int(post.text))
    assert all(numbers == sorted(numbers) for numbers in by_channel.values())
