"""From message to answer for each kind of question, and what an answer costs in requests to the providers."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

import requests

from actions.server import TOKEN_HEADER
from assistant.console import Console
from bench.figures import Question
from bench.servers import assistant, free_port

QUESTIONS: Mapping[str, str] = {
    "status": "How's the staging environment doing?",
    "pipelines": "why is the checkout build red?",
    "logs": "show me the logs of the failed checkout build",
    "history": "what was deployed to production lately?",
    "changes": "what changed in payments between staging and production?",
    "alerts": "which alerts are firing?",
    "metrics": "what's the error rate of payments in production?",
    "on call": "who is on call for payments?",
    "documents": "how do I connect to the VPN?",
    "owners": "who owns checkout?",
}
_COUNTED = re.compile(r"^assistant_provider_requests_total\{.*\} (\S+)$", re.MULTILINE)


def measure(model: Path, folder: Path, times: int) -> Iterator[Question]:
    """Each question ``times`` times, in a conversation of its own; before the first of them nothing was asked."""
    port, token = str(free_port()), secrets.token_urlsafe(16)
    more = {"ACTION_SERVER_PORT": port, "ACTION_SERVER_TOKEN": token, "ASSISTANT_LOCAL_PERSON": "ana-duarte"}
    with assistant(model, folder / "capabilities", **more) as running:
        server = _ActionServer(f"http://127.0.0.1:{port}", token)
        for capability, text in QUESTIONS.items():
            seconds, asked = [], [server.requests()]
            for _ in range(times):
                console, started = Console(running), time.monotonic()
                console.say(text)
                seconds.append(time.monotonic() - started)
                asked.append(server.requests())
            yield Question(
                capability, text, median(seconds[1:]) * 1000, asked[1] - asked[0], (asked[-1] - asked[1]) / (times - 1)
            )


class _ActionServer:
    """What the process that asks the providers tells of itself; the worker's requests are not among these."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token

    def requests(self) -> int:
        """How many requests it has made to providers so far."""
        headers = {TOKEN_HEADER: self._token}
        answer = requests.get(f"{self._url}/metrics", headers=headers, timeout=5)
        answer.raise_for_status()
        return round(sum(float(count) for count in _COUNTED.findall(answer.text)))
