"""The example company's catalogue, asked of the sandbox: every service is told once and as itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from assistant.catalogue.reading import read
from assistant.contracts.delivery import Phase, ServiceState, Start
from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.ci.github_auth import TokenCredentials, connect
from sandbox.company import TOKEN
from sandbox.server import Server
from tests.integrations.ci.github_answers import provider

Soon = Callable[[], float]
CATALOGUE = read(Path(__file__).parents[3] / "catalog").catalogue
assert CATALOGUE is not None
PLACES = [
    (service, place.name)
    for service in CATALOGUE.services
    for place in CATALOGUE.environments_of(service)
    if CATALOGUE.delivery(service, place.name).provider == "github"
]
THREE_PAST_NINE = datetime(2026, 3, 2, 9, 3, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[GitHubActions]:
    server = Server(0, THREE_PAST_NINE)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    place = provider(f"http://127.0.0.1:{server.server_port}")
    http = connect(place, TokenCredentials(place, TOKEN))
    yield GitHubActions(place, http)
    http.close()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(("service", "environment"), PLACES)
def test_each_service_is_told_and_its_mapping_holds(
    sandbox: GitHubActions, soon: Soon, service: str, environment: str
) -> None:
    delivery = CATALOGUE.delivery(service, environment)
    state = sandbox.state(delivery, soon())
    assert state.current and state.current.login
    assert state.current.version.count(".") == 2 and state.current.version[0].isdigit()
    assert state.current.start in (Start.BY_HAND, Start.ON_MERGE)
    assert sandbox.has_version(delivery, state.current.version, soon())
    assert sandbox.check(delivery, soon()) == []


def test_what_is_going_on_at_nine_is_told(sandbox: GitHubActions, soon: Soon) -> None:
    def told(service: str, environment: str) -> ServiceState:
        return sandbox.state(CATALOGUE.delivery(service, environment), soon())

    deploying = told("search", "staging").under_way
    assert deploying and (deploying.version, deploying.phase) == ("2.9.0", Phase.RUNNING)
    assert deploying.step and ", step " in deploying.step
    waiting = told("notifications", "production").under_way
    assert waiting and (waiting.phase, waiting.step) == (Phase.WAITING, "waiting for approval")
    failed = told("checkout", "qa").failed
    assert failed and failed.phase is Phase.FAILED
    behind, ahead = told("inventory", "production").current, told("inventory", "staging").current
    assert behind and ahead
    mapping = CATALOGUE.delivery("inventory", "production")
    assert sandbox.versions_between(mapping, behind.version, ahead.version, soon()) == (4, "version")
