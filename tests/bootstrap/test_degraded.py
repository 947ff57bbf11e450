"""Providers that hang, lie or are half dead, in any combination: every question is answered in time with the rest."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.bootstrap import Assistant
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.status import StatusReport, StatusRequest
from assistant.operations.status import status
from assistant.settings import PROJECT, Settings
from assistant.worker import observe
from sandbox.server import Server
from tests.capabilities import QUESTIONS, answer

ANA = Actor(LOCAL_WORKSPACE, "ana-duarte")
DEADLINE = 2.0
AFTER = 1.5
"""Seconds that an answer may be late on a busy machine: fifteen questions are put at once."""

PLACES = {
    "github": "^/(repos|rate)",
    "jenkins": "^/jenkins",
    "alertmanager": "^/alertmanager",
    "prometheus": "^/prometheus",
    "runs": "/actions/",
    "jobs": "/jobs$|wfapi",
    "deployments": "/deployments",
    "statuses": "/statuses$",
    "compare": "/compare/",
    "silences": "/silences$",
}
"""Whole providers, and single endpoints of them."""


def _changed(value: Any, change: Callable[[Any], Any]) -> Any:
    """A JSON value with every leaf of it changed."""
    if isinstance(value, dict):
        return {key: _changed(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_changed(each, change) for each in value]
    return change(value)


def _other_kind(value: Any) -> Any:
    return len(value) if isinstance(value, str) else str(value)


LIES: Mapping[str, Callable[[Any], Any]] = {
    "nulls": lambda body: _changed(body, lambda _: None),
    "wrong types": lambda body: _changed(body, _other_kind),
    "foreign": lambda body: _changed(body, lambda value: "someone-else" if isinstance(value, str) else value),
    "a list for an object": lambda body: [body] if isinstance(body, dict) else {"value": body},
    "nothing": lambda body: type(body)() if isinstance(body, dict | list) else None,
}
HANGS = ("never", "500", "401", "404", "half", "html")
KINDS = (*LIES, *HANGS)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked has left at its deadline."""


class World:
    """The sandbox behind a server that answers as badly as ``faults`` (a kind by a pattern of paths) say."""

    def __init__(self, sandbox: str) -> None:
        self.sandbox, self.faults, self.over = sandbox, dict[str, str](), threading.Event()
        self.server = _Quiet(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def _handler(world: World) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind = next((kind for path, kind in world.faults.items() if re.search(path, self._path)), None)
                if kind == "never":
                    world.over.wait()
                    return
                found = requests.get(world.sandbox + self.path, headers=self._passed, timeout=10)
                status, body = found.status_code, found.content
                if kind in LIES and body:
                    body = json.dumps(LIES[kind](found.json())).encode() if _is_json(found) else b"\0lies"
                elif kind == "half":
                    body = body[: len(body) // 2]
                elif kind == "html":
                    body = b"<html>Bad gateway</html>"
                elif kind:
                    status = int(kind)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            @property
            def _path(self) -> str:
                return self.path.partition("?")[0]

            @property
            def _passed(self) -> dict[str, str]:
                return {"Authorization": self.headers.get("Authorization", "")}

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _is_json(found: requests.Response) -> bool:
    try:
        found.json()
    except ValueError:
        return False
    return True


@contextmanager
def _serving(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    server = Server(0)
    with _serving(server):
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def _assistant(sandbox: str, folder: Path, faults: Mapping[str, str]) -> Iterator[Assistant]:
    """One that has never asked anybody yet, before a world with these faults."""
    world = World(sandbox)
    world.faults.update({PLACES[place]: kind for place, kind in faults.items()})
    with _serving(world.server):
        names = {
            "ASSISTANT_STATE": str(folder),
            "CATALOG": str(PROJECT / "catalog"),
            "ASSISTANT_SANDBOX_URL": world.url,
        }
        try:
            yield Assistant(Settings({**names, "ANSWER_DEADLINE": str(DEADLINE)}))
        finally:
            world.over.set()


def _answers(assistant: Assistant) -> dict[str, tuple[str, float]]:
    """Every question at once: its answer and how long it took."""

    def ask(question: str) -> tuple[str, float]:
        started = time.monotonic()
        return answer(question, assistant.context(ANA)), time.monotonic() - started

    with ThreadPoolExecutor(len(QUESTIONS)) as pool:
        return dict(zip(QUESTIONS, pool.map(ask, QUESTIONS), strict=True))


_UNFIT = re.compile(r"JSON|None(?! of)|Traceback|Error:|0x[0-9a-f]{6}|<html|\{'|within \d")
"""What no person should read."""


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(KINDS)), min_size=1, max_size=5))
def test_any_combination_is_answered_in_time_in_words(
    sandbox: str, tmp_path_factory: pytest.TempPathFactory, faults: dict[str, str]
) -> None:
    with _assistant(sandbox, tmp_path_factory.mktemp("degraded"), faults) as assistant:
        for question, (text, seconds) in _answers(assistant).items():
            assert seconds < DEADLINE + AFTER, (question, seconds)
            assert text and not _UNFIT.search(text), (question, text)


@pytest.mark.parametrize("kind", ["never", "wrong types"])
@pytest.mark.parametrize("broken", ["github", "jenkins", "alertmanager", "prometheus"])
def test_whoever_fails_the_others_are_told(sandbox: str, tmp_path: Path, broken: str, kind: str) -> None:
    with _assistant(sandbox, tmp_path, {broken: kind}) as assistant:
        report = status(assistant.context(ANA, 5.0), StatusRequest(environments=("staging",)))
        silent = {one.service for one in report.places if one.problem}
        built_by_jenkins = {"billing-worker"}
        everybody = {one.service for one in report.places}
        expected = {"github": everybody - built_by_jenkins, "jenkins": built_by_jenkins}.get(broken, set())
        assert silent == expected
        assert all(one.health.level.value != "unknown" for one in report.places) == (broken != "alertmanager")
        assert any(one.unseen for one in report.places) == (broken == "prometheus")


def test_what_was_seen_before_is_shown_with_its_age(sandbox: str, tmp_path: Path) -> None:
    shown = ("status of an environment", "builds", "build", "alerts", "history")
    with _assistant(sandbox, tmp_path, {}) as assistant:
        for question in shown:
            assert "ago" not in answer(question, assistant.context(ANA, 5.0))
    dead = dict.fromkeys(("github", "jenkins", "alertmanager", "prometheus"), "500")
    with _assistant(sandbox, tmp_path, dead) as assistant:
        now = {question: text for question, (text, _) in _answers(assistant).items()}
        report: StatusReport = status(assistant.context(ANA), StatusRequest(environments=("staging",)))
    assert all(one.problem and one.state and one.state.current for one in report.places)
    for question in shown:
        assert re.search(r"\d+ s ago", now[question]), now[question]
    assert "is unknown" in now["metrics"] and "ago" not in now["metrics"]


def test_what_the_worker_has_seen_is_enough(sandbox: str, tmp_path: Path) -> None:
    with _assistant(sandbox, tmp_path, {}) as assistant:
        observe(assistant)
    with _assistant(sandbox, tmp_path, dict.fromkeys(("github", "jenkins", "alertmanager"), "500")) as assistant:
        for question in ("status of an environment", "last deployment", "alerts"):
            assert re.search(r"\d+ s ago", text := answer(question, assistant.context(ANA))), text
