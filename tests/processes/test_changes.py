"""Hundreds of changes while processes are killed and providers fail: nothing is started twice, lost or unrecorded.

On SQLite, and a quarter of them on PostgreSQL; ``CHANGES=1000`` makes a thousand instead of two hundred.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests

from assistant.bootstrap import Assistant
from assistant.contracts.change import ChangeRequest, State
from assistant.contracts.watch import Poke
from assistant.safeguards.audit import defects
from assistant.settings import PROJECT, Settings
from tests.flows import click, processes, work
from tests.postgres import new_database
from tests.running import without_limit

CHANGES = int(os.environ.get("CHANGES", "200"))
HANDS = 6
SETTLING_SECONDS = 90.0
_STARTS = {"path": "/(dispatches|buildWithParameters)", "method": "POST"}
_LOOKS = {"path": "/(actions/|queue/|job/)", "method": "GET"}
_FAULTS = (
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502, "after": True},
    {"kind": "reset"},
    {"kind": "reset", "after": True},
    {"kind": "slow", "seconds": 1.0},
    {"kind": "half_json"},
    {"kind": "status", "status": 422},
)
_WAITING = (State.DRAFT, State.WAITING, State.UNCERTAIN)


class Company:
    """The sandbox, two workers and some hands that click; and what is done to them."""

    def __init__(self, folder: Path, url: str, database: str, changes: int) -> None:
        self.url, self.random, self.changes = url, Random(7), changes
        self.kills = max(32, changes // 6)
        self.settings = {
            "ASSISTANT_STATE": str(folder),
            "CATALOG": without_limit(folder),
            "ASSISTANT_SANDBOX_URL": url,
            "DATABASE_URL": database,
        }
        self.assistant = Assistant(Settings(self.settings))
        assert self.assistant.records.audit.head() is None, "a database of its own"
        self.roles: dict[str, tuple[Callable[..., None], tuple[Any, ...]]]
        self.roles = {f"worker {number}": (work, (self.settings,)) for number in (1, 2)}
        hands = [(range(number, changes, HANDS), folder / f"hand-{number}") for number in range(HANDS)]
        self.roles |= {f"hand {number}": (click, (self.settings, *hand)) for number, hand in enumerate(hands, 1)}
        self.running: dict[str, Any] = {}
        self.killed: Counter[str] = Counter()

    def start(self, role: str) -> None:
        target, arguments = self.roles[role]
        self.running[role] = processes.Process(target=target, args=arguments, daemon=True)
        self.running[role].start()

    def kill(self) -> None:
        """SIGKILL for a worker and a hand by turns, and another one in its place."""
        kind = ("worker", "hand")[self.killed.total() % 2]
        role = self.random.choice([each for each in self.running if each.startswith(kind)])
        self.running[role].kill()
        self.running[role].join()
        self.killed[kind] += 1
        self.start(role)

    def clicking(self) -> bool:
        """Whether a hand has still something to do; what ended otherwise than well is an error."""
        ended = {role: process.exitcode for role, process in self.running.items() if not process.is_alive()}
        assert all(role.startswith("hand") and code == 0 for role, code in ended.items()), ended
        return any(role.startswith("hand") and role not in ended for role in self.running)

    def fault(self) -> None:
        """The next start fails, or the next look at a run, before, during or after it is done."""
        where = self.random.choice([_STARTS, _STARTS, _LOOKS])
        fault = {**where, "times": 1, **self.random.choice(_FAULTS)}
        requests.post(f"{self.url}/_sandbox/faults", json=fault, timeout=30).raise_for_status()

    def poke(self) -> None:
        """What a webhook leaves, in any order and again and again."""
        number = self.random.randrange(100)
        where = self.random.choice(["epetech/checkout", "epetech/deployments", "platform/deploy-app", "epetech/none"])
        self.assistant.watches.poke(Poke(f"github:{number}", where), datetime.now(timezone.utc))

    def requests(self) -> tuple[ChangeRequest, ...]:
        return self.assistant.records.requests.find(tuple(State))

    def settled(self) -> bool:
        """Whether every request has ended, or waits for somebody."""
        return all(each.state.ended or each.state in _WAITING for each in self.requests())


@contextmanager
def company(folder: Path, database: str, changes: int) -> Iterator[Company]:
    """Everything runs, a hundred times as fast as the real clock, until the block ends."""
    command = [sys.executable, "-m", "sandbox", "--port", "0"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout is not None
        one = Company(folder, sandbox.stdout.readline().split()[-1], database, changes)
        over = threading.Event()
        clock = threading.Thread(target=hurry, args=(one.url, over))
        clock.start()
        try:
            for role in one.roles:
                one.start(role)
            yield one
        finally:
            over.set()
            clock.join()
            for process in one.running.values():
                process.kill()
                process.join()
            sandbox.terminate()


def hurry(url: str, over: threading.Event) -> None:
    """A deployment of six minutes is over in a few seconds."""
    while not over.wait(0.3):
        requests.post(f"{url}/_sandbox/clock", json={"advance_seconds": 30}, timeout=30)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def aftermath(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The company after all changes, kills and faults, when nothing moves any more."""
    folder, changes = tmp_path_factory.mktemp("changes"), CHANGES
    database = f"sqlite:///{folder}/assistant.db"
    if request.param == "postgresql":
        database, changes = new_database(request.getfixturevalue("postgresql")), CHANGES // 4
    with company(folder, database, changes) as one:
        while one.clicking() or one.killed.total() < one.kills:
            time.sleep(one.random.uniform(0.3, 1.3))
            if one.killed.total() < one.kills:
                one.kill()
            one.fault()
            one.poke()
        requests.delete(f"{one.url}/_sandbox/faults", timeout=30).raise_for_status()
        end = time.monotonic() + SETTLING_SECONDS
        while not one.settled() and time.monotonic() < end:
            time.sleep(0.2)
        yield one


def test_every_request_has_ended_or_waits_for_somebody(aftermath: Company) -> None:
    found = aftermath.requests()
    assert aftermath.killed == {"worker": (aftermath.kills + 1) // 2, "hand": aftermath.kills // 2}
    for each in [each for each in found if not each.state.ended]:
        who = {State.DRAFT: each.asker.person, State.WAITING: each.plan.approvers, State.UNCERTAIN: each.outcome}
        assert who.get(each.state), (each.number, each.state, each.outcome)
    states = Counter(each.state for each in found)
    assert states[State.SUCCEEDED] > aftermath.changes / 10, states


def test_nothing_was_started_twice_or_without_consent(aftermath: Company) -> None:
    """Each deployment that was started is one request's, which was confirmed, and approved where it had to be."""
    started: list[str] = requests.get(f"{aftermath.url}/_sandbox/triggers", timeout=30).json()
    known = {each.token: each for each in aftermath.requests()}
    assert Counter(started).most_common(1)[0][1] == 1 and set(started) <= known.keys()
    for token in started:
        request = known[token]
        assert request.confirmed_at and request.started_at, request.number
        if request.plan.needs_approval:
            assert request.approver and request.approver.identity != request.asker.identity, request.number


def test_what_is_said_to_have_run_did_run(aftermath: Company) -> None:
    started = set(requests.get(f"{aftermath.url}/_sandbox/triggers", timeout=30).json())
    told = {each.token for each in aftermath.requests() if each.state is State.SUCCEEDED}
    assert told <= started
    silent = {each.token for each in aftermath.requests() if each.state in (State.EXPIRED, State.VOID, State.REJECTED)}
    assert not silent & started


def test_the_audit_log_is_whole_and_has_every_start(aftermath: Company) -> None:
    records = list(aftermath.assistant.records.audit.records())
    assert list(defects(records)) == []
    began = Counter(record.parameters.get("request") for record in records if record.outcome == "It is being started.")
    for request in aftermath.requests():
        assert not request.started_at or began[str(request.number)] >= 1, request.number


def test_every_message_of_a_provider_was_looked_at(aftermath: Company) -> None:
    end = time.monotonic() + 30
    while aftermath.assistant.watches.poked() and time.monotonic() < end:
        time.sleep(0.2)
    assert aftermath.assistant.watches.poked() == ()
