"""Starts the processes that make up the assistant, waits until they can answer, and leaves none behind."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO

import requests
import yaml

from assistant.bootstrap import Assistant
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.errors import AssistantError, Invalid
from assistant.operations.cancel import leave_behind
from assistant.settings import PROJECT, Settings, child_environment

READY_SECONDS = 120.0
STOP_SECONDS = 3.0
STEADY_SECONDS = 20.0
"""A process that ran this long and then ended is started again; one that ends sooner has a reason to."""
_POLL_SECONDS = 0.05
_PR_SET_PDEATHSIG = 1
_SECOND_RANK = 5

# Libraries that chat on standard error, or call home, when nobody asked them to.
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    # One thread for linear algebra: more of them fight with each other over sentences of ten words.
    "OMP_NUM_THREADS": "1",
}


class StartFailed(AssistantError):
    """A process did not come up; the sentence says which, why, and where its log is."""


@dataclass(frozen=True)
class Running:
    """Where a running assistant is reached; ``channel`` is ``console`` or ``slack``, never both."""

    pid: int
    port: int
    secret: str
    sandbox: bool
    channel: str = "console"

    @property
    def url(self) -> str:
        """The channel's address."""
        return f"http://127.0.0.1:{self.port}/webhooks/{self.channel}"


def find_running(settings: Settings) -> Running | None:
    """The assistant that runs from this state folder, None when there is none that answers."""
    try:
        running = Running(**json.loads(_run_file(settings).read_text(encoding="utf-8")))
        answer = requests.get(f"{running.url}/ready", headers={"X-Console-Secret": running.secret}, timeout=2)
    except (OSError, ValueError, TypeError, requests.RequestException):
        return None
    return running if answer.ok else None


class Processes:
    """Sandbox, worker, action server and dialogue server as children of this process; a context manager.

    Args:
        settings: the installation's.
        model: the trained model's file; the dialogue server loads this very one.
        channel: ``console`` for the person at this machine, ``slack`` for everybody there.
    """

    def __init__(self, settings: Settings, model: Path, channel: str = "console") -> None:
        self._model, self._channel = model, channel
        self._settings = _with_secrets(settings)
        self._claim: IO[str] | None = None
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: dict[str, tuple[Sequence[str], float]] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Running:
        """Start everything and return once a question would be answered.

        Raises StartFailed or Invalid with one sentence; whatever was started is stopped by leaving the context.
        """
        settings = self._settings
        self._claim = _claimed(settings)
        if self._claim is None:
            raise StartFailed(f"The assistant runs from {settings.state} already. Stop that one first.")
        assistant = Assistant(settings)
        sandbox = assistant.sandbox
        ports = {name: settings.port(name, default) for name, default in _PORTS.items()}
        plays = sandbox and settings.sandbox_url == _sandbox_at(ports["SANDBOX_PORT"])
        ours = [name for name in ports if plays or name != "SANDBOX_PORT"]
        for name in ours:
            _require_free(name, ports[name])
        if not self._model.exists():
            raise Invalid(f"There is no model at {self._model}. Train it with: make train")
        for old in (settings.state / "logs").glob("*.log"):
            old.unlink()
        if "SANDBOX_PORT" in ours:
            self._launch("sandbox", ["-m", "sandbox", "--port", str(ports["SANDBOX_PORT"])])
            with suppress(AssistantError):  # what cannot be ended now is looked at later, as everything is
                leave_behind(assistant.context(_SANDBOX))
        self._launch("dialogue", self._rasa(ports))
        self._launch("actions", ["-m", "rasa_sdk", "--actions", "actions", "--port", str(ports["ACTION_SERVER_PORT"])])
        self._launch("worker", ["-m", "assistant.worker"])
        self._await("actions", f"http://127.0.0.1:{ports['ACTION_SERVER_PORT']}/ready", {})
        secret = settings.values["CONSOLE_SECRET"]
        running = Running(os.getpid(), ports["RASA_PORT"], secret, sandbox, self._channel)
        self._await("dialogue", f"{running.url}/ready", {"X-Console-Secret": secret})
        _write_private(_run_file(settings), json.dumps(asdict(running)))
        return running

    def check(self) -> None:
        """Raise StartFailed when one of the processes has ended."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise StartFailed(self._ended(name))

    def tend(self) -> list[str]:
        """Start again what has ended by itself; a sentence for each. Raises StartFailed for what will not stay up."""
        told = []
        for name, child in list(self._children.items()):
            command, started = self._commands[name]
            if child.poll() is None:
                continue
            if time.monotonic() - started < STEADY_SECONDS:
                raise StartFailed(self._ended(name))
            _signal(child, signal.SIGKILL)
            told.append(f"{self._ended(name)} It is being started again.")
            self._launch(name, command)
        return told

    def stop(self) -> None:
        """End every process and its children; safe to call at any moment, also twice."""
        if self._claim is None:
            return
        _run_file(self._settings).unlink(missing_ok=True)
        for child in self._children.values():
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait()
            _signal(child, signal.SIGKILL)
        self._children.clear()
        self._claim.close()
        self._claim = None

    def _rasa(self, ports: Mapping[str, int]) -> list[str]:
        endpoints = self._settings.state / "endpoints.yml"
        config = yaml.safe_load((PROJECT / "endpoints.yml").read_text(encoding="utf-8"))
        config["action_endpoint"] = {
            "url": f"http://127.0.0.1:{ports['ACTION_SERVER_PORT']}/webhook",
            # The secret itself stays in the environment.
            "headers": {"X-Assistant-Token": "${ACTION_SERVER_TOKEN}"},
        }
        _write_private(endpoints, yaml.safe_dump(config).replace("'${ACTION_SERVER_TOKEN}'", "${ACTION_SERVER_TOKEN}"))
        channels = self._settings.state / "credentials.yml"
        _write_private(channels, yaml.safe_dump({name: {} for name in _CHANNELS[self._channel]}))
        return [
            *("-m", "rasa", "run", "--model", str(self._model), "--endpoints", str(endpoints)),
            *("--credentials", str(channels)),
            *("--interface", "127.0.0.1", "--port", str(ports["RASA_PORT"])),
        ]

    def _launch(self, name: str, arguments: Sequence[str]) -> None:
        log = self._log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        self._commands[name] = (arguments, time.monotonic())
        with open(log, "ab", opener=_private) as output:
            self._children[name] = subprocess.Popen(  # noqa: S603 - our own modules, no shell
                [sys.executable, *arguments],
                cwd=PROJECT,
                env=child_environment(self._settings, name, **QUIET),
                umask=0o077,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(_prepare, name),
            )

    def _await(self, name: str, url: str, headers: Mapping[str, str]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.check()
            try:
                answer = requests.get(url, headers=headers, timeout=2)
            except requests.RequestException:
                time.sleep(_POLL_SECONDS)
                continue
            if answer.ok:
                return
            if answer.status_code == requests.codes.service_unavailable:
                raise StartFailed(f"The {_NAMES[name]} cannot work: {answer.json()['reason']}")
            time.sleep(_POLL_SECONDS)
        raise StartFailed(f"The {_NAMES[name]} did not come up within {READY_SECONDS:.0f} s; see {self._log(name)}.")

    def _ended(self, name: str) -> str:
        code, log = self._children[name].returncode, self._log(name)
        if code < 0:
            return f"The {_NAMES[name]} {_killed(-code)}. Its log up to then is {log}."
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        last = f": {lines[-1][:300]}" if lines and code else ""
        return f"The {_NAMES[name]} ended by itself (exit code {code}{last}); the whole story is in {log}."

    def _log(self, name: str) -> Path:
        return self._settings.state / "logs" / f"{name}.log"


_SANDBOX = Actor(LOCAL_WORKSPACE, "sandbox")
_NAMES = {"sandbox": "sandbox", "dialogue": "dialogue server", "actions": "action server", "worker": "worker"}
_CHANNELS = {
    "console": ("extensions.channels.console.ConsoleChannel",),
    "slack": (
        "extensions.channels.slack.channel.SlackChannel",
        "extensions.channels.github.GitHubChannel",
        "extensions.channels.jenkins.JenkinsChannel",
        "extensions.channels.gate.GateChannel",
    ),
}
_PORTS = {"RASA_PORT": 5005, "ACTION_SERVER_PORT": 5055, "SANDBOX_PORT": 5080}


def _killed(number: int) -> str:
    """What a signal that ended a process means; its log knows nothing of that."""
    if number == signal.SIGKILL:
        return f"was killed (signal {number}): by somebody, or by the system because memory ran out"
    if number == signal.SIGTERM:
        return f"was told to stop (signal {number})"
    return f"crashed (signal {number}, {signal.strsignal(number) or 'unknown'})"


def _with_secrets(settings: Settings) -> Settings:
    """Secrets between the processes are made anew at every start; an operator may set those that cross machines."""
    port = settings.port("SANDBOX_PORT", _PORTS["SANDBOX_PORT"])
    made = {"CONSOLE_SECRET": secrets.token_urlsafe(32)}
    if "ASSISTANT_SANDBOX_URL" not in settings.values:  # else one that runs already plays the providers
        made["ASSISTANT_SANDBOX_URL"] = _sandbox_at(port)
    for name in ("ACTION_SERVER_TOKEN", "ACTOR_SIGNING_KEY"):
        if settings.secret(name) is None:
            made[name] = secrets.token_urlsafe(32)
    return Settings({**settings.values, **made})


def _sandbox_at(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _require_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StartFailed(
                f"Port {port} is taken by another program. Stop that one, or choose another: {name}=…"
            ) from error


def in_use(settings: Settings) -> bool:
    """Whether an assistant is starting, or running, from this state folder."""
    claim = _claimed(settings)
    if claim is None:
        return True
    claim.close()
    return False


def _claimed(settings: Settings) -> IO[str] | None:
    """The state folder taken by this process until the file is closed; None while another one has it.

    The kernel gives it back however its holder ends, which the number of a process would not tell (flock(2)).
    """
    settings.state.mkdir(parents=True, exist_ok=True)
    file = open(settings.state / "in-use", "a", encoding="utf-8", opener=_private)  # noqa: SIM115 - kept open
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _run_file(settings: Settings) -> Path:
    return settings.state / "running.json"


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with open(path, "x", encoding="utf-8", opener=_private) as file:
        file.write(text)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _signal(child: subprocess.Popen[bytes], number: int) -> None:
    # The child leads a session of its own, so its process group holds whatever it started.
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _prepare(name: str) -> None:
    """Runs in the child before it becomes process ``name``."""
    if name != "dialogue":
        # When everybody asks at once, answers may take a little longer; acknowledging what comes in may not.
        os.nice(_SECOND_RANK)
    if sys.platform == "linux":
        # Even when this process is killed without warning, the kernel ends its children (prctl(2)).
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
