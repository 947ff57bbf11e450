"""`assistant inbox` and `assistant slack`, as an operator types them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from assistant.bootstrap import Assistant
from assistant.cli_slack import inbox, outbox, slack
from assistant.contracts.messaging import Incoming, Kind, Workspace
from assistant.contracts.post import Post, PostKind
from assistant.settings import PROJECT, Settings

NOW = datetime.now(timezone.utc)
WHO = {"team": "T1", "user": "U1", "home": "T1", "channel": "C1", "thread": "1.2"}
ONE = Incoming(
    "a1b2", Kind.MESSAGE, **WHO, conversation="T1.U1.C1.1.2", text="how's prod?", sent_at=NOW, received_at=NOW
)


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    return with_keys(tmp_path, Fernet.generate_key().decode())


def with_keys(state: Path, keys: str) -> Assistant:
    client = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "x", "SLACK_ENCRYPTION_KEYS": keys}
    return Assistant(Settings({"CATALOG": str(PROJECT / "catalog"), "ASSISTANT_STATE": str(state), **client}))


def typed(assistant: Assistant, *words: str) -> Result:
    group = {"inbox": inbox, "outbox": outbox, "slack": slack}[words[0]]
    return CliRunner().invoke(group, words[1:], obj=assistant)


def test_what_was_given_up_is_listed_shown_replayed_and_dropped(assistant: Assistant) -> None:
    assert "Nothing waits." in typed(assistant, "inbox", "list").output
    assistant.inbox.put([ONE, replace(ONE, id="c3d4", conversation="T1.U2.D1")])
    assistant.inbox.fail(ONE, "slack was down", None)
    listed = typed(assistant, "inbox", "list").output.splitlines()
    assert len(listed) == 2
    (line,) = typed(assistant, "inbox", "list", "--dead").output.splitlines()
    assert line.startswith("a1b2") and line.endswith("slack was down")
    shown = typed(assistant, "inbox", "show", "a1b2").output
    assert "how's prod?" in shown and "U1 in C1" in shown and "dead" in shown
    assert "asked again" in typed(assistant, "inbox", "replay", "a1b2").output
    entry = assistant.inbox.entry("a1b2")
    assert entry and entry.incoming.replayed
    assert typed(assistant, "inbox", "replay", "a1b2").exit_code == 1
    assert typed(assistant, "inbox", "drop", "a1b2").exit_code == 0
    assert "is done" in typed(assistant, "inbox", "drop", "a1b2").output
    assert "“nothing”" in str(typed(assistant, "inbox", "show", "nothing").exception)


def test_keys_are_made_and_changed(assistant: Assistant, tmp_path: Path) -> None:
    key = typed(assistant, "slack", "new-key").output.strip()
    Fernet(key)
    assistant.installations.save(Workspace("T1", "UBOT", "xoxb-made-up"))
    old = assistant.settings.values["SLACK_ENCRYPTION_KEYS"]
    assert "1 workspace are" in typed(with_keys(tmp_path, f"{key},{old}"), "slack", "rotate-keys").output
    found = with_keys(tmp_path, key).installations.find("T1")
    assert found and found.token == "xoxb-made-up"


def test_what_could_not_be_posted_is_listed_with_its_reason(assistant: Assistant) -> None:
    assert typed(assistant, "outbox").output == "Everything was posted.\n"
    lost = Post("a1b2-1", PostKind.EPHEMERAL, "T1", "C1", "secret words", reader="U1")
    assistant.outbox.put(lost, now=NOW)
    assistant.outbox.take(60, 1, NOW)
    assistant.outbox.failed(lost, "Slack says that my installation was removed.")
    (line,) = typed(assistant, "outbox").output.splitlines()
    assert line.startswith("a1b2-1") and line.endswith("my installation was removed.") and "secret" not in line
