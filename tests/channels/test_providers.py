"""What GitHub, Jenkins and pipelines send: forged, repeated or senseless, it changes nothing but where we look next."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from rasa.core.channels.channel import InputChannel, register
from rasa.core.run import create_http_input_channels
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, text

from assistant.bootstrap import Assistant
from assistant.contracts.actor import Actor
from assistant.contracts.errors import Unavailable
from assistant.contracts.locks import Scope
from assistant.contracts.watch import Poke
from assistant.operations import locks
from assistant.processes import _CHANNELS
from assistant.settings import PROJECT, Settings
from extensions.channels.gate import GateChannel
from extensions.channels.github import GitHubChannel
from extensions.channels.jenkins import JenkinsChannel
from tests.channels.served import Client, served

SECRET = "s3cret"
RUN = {"action": "completed", "repository": {"full_name": "epetech/checkout"}, "workflow_run": {"id": 8841}}
STATUS = {"repository": {"full_name": "epetech/identity"}, "deployment": {"environment": "prod-eu"}}
GATE = "/webhooks/gate?service=payments&environment=production"


class Door:
    """The three channels of an assistant on a real port."""

    def __init__(self, assistant: Assistant, client: Client) -> None:
        self.assistant, self.client = assistant, client

    def github(
        self, payload: Any, event: str = "workflow_run", secret: str = SECRET, **headers: str
    ) -> requests.Response:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        told = {"X-GitHub-Event": event, "X-GitHub-Delivery": "d-1", "X-Hub-Signature-256": signature}
        return self.client.post("/webhooks/github", data=body, headers={**told, **headers})

    def jenkins(self, payload: Any, token: str = SECRET) -> requests.Response:
        return self.client.post("/webhooks/jenkins", json=payload, headers={"X-Jenkins-Token": token})

    def gate(self, path: str = GATE, token: str = SECRET) -> tuple[int, dict[str, Any]]:
        answer = self.client.get(path, headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.json()

    @property
    def pokes(self) -> list[Poke]:
        return list(self.assistant.watches.poked())


def assistant(folder: Path, **settings: str) -> Assistant:
    return Assistant(Settings({"ASSISTANT_STATE": str(folder), "CATALOG": str(PROJECT / "catalog"), **settings}))


async def up(request: Request) -> HTTPResponse:
    return text("up")


def mounted(one: Assistant, name: str) -> Sanic:
    channels: list[InputChannel] = [GitHubChannel(one), JenkinsChannel(one), GateChannel(one)]
    app = Sanic(name, configure_logging=False)
    app.add_route(up, "/")
    register(channels, app, route="/webhooks/")
    return app


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    names = ("GITHUB_WEBHOOK_SECRET", "JENKINS_WEBHOOK_TOKEN", "GATE_TOKEN")
    one = assistant(tmp_path, **dict.fromkeys(names, SECRET))
    with served(mounted(one, f"door_{tmp_path.name}")) as client:
        yield Door(one, client)


def test_what_github_tells_is_stored_once_before_it_is_acknowledged(door: Door) -> None:
    assert [door.github(RUN).json() for _ in range(2)] == [{"new": True}, {"new": False}]
    again = {"X-GitHub-Delivery": "d-2"}
    assert door.github(STATUS, "deployment_status", **again).json() == {"new": True}
    assert door.pokes == [
        Poke("github:d-1", "epetech/checkout"),
        Poke("github:d-2", "epetech/identity", "prod-eu"),
    ]


def test_a_forged_message_is_refused(door: Door) -> None:
    for answer in (
        door.github(RUN, secret="guessed"),
        door.github(RUN, **{"X-Hub-Signature-256": ""}),
        door.github(RUN, **{"X-Hub-Signature-256": "sha1=abc"}),
        door.client.post("/webhooks/github", json=RUN),
        door.jenkins({"job": "platform/deploy-app"}, token="guessed"),
        door.jenkins({"job": "platform/deploy-app"}, token=""),
    ):
        assert answer.status_code == 401
    assert door.pokes == []


@pytest.mark.parametrize("payload", [b"not json", b"[]", b"{}", b'{"repository": {"full_name": 7}}', b'"text"'])
def test_a_message_without_sense_is_refused(door: Door, payload: bytes) -> None:
    assert door.github(payload).status_code == 400
    assert door.pokes == []


def test_a_message_without_its_number_is_refused(door: Door) -> None:
    assert door.github(RUN, **{"X-GitHub-Delivery": "x" * 200}).status_code == 400


@pytest.mark.parametrize("event", ["ping", "push", "star", ""])
def test_other_events_are_taken_and_forgotten(door: Door, event: str) -> None:
    assert door.github({"zen": "Keep it logically awesome."}, event).json() == {"new": False}
    assert door.pokes == []


@pytest.mark.parametrize(
    "payload",
    [
        {"name": "deploy-app", "url": "job/platform/job/deploy-app/", "build": {"number": 5, "phase": "STARTED"}},
        {"job": "platform/deploy-app"},
    ],
)
def test_what_jenkins_tells_names_the_job(door: Door, payload: dict[str, Any]) -> None:
    assert [door.jenkins(payload).json() for _ in range(2)] == [{"new": True}, {"new": False}]
    assert [poke.where for poke in door.pokes] == ["platform/deploy-app"]


@pytest.mark.parametrize("payload", [{}, [], {"job": 7}, {"url": "/"}])
def test_a_notification_without_a_job_is_refused(door: Door, payload: Any) -> None:
    assert door.jenkins(payload).status_code == 400


def test_the_gate_opens_while_nothing_holds_the_place(door: Door) -> None:
    assert door.gate() == (200, {"allowed": True, "reason": "Nothing holds it."})


def test_the_gate_says_who_holds_the_place(door: Door) -> None:
    context = door.assistant.context(Actor("local", "priya-raman"))
    locks.lock(context, Scope("payments", "production"), "checking the ledger")
    status, told = door.gate()
    assert (status, told["allowed"]) == (200, False)
    assert told["reason"] == "Priya Raman holds payments in production: checking the ledger."
    assert door.gate(GATE.replace("production", "staging"))[1]["allowed"]


def test_the_gate_is_shut_for_strangers_and_unknown_places(door: Door) -> None:
    assert door.gate(token="guessed")[0] == 401
    for path in ("/webhooks/gate", GATE.replace("payments", "nothing"), GATE.replace("production", "moon")):
        status, told = door.gate(path)
        assert (status, told["allowed"]) == (404, False)


def test_the_gate_is_shut_when_nobody_can_tell(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise Unavailable("the assistant's database", "did not give what it was asked for")

    monkeypatch.setattr("assistant.integrations.store.locks.SqlLocks.pause", gone)
    status, told = door.gate()
    assert (status, told["allowed"]) == (503, False) and "database" in told["reason"]


def test_without_its_secret_a_door_is_not_there(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    one = assistant(tmp_path, GITHUB_WEBHOOK_SECRET_FILE=str(empty), GATE_TOKEN_FILE=str(empty))
    with served(mounted(one, "no_doors")) as client:
        posted = [client.post(f"/webhooks/{name}", json={}).status_code for name in ("github", "jenkins")]
        assert [*posted, client.get("/webhooks/gate").status_code] == [404, 404, 404]


def test_rasa_finds_every_channel_that_a_start_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "credentials.yml"
    settings = {
        "ASSISTANT_STATE": str(tmp_path),
        "CONSOLE_SECRET": "x",
        "SLACK_BOT_TOKEN": "x",
        "SLACK_SIGNING_SECRET": "x",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for kind, wanted in (("console", {"console"}), ("slack", {"slack", "github", "jenkins", "gate"})):
        file.write_text("".join(f"{channel}: {{}}\n" for channel in _CHANNELS[kind]))
        assert {channel.name() for channel in create_http_input_channels(None, str(file))} == wanted
