"""The adapters in front of servers that play GitHub, or a whole platform."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from assistant.contracts.platform import Provider
from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.ci.github_auth import TokenCredentials
from assistant.integrations.ci.github_auth import connect as connect_github
from assistant.integrations.ci.github_deployer import SETTLE
from assistant.integrations.ci.jenkins import Jenkins
from assistant.integrations.ci.jenkins_api import connect as connect_jenkins
from assistant.integrations.http import Http
from sandbox.company import TOKEN
from sandbox.server import Server
from tests.integrations.ci.github_answers import provider
from tests.integrations.ci.subjects import KINDS, NINE, Kind, Subject
from tests.integrations.faulty_server import FaultyServer


@pytest.fixture
def github(server: FaultyServer, http: Http) -> GitHubActions:
    return GitHubActions(provider(server.url), http)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with _subject(request.param, timedelta(0), NINE) as found:
        yield found


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def patient(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """One that knows that a run may be shown late, by the real clock."""
    with _subject(request.param, SETTLE, None) as found:
        yield found


@pytest.fixture
def storefront() -> Iterator[Subject]:
    """A service whose deployments to qa fail."""
    with _subject(Kind("github_actions", "storefront", "/repos"), timedelta(0), NINE) as found:
        yield found


@contextmanager
def _subject(kind: Kind, settle: timedelta, now: datetime | None) -> Iterator[Subject]:
    server = Server(0, now)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    github, jenkins = Provider("github", "github_actions", url), Provider("jenkins", "jenkins", f"{url}/jenkins")
    ways = connect_github(github, TokenCredentials(github, TOKEN)), connect_jenkins(jenkins, "ana", TOKEN)
    host = GitHubActions(github, ways[0], settle)
    yield Subject(kind, url, host if kind.name == "github_actions" else Jenkins(jenkins, ways[1], lambda: host, settle))
    for way in ways:
        way.close()
    server.faults.lift()
    server.shutdown()
    server.server_close()
    thread.join()
