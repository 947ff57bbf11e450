"""From Slack and back: events are stored, answered by a stub of Rasa, and posted to a Slack that fails often.

The worker is a process of its own, as in `make serve`; signed HTTP in front of it is tested elsewhere.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from rasa.core.channels.channel import UserMessage

from assistant.bootstrap import Assistant
from assistant.settings import PROJECT, Settings
from extensions.channels.slack import payloads
from extensions.channels.slack.channel import SWITCH_SECONDS
from extensions.channels.slack.desk import Desk
from extensions.channels.slack.dispatch import Dispatch
from extensions.channels.slack.drain import Drain
from extensions.channels.slack.receive import Mailbox
from tests.channels.slack.test_drain import until

EVENTS, PEOPLE, TOGETHER = int(os.environ.get("EVENTS", "3000")), 100, 50
GONE = {"D13", "D57"}
WORKER = "import sys, threading, json; from assistant import worker; from assistant.bootstrap import Assistant; "
WORKER += "from assistant.settings import Settings; "
WORKER += "worker.post(Assistant(Settings(json.loads(sys.argv[1]))), threading.Event())"


class Moody:
    """A Slack that takes messages, and at times asks to wait, fails before or after it took one, or falls silent."""

    def __init__(self) -> None:
        self.shown: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self.moods: dict[str, int] = defaultdict(int)
        self.dice, self.lock = random.Random(11), threading.Lock()
        moody = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                is_json = "json" in self.headers.get("Content-Type", "")
                asked = json.loads(text or "{}") if is_json else dict(parse_qsl(text))
                status, answer = moody.answer(self.path.rpartition("/")[2], asked)
                if status == 0:
                    self.close_connection = True
                    return
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                if status == 429:
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def texts(self) -> Mapping[str, Sequence[str]]:
        """What stands in each channel, in order."""
        return {channel: [message["text"] for message in shown] for channel, shown in self.shown.items()}

    def answer(self, method: str, asked: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        """What a method answers; 0 for nothing at all."""
        channel = str(asked.get("channel"))
        if method == "chat.postMessage":
            with self.lock:
                return self._take(channel, asked)
        if method == "conversations.history":
            with self.lock:
                return 200, {"ok": True, "messages": list(reversed(self.shown[channel]))[:200]}
        opened = {"channel": {"id": asked.get("users")}}
        return 200, {"ok": True, "team_id": "T1", "user_id": "UBOT", "user": {"team_id": "T1"}, **opened}

    def _take(self, channel: str, asked: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        if channel in GONE:
            return 200, {"ok": False, "error": "channel_not_found"}
        mood = self.dice.choices(("fine", "wait", "fails", "failed after", "silent"), (980, 5, 5, 5, 5))[0]
        self.moods[mood] += 1
        if mood == "wait":
            return 429, {"ok": False, "error": "ratelimited"}
        if mood != "fails":
            metadata = asked["metadata"]
            message = {"ts": f"{time.time():.6f}", "text": asked["text"]}
            message["metadata"] = json.loads(metadata) if isinstance(metadata, str) else metadata
            self.shown[channel].append(message)
            if mood == "fine":
                return 200, {"ok": True, "channel": channel, "ts": message["ts"], "message": message}
        return (0, {}) if mood == "silent" else (500, {"ok": False, "error": "internal_error"})


@contextmanager
def company(state: Path) -> Iterator[tuple[Moody, Assistant]]:
    slack = Moody()
    threading.Thread(target=slack.server.serve_forever, daemon=True).start()
    given = {
        "CATALOG": str(PROJECT / "catalog"),
        "ASSISTANT_STATE": str(state),
        "SLACK_BOT_TOKEN": "xoxb-made-up",
        "SLACK_API_URL": f"http://127.0.0.1:{slack.server.server_port}/api/",
    }
    assistant = Assistant(Settings(given))
    assistant.outbox.backlog(datetime.now(timezone.utc))
    worker = subprocess.Popen([sys.executable, "-c", WORKER, json.dumps(given)], cwd=PROJECT)
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    yield slack, assistant
    sys.setswitchinterval(before)
    worker.kill()
    worker.wait()
    slack.server.shutdown()
    slack.server.server_close()


def event(number: int, began: float) -> Mapping[str, Any]:
    """Direct message ``number``; what one person sends comes in order."""
    person = number % PEOPLE
    ours = [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}]
    inner = {"type": "message", "channel_type": "im", "user": f"U{person}", "channel": f"D{person}"}
    return {"authorizations": ours, "event": {**inner, "text": str(number), "ts": f"{began + number / 1e4:.6f}"}}


def deliveries() -> list[list[int]]:
    """What arrives together: each message, three in ten once more some time later, and everything out of line."""
    chance = random.Random(7)
    arriving = [(place, place) for place in range(EVENTS)]
    again = chance.sample(range(EVENTS), EVENTS * 3 // 10)
    arriving += [(number + chance.randrange(0, 2000), number) for number in again]
    arriving.sort(key=lambda each: each[0] // TOGETHER)
    numbers = [number for _, number in arriving]
    groups = [numbers[start : start + TOGETHER] for start in range(0, len(numbers), TOGETHER)]
    for group in groups:
        chance.shuffle(group)
    return groups


async def receive(mailbox: Mailbox, groups: Sequence[Sequence[int]]) -> None:
    began = time.time() - 60
    for group in groups:
        heard = [payloads.message(event(number, began), datetime.now(timezone.utc)) for number in group]
        await asyncio.gather(*(mailbox.put(each.incoming) for each in heard if each))


def test_thousands_of_events_are_each_answered_once_and_in_order_whatever_fails(tmp_path: Path) -> None:
    asked: list[str] = []

    async def rasa(message: UserMessage) -> None:
        asked.append(str(message.text))
        await message.output_channel.send_response(message.sender_id, {"text": f"answer to {message.text}"})

    async def parse(text: str) -> Mapping[str, Any]:
        return {"text": text, "intent": {"name": "ask_status"}}

    with company(tmp_path) as (slack, assistant):
        dispatch = Dispatch(assistant, Desk(assistant, rasa, "k" * 32), parse)
        drain = Drain(assistant.inbox, dispatch.work, dispatch.give_up)
        drain.start()
        asyncio.run(receive(Mailbox(assistant.inbox, drain.wake), deliveries()))
        until(lambda: len(asked) >= EVENTS and not assistant.inbox.entries(None, 1), 300)
        drain.stop()
        until(lambda: not assistant.outbox.backlog(datetime.now(timezone.utc)).waiting, 300)
        unsent = {post.channel for post, _, _ in assistant.outbox.failures(EVENTS)}
    assert sorted(map(int, asked)) == list(range(EVENTS))
    answers = {channel: [text.rpartition(" ")[2] for text in shown] for channel, shown in slack.texts().items()}
    # Everybody's answers, each once and in the order of their messages; two are answered elsewhere than they asked.
    assert unsent == GONE
    assert answers == {
        f"U{person}" if f"D{person}" in GONE else f"D{person}": [str(n) for n in range(person, EVENTS, PEOPLE)]
        for person in range(PEOPLE)
    }
    assert all(slack.moods[mood] > 10 for mood in ("wait", "fails", "failed after", "silent"))
