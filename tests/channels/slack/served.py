"""Slack's channel on a real port, and requests signed as Slack signs them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
from rasa.core.channels.channel import UserMessage
from sanic import Sanic
from slack_sdk.signature import SignatureVerifier

from assistant.bootstrap import Assistant
from assistant.settings import PROJECT, Settings
from extensions.channels.slack.channel import SlackChannel
from tests.channels.served import served

SECRET = "s3cret"


class Agent:
    """A Rasa that notes what it is asked and answers everything; ``intents`` says what it understands."""

    def __init__(self) -> None:
        self.seen: list[UserMessage] = []
        self.intents: dict[str, str] = {}

    def is_ready(self) -> bool:
        return True

    async def parse_message(self, text: str) -> dict[str, Any]:
        return {"text": text, "intent": {"name": self.intents.get(text, "ask_status")}, "entities": []}

    async def handle_message(self, message: UserMessage) -> None:
        self.seen.append(message)
        await message.output_channel.send_response(message.sender_id, {"text": f"answer to {message.text}"})


class Slack:
    """Plays Slack's side."""

    def __init__(self, url: str, assistant: Assistant, agent: Agent) -> None:
        self.url, self.assistant, self.agent = url, assistant, agent

    def send(self, path: str, body: str, at: float | None = None, **headers: str) -> requests.Response:
        """A signed request with this very body."""
        moment = str(int(time.time() if at is None else at))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=moment, body=body) or ""
        signed = {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": signature}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        merged = {**kind, **signed, **headers}
        return requests.post(f"{self.url}/webhooks/slack/{path}", data=body.encode(), headers=merged, timeout=30)

    def event(self, inner: Mapping[str, Any], **headers: str) -> requests.Response:
        """An event callback."""
        body = {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": f"Ev{time.monotonic_ns()}"}
        ours = [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}]
        text = json.dumps({**body, "authorizations": ours, "event": inner, "event_time": int(time.time())})
        return self.send("events", text, **{"Content-Type": "application/json", **headers})

    def says(self, text: str, user: str = "U0ANADUARTE", **fields: Any) -> requests.Response:
        """A direct message of somebody."""
        ts = f"{time.time():.6f}"
        inner = {"type": "message", "user": user, "text": text, "ts": ts, "channel": f"D{user}", "channel_type": "im"}
        return self.event({**inner, **fields})

    def form(self, path: str, fields: Mapping[str, str]) -> requests.Response:
        """A command's or an interaction's form."""
        return self.send(path, urlencode(fields))

    def interacts(self, payload: Mapping[str, Any]) -> requests.Response:
        """A click, a submission, a shortcut."""
        return self.form("interactions", {"payload": json.dumps(payload)})

    def until(self, condition: Callable[[], bool], seconds: float = 15.0) -> None:
        """Wait for what the drain does."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not come to that in time"
            time.sleep(0.02)

    def asked(self, count: int) -> list[str]:
        """What Rasa was asked, once these many have arrived and the inbox is empty."""
        self.until(lambda: len(self.agent.seen) >= count and not self.assistant.inbox.entries(None, 1))
        return [str(message.text) for message in self.agent.seen]


@contextmanager
def slack_served(state: Path, **settings: str) -> Iterator[Slack]:
    """The channel, for as long as the block runs; with ``settings`` besides those that it needs."""
    given = {
        "CATALOG": str(PROJECT / "catalog"),
        "ASSISTANT_STATE": str(state),
        "ACTOR_SIGNING_KEY": "k" * 32,
        "SLACK_SIGNING_SECRET": SECRET,
        # Nobody listens there.
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        **settings,
    }
    assistant, agent = Assistant(Settings(given)), Agent()
    app = Sanic("slack_test", configure_logging=False)
    app.ctx.agent = agent
    app.blueprint(SlackChannel(assistant).blueprint(agent.handle_message), url_prefix="/webhooks/slack")
    with served(app) as client:
        yield Slack(client.url, assistant, agent)
