"""A Sanic app on a real port of this machine, for as long as a test needs it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from sanic import Sanic

# Several apps, one after the other, in one process.
Sanic.test_mode = True


@dataclass(frozen=True)
class Client:
    """Talks to the served app."""

    url: str

    def get(self, path: str, **more: Any) -> requests.Response:
        return requests.get(self.url + path, timeout=10, **more)

    def post(self, path: str, **more: Any) -> requests.Response:
        return requests.post(self.url + path, timeout=10, **more)


@contextmanager
def served(app: Sanic) -> Iterator[Client]:
    """Serve ``app`` from a thread with its own event loop until the block ends."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        server = asyncio.run_coroutine_threadsafe(_start(app, listener), loop).result(10)
        yield Client(f"http://127.0.0.1:{listener.getsockname()[1]}")
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _start(app: Sanic, listener: socket.socket) -> Any:
    server = await app.create_server(sock=listener, return_asyncio_server=True)
    await server.startup()
    await server.after_start()
    return server


async def _stop(server: Any) -> None:
    await server.before_stop()
    server.close()
    await server.wait_closed()
