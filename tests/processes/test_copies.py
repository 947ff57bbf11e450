"""Two copies of every process over one PostgreSQL: a conversation goes on at either, whichever process is killed.

Three dialogue servers are killed, and fifteen workers and action servers each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from random import Random

import pytest
import requests

from assistant.bootstrap import Assistant
from assistant.console import Console
from assistant.contracts.change import State
from assistant.contracts.errors import Unavailable
from assistant.safeguards.audit import defects
from assistant.settings import Settings
from tests.postgres import new_database
from tests.processes.test_lifecycle import until
from tests.running import Bot, free_ports, running, without_limit

KILLS = ["dialogue"] * 3 + ["actions", "worker"] * 6
PLACES = [("checkout", "1.4.2", "qa"), ("checkout", "1.4.2", "development"), ("checkout", "1.4.2", "staging")]


@pytest.fixture(scope="module")
def copies(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bot, Bot]]:
    folder, ports = tmp_path_factory.mktemp("copies"), free_ports()
    shared = {"DATABASE_URL": new_database(postgresql), "CATALOG": without_limit(folder)}
    sandbox = f"http://127.0.0.1:{ports['SANDBOX_PORT']}"
    with ExitStack() as stack, ThreadPoolExecutor(2) as starting:
        one = starting.submit(stack.enter_context, running(folder / "one", **shared, **ports))
        two = starting.submit(stack.enter_context, running(folder / "two", **shared, ASSISTANT_SANDBOX_URL=sandbox))
        yield one.result(), two.result()


class Person:
    """Somebody with one conversation, who asks the other copy when one does not answer."""

    def __init__(self, copies: tuple[Bot, Bot]) -> None:
        self.consoles = [Console(bot.running) for bot in copies]
        self.consoles[1]._headers["X-Console-Conversation"] = self.consoles[0]._headers["X-Console-Conversation"]

    def say(self, text: str, first: int = 0) -> str:
        seen = ""

        def answered() -> bool:
            nonlocal seen, first
            try:
                seen = "\n".join(message.shown() for message in self.consoles[first].say(text))
            except Unavailable:
                seen = ""
            first = 1 - first
            return bool(seen) and "could not look that up" not in seen

        assert until(answered, 60), f"nobody answered “{text}”"
        return seen


def records(bot: Bot) -> Assistant:
    return Assistant(Settings(bot.environment))


def test_a_conversation_goes_on_at_the_other_copy(copies: tuple[Bot, Bot]) -> None:
    person = Person(copies)
    assert "Deploy checkout 1.4.2 to qa (now 1.4.3)?" in person.say("deploy checkout 1.4.2 to qa", 0)
    assert re.search(r"Request \d+, .*, is under way", person.say("yes", 1))
    assert "checkout 1.4.2 → qa" in person.say("how's it going?", 0)
    assert len(requests.get(f"{copies[0].sandbox}/_sandbox/triggers", timeout=5).json()) == 1


def test_whichever_process_is_killed_nothing_is_started_twice_or_lost(copies: tuple[Bot, Bot]) -> None:
    random, assistant = Random(11), records(copies[0])
    order = random.sample(KILLS, len(KILLS))
    for number, name in enumerate(order):
        person, (service, version, place) = Person(copies), random.choice(PLACES)
        person.say(f"deploy {service} {version} to {place}", number % 2)
        copies[random.randrange(2)].kill(name)
        person.say("yes", random.randrange(2))
        requests.post(f"{copies[0].sandbox}/_sandbox/clock", json={"advance_seconds": 900}, timeout=5)

    def settled() -> bool:
        found = assistant.records.requests.find(tuple(State))
        return all(one.state.ended or one.state is State.DRAFT for one in found)

    assert until(settled, 60), [
        (one.number, one.state, one.outcome) for one in assistant.records.requests.find(tuple(State))
    ]
    found = assistant.records.requests.find(tuple(State))
    started = Counter(requests.get(f"{copies[0].sandbox}/_sandbox/triggers", timeout=5).json())
    assert max(started.values()) == 1
    assert set(started) <= {one.token for one in found if one.confirmed_at and one.started_at}
    assert {one.token for one in found if one.state is State.SUCCEEDED} <= set(started)
    assert sum(one.state is State.SUCCEEDED for one in found) > len(KILLS) // 2
    assert list(defects(assistant.records.audit.records())) == []
