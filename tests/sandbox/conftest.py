"""A sandbox of its own for each test, in this process, at nine o'clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
import requests

from sandbox.server import Server

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


class Client:
    """Asks the sandbox as a client of GitHub does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = "Bearer sandbox-token"

    def get(self, path: str, **arguments: Any) -> requests.Response:
        return self.session.get(self.url + path, **{"timeout": 5, **arguments})

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def control(self, what: str, /, **wish: object) -> requests.Response:
        return self.session.post(f"{self.url}/_sandbox/{what}", json=wish, timeout=5)


@pytest.fixture
def github() -> Iterator[Client]:
    server = Server(0, NINE)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    client = Client(f"http://127.0.0.1:{server.server_port}")
    yield client
    client.session.close()
    server.faults.lift()
    server.shutdown()
    server.server_close()
    thread.join()
