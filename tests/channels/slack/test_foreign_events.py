"""Events that somebody else's Slack made and signed: emulate's, not those of our own tests."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from slack_sdk.web import WebClient

from assistant.contracts.messaging import Workspace
from assistant.contracts.post import ChatSettings, Post, PostKind
from assistant.integrations.chat.workspaces import Members, OneWorkspace
from extensions.channels.slack.oauth import SCOPES
from tests.channels.slack.served import slack_served
from tests.peers import emulate_slack


def test_what_is_written_in_a_foreign_slack_is_verified_and_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(timezone.utc)
    with (
        slack_served(tmp_path / "state", SLACK_BOT_TOKEN="xoxb-made-up") as ours,
        emulate_slack(tmp_path, SCOPES, f"{ours.url}/webhooks/slack/events") as peer,
    ):
        here = Workspace(peer["team"], peer["bot_user"], peer["token"])
        monkeypatch.setattr(OneWorkspace, "_asked", lambda self: here)
        monkeypatch.setattr(Members, "_ask", lambda *_: True)
        ana, bot = (WebClient(peer[name], base_url=f"{peer['url']}/api/", timeout=5) for name in ("ana_token", "token"))
        root = str(ana.chat_postMessage(channel=peer["channel"], text="staging?")["ts"])
        ours.assistant.chat_choices.choose(peer["team"], peer["channel"], ChatSettings(replies="always"), "U1", now)
        answer = Post("a-1", PostKind.MESSAGE, peer["team"], peer["channel"], "staging: fine", thread=root)
        ours.assistant.outbox.put(answer, now=now)
        bot.chat_postMessage(channel=peer["channel"], text="staging: fine", thread_ts=root)
        ana.chat_postMessage(channel=peer["channel"], text="and <https://x.example/a|prod> &amp; qa?", thread_ts=root)
        assert ours.asked(1) == ["and prod https://x.example/a & qa?"]
        (message,) = ours.agent.seen
        assert message.sender_id == f"{peer['team']}.{peer['ana']}.{peer['channel']}.{root}"
