"""The whole assistant as `make chat` starts it: model, action server, worker and sandbox, on ports of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from assistant.cli import MODEL
from assistant.console import Console
from assistant.processes import Processes, Running
from assistant.settings import PROJECT, Settings

PORTS = ("RASA_PORT", "ACTION_SERVER_PORT", "SANDBOX_PORT")


@dataclass
class Bot:
    """A running assistant, and the levers of the world that it looks at."""

    running: Running
    processes: Processes
    sandbox: str
    state: Path
    environment: dict[str, str]

    def console(self) -> Console:
        """A new conversation."""
        return Console(self.running)

    def ask(self, text: str) -> str:
        """One question in a conversation of its own; the answer as a terminal shows it."""
        return "\n".join(message.shown() for message in self.console().say(text))

    def fault(self, **fault: Any) -> None:
        """Let the sandbox misbehave (its faults are described in ``sandbox/faults.py``)."""
        requests.post(f"{self.sandbox}/_sandbox/faults", json=fault, timeout=5).raise_for_status()

    def no_faults(self) -> None:
        """Let it behave again."""
        requests.delete(f"{self.sandbox}/_sandbox/faults", timeout=5).raise_for_status()

    def as_it_was(self) -> None:
        """Let the sandbox forget everything that was started in it."""
        requests.delete(f"{self.sandbox}/_sandbox/triggers", timeout=5).raise_for_status()

    def kill(self, name: str) -> None:
        """End a process without a chance to clean up, and start another one in its place."""
        child, (command, _) = self.processes._children[name], self.processes._commands[name]
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        self.processes._launch(name, command)

    def log(self, name: str) -> str:
        """What a process has written so far."""
        return (self.state / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def running(state: Path, **settings: str) -> Iterator[Bot]:
    """Start the assistant with a state folder of its own; everything has ended when the block is left."""
    if not MODEL.exists():
        pytest.fail("There is no trained model; `make test` trains it first.")
    with ExitStack() as stack:
        environment = {
            "CATALOG": str(PROJECT / "catalog"),
            "ASSISTANT_STATE": str(state),
            "ASSISTANT_LOCAL_PERSON": "ana-duarte",
            **free_ports(),
            **settings,
        }
        # Nothing of whoever runs the tests: neither their .env nor their tokens.
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        processes = stack.enter_context(Processes(Settings({**inherited, **environment}), MODEL))
        started = processes.start()
        sandbox = environment.get("ASSISTANT_SANDBOX_URL", f"http://127.0.0.1:{environment['SANDBOX_PORT']}")
        yield Bot(started, processes, sandbox, state, environment)


def without_limit(folder: Path) -> str:
    """A copy of the example catalogue, in which everybody may change as much as they like within an hour."""
    catalog = folder / "catalog"
    shutil.copytree(PROJECT / "catalog", catalog)
    rights = (catalog / "access.yml").read_text(encoding="utf-8")
    assert "changes_per_hour: 20" in rights
    (catalog / "access.yml").write_text(rights.replace("changes_per_hour: 20", "changes_per_hour: 100000"))
    return str(catalog)


def free_ports() -> dict[str, str]:
    """Ports that nobody uses right now."""
    with ExitStack() as stack:
        sockets = {name: stack.enter_context(socket.socket()) for name in PORTS}
        for each in sockets.values():
            each.bind(("127.0.0.1", 0))
        return {name: str(each.getsockname()[1]) for name, each in sockets.items()}
