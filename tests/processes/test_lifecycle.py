"""Starting, stopping and failing: one sentence each time, and never a process left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.cli import MODEL
from assistant.console import Console
from assistant.contracts.errors import Invalid
from assistant.processes import STEADY_SECONDS, Processes, Running, StartFailed, find_running
from assistant.settings import PROJECT, Settings, child_environment
from tests.running import Bot, free_ports

ASSISTANT = str(Path(sys.executable).with_name("assistant"))
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def environment(state: Path, **more: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    # Told that it is a child of ours, the command does not read the .env of whoever runs the tests.
    return {**inherited, **free_ports(), "ASSISTANT_STATE": str(state), "ASSISTANT_PROCESS": "cli", **more}


def left(state: Path) -> dict[int, str]:
    """Every living process that works from this state folder, with its command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"ASSISTANT_STATE={state}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return {pid: command for pid, command in found.items() if command}


def until(holds: Callable[[], object], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return bool(holds())


@contextmanager
def serving(state: Path) -> Iterator[tuple[subprocess.Popen[str], Running]]:
    """`assistant serve` in the foreground of another process group, ready to answer."""
    settings = environment(state)
    server = subprocess.Popen(
        [ASSISTANT, "serve"], env=settings, cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        assert until(lambda: find_running(Settings(settings)) or server.poll() is not None, 90)
        running = find_running(Settings(settings))
        assert running, server.communicate()[0]
        yield server, running
    finally:
        server.kill()
        server.wait()


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_however_it_is_stopped_no_process_stays(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as (server, _):
        assert len(left(tmp_path)) >= 5
        server.send_signal(number)
        server.wait(15)
        assert until(lambda: not left(tmp_path)), left(tmp_path)
        assert number == signal.SIGKILL or not (tmp_path / "running.json").exists()


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("os.kill(os.getpid(), 9)", r"The worker was killed \(signal 9\): by somebody, or .* memory ran out\. Its log"),
        (
            "os.kill(os.getpid(), 15)",
            r"The worker was told to stop \(signal 15\)\. Its log up to then is .*worker\.log",
        ),
        ("os.kill(os.getpid(), 11)", r"The worker crashed \(signal 11, Segmentation fault\)"),
        ("raise MemoryError", r"ended by itself \(exit code 1: MemoryError\); the whole story is in .*worker\.log"),
        ("sys.exit(0)", r"ended by itself \(exit code 0\); the whole"),
    ],
    ids=["killed", "told to stop", "crashed", "out of memory", "left"],
)
def test_what_ended_a_process_is_told_and_not_what_it_said_last(tmp_path: Path, program: str, said: str) -> None:
    processes = Processes(Settings(environment(tmp_path)), MODEL)
    processes._launch("worker", ["-c", f"import os, sys; print('audit.anchor', flush=True); {program}"])
    processes._children["worker"].wait(30)
    with pytest.raises(StartFailed, match=said) as failed:
        processes.tend()
    assert "audit.anchor" not in str(failed.value)


@linux
def test_an_action_server_that_hangs_or_dies_leaves_nobody_without_an_answer(tmp_path: Path) -> None:
    with serving(tmp_path) as (server, running):

        def actions() -> int | None:
            return next((pid for pid, command in left(tmp_path).items() if "rasa_sdk" in command), None)

        pid = actions()
        assert pid
        os.kill(pid, signal.SIGSTOP)
        started = time.monotonic()
        (answer,) = Console(running).say("how is staging?")
        assert "does not answer" in answer.text and "do not know whether that arrived" in answer.text
        assert time.monotonic() - started < 15
        time.sleep(max(0.0, STEADY_SECONDS + 1 - (time.monotonic() - started)))
        os.kill(pid, signal.SIGKILL)
        assert until(lambda: actions() not in (None, pid)), "it was not started again"
        assert until(lambda: Console(running).say("how is staging?")[0].text.startswith("staging: "), 30)
        # What ends again at once has a reason to, and is not started for ever.
        again = actions()
        assert again
        os.kill(again, signal.SIGKILL)
        assert server.wait(20) == 1
        assert server.stdout is not None
        assert "The action server was killed (signal 9)" in server.stdout.read()
        assert until(lambda: not left(tmp_path)), left(tmp_path)


@linux
def test_a_question_waits_for_a_dialogue_server_that_comes_back_and_harms_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as (server, _):
        dialogue = next(pid for pid, command in left(tmp_path).items() if " rasa run " in command)
        logs = {file.name: file.stat().st_ino for file in (tmp_path / "logs").iterdir()}
        ready = time.monotonic()
        until(lambda: time.monotonic() - ready > STEADY_SECONDS, STEADY_SECONDS + 5)  # else it would not come back
        os.kill(dialogue, signal.SIGKILL)
        # The console's settings: the state folder and the ports of what runs there.
        own = (Path("/proc") / str(server.pid) / "environ").read_bytes().decode().split("\0")
        settings = dict(each.split("=", 1) for each in own if "=" in each)
        ended = subprocess.run(
            [ASSISTANT, "ask", "how is staging?"], env=settings, cwd=PROJECT, text=True, capture_output=True, timeout=90
        )
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.startswith("staging: ")
        assert server.poll() is None and find_running(Settings(settings))
        assert {file.name: file.stat().st_ino for file in (tmp_path / "logs").iterdir()} == logs


@linux
def test_who_comes_second_to_a_state_folder_leaves_the_first_alone(bot: Bot) -> None:
    settings = Settings({**environment(bot.state), **bot.environment})
    with Processes(settings, MODEL) as processes, pytest.raises(StartFailed, match="already"):
        processes.start()
    assert find_running(settings)
    assert bot.log("dialogue")


@linux
def test_a_taken_port_is_one_sentence_and_nothing_was_started(tmp_path: Path) -> None:
    settings = environment(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(settings["RASA_PORT"])))
        other.listen()
        ended = subprocess.run(
            [ASSISTANT, "ask", "how is staging?"], env=settings, cwd=PROJECT, text=True, capture_output=True, timeout=60
        )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.strip() == (
        f"Port {settings['RASA_PORT']} is taken by another program. Stop that one, or choose another: RASA_PORT=…"
    )
    assert not left(tmp_path)


def test_without_a_model_it_says_how_to_get_one(tmp_path: Path) -> None:
    with (
        pytest.raises(Invalid, match="make train"),
        Processes(Settings(environment(tmp_path)), tmp_path / "none.tar.gz") as processes,
    ):
        processes.start()


@linux
def test_a_broken_catalogue_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "catalog"
    broken.mkdir()
    (broken / "platform.yaml").write_text("environments: [\n", encoding="utf-8")
    settings = environment(tmp_path, CATALOG=str(broken))
    ended = subprocess.run(
        [ASSISTANT, "ask", "how is staging?"], env=settings, cwd=PROJECT, text=True, capture_output=True, timeout=60
    )
    assert ended.returncode == 1
    assert "platform.yaml" in ended.stderr and "line" in ended.stderr and len(ended.stderr.splitlines()) == 1
    assert not left(tmp_path)


def test_a_question_uses_the_assistant_that_runs(bot: Bot) -> None:
    settings = {**environment(bot.state), **bot.environment}
    started = time.monotonic()
    ended = subprocess.run(
        [ASSISTANT, "ask", "--json", "how is staging?"], env=settings, text=True, capture_output=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)[0]["text"].startswith("staging: ")
    assert time.monotonic() - started < 9, "it started an assistant of its own"


def test_a_conversation_can_be_piped_in(bot: Bot) -> None:
    settings = {**environment(bot.state), **bot.environment}
    talk = "how is it doing?\n2\nexit\nnever read\n"
    ended = subprocess.run([ASSISTANT, "chat"], input=talk, env=settings, text=True, capture_output=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert "> how is it doing?" in ended.stdout and "  2) qa" in ended.stdout
    assert "\nqa: " in ended.stdout and "never read" not in ended.stdout


def test_every_process_gets_the_secrets_it_needs_and_no_others(tmp_path: Path) -> None:
    own = ("GITHUB_TOKEN", "DATABASE_URL", "ACTION_SERVER_TOKEN", "CONSOLE_SECRET")
    slack = ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_ENCRYPTION_KEYS", "SLACK_SIGNING_SECRET")
    secrets = dict.fromkeys((*own, *slack), "x")
    settings = Settings({**secrets, "GITHUB_APP_PRIVATE_KEY_FILE": "k", "PATH": "/bin", "CATALOG": "c"})
    given = {name: set(child_environment(settings, name)) for name in ("dialogue", "actions", "worker", "sandbox")}
    assert all({"PATH", "CATALOG"} <= names for names in given.values())
    shown = {name: sorted(names & {*secrets, "GITHUB_APP_PRIVATE_KEY_FILE"}) for name, names in given.items()}
    assert shown == {
        "dialogue": ["ACTION_SERVER_TOKEN", "CONSOLE_SECRET", "DATABASE_URL", *slack],
        "actions": ["ACTION_SERVER_TOKEN", "DATABASE_URL", "GITHUB_APP_PRIVATE_KEY_FILE", "GITHUB_TOKEN"],
        "worker": ["DATABASE_URL", "GITHUB_APP_PRIVATE_KEY_FILE", "GITHUB_TOKEN", *slack[:3]],
        "sandbox": [],
    }


def test_the_model_in_use_is_the_one_that_was_named() -> None:
    processes = Processes(Settings({"PATH": "/bin"}), MODEL)
    command = processes._rasa({"RASA_PORT": 1, "ACTION_SERVER_PORT": 2})
    assert command[command.index("--model") + 1] == str(MODEL)


def test_a_state_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    settings = environment(file)
    ended = subprocess.run([ASSISTANT, "ask", "hi"], env=settings, text=True, capture_output=True, timeout=60)
    assert ended.returncode == 1
    assert "cannot be used" in ended.stderr and len(ended.stderr.splitlines()) == 1
