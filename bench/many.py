"""A question about an environment of many services: how soon, how complete, and at what price in requests."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timezone
from pathlib import Path

import requests

from assistant.bootstrap import Assistant
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.alerts import AlertsRequest
from assistant.contracts.delivery import ServiceState
from assistant.contracts.status import StatusRequest
from assistant.operations.alerts import alerts
from assistant.operations.status import status
from assistant.settings import PROJECT, Settings
from assistant.worker import WORKER, observe
from bench.figures import Round

ENVIRONMENT = "staging"
_ASKER = Actor(LOCAL_WORKSPACE, "developer")

_PLATFORM = """\
providers:
  github: {{kind: github_actions, url: "{address}", secret: GITHUB}}
  alertmanager: {{kind: alertmanager, url: "{address}"}}
  prometheus: {{kind: prometheus, url: "{address}"}}
environments:
  - {{name: staging}}
  - {{name: production, after: staging}}
defaults:
  provider: github
  version: {{tag: "v{{semver}}"}}
  health: {{alerts: {{service: "{{service}}", env: "{{environment}}"}}}}
  running: 'build_info{{service="{{service}}",env="{{environment}}"}}'
profiles:
  actions: {{observe: {{github_environment: "{{environment}}", version: ref}}}}
"""
_TEAM = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-everything}
spec: {type: team, children: []}
"""
_SERVICE = """\
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: service-{number}
  annotations:
    github.com/project-slug: epetech/service-{number}
    assistant/profile: actions
spec: {{type: service, lifecycle: production, owner: team-everything}}
"""


def measure(sizes: Sequence[int]) -> Iterator[Round]:
    """Ask about an environment of each size, then let the worker go round; each the first time, then again."""
    for size in sizes:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            github = stack.enter_context(_github())
            write_catalogue(folder / "catalog", size, github)
            yield from _questions(_assistant(folder, "asked"), size, github)
            yield from _worker(_assistant(folder, "worker"), size, github)
            yield _question(_assistant(folder, "worker"), "question beside the worker", size, github)
            yield _alerts(_assistant(folder, "worker"), size, github)


def write_catalogue(folder: Path, services: int, address: str) -> None:
    """A catalogue of ``services`` services in two environments, all delivered by the GitHub at ``address``."""
    folder.mkdir()
    (folder / "platform.yaml").write_text(_PLATFORM.format(address=address), encoding="utf-8")
    components = [_SERVICE.format(number=number) for number in range(1, services + 1)]
    (folder / "services.yaml").write_text(_TEAM + "".join(components), encoding="utf-8")
    (folder / "access.yml").write_text('members: ["read:status", "read:alerts"]\n', encoding="utf-8")


def _assistant(folder: Path, name: str) -> Assistant:
    """One with nothing remembered yet."""
    (folder / name).mkdir(exist_ok=True)
    values = {"CATALOG": str(folder / "catalog"), "ASSISTANT_STATE": str(folder / name), "GITHUB_TOKEN": "made-up"}
    return Assistant(Settings(values))


def _questions(assistant: Assistant, services: int, github: str) -> Iterator[Round]:
    for what in ("question", "question, asked again"):
        yield _question(assistant, what, services, github)


def _question(assistant: Assistant, what: str, services: int, github: str) -> Round:
    context = assistant.context(_ASKER)
    started = time.monotonic()
    report = status(context, StatusRequest(environments=(ENVIRONMENT,)))
    seconds = time.monotonic() - started
    if any(place.problem for place in report.places):
        # Requests that were still under way end with the deadline; they are this question's too.
        time.sleep(max(0.0, context.deadline - time.monotonic()))
    answered = sum(place.problem is None for place in report.places)
    return Round(services, what, seconds, answered, len(report.places), **_spent(github))


def _alerts(assistant: Assistant, services: int, github: str) -> Round:
    context = assistant.context(_ASKER)
    started = time.monotonic()
    report = alerts(context, AlertsRequest(environments=(ENVIRONMENT,)))
    seconds = time.monotonic() - started
    answered = 0 if report.problems else services
    return Round(services, "which alerts fire", seconds, answered, services, **_spent(github))


def _worker(assistant: Assistant, services: int, github: str) -> Iterator[Round]:
    catalogue = assistant.source.current()
    places = [(name, one.name) for name in catalogue.services for one in catalogue.environments_of(name)]
    for what in ("worker's round", "worker's next round"):
        begun, started = datetime.now(timezone.utc), time.monotonic()
        observe(assistant)
        seconds = time.monotonic() - started
        kept = assistant.context(WORKER).observations.recall_all(ServiceState)
        answered = sum(known.at >= begun for known in kept.values())
        yield Round(services, what, seconds, answered, len(places), **_spent(github))


def _spent(github: str) -> dict[str, int]:
    counted: dict[str, int] = requests.get(f"{github}/spent", timeout=5).json()
    return counted


@contextmanager
def _github() -> Iterator[str]:
    """A GitHub in a process of its own, so that the two do not wait for each other; gives its address."""
    command = [sys.executable, "-m", "bench.many_github"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.send_signal(signal.SIGTERM)
