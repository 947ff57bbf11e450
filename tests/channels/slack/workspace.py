"""A workspace with eight people and the whole assistant in it: emulate as Slack, and every process of `make serve`.

What people do is signed and shaped as Slack does it; what they see is read from emulate, and from the addresses that
commands and clicks are answered at.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
import sqlalchemy as sa
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web import WebClient

from assistant.bootstrap import Assistant
from assistant.cli import MODEL
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.delivery import ServiceState
from assistant.integrations.store.database import metadata
from assistant.processes import Processes
from assistant.settings import PROJECT, Settings
from extensions.channels.slack.oauth import SCOPES
from tests.peers import emulate_slack
from tests.presentation.block_rules import check_message, check_view, texts
from tests.running import free_ports

PEOPLE = {
    "ana": "U0ANADUARTE", "ben": "U0BENOSEI01", "cid": "U0CIDROMERO", "priya": "U0PRIYARAMN",
    "jonas": "U0JONASWEBR", "mei": "U0MEITANAKA", "tomasz": "U0TOMNOWAK1", "lena": "U0LENAFISCH",
}  # fmt: skip
ANSWER_SECONDS = 40.0


@dataclass(frozen=True)
class Seen:
    """Something that somebody sees: a message in a thread or channel, one for them alone, or an answer to a click."""

    text: str
    blocks: Sequence[Mapping[str, Any]]
    channel: str
    ts: str
    thread: str
    alone: bool

    @property
    def words(self) -> str:
        """Everything that it shows, buttons included."""
        return "\n".join(texts(self.blocks)) or self.text

    @property
    def choices(self) -> dict[str, Mapping[str, Any]]:
        """The buttons and menu options by their titles."""
        elements = [each for block in self.blocks if block["type"] == "actions" for each in block["elements"]]
        found = {each["text"]["text"]: each for each in elements if each["type"] == "button"}
        for menu in (each for each in elements if each["type"] == "static_select"):
            found |= {each["text"]["text"]: {**menu, "selected_option": each} for each in menu.get("options", ())}
        return found


class Answers:
    """The addresses at which Slack takes answers to commands and clicks (``response_url``)."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/answer"


@dataclass
class Workspace:
    """People in it are called by their first names."""

    url: str
    peer: Mapping[str, str]
    assistant: Assistant
    answers: Answers
    sandbox: str
    state: Path
    processes: Processes
    seen: set[str] = field(default_factory=set)
    number: int = 0
    ahead: float = 0.0
    spoiled: bool = False

    # What people do. Each returns what came of it, once nothing is on its way any more.

    def starts(self, who: str, text: str) -> tuple[str, list[Seen]]:
        """A message that calls the assistant in the channel; also the thread that it begins."""
        thread = self._written(who, text, None)
        return thread, self._event(who, text, thread, None)

    def says(self, who: str, text: str, thread: str, called: bool = True, **more: Any) -> list[Seen]:
        """A message in a thread, which calls the assistant unless it is not ``called``."""
        return self._event(who, text, self._written(who, text, thread), thread, called, **more)

    def writes(self, who: str, text: str) -> list[Seen]:
        """A direct message."""
        stamp, person = self.stamp(), self.peer[who]
        inner = {"type": "message", "channel_type": "im", "user": person, "text": text, "ts": stamp}
        opened = WebClient(self.peer["token"], base_url=f"{self.peer['url']}/api/").conversations_open(users=person)
        return self.delivers({**inner, "channel": opened["channel"]["id"]})

    def clicks(self, who: str, seen: Seen, title: str) -> list[Seen]:
        """A button, or an option of a menu, under something seen."""
        element = seen.choices[title]
        place = {"type": "message", "message_ts": seen.ts, "channel_id": seen.channel, "is_ephemeral": seen.alone}
        thread = {"thread_ts": seen.thread} if seen.thread else {}
        body = {"container": {**place, **thread}, "channel": {"id": seen.channel}, "response_url": self.answers.url}
        if not seen.alone:
            body["message"] = {"ts": seen.ts, "text": seen.text, **thread}
        kept = {name: element[name] for name in ("action_id", "value", "selected_option") if name in element}
        return self.interacts(who, type="block_actions", actions=[{**kept, "action_ts": self.stamp()}], **body)

    def asks_about(self, who: str, text: str, author: str, thread: str = "") -> list[Seen]:
        """“Ask the assistant” on somebody's message."""
        message = {"ts": self.stamp(), "text": text, "user": self.peer[author], "type": "message"}
        message |= {"thread_ts": thread} if thread else {}
        place = {"channel": {"id": self.peer["channel"]}, "response_url": self.answers.url}
        return self.interacts(who, type="message_action", callback_id="ask", message=message, **place)

    def commands(self, who: str, command: str, text: str = "") -> list[Seen]:
        """A slash command in the channel."""
        form = {"team_id": self.peer["team"], "channel_id": self.peer["channel"], "user_id": self.peer[who]}
        form |= {"command": command, "text": text, "response_url": self.answers.url, "trigger_id": self.trigger(who)}
        return self._sent("commands", urlencode(form), "application/x-www-form-urlencoded")

    def sends(self, who: str, view: Mapping[str, Any], **values: Mapping[str, Any]) -> list[Seen]:
        """A window, with what was chosen or typed in its fields."""
        state = {"values": {name: {"value": field} for name, field in values.items()}}
        return self.interacts(who, type="view_submission", view={**view, "id": view["view_id"], "state": state})

    def interacts(self, who: str, **payload: Any) -> list[Seen]:
        """Whatever else Slack sends for what somebody does."""
        team = self.peer["team"]
        person = {"team": {"id": team}, "user": {"id": self.peer[who], "team_id": team}}
        body = json.dumps({**person, "trigger_id": self.trigger(who), **payload})
        return self._sent("interactions", urlencode({"payload": body}), "application/x-www-form-urlencoded")

    def delivers(self, inner: Mapping[str, Any]) -> list[Seen]:
        """Any event."""
        self.number += 1
        ours = [{"team_id": self.peer["team"], "user_id": self.peer["bot_user"], "is_bot": True}]
        event = {"type": "event_callback", "team_id": self.peer["team"], "event_id": f"Ev{self.number}"}
        return self._sent("events", json.dumps({**event, "authorizations": ours, "event": inner}), "application/json")

    # What they see

    def stored(self, name: str) -> list[dict[str, Any]]:
        """A collection of emulate's: messages, ephemeralMessages, views ..."""
        found: list[dict[str, Any]] = requests.get(f"{self.peer['url']}/_test/{name}", timeout=10).json()
        return found

    def message(self, seen: Seen) -> Seen:
        """The same message as it is now."""
        return next(each for each in map(_seen, self.stored("messages")) if each.ts == seen.ts)

    def direct(self, who: str) -> list[Seen]:
        """What stands in somebody's direct messages with the assistant."""
        person = self.peer[who]
        theirs = {
            each["channel_id"] for each in self.stored("channels") if each.get("is_im") and person in each["members"]
        }
        return [_seen(each) for each in self.stored("messages") if each["channel_id"] in theirs]

    def calls(self, who: str) -> list[str]:
        """The lines in which somebody was called by name, wherever that was."""
        name = f"<@{self.peer[who]}>"
        return [
            each["text"] for each in self.stored("messages") if each["text"].startswith("<@") and name in each["text"]
        ]

    def settled(self) -> None:
        """Wait until everything that came in is answered, and everything that was said is posted."""
        end = time.monotonic() + ANSWER_SECONDS
        while self.assistant.inbox.entries(None, 1) or self._backlog():
            assert time.monotonic() < end, f"unanswered: {self.assistant.inbox.entries(None, 3)}"
            time.sleep(0.05)

    def until(self, what: Any, seconds: float = ANSWER_SECONDS) -> Any:
        """What ``what`` gives, as soon as it gives anything."""
        end = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < end, "it did not come to that in time"
            time.sleep(0.1)
        return found

    # The platform behind it

    def faults(self, **fault: object) -> None:
        """Let the sandbox misbehave from now on; without a fault it behaves again."""
        requests.delete(f"{self.sandbox}/_sandbox/faults", timeout=5).raise_for_status()
        if fault:
            self.spoiled = True
            requests.post(f"{self.sandbox}/_sandbox/faults", json=fault, timeout=5).raise_for_status()

    def hurry(self, seconds: float) -> None:
        """Let the sandbox's clock run ahead, so that what is under way there goes on."""
        self.ahead += seconds
        clock = f"{self.sandbox}/_sandbox/clock"
        requests.post(clock, json={"advance_seconds": seconds}, timeout=5).raise_for_status()

    def new_day(self) -> None:
        """Forget what was asked for, said, chosen and started; the audit log stays, because nothing takes that back."""
        self.settled()
        self.faults()
        if self.spoiled:
            # A provider that failed several times in a row is left alone for a while.
            self.until(lambda: "I am fine" in self.commands("mei", "/assistant", "health")[-1].text)
            self.spoiled = False
        carries = self._stored_in("requests", "locks", "waiters", "pauses", "watched")
        if carries:
            self._end("worker")  # It has things in mind that are about to be forgotten.
        if self.ahead:
            self.hurry(-self.ahead)
        requests.delete(f"{self.sandbox}/_sandbox/triggers", timeout=5).raise_for_status()
        requests.delete(f"{self.peer['url']}/_test", timeout=5).raise_for_status()
        with self.assistant.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                if table.name not in ("audit", "audit_people", "inbox", "" if carries else "observed"):
                    connection.execute(table.delete())
        if carries:
            self.processes._launch("worker", self.processes._commands["worker"][0])
        self.until(self._looked_around)

    def _looked_around(self) -> bool:
        """Whether the worker has seen every place."""
        context = self.assistant.context(Actor(LOCAL_WORKSPACE, "tests"))
        places = sum(len(context.catalogue.environments_of(service)) for service in context.catalogue.services)
        return len(context.recall_all(ServiceState)) == places

    def _stored_in(self, *tables: str) -> bool:
        with self.assistant.engine.connect() as connection:
            counts = [connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar() for table in tables]
        return any(counts)

    def _end(self, name: str) -> None:
        child = self.processes._children[name]
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def trigger(self, who: str) -> str:
        """What a window can be opened with, within seconds."""
        answer = requests.post(
            f"{self.peer['url']}/api/views.generateTriggerId",
            json={"user_id": self.peer[who]},
            headers={"Authorization": f"Bearer {self.peer['token']}"},
            timeout=10,
        )
        return str(answer.json()["trigger_id"])

    def audit(self) -> list[Any]:
        """The audit log, oldest first."""
        return list(self.assistant.records.audit.records())

    def _backlog(self) -> int:
        return self.assistant.traffic().unsent

    def _written(self, who: str, text: str, thread: str | None) -> str:
        stamp = self.stamp()
        message = {"ts": stamp, "channel_id": self.peer["channel"], "user": self.peer[who], "text": text}
        more = {"thread_ts": thread} if thread else {}
        requests.post(f"{self.peer['url']}/_test/messages", json={**message, **more}, timeout=10).raise_for_status()
        return stamp

    def _event(
        self, who: str, text: str, stamp: str, thread: str | None, called: bool = True, **more: Any
    ) -> list[Seen]:
        words = f"<@{self.peer['bot_user']}> {text}" if called else text
        inner = {"type": "app_mention" if called else "message", "user": self.peer[who], "text": words, "ts": stamp}
        inner |= {"channel": self.peer["channel"], "channel_type": "channel"}
        return self.delivers({**inner, **({"thread_ts": thread} if thread else {}), **more})

    def _sent(self, path: str, body: str, kind: str) -> list[Seen]:
        stamp = str(int(time.time()))
        signature = SignatureVerifier(self.peer["signing_secret"]).generate_signature(timestamp=stamp, body=body) or ""
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": kind}
        answer = requests.post(f"{self.url}/{path}", data=body.encode(), headers=headers, timeout=30)
        assert (answer.status_code, answer.text) == (200, "")
        self.settled()
        return self._new()

    def _new(self) -> list[Seen]:
        """What was not seen before, in the order in which it was posted; every payload is what Slack takes."""
        posted = [_seen(each) for each in self.stored("messages") if each["user"] == self.peer["bot_user"]]
        posted += [_seen(each, alone=True) for each in self.stored("ephemeral_messages")]
        for number, body in enumerate(self.answers.got):
            posted.append(Seen(body["text"], body.get("blocks") or (), self.peer["channel"], f"r{number}", "", True))
        fresh = [each for each in posted if each.ts not in self.seen and each.text != "Looking …"]
        self.seen |= {each.ts for each in posted}
        for each in fresh:
            check_message(each.text, each.blocks or [{"type": "divider"}])
        for view in self.stored("views"):
            check_view({"type": view["type"], "title": view.get("title"), "close": view.get("close"), **view})
        return fresh

    def stamp(self) -> str:
        """Slack's way to name this moment."""
        return f"{time.time():.6f}"


def _seen(stored: Mapping[str, Any], alone: bool = False) -> Seen:
    where = (str(stored["channel_id"]), str(stored["ts"]), str(stored.get("thread_ts") or ""))
    return Seen(str(stored["text"]), stored.get("blocks") or (), *where, alone)


@contextmanager
def workspace(folder: Path, **settings: str) -> Iterator[Workspace]:
    """All of it, for as long as the block runs; the catalogue's people are emulate's."""
    (folder / "peer").mkdir()
    with emulate_slack(folder / "peer", SCOPES) as peer:
        catalog = Path(shutil.copytree(PROJECT / "catalog", folder / "catalog"))
        people = (catalog / "people.yaml").read_text(encoding="utf-8")
        for name, id in PEOPLE.items():
            people = people.replace(id, peer[name])
        (catalog / "people.yaml").write_text(people, encoding="utf-8")
        given = {"CATALOG": str(catalog), "ASSISTANT_STATE": str(folder / "state"), **free_ports(), **settings}
        given |= {"SLACK_BOT_TOKEN": peer["token"], "SLACK_SIGNING_SECRET": peer["signing_secret"]}
        given["SLACK_API_URL"] = f"{peer['url']}/api/"
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        answers = Answers()
        threading.Thread(target=answers.server.serve_forever, daemon=True).start()
        with Processes(Settings({**inherited, **given}), MODEL, "slack") as processes:
            running = processes.start()
            sandbox = f"http://127.0.0.1:{given['SANDBOX_PORT']}"
            assistant = Assistant(Settings(given))
            yield Workspace(running.url, peer, assistant, answers, sandbox, folder / "state", processes)
        answers.server.shutdown()
        answers.server.server_close()


def shows(seen: Sequence[Seen], *patterns: str) -> Seen:
    """The last thing that was seen, which shows all of these (regular expressions)."""
    assert seen, "nothing came"
    for pattern in patterns:
        assert re.search(pattern, seen[-1].words, re.MULTILINE), f"no /{pattern}/ in:\n{seen[-1].words}"
    return seen[-1]
