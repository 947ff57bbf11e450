"""The outbox: order in a channel, one taker at a time, and nothing forgotten by a crash."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from sqlalchemy.engine import Engine

from assistant.contracts.post import Place, Post, PostKind
from assistant.integrations.store.outbox import KEPT, SqlOutbox

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
BLOCKS = ({"type": "divider"},)


def post(id: str, channel: str = "C1", **more: object) -> Post:
    return Post(id, PostKind.MESSAGE, "T1", channel, f"text of {id}", BLOCKS, **more)  # type: ignore[arg-type]


def taken(outbox: SqlOutbox, now: datetime = NOW, limit: int = 10) -> list[str]:
    return [waiting.post.id for waiting in outbox.take(60, limit, now)]


def test_a_post_comes_back_as_it_was_put(engine: Engine) -> None:
    whole = Post(
        "a",
        PostKind.RESPONSE,
        "T1",
        "C1",
        "t",
        BLOCKS,
        "1.2",
        "U1",
        None,
        "https://x",
        "log",
        {"replace_original": True},
        True,
    )
    outbox = SqlOutbox(engine)
    outbox.put(whole, now=NOW)
    (waiting,) = outbox.take(60, 10, NOW)
    assert (waiting.post, waiting.attempts, waiting.doubtful, waiting.put_at) == (whole, 1, False, NOW)


def test_the_newest_message_of_each_channel_that_shows_something_is_known(engine: Engine) -> None:
    outbox = SqlOutbox(engine)
    subject = {"capability": "status", "values": {"service": ["payments"]}}
    old, new = (replace(post(id), shows="request:1", thread="1.1", subject=subject) for id in ("a", "b"))
    elsewhere, lost = replace(post("c", "C2"), shows="request:1"), replace(post("d", "C3"), shows="request:1")
    outbox.put(old, new, elsewhere, lost, post("e"), now=NOW)
    outbox.failed(lost, "is archived")
    assert [each.id for each in outbox.showing("request:1")] == ["b", "c"]
    found = outbox.in_thread("T1.C1", "1.1")
    assert found and (found.post.id, found.post.subject, found.put_at) == ("b", subject, NOW)
    assert outbox.speaks_in("T1.C1", "1.1") and not outbox.speaks_in("T1.C1", "1.2")


def test_a_message_begins_a_thread_and_is_found_in_it_after_it_was_sent(engine: Engine) -> None:
    outbox = SqlOutbox(engine)
    root = replace(post("a"), shows="deployment:7", text="secret words")
    outbox.put(root, now=NOW)
    assert outbox.in_thread("T1.C1", "5.5") is None
    outbox.sent((root, Place("C1", "5.5")))
    found = outbox.in_thread("T1.C1", "5.5")
    assert found and (found.post.id, found.post.text) == ("a", "")


def test_the_first_of_each_channel_is_taken_and_the_next_only_after_it(engine: Engine) -> None:
    outbox = SqlOutbox(engine)
    outbox.put(post("a"), post("b"), post("c", "C2"), now=NOW)
    assert taken(outbox) == ["a", "c"]
    assert taken(outbox) == []
    outbox.sent((post("a"), Place("C1", "1.1")))
    assert taken(outbox) == ["b"]


def test_putting_the_same_post_twice_sends_it_once(engine: Engine) -> None:
    outbox = SqlOutbox(engine)
    outbox.put(post("a"), now=NOW)
    outbox.put(post("a"), post("b"), now=NOW)
    assert taken(outbox) == ["a"]
    outbox.sent((post("a"), None))
    outbox.put(post("a"), now=NOW)
    assert taken(outbox) == ["b"]


def test_what_has_to_wait_keeps_its_channel_waiting_and_no_other(engine: Engine) -> None:
    outbox = SqlOutbox(engine)
    outbox.put(post("a"), post("b"), post("c", "C2"), now=NOW)
    taken(outbox)
    outbox.later("a", NOW + timedelta(seconds=30), "asked me to wait", doubtful=False)
    outbox.sent((post("c"), None))
    assert taken(outbox, NOW + timedelta(seconds=29)) == []
    assert taken(outbox, NOW + timedelta(seconds=30)) == ["a"]


def test_what_a_crash_left_taken_is_taken_again_and_known_as_doubtful(engine: Engine) -> None:
    outbox = SqlOutbox(engine)
    outbox.put(post("a"), now=NOW)
    taken(outbox)
    assert taken(outbox, NOW + timedelta(seconds=59)) == []
    (again,) = outbox.take(60, 10, NOW + timedelta(seconds=60))
    assert (again.post.id, again.doubtful, again.attempts) == ("a", True, 2)
    outbox.later("a", NOW, "refused", doubtful=False)
    assert outbox.take(60, 10, NOW)[0].doubtful is False


def test_an_update_knows_where_its_message_stands(engine: Engine) -> None:
    outbox = SqlOutbox(engine)
    outbox.put(post("a"), post("b", of="a"), post("x", "C2", of="gone"), now=NOW)
    assert [waiting.at for waiting in outbox.take(60, 10, NOW)] == [None, None]
    outbox.sent((post("a"), Place("D7", "1.1")))
    assert [waiting.at for waiting in outbox.take(60, 10, NOW)] == [Place("D7", "1.1")]


def test_a_window_waits_for_nobody(engine: Engine) -> None:
    outbox = SqlOutbox(engine)
    outbox.put(post("a"), post("b"), Post("v", PostKind.VIEW, "T1", "C1", target="123"), now=NOW)
    assert taken(outbox) == ["a", "v"]


def test_nobody_takes_what_another_took(engine: Engine) -> None:
    outbox, found, start = SqlOutbox(engine), [], threading.Barrier(4)
    outbox.put(*(post(f"p{n}", f"C{n % 20}") for n in range(60)), now=NOW)

    def take_all() -> None:
        start.wait()
        while mine := SqlOutbox(engine).take(60, 5, NOW):
            for waiting in mine:
                found.append(waiting.post.id)
                outbox.sent((waiting.post, None))

    threads = [threading.Thread(target=take_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(f"p{n}" for n in range(60))


def test_failures_are_seen_and_words_are_not_kept(engine: Engine) -> None:
    outbox = SqlOutbox(engine)
    outbox.put(post("a", reader="U1"), post("b", "C2"), now=NOW)
    taken(outbox)
    outbox.failed(post("a", reader="U1"), "Slack says that I am not in that channel.")
    ((failed, at, why),) = outbox.failures(10)
    assert (failed.id, failed.reader, failed.text, failed.blocks, at) == ("a", "U1", "", (), NOW)
    assert "not in that channel" in why
    backlog = outbox.backlog(NOW + timedelta(minutes=5))
    assert (backlog.waiting, backlog.oldest, backlog.failed) == (1, NOW, 1)


def test_old_posts_are_forgotten_and_waiting_ones_never(engine: Engine) -> None:
    outbox = SqlOutbox(engine)
    outbox.put(post("a"), post("b", "C2"), now=NOW)
    outbox.sent((post("a"), Place("C1", "1.1")))
    outbox.forget(NOW + KEPT + timedelta(seconds=1))
    assert not outbox.knows("a") and outbox.knows("b")
