"""What people click and command, shaped as Slack's documentation says, and the posts that come of it: no server."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage

from assistant.bootstrap import Assistant
from assistant.contracts.actor import Actor
from assistant.contracts.as_json import to_json
from assistant.contracts.card import Card
from assistant.contracts.messaging import Incoming, Kind
from assistant.contracts.post import Place, Post
from assistant.settings import Settings
from extensions.channels.slack import clicks, commands, home, payloads, views
from extensions.channels.slack.desk import Desk
from tests.presentation.block_rules import check_message, check_view

HANDLERS = {
    Kind.COMMAND: commands.handle, Kind.ACTION: clicks.handle, Kind.SHORTCUT: clicks.handle, Kind.VIEW: views.handle,
    Kind.HOME: home.handle,
}  # fmt: skip
URL = "https://hooks.slack.com/actions/T1/1/x"


class AtDesk:
    """One assistant with an empty database, whose Rasa answers every message with ``card``."""

    def __init__(self, state: Path, catalog: Path) -> None:
        values = {"CATALOG": str(catalog), "ASSISTANT_STATE": str(state), "SLACK_BOT_TOKEN": "xoxb-made-up"}
        self.assistant = Assistant(Settings(values))
        self.desk = Desk(self.assistant, self._rasa, "k" * 32)
        self.seen: list[UserMessage] = []
        self.card = Card("staging: all 8 running")
        self.private: tuple[str, ...] = ()
        self.intent, self.more = "ask_status", dict[str, Any]()
        self.seconds = 0.0
        self.attempt = 1
        self._numbers = itertools.count(1)

    async def _rasa(self, message: UserMessage) -> None:
        self.seen.append(message)
        await asyncio.sleep(self.seconds)
        body = {"card": to_json(self.card), "private": list(self.private)}
        body |= {"understood": {"intent": self.intent, "confidence": 0.9, "model": "m1"}, **self.more}
        await message.output_channel.send_response(message.sender_id, {"text": self.card.title, "custom": body})

    def says(self, text: str, user: str = "U0ANADUARTE", channel: str = "C1", thread: str = "1.000001") -> Incoming:
        """A message that calls the assistant in a channel, or in a direct message."""
        now, direct = datetime.now(timezone.utc), channel.startswith("D")
        thread = "" if direct else thread
        conversation = ".".join(part for part in ("T1", user, channel, thread) if part)
        body = {"type": "message", "ts": f"{next(self._numbers)}.000100", "user": user}
        id = f"{next(self._numbers):016x}"
        incoming = Incoming(
            id, Kind.MESSAGE, "T1", user, "T1", channel, thread, conversation, text, now, now, body=body
        )
        asyncio.run(self.desk.ask(incoming, Actor("T1", user), text))
        return incoming

    def command(self, command: str, text: str = "", user: str = "U0ANADUARTE", channel: str = "C1") -> None:
        """A slash command."""
        form = {"command": command, "text": text, "team_id": "T1", "channel_id": channel, "user_id": user}
        more = {"response_url": URL, "trigger_id": f"{next(self._numbers)}.1.a"}
        self._work(payloads.command({**form, **more}, datetime.now(timezone.utc)))

    def clicks(
        self, action: str, value: str, post: Post, user: str = "U0ANADUARTE", alone: bool = False, menu: bool = False
    ) -> None:
        """A click under a post; ``alone``: in a message that only the clicker sees."""
        ts = f"{next(self._numbers)}.000200"
        chosen: dict[str, Any] = {"selected_option": {"value": value}} if menu else {"value": value}
        channel = post.channel or "D1"
        message = {"ts": "7.000001", **({"thread_ts": post.thread} if post.thread else {})}
        body: dict[str, Any] = {
            "type": "block_actions",
            "user": {"id": user, "team_id": "T1"},
            "team": {"id": "T1"},
            "channel": {"id": channel},
            "container": {"type": "message", "is_ephemeral": alone, "message_ts": "7.000001", "channel_id": channel},
            "message": {} if alone else message,
            "response_url": URL,
            "trigger_id": f"{next(self._numbers)}.2.b",
            "actions": [{"action_id": action, "action_ts": ts, **chosen}],
        }
        self._work(payloads.action(body, datetime.now(timezone.utc)))

    def chooses(self, view: Mapping[str, Any], action: str, value: str, user: str = "U0ANADUARTE") -> None:
        """A choice in a window, or a click in the App Home."""
        chosen = {"selected_option": {"value": value}} if view["type"] == "modal" else {"value": value}
        body: dict[str, Any] = {
            "type": "block_actions",
            "user": {"id": user, "team_id": "T1"},
            "team": {"id": "T1"},
            "container": {"type": "view", "view_id": "V1"},
            "view": {**view, "id": "V1", "hash": "h", "state": {"values": {}}},
            "trigger_id": f"{next(self._numbers)}.4.d",
            "actions": [{"action_id": action, "action_ts": f"{next(self._numbers)}.000300", **chosen}],
        }
        self._work(payloads.action(body, datetime.now(timezone.utc)))

    def submits(self, view: Mapping[str, Any], values: Mapping[str, Any], user: str = "U0ANADUARTE") -> None:
        """A window that is sent."""
        state = {"values": {name: {"value": field} for name, field in values.items()}}
        body = {
            "type": "view_submission",
            "user": {"id": user, "team_id": "T1"},
            "team": {"id": "T1"},
            "view": {**view, "id": f"V{next(self._numbers)}", "hash": "h", "state": state},
        }
        self._work(payloads.view(body, datetime.now(timezone.utc)))

    def shortcut(self, text: str) -> None:
        """“Ask the assistant about this” on somebody's message."""
        body = {
            "type": "message_action",
            "user": {"id": "U0ANADUARTE", "team_id": "T1"},
            "team": {"id": "T1"},
            "channel": {"id": "C1"},
            "message": {"ts": "9.000001", "text": text},
            "response_url": URL,
            "trigger_id": f"{next(self._numbers)}.3.c",
        }
        self._work(payloads.shortcut(body, datetime.now(timezone.utc)))

    def opens_home(self, user: str) -> None:
        """The App Home is opened."""
        event = {"type": "app_home_opened", "user": user, "tab": "home"}
        body = {"team_id": "T1", "event_id": f"Ev{next(self._numbers)}", "event": event}
        self._work(payloads.home_opened(body, datetime.now(timezone.utc)))

    def posts(self) -> list[Post]:
        """What is to be sent now, in order; each has to be what Slack takes."""
        found: list[Post] = []
        while waiting := self.assistant.outbox.take(60, 50, datetime.now(timezone.utc)):
            for each in waiting:
                found.append(each.post)
                self.assistant.outbox.sent((each.post, Place(each.post.channel, f"{time.monotonic_ns()}.1")))
        for post in found:
            if post.blocks:
                check_message(post.text, post.blocks)
            if post.options.get("type") in ("home", "modal"):
                check_view(post.options)
        return found

    def post(self) -> Post:
        """The only thing that is to be sent now."""
        (post,) = self.posts()
        return post

    def asked(self) -> tuple[str, dict[str, list[str]]]:
        """The intent and the values of the last message that Rasa got without having to understand it."""
        understood = self.seen[-1].parse_data
        values: dict[str, list[str]] = {}
        for entity in understood["entities"]:
            values.setdefault(entity["entity"], []).append(entity["value"])
        return understood["intent"]["name"], values

    def _work(self, incoming: Incoming | None) -> None:
        assert incoming is not None
        incoming = replace(incoming, attempts=self.attempt)
        asyncio.run(HANDLERS[incoming.kind](self.desk, incoming, Actor("T1", incoming.user)))
