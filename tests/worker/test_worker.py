"""The worker's loop: one worker per job, failures noted, a prompt end."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Assistant
from assistant.contracts.errors import Unavailable
from assistant.settings import PROJECT, Settings
from assistant.worker import Job, run


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    return Assistant(Settings({"ASSISTANT_STATE": str(tmp_path), "CATALOG": str(PROJECT / "catalog")}))


def loop(assistant: Assistant, job: Job) -> tuple[threading.Thread, threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(assistant, stop, (job,)))
    thread.start()
    return thread, stop


def test_a_due_job_runs_again_and_again_until_the_end(assistant: Assistant) -> None:
    often = threading.Semaphore(0)
    thread, stop = loop(assistant, Job("tick", 0.01, lambda _: often.release()))
    assert all(often.acquire(timeout=5) for _ in range(3))
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_of_two_workers_one_works_and_the_other_takes_over(assistant: Assistant) -> None:
    ran: dict[str, threading.Event] = {"one": threading.Event(), "two": threading.Event()}
    first, stop_first = loop(assistant, Job("tick", 30, lambda _: ran["one"].set()))
    assert ran["one"].wait(5)
    second, stop_second = loop(assistant, Job("tick", 0.02, lambda _: ran["two"].set()))
    assert not ran["two"].wait(0.3)
    stop_first.set()
    first.join(5)
    assert ran["two"].wait(5)
    stop_second.set()
    second.join(5)


def test_a_failing_step_does_not_end_the_loop(assistant: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    tried = threading.Semaphore(0)

    def fail(_: Any) -> None:
        tried.release()
        raise Unavailable("github", "answered 500")

    thread, stop = loop(assistant, Job("tick", 0.01, fail))
    assert all(tried.acquire(timeout=5) for _ in range(2))
    stop.set()
    thread.join(5)
    shown = capsys.readouterr()
    assert "github answered 500" in shown.out + shown.err
