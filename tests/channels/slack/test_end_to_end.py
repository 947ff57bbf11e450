"""Everything that is real at once: signed requests, the processes of `make serve`, the model, and emulate as Slack.

Three hundred mentions, three in ten delivered twice, and the dialogue server killed in the middle of them.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web import WebClient

from assistant import processes as processes_module
from assistant.bootstrap import Assistant
from assistant.cli import MODEL
from assistant.processes import Processes
from assistant.settings import PROJECT, Settings
from extensions.channels.slack.oauth import SCOPES
from tests.peers import emulate_slack
from tests.running import free_ports

MESSAGES, THREADS = 300, 25
QUESTIONS = ("hi", "who are you?", "how's staging?", "which version of checkout runs in prod?", "thanks")


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    with emulate_slack(tmp_path_factory.mktemp("peer"), SCOPES) as told:
        yield told


def settings_for(peer: Mapping[str, str], state: Path) -> Settings:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    slack = {
        "SLACK_BOT_TOKEN": peer["token"],
        "SLACK_SIGNING_SECRET": peer["signing_secret"],
        "SLACK_API_URL": f"{peer['url']}/api/",
    }
    given = {"CATALOG": str(PROJECT / "catalog"), "ASSISTANT_STATE": str(state), **free_ports(), **slack}
    return Settings({**inherited, **given})


def deliver(url: str, peer: Mapping[str, str], event: Mapping[str, Any]) -> bool:
    """One delivery, signed; whether it was acknowledged."""
    body = json.dumps({"type": "event_callback", "team_id": peer["team"], "event_id": event["ts"], "event": event})
    stamp = str(int(time.time()))
    signature = SignatureVerifier(peer["signing_secret"]).generate_signature(timestamp=stamp, body=body) or ""
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": "application/json"}
    try:
        return requests.post(f"{url}/events", data=body, headers=headers, timeout=30).status_code == 200
    except requests.ConnectionError:
        return False


def persistently(url: str, peer: Mapping[str, str], event: Mapping[str, Any]) -> None:
    """As Slack does: again, until it is acknowledged."""
    end = time.monotonic() + 120
    while not deliver(url, peer, event):
        assert time.monotonic() < end, "nobody took it"
        time.sleep(0.5)


def tend(processes: Processes, done: threading.Event) -> None:
    while not done.wait(0.5):
        processes.tend()


def test_each_of_three_hundred_is_answered_once_though_the_server_is_killed(
    peer: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What ends soon after its start is not started again otherwise.
    monkeypatch.setattr(processes_module, "STEADY_SECONDS", 0.0)
    client = WebClient(peer["token"], base_url=f"{peer['url']}/api/")
    roots = [str(client.chat_postMessage(channel=peer["channel"], text="release?")["ts"]) for _ in range(THREADS)]
    chance, done = random.Random(5), threading.Event()
    settings = settings_for(peer, tmp_path)
    with Processes(settings, MODEL, "slack") as processes:
        running = processes.start()
        inbox = Assistant(settings).inbox
        tending = threading.Thread(target=tend, args=(processes, done))
        asked: Counter[str] = Counter()
        for number in range(MESSAGES):
            root, author = roots[number % THREADS], peer["ana" if number % 2 else "ben"]
            text = f"<@{peer['bot_user']}> {QUESTIONS[number % len(QUESTIONS)]}"
            event = {"type": "app_mention", "user": author, "text": text, "ts": f"{time.time():.6f}"}
            event |= {"channel": peer["channel"], "thread_ts": root}
            persistently(running.url, peer, event)
            if chance.random() < 0.3:
                persistently(running.url, peer, event)
            asked[root] += 1
            if number == MESSAGES // 2:
                os.killpg(processes._children["dialogue"].pid, signal.SIGKILL)
                tending.start()
        end = time.monotonic() + 300
        while inbox.entries(None, 1) or answered(client, peer, roots) < asked:
            assert time.monotonic() < end, f"{len(inbox.entries(None, 999))} still wait"
            time.sleep(1)
        done.set()
        tending.join()
    assert answered(client, peer, roots) == asked


def answered(client: WebClient, peer: Mapping[str, str], roots: list[str]) -> Counter[str]:
    """How many answers stand in each thread."""
    counts: Counter[str] = Counter()
    for root in roots:
        replies = client.conversations_replies(channel=peer["channel"], ts=root, limit=200)["messages"]
        counts[root] = sum(reply["ts"] != root for reply in replies)
    return counts
