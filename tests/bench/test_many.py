"""The GitHub with many services: every service is answered for, and what it counts can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import requests

from assistant.bootstrap import Assistant
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.status import Observed, StatusRequest
from assistant.operations.status import status
from assistant.settings import Settings
from bench import many
from bench.many_github import Server


@pytest.fixture
def github() -> Iterator[Server]:
    with Server() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def asked(folder: Path, github: Server, services: int) -> dict[str, Observed]:
    many.write_catalogue(folder / "catalog", services, github.address)
    settings = {"CATALOG": str(folder / "catalog"), "ASSISTANT_STATE": str(folder), "GITHUB_TOKEN": "made-up"}
    context = Assistant(Settings(settings)).context(Actor(LOCAL_WORKSPACE, "developer"), seconds=60)
    return {one.service: one for one in status(context, StatusRequest(environments=("staging",))).places}


def test_what_it_tells_is_what_the_assistant_reads(tmp_path: Path, github: Server) -> None:
    places = asked(tmp_path, github, 11)
    assert len(places) == 11 and not any(place.problem for place in places.values())
    one, ten = places["service-1"], places["service-10"]
    assert one.state and one.state.current and one.state.current.version == "1.39.0" and one.state.failed is None
    assert one.lag and (one.lag.count, one.lag.trailing, one.lag.version) == (1, "production", "1.39.0")
    assert ten.state and ten.state.failed and ten.state.failed.version == "1.39.0"
    assert ten.state.current and ten.state.current.version == "1.38.0"


def test_it_counts_each_request_and_only_what_is_new_costs_quota(github: Server) -> None:
    url = f"{github.address}/repos/epetech/service-1/deployments?environment=staging"
    first = requests.get(url, timeout=5)
    again = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=5)
    assert (first.status_code, again.status_code) == (200, 304)
    assert requests.get(f"{github.address}/spent", timeout=5).json() == {"requests": 2, "charged": 1}
    assert requests.get(f"{github.address}/spent", timeout=5).json() == {"requests": 0, "charged": 0}


def test_a_round_over_a_few_services_is_complete_and_the_next_one_free() -> None:
    rounds = list(many.measure([3]))
    assert [(one.what, one.answered, one.places) for one in rounds] == [
        ("question", 3, 3),
        ("question, asked again", 3, 3),
        ("worker's round", 6, 6),
        ("worker's next round", 6, 6),
        ("question beside the worker", 3, 3),
        ("which alerts fire", 3, 3),
    ]
    assert [one.charged > 0 for one in rounds] == [True, False, True, False, True, False]
    assert rounds[-1].requests == 1  # one for all services
    assert rounds[1].charged == rounds[3].charged == 0
