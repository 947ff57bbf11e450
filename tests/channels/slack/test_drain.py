"""The drain: everything once, in order, to its end, whatever breaks meanwhile."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from assistant.contracts.errors import Unavailable
from assistant.contracts.messaging import Incoming, Kind, Stage, incoming_id
from assistant.integrations.store import database
from assistant.integrations.store.database import open_database
from assistant.integrations.store.inbox import SqlInbox
from extensions.channels.slack import drain as drain_module
from extensions.channels.slack.drain import Drain, Work
from extensions.channels.slack.receive import Mailbox

PEOPLE = 100
EVENTS = 2_000
"""Of more, from end to end, tests/channels/slack/test_chain.py tells."""
START = datetime.now(timezone.utc) - timedelta(seconds=60)


def sent(person: int, number: int) -> Incoming:
    """Message ``number`` of a person in their direct message; numbers tell the order of sending."""
    now, at = datetime.now(timezone.utc), START + timedelta(microseconds=number)
    key = incoming_id(str(person), str(number))
    who = {"team": "T1", "user": f"U{person}", "home": "T1", "channel": f"D{person}", "thread": ""}
    where = f"T1.U{person}.D{person}"
    return Incoming(key, Kind.MESSAGE, **who, conversation=where, text=str(number), sent_at=at, received_at=now)


@contextmanager
def draining(inbox: SqlInbox, work: Work, give_up: Work | None = None) -> Iterator[Drain]:
    async def nothing(_incoming: Incoming) -> None:
        return

    drain = Drain(inbox, work, give_up or nothing)
    drain.start()
    try:
        yield drain
    finally:
        drain.stop()


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        threading.Event().wait(0.02)


@pytest.fixture
def inbox(engine: Engine) -> SqlInbox:
    return SqlInbox(engine)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "assistant.db"


@pytest.fixture
def in_file(file: Path) -> Iterator[SqlInbox]:
    """An inbox on SQLite, for what only a file can suffer."""
    engine = open_database(f"sqlite:///{file}")
    yield SqlInbox(engine)
    engine.dispose()


def test_thousands_with_repeats_and_out_of_order_are_each_answered_once(inbox: SqlInbox) -> None:
    arriving = [sent(number % PEOPLE, number) for number in range(EVENTS)]
    chance = random.Random(7)
    arriving += chance.sample(arriving, k=EVENTS * 3 // 10)
    for place in range(0, len(arriving), 50):  # deliveries overtake each other
        part = arriving[place : place + 50]
        chance.shuffle(part)
        arriving[place : place + 50] = part
    answered: dict[str, list[int]] = defaultdict(list)

    async def work(incoming: Incoming) -> None:
        await asyncio.sleep(0)
        answered[incoming.conversation].append(int(incoming.text))

    async def receive() -> None:
        mailbox = Mailbox(inbox, drain.wake)
        for place in range(0, len(arriving), 50):
            await asyncio.gather(*(mailbox.put(each) for each in arriving[place : place + 50]))

    started = time.monotonic()
    with draining(inbox, work) as drain:
        asyncio.run(receive())
        until(lambda: sum(map(len, answered.values())) >= EVENTS, 60)
    assert time.monotonic() - started < 60
    assert Counter(number for numbers in answered.values() for number in numbers) == Counter(range(EVENTS))
    assert inbox.entries(None, 10) == []


def test_what_is_there_already_is_answered_in_the_order_of_sending(inbox: SqlInbox) -> None:
    numbers = list(range(200))
    random.Random(3).shuffle(numbers)
    inbox.put([sent(number % 5, number) for number in numbers])
    answered: dict[str, list[int]] = defaultdict(list)

    async def work(incoming: Incoming) -> None:
        answered[incoming.conversation].append(int(incoming.text))

    with draining(inbox, work):
        until(lambda: sum(map(len, answered.values())) == 200)
    assert all(told == sorted(told) for told in answered.values())


def test_one_who_waits_for_a_slow_answer_keeps_nobody_else_waiting(inbox: SqlInbox) -> None:
    inbox.put([sent(1, 1), sent(1, 2), sent(2, 3)])
    order: list[str] = []
    second_answered = threading.Event()

    async def work(incoming: Incoming) -> None:
        if incoming.text == "1":
            await asyncio.to_thread(second_answered.wait, 10)
        order.append(incoming.text)
        if incoming.text == "3":
            second_answered.set()

    with draining(inbox, work):
        until(lambda: len(order) == 3)
    assert order == ["3", "1", "2"]


@pytest.mark.parametrize(("burst", "at_once"), [(True, 1), (False, drain_module.AT_ONCE_COMPUTING)])
def test_while_very_much_arrives_one_at_a_time_is_answered(
    inbox: SqlInbox, monkeypatch: pytest.MonkeyPatch, burst: bool, at_once: int
) -> None:
    monkeypatch.setattr(drain_module, "BURST_SECONDS", 60.0 if burst else 0.0)
    inbox.put([sent(person, 1) for person in range(12)])
    under_way = most = answered = 0

    async def work(_incoming: Incoming) -> None:
        nonlocal under_way, most, answered
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.02)
        under_way -= 1
        answered += 1

    drain = Drain(inbox, work, work)
    for _ in range(drain_module.BURST):
        drain.wake()
    drain.start()
    try:
        until(lambda: answered == 12)
    finally:
        drain.stop()
    assert most == 1 if burst else most >= at_once


def test_what_fails_is_tried_again_then_given_up_and_the_person_told(
    inbox: SqlInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain_module, "RETRY_AFTER", (0.01, 0.01))
    inbox.put([sent(1, 1), sent(1, 2)])
    tried: list[str] = []
    told: list[str] = []

    async def work(incoming: Incoming) -> None:
        tried.append(incoming.text)
        if incoming.text == "1":
            raise RuntimeError("slack is on fire")

    async def give_up(incoming: Incoming) -> None:
        told.append(incoming.id)

    with draining(inbox, work, give_up):
        until(lambda: tried[-1:] == ["2"])
    assert (tried, told) == (["1", "1", "1", "2"], [sent(1, 1).id])
    (entry,) = inbox.entries(Stage.DEAD, 10)
    assert entry.problem == "RuntimeError: slack is on fire"


def test_one_that_ends_the_process_each_time_is_given_up_too(inbox: SqlInbox) -> None:
    inbox.put([sent(1, 1)])
    later = datetime.now(timezone.utc)
    for _ in range(len(drain_module.RETRY_AFTER) + 1):
        assert inbox.claim(0, 1, later)
    told: list[str] = []

    async def work(_incoming: Incoming) -> None:
        raise AssertionError("must not be tried again")

    async def give_up(incoming: Incoming) -> None:
        told.append(incoming.id)

    with draining(inbox, work, give_up):
        until(lambda: bool(inbox.entries(Stage.DEAD, 1)))
    assert told == [sent(1, 1).id]


def test_a_locked_database_delays_and_loses_nothing(
    in_file: SqlInbox, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    impatient = SqlInbox(open_database(f"sqlite:///{file}"))
    in_file.put([sent(person, 1) for person in range(20)])
    answered: list[str] = []
    holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False)

    async def work(incoming: Incoming) -> None:
        answered.append(incoming.user)
        if len(answered) == 5:
            holder.execute("BEGIN IMMEDIATE")
            threading.Timer(1.0, lambda: holder.execute("ROLLBACK")).start()

    with draining(impatient, work):
        until(lambda: len(answered) >= 20)
    assert Counter(answered) == Counter(f"U{person}" for person in range(20))
    assert in_file.entries(None, 10) == []


def test_a_full_database_takes_nothing_and_loses_nothing(in_file: SqlInbox) -> None:
    in_file.put([sent(1, 1)])
    with in_file._engine.connect() as connection:
        # Connections are kept, so this one is the next to be used.
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Unavailable, match="database"):
        in_file.put([replace(sent(2, number), text="x" * 4000) for number in range(2, 20)])
    assert [entry.incoming.text for entry in in_file.entries(None, 99)] == ["1"]
    with in_file._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    in_file.put([sent(2, number) for number in range(2, 20)])
    answered: list[str] = []

    async def work(incoming: Incoming) -> None:
        answered.append(incoming.text)

    with draining(in_file, work):
        until(lambda: not in_file.entries(None, 1))
    assert sorted(map(int, answered)) == list(range(1, 20))


WORKER = """
import asyncio, sys
from assistant.integrations.store.database import open_database
from assistant.integrations.store.inbox import SqlInbox
from extensions.channels.slack import drain
drain.CLAIM_SECONDS = 1.0
written = open(sys.argv[2], "a", buffering=1)

async def work(incoming):
    await asyncio.sleep(0.01)
    written.write(incoming.id + "\\n")

made = drain.Drain(SqlInbox(open_database(sys.argv[1])), work, work)
made.start()
made._thread.join()
"""


def test_killed_in_the_middle_it_goes_on_where_it_was(inbox: SqlInbox, database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "answered"
    inbox.put([sent(number % 20, number) for number in range(400)])
    log.touch()

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", WORKER, database_url, str(log)])

    first = start()
    until(lambda: len(log.read_text().split()) > 100)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert inbox.entries(None, 1)
    second = start()
    try:
        until(lambda: not inbox.entries(None, 1), 30)
    finally:
        second.kill()
        second.wait()
    answered = Counter(log.read_text().split())
    # Only what was under way when it was killed may be done again; posts with the same id are sent once.
    assert len(answered) == 400
    assert sum(answered.values()) - 400 <= 2 * drain_module.AT_ONCE
