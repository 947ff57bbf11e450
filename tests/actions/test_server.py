"""The action server answers the dialogue server alone, and tells strangers nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa_sdk.endpoint import create_app

from actions import server
from actions.server import TOKEN_HEADER
from assistant.bootstrap import Assistant
from assistant.settings import PROJECT, Settings
from tests.channels.served import Client, served

TOKEN = {TOKEN_HEADER: "t0ken"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    state = tmp_path_factory.mktemp("state")
    settings = Settings(
        {"ACTION_SERVER_TOKEN": "t0ken", "ASSISTANT_STATE": str(state), "CATALOG": str(PROJECT / "catalog")}
    )
    patch = pytest.MonkeyPatch()
    assistant = Assistant(settings)
    patch.setattr(server, "the_assistant", lambda: assistant)
    patch.setenv("SANIC_HOST", "127.0.0.1")
    app = create_app("actions")
    server.attach_sanic_app_extensions(app)
    with served(app) as client:
        yield client
    patch.undo()


@pytest.mark.parametrize("path", ["/webhook", "/actions", "/metrics"])
@pytest.mark.parametrize("headers", [{}, {TOKEN_HEADER: "wrong"}, {TOKEN_HEADER: ""}])
def test_without_the_token_nothing_is_answered(client: Client, path: str, headers: dict[str, str]) -> None:
    ask = client.post if path == "/webhook" else client.get
    answer = ask(path, headers=headers)
    assert answer.status_code == 403
    assert answer.json() == {"error": "wrong or missing token"}


def test_with_the_token_metrics_are_shown(client: Client) -> None:
    answer = client.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    assert "assistant_answers" in answer.text


def test_readiness_needs_no_token(client: Client) -> None:
    assert client.get("/ready").json() == {"ready": True, "sandbox": True}


def test_a_failure_repeats_neither_the_request_nor_the_exception(client: Client) -> None:
    body = {"next_action": "action_status", "tracker": "hunter2", "sender_id": "hunter2", "version": "3.6.21"}
    answer = client.post("/webhook", json=body, headers=TOKEN)
    assert answer.status_code == 500
    assert answer.json() == {"error": "the action server could not answer"}


def test_half_a_json_is_refused(client: Client) -> None:
    answer = client.post("/webhook", data='{"next_action": ', headers=TOKEN)
    assert answer.status_code == 400
    assert "next_action" not in answer.text


def test_it_listens_on_this_machine_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    from assistant.settings import listen_on_loopback

    monkeypatch.delenv("SANIC_HOST", raising=False)
    listen_on_loopback()
    assert os.environ["SANIC_HOST"] == "127.0.0.1"
    monkeypatch.setenv("SANIC_HOST", "0.0.0.0")
    listen_on_loopback()
    assert os.environ["SANIC_HOST"] == "0.0.0.0"


def test_the_hook_is_found_by_rasa_sdk() -> None:
    from rasa_sdk.plugin import plugin_manager

    assert server in plugin_manager().get_plugins()


def test_a_broken_catalogue_is_a_reason_for_not_being_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "platform.yaml").write_text("environments: [", encoding="utf-8")
    broken = Assistant(Settings({"CATALOG": str(tmp_path), "ASSISTANT_STATE": str(tmp_path)}))
    monkeypatch.setattr(server, "the_assistant", lambda: broken)
    from sanic import Sanic

    app = Sanic("broken_catalogue", configure_logging=False)
    app.add_route(server._ready, "/ready", methods=["GET"])
    with served(app) as client:
        answer = client.get("/ready")
    assert answer.status_code == 503
    assert "platform.yaml" in answer.json()["reason"]
