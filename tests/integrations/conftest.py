"""A faulty server for each test, and a proof that no call leaves a thread behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from assistant.integrations.http import Http
from tests.integrations.faulty_server import FaultyServer


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    before = set(threading.enumerate())
    with FaultyServer() as running:
        yield running
    assert set(threading.enumerate()) <= before


@pytest.fixture
def http(server: FaultyServer) -> Iterator[Http]:
    client = Http("github", server.url, lambda path, deadline: {"Authorization": "Bearer made-up"})
    yield client
    client.close()


@pytest.fixture
def soon() -> Callable[[], float]:
    """A deadline that is far enough for an answer and near enough for a test."""
    return lambda: time.monotonic() + 5.0


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried again at once."""
    monkeypatch.setattr("assistant.integrations.http.RETRY_PAUSES", (0.01, 0.02))
