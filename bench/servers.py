"""The whole assistant beside `rasa run` with the stock model: start-up, from message to answer, memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import requests

from assistant.console import Console
from assistant.processes import Processes, Running, StartFailed
from assistant.settings import PROJECT, Settings
from bench.figures import Figure
from bench.training import environment

QUESTIONS = (
    "How's the staging environment doing?",
    "how is production?",
    "is payments ok in qa?",
    "which version of checkout runs in prod?",
    "where does inventory run, and which version?",
)
STOCK_READY_SECONDS = 600.0
_POLL_SECONDS = 0.05


def start_up(ours: Path, stock: Path, folder: Path, starts: int) -> Iterator[Figure]:
    """Seconds until a question would be answered, the median of ``starts`` of each, in turn."""
    times = [
        (_seconds(assistant(ours, folder / f"start-{number}")), _seconds(stock_server(stock, folder)))
        for number in range(starts)
    ]
    yield Figure("start-up, warm", "s", *(median(side) for side in zip(*times, strict=True)))


def answers(ours: Path, stock: Path, folder: Path, messages: int) -> Iterator[Figure]:
    """From message to answer at the local console, and the memory of every process after that many messages."""
    with assistant(ours, folder / "answering") as running:
        times = [_answered(running, QUESTIONS[number % len(QUESTIONS)]) for number in range(messages + 1)]
        here = resident()
    with stock_server(stock, folder) as url:
        for number in range(messages + 1):
            body = {"sender": str(number), "message": QUESTIONS[number % len(QUESTIONS)]}
            requests.post(f"{url}/webhook", json=body, timeout=30).raise_for_status()
        there = resident()
    for name, share in (("median", 0.5), ("95th percentile", 0.95)):
        yield Figure(f"message to answer, {name}", "ms", float(np.quantile(times[1:], share)) * 1000)
    yield from _memory(here, there)


@contextmanager
def assistant(model: Path, state: Path, **more: str) -> Iterator[Running]:
    """The assistant as `make chat` starts it, with ports and a state folder of its own and ``more`` settings."""
    ports = {name: str(free_port()) for name in ("RASA_PORT", "ACTION_SERVER_PORT", "SANDBOX_PORT")}
    settings = Settings(environment(ASSISTANT_STATE=str(state), CATALOG=str(PROJECT / "catalog"), **{**ports, **more}))
    with Processes(settings, model) as processes:
        yield processes.start()


@contextmanager
def stock_server(model: Path, folder: Path) -> Iterator[str]:
    """`rasa run` with Rasa's own REST channel, and no action server; gives the channel's address."""
    credentials, port = folder / "credentials.yml", free_port()
    credentials.write_text("rest:\n", encoding="utf-8")
    command = [
        *(sys.executable, "-m", "rasa", "run", "--model", str(model), "--credentials", str(credentials)),
        *("--endpoints", os.devnull, "--interface", "127.0.0.1", "--port", str(port)),
    ]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "stock.log").open("wb"))
        server = subprocess.Popen(command, cwd=PROJECT, env=environment(), stdout=log, stderr=subprocess.STDOUT)
        stack.callback(server.wait)
        stack.callback(server.kill)
        url = f"http://127.0.0.1:{port}/webhooks/rest"
        _await(server, url)
        yield url


def resident() -> dict[str, float]:
    """Megabytes of memory (RSS) that each child of this process occupies, by name; nothing outside of Linux."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
            command = (folder / "cmdline").read_bytes().decode()
        except (OSError, ValueError):
            continue  # it ended meanwhile
        if int(told["PPid"]) == os.getpid() and "VmRSS" in told:
            name = next((name for word, name in _NAMES.items() if word in command), None)
            if name:
                found[name] = int(told["VmRSS"].split()[0]) / 1024
    return found


_NAMES = {
    "rasa_sdk": "action server",
    "assistant.worker": "worker",
    "rasa\0run": "dialogue server",
}


def free_port() -> int:
    """A port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _memory(ours: dict[str, float], stock: dict[str, float]) -> Iterator[Figure]:
    for name in ("dialogue server", "action server", "worker"):
        if name in ours:
            yield Figure(f"memory, {name}", "MB", ours[name], stock.get(name))


def _seconds(server: AbstractContextManager[object]) -> float:
    """Seconds from the first process to a server that answers; stopping it is not counted."""
    started = time.monotonic()
    with server:
        return time.monotonic() - started


def _answered(running: Running, question: str) -> float:
    console = Console(running)
    started = time.monotonic()
    console.say(question)
    return time.monotonic() - started


def _await(server: subprocess.Popen[bytes], url: str) -> None:
    """Rasa loads its model before it listens, so the first answer means that it is ready."""
    deadline = time.monotonic() + STOCK_READY_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise StartFailed("Stock Rasa ended by itself while it started.")
        try:
            if requests.get(f"{url}/", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(_POLL_SECONDS)
    raise StartFailed(f"Stock Rasa did not come up within {STOCK_READY_SECONDS:.0f} s.")
