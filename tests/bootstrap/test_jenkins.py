"""Jenkins beside GitHub: from the settings to an answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from assistant.bootstrap import Assistant
from assistant.contracts.actor import Actor
from assistant.contracts.errors import NotConnected
from assistant.contracts.status import StatusRequest
from assistant.operations.status import status
from assistant.settings import PROJECT, Settings
from sandbox.server import Server

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


def assistant(tmp_path: Path, **settings: str) -> Assistant:
    return Assistant(Settings({"ASSISTANT_STATE": str(tmp_path), "CATALOG": str(PROJECT / "catalog"), **settings}))


@pytest.fixture
def url() -> Iterator[str]:
    server = Server(0, NINE)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_service_on_jenkins_is_told_with_the_versions_that_github_counts(tmp_path: Path, url: str) -> None:
    one = assistant(tmp_path, ASSISTANT_SANDBOX_URL=url)
    one.ping("jenkins")
    context = one.context(Actor("local", "ana-duarte"), 20.0)
    report = status(context, StatusRequest(services=("billing-worker",), environments=("production",)))
    (place,) = report.places
    assert place.problem is None and place.state and place.state.current
    assert (place.state.provider, place.state.current.version) == ("jenkins", "3.0.2")
    assert place.state.current.login in ("jweber", "praman")
    assert place.lag and (place.lag.count, place.lag.unit, place.lag.version) == (1, "version", "3.1.0")


def test_a_user_with_a_token_switches_the_sandbox_off_and_half_of_that_does_not(tmp_path: Path) -> None:
    assert assistant(tmp_path, JENKINS_TOKEN="t").sandbox
    assert assistant(tmp_path, JENKINS_USER="ana").sandbox
    one = assistant(tmp_path, JENKINS_USER="ana", JENKINS_TOKEN="t")
    assert not one.sandbox
    assert one.ci("jenkins")
    with pytest.raises(NotConnected, match="github is not connected: set GITHUB_TOKEN"):
        one.ci("github")


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotConnected, match="jenkins is not connected: set JENKINS_USER and JENKINS_TOKEN"):
        assistant(tmp_path, GITHUB_TOKEN="t").ci("jenkins")


PLATFORM = "environments: [{name: staging}]\ndefaults: {provider: jenkins, observe: {builds_of: deploy}}\n"


def test_one_jenkins_needs_no_entry_in_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "platform.yaml").write_text(PLATFORM)
    here = {"CATALOG": str(tmp_path), "JENKINS_USER": "ana", "JENKINS_TOKEN": "t"}
    assert assistant(tmp_path, **here).source.read().problems
    one = assistant(tmp_path, **here, JENKINS_URL="https://ci.example")
    assert one.source.read().problems == ()
    assert one.source.current().providers["jenkins"].url == "https://ci.example"
    assert not one.sandbox and one.ci("jenkins")
    assert one.jobs_reader() is not None and assistant(tmp_path, **here).jobs_reader() is None


def test_what_the_catalogue_says_of_jenkins_counts_more_than_the_setting(tmp_path: Path) -> None:
    providers = assistant(tmp_path, JENKINS_URL="https://other.example").source.current().providers
    assert providers["jenkins"].url == "https://ci.epetech.online"
