"""The inbox: once, in order, to the end, whoever crashes."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from assistant.contracts.messaging import Incoming, Kind, Stage, incoming_id
from assistant.integrations.store.inbox import SqlInbox

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)


def sent(number: int, conversation: str = "T1.U1.D1", **more: object) -> Incoming:
    at = NOW + timedelta(milliseconds=number)
    made = Incoming(
        id=incoming_id(conversation, str(number)),
        kind=Kind.MESSAGE,
        team="T1",
        user="U1",
        home="T1",
        channel="D1",
        thread="",
        conversation=conversation,
        text=f"question {number}",
        sent_at=at,
        received_at=NOW,
        body={"channel_type": "im"},
    )
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def inbox(engine: Engine) -> SqlInbox:
    return SqlInbox(engine)


def test_what_was_put_comes_out_as_it_was_and_only_once(inbox: SqlInbox) -> None:
    inbox.put([sent(1), sent(1)])
    inbox.put([sent(1, text="a repeat")])
    assert inbox.claim(30, 10, NOW) == [replace(sent(1), attempts=1)]
    assert inbox.claim(30, 10, NOW) == []


def test_a_conversation_is_worked_off_in_the_order_of_sending(inbox: SqlInbox) -> None:
    inbox.put([sent(3), sent(1)])
    inbox.put([sent(2), sent(1, "T1.U2.D2")])
    order, done = [], []
    while claimed := inbox.claim(30, 10, NOW, done):
        order += [(each.conversation, each.text) for each in claimed]
        done = [each.id for each in claimed]
    assert [text for place, text in order if place == "T1.U1.D1"] == ["question 1", "question 2", "question 3"]
    assert order[:2] == [("T1.U1.D1", "question 1"), ("T1.U2.D2", "question 1")]


def test_what_was_sent_earlier_but_came_later_waits_for_what_is_under_way(inbox: SqlInbox) -> None:
    inbox.put([sent(2)])
    assert len(inbox.claim(30, 10, NOW)) == 1
    inbox.put([sent(1)])
    assert inbox.claim(30, 10, NOW) == []
    inbox.claim(30, 0, NOW, [sent(2).id])
    assert [each.text for each in inbox.claim(30, 10, NOW)] == ["question 1"]


def test_a_crash_hands_it_to_the_next_when_the_claim_has_run_out(inbox: SqlInbox) -> None:
    inbox.put([sent(1)])
    inbox.claim(30, 10, NOW)
    assert inbox.claim(30, 10, NOW + timedelta(seconds=29)) == []
    (again,) = inbox.claim(30, 10, NOW + timedelta(seconds=30))
    assert again.attempts == 2


def test_a_repeat_of_what_is_done_is_not_done_again_and_nothing_of_it_is_kept(inbox: SqlInbox) -> None:
    inbox.put([sent(1)])
    inbox.claim(30, 10, NOW)
    inbox.claim(30, 0, NOW, [sent(1).id])
    inbox.put([sent(1)])
    assert inbox.claim(30, 10, NOW + timedelta(days=1)) == []
    entry = inbox.entry(sent(1).id)
    assert entry and entry.stage is Stage.DONE
    assert (entry.incoming.text, entry.incoming.body) == ("", {})


def test_what_failed_blocks_its_conversation_until_it_is_tried_again(inbox: SqlInbox) -> None:
    inbox.put([sent(1), sent(2)])
    (first,) = inbox.claim(30, 10, NOW)
    inbox.fail(first, "slack was down", NOW + timedelta(seconds=5))
    assert inbox.claim(30, 10, NOW + timedelta(seconds=4)) == []
    assert [each.text for each in inbox.claim(30, 10, NOW + timedelta(seconds=5))] == ["question 1"]


def test_a_dead_one_lets_the_next_pass_and_can_be_replayed_or_dropped(inbox: SqlInbox) -> None:
    inbox.put([sent(1), sent(2)])
    (first,) = inbox.claim(30, 10, NOW)
    inbox.fail(first, "it always fails", None)
    (second,) = inbox.claim(30, 10, NOW)
    inbox.claim(30, 0, NOW, [second.id])
    (entry,) = inbox.entries(Stage.DEAD, 10)
    assert (entry.incoming.id, entry.problem, entry.incoming.text) == (first.id, "it always fails", "question 1")
    assert inbox.replay(first.id) and not inbox.replay(first.id)
    (again,) = inbox.claim(30, 10, NOW)
    assert again.replayed and again.late(NOW) and again.attempts == 1
    inbox.fail(again, "still", None)
    assert inbox.drop(first.id) and not inbox.drop(first.id)
    assert inbox.entries(None, 10) == []


def test_a_conversation_is_known_for_a_week(inbox: SqlInbox) -> None:
    inbox.put([sent(1)])
    inbox.claim(30, 10, NOW)
    inbox.claim(30, 0, NOW, [sent(1).id])
    inbox.forget(NOW + timedelta(days=6))
    assert inbox.knows("T1.U1.D1") and not inbox.knows("T1.U2.D1")
    inbox.forget(NOW + timedelta(days=8))
    assert not inbox.knows("T1.U1.D1")


def test_the_dead_are_kept_for_a_month_and_what_waits_for_ever(inbox: SqlInbox) -> None:
    inbox.put([sent(1), sent(1, "T1.U2.D2")])
    inbox.fail(sent(1), "dead", None)
    inbox.forget(NOW + timedelta(days=29))
    assert len(inbox.entries(None, 10)) == 2
    inbox.forget(NOW + timedelta(days=31))
    assert [entry.stage for entry in inbox.entries(None, 10)] == [Stage.WAITING]


def test_two_that_claim_at_once_never_get_the_same_one(inbox: SqlInbox) -> None:
    inbox.put([sent(number, f"T1.U{number % 7}.D1") for number in range(60)])
    taken: list[str] = []

    def work() -> None:
        done: list[str] = []
        while claimed := inbox.claim(30, 3, NOW + timedelta(seconds=1), done):
            done = [each.id for each in claimed]
            taken.extend(done)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()
    assert len(taken) == len(set(taken)) == 60
