"""How the assistant itself is doing."""

from __future__ import annotations

import time
from dataclasses import replace

from assistant.contracts.errors import NotConnected, Unavailable
from assistant.contracts.own_state import Traffic
from assistant.operations.own_state import own_state
from tests.operations.platform import FakeCi, context


def silent() -> None:
    raise NotConnected("jenkins", "is not connected")


def test_each_provider_is_asked_and_none_is_waited_for_too_long() -> None:
    pings = {"github": lambda: None, "jenkins": silent, "prometheus": lambda: time.sleep(3)}
    started = time.monotonic()
    state = own_state(replace(context(FakeCi(), seconds=1.0), pings=pings, traffic=lambda: Traffic(unanswered=2)))
    assert time.monotonic() - started < 2
    assert state.providers["github"] is None
    assert isinstance(state.providers["jenkins"], NotConnected)
    assert isinstance(state.providers["prometheus"], Unavailable)
    assert state.traffic == Traffic(unanswered=2)


def test_a_database_that_does_not_answer_is_part_of_the_answer() -> None:
    def broken() -> Traffic:
        raise Unavailable("the assistant's database", "is locked")

    state = own_state(replace(context(FakeCi()), traffic=broken))
    assert state.traffic is None and state.problem is not None
