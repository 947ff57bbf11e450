"""The worker's loop: one worker per job, failures noted, a prompt end."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from assistant import worker
from assistant.bootstrap import Assistant
from assistant.contracts.change import ChangeRequest
from assistant.contracts.errors import Unavailable
from assistant.contracts.post import Post, PostKind
from assistant.integrations.chat.slack import Slack
from assistant.integrations.store.requests import SqlRequests
from assistant.settings import PROJECT, Settings
from assistant.worker import Job, post, run
from tests.operations.changing import PRODUCTION, STAGING, Company, confirmed


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    return Assistant(Settings({"ASSISTANT_STATE": str(tmp_path), "CATALOG": str(PROJECT / "catalog")}))


def loop(assistant: Assistant, job: Job) -> tuple[threading.Thread, threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(assistant, stop, (job,)), daemon=True)
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


def test_a_request_that_is_stuck_holds_up_no_other(
    assistant: Assistant, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm, seen = Company(engine), []
    stuck, other = confirmed(firm, STAGING), confirmed(firm, PRODUCTION)
    monkeypatch.setattr(SqlRequests, "find", lambda *_: (stuck, other))

    def advance(_: Any, request: ChangeRequest) -> None:
        seen.append(request.number)
        if request is stuck:
            raise Unavailable("the assistant's database", "is full")

    monkeypatch.setattr(worker, "advance", advance)
    worker.carry_on(assistant)
    assert seen == [stuck.number, other.number]


def test_without_slack_nothing_is_sent_and_nothing_waits_for_it(assistant: Assistant) -> None:
    post(assistant, threading.Event())


def test_with_slack_the_outbox_is_emptied_until_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"ASSISTANT_STATE": str(tmp_path), "CATALOG": str(PROJECT / "catalog"), "SLACK_BOT_TOKEN": "xoxb-made-up"}
    assistant, stop, sent = Assistant(Settings(values)), threading.Event(), threading.Event()
    monkeypatch.setattr(Slack, "send", lambda self, waiting: sent.set())
    assistant.outbox.put(Post("a", PostKind.MESSAGE, "T1", "C1", "hello"), now=datetime.now(timezone.utc))
    thread = threading.Thread(target=post, args=(assistant, stop))
    thread.start()
    assert sent.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive() and assistant.outbox.backlog(datetime.now(timezone.utc)).waiting == 0
