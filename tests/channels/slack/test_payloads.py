"""What Slack delivers, shaped by its documentation → what somebody did."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from assistant.contracts.messaging import Kind
from extensions.channels.slack import payloads

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
TS = f"{NOW.timestamp() - 5:.6f}"
OURS = [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}]


def event(**fields: Any) -> dict[str, Any]:
    inner = {
        "type": "message",
        "user": "U1",
        "channel": "C1",
        "channel_type": "channel",
        "ts": TS,
        "text": "hi",
        **fields,
    }
    return {"team_id": "T1", "event_id": "Ev1", "authorizations": OURS, "token": "old", "event": inner}


def heard(**fields: Any) -> payloads.Heard:
    found = payloads.message(event(**fields), NOW)
    assert found is not None
    return found


def test_a_direct_message_is_one_conversation_for_ever() -> None:
    first = heard(channel="D1", channel_type="im").incoming
    in_thread = heard(channel="D1", channel_type="im", thread_ts="1.2").incoming
    assert (first.conversation, first.thread) == ("T1.U1.D1", "")
    assert (in_thread.conversation, in_thread.thread) == ("T1.U1.D1", "1.2")
    assert first.sent_at == NOW - timedelta(seconds=5)


def test_a_mention_starts_a_thread_and_is_a_conversation_of_each_person_in_it() -> None:
    first = heard(type="app_mention", text="<@UBOT> hi")
    other = heard(type="app_mention", text="<@UBOT> hi", user="U2", thread_ts=TS, ts="9.9")
    assert (first.incoming.thread, first.incoming.conversation, first.plain) == (TS, f"T1.U1.C1.{TS}", False)
    assert other.incoming.conversation == f"T1.U2.C1.{TS}"


def test_the_same_words_as_message_and_as_mention_are_one() -> None:
    mention, message = heard(type="app_mention", text="<@UBOT> hi"), heard(text="<@UBOT> hi")
    assert mention.incoming.id == message.incoming.id


def test_a_plain_reply_in_a_thread_is_marked_and_talk_in_the_channel_is_nobodys_business() -> None:
    assert heard(thread_ts="1.2").plain
    assert payloads.message(event(), NOW) is None
    assert payloads.message(event(text="<@U2> what do you think?"), NOW) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "message_changed", "hidden": True},
        {"subtype": "channel_join"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"bot_id": "B1"},
        {"user": None},
        {"user": "U1/../x"},
        {"channel": "C 1"},
    ],
)
def test_edits_bots_joins_and_oddities_are_ignored(fields: dict[str, Any]) -> None:
    assert payloads.message(event(**{"channel_type": "im", **fields}), NOW) is None


def test_who_comes_from_another_organisation_is_known_as_such() -> None:
    body = event(type="app_mention", user_team="T9", text="<@UBOT> hi") | {"team_id": "T9"}
    found = payloads.message(body, NOW)
    assert found and (found.incoming.team, found.incoming.home) == ("T1", "T9")


def test_secrets_are_hidden_before_anything_is_stored() -> None:
    incoming = heard(channel_type="im", text="my token is xoxb-1234567890-abcdef", blocks=["xoxb-1234567890"]).incoming
    assert "xoxb" not in incoming.text + str(incoming.body) and "old" not in str(incoming.body)


@pytest.mark.parametrize("ts", ["soon", "1e400", "-1e300", "99999999999.0"])
def test_odd_times_are_now(ts: str) -> None:
    assert heard(channel_type="im", ts=ts).incoming.sent_at == NOW


CLICK: dict[str, Any] = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "channel": {"id": "C1"},
    "container": {"type": "message", "message_ts": "5.5", "channel_id": "C1", "thread_ts": "1.2"},
    "message": {"ts": "5.5", "thread_ts": "1.2"},
    "trigger_id": "77.1",
    "response_url": "https://hooks.slack.com/actions/T1/1/x",
    "token": "old",
    "actions": [{"action_id": "choice.1", "value": "a.0.1", "action_ts": TS}],
}


def test_a_click_belongs_to_the_conversation_of_its_message() -> None:
    clicked = payloads.action(CLICK, NOW)
    assert clicked and (clicked.kind, clicked.thread, clicked.conversation) == (Kind.ACTION, "1.2", "T1.U1.C1.1.2")
    assert "token" not in clicked.body and clicked.body["response_url"]


def test_a_click_on_what_one_person_alone_sees_belongs_to_the_channel() -> None:
    ephemeral = {**CLICK, "container": {"type": "message", "message_ts": "5.5", "is_ephemeral": True}, "message": {}}
    clicked = payloads.action(ephemeral, NOW)
    assert clicked and (clicked.thread, clicked.conversation) == ("", "T1.U1.C1")
    at_home = {**CLICK, "container": {"type": "view"}, "message": {}, "channel": {}}
    clicked = payloads.action(at_home, NOW)
    assert clicked and (clicked.channel, clicked.conversation) == ("", "T1.U1")


def test_commands_forms_shortcuts_and_the_home_tab_are_read() -> None:
    form = {"team_id": "T1", "user_id": "U1", "channel_id": "C1", "trigger_id": "1", "command": "/docs", "text": "vpn"}
    command = payloads.command(form, NOW)
    assert command and (command.text, command.conversation, command.body["command"]) == ("vpn", "T1.U1.C1", "/docs")
    view = payloads.view({"team": {"id": "T1"}, "user": {"id": "U1"}, "view": {"id": "V1", "hash": "1.x"}}, NOW)
    assert view and (view.kind, view.conversation) == (Kind.VIEW, "T1.U1.app")
    asked = {**CLICK, "type": "message_action", "message": {"ts": "5.5", "text": "build failed"}}
    shortcut = payloads.shortcut(asked, NOW)
    assert shortcut and (shortcut.text, shortcut.thread) == ("build failed", "5.5")
    opened = {"team_id": "T1", "event_id": "Ev2", "event": {"type": "app_home_opened", "user": "U1", "tab": "home"}}
    home = payloads.home_opened(opened, NOW)
    assert home and home.kind is Kind.HOME
    opened["event"]["tab"] = "messages"  # type: ignore[index]
    assert payloads.home_opened(opened, NOW) is None
