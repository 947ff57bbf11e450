"""What is open in a real installation: our own channels, each of which verifies who is there, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rasa.core.channels import BUILTIN_CHANNELS
from rasa.core.run import configure_app, create_http_input_channels

from assistant import bootstrap
from assistant.cli import MODEL
from assistant.processes import Processes
from assistant.settings import PROJECT, Settings
from tests.channels.slack.served import SECRET

SETTINGS = {"CATALOG": str(PROJECT / "catalog"), "SLACK_SIGNING_SECRET": SECRET, "SLACK_BOT_TOKEN": "xoxb-made-up"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings({**SETTINGS, "ASSISTANT_STATE": str(tmp_path), "ACTION_SERVER_TOKEN": "x"})


def started(settings: Settings, channel: str) -> tuple[list[str], dict[str, object]]:
    """The dialogue server's command line, and the channels that it is told to open."""
    command = Processes(settings, MODEL, channel)._rasa({"RASA_PORT": 1, "ACTION_SERVER_PORT": 2})
    file = Path(command[command.index("--credentials") + 1])
    return list(command), yaml.safe_load(file.read_text(encoding="utf-8"))


def test_with_slack_no_channel_is_open_that_believes_what_it_is_told_and_no_api(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, opened = started(settings, "slack")
    assert "--enable-api" not in command and "--connector" not in command
    assert command[command.index("--interface") + 1] == "127.0.0.1"
    assert all(name.startswith("extensions.channels.") and "console" not in name for name in opened)
    monkeypatch.setattr(bootstrap, "load_settings", lambda: settings)
    bootstrap.the_assistant.cache_clear()
    try:
        channels = create_http_input_channels(None, command[command.index("--credentials") + 1])
    finally:
        bootstrap.the_assistant.cache_clear()
    assert not [channel for channel in channels if isinstance(channel, tuple(BUILTIN_CHANNELS.values()))]
    app = configure_app(channels, enable_api=False)
    routes = {f"/{route.path}" for route in app.router.routes}
    slack = {f"/webhooks/slack/{path}" for path in ("events", "commands", "interactions", "ready")}
    assert {route for route in routes if "slack" in route} == slack
    own = {f"/webhooks/{channel.url_prefix()}" for channel in channels}
    assert all(route == "/" or "/".join(route.split("/")[:3]) in own for route in routes)


def test_the_console_is_alone_too(settings: Settings) -> None:
    _, opened = started(settings, "console")
    assert list(opened) == ["extensions.channels.console.ConsoleChannel"]
