"""What is kept of a conversation: neither secrets nor claims."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.safeguards.identity import CLAIM
from extensions.tracker_store import RedactingTrackerStore

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0"


def test_a_conversation_is_kept_without_secrets_and_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_STATE", str(tmp_path))
    store = RedactingTrackerStore(Domain.empty())
    tracker = DialogueStateTracker.from_events(
        "c1",
        [
            SlotSet("session_started_metadata", {CLAIM: "signed-claim"}),
            ActionExecuted("action_listen"),
            UserUttered(f"my token is {TOKEN}", metadata={CLAIM: "signed-claim", "kept": "yes"}),
            BotUttered(f"I saw {TOKEN}"),
        ],
    )
    asyncio.run(store.save(tracker))
    rows = sqlite3.connect(tmp_path / "rasa.db").execute("select data from events").fetchall()
    text = " ".join(row[0] for row in rows)
    assert len(rows) == 4
    assert TOKEN not in text and "signed-claim" not in text
    assert "my token is [hidden]" in text and '"kept": "yes"' in text
    # The conversation itself goes on with what was said.
    assert tracker.latest_message is not None and TOKEN in (tracker.latest_message.text or "")


def test_a_second_turn_only_adds_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_STATE", str(tmp_path))
    store = RedactingTrackerStore(Domain.empty())
    tracker = DialogueStateTracker.from_events("c1", [ActionExecuted("action_listen"), UserUttered("hello")])
    asyncio.run(store.save(tracker))
    tracker.update(BotUttered("hi"))
    asyncio.run(store.save(tracker))
    again = asyncio.run(store.retrieve("c1"))
    assert again is not None
    assert [event.type_name for event in again.events] == ["action", "user", "bot"]
