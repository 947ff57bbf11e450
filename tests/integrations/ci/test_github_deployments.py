"""The past as GitHub tells it: by a server that answers as told, and by the sandbox for the example company."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from assistant.contracts.delivery import Phase, Start
from assistant.contracts.errors import Missing, NotConnected
from assistant.contracts.interval import BEGINNING, Interval
from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.ci.github_auth import TokenCredentials, connect
from sandbox.company import TOKEN
from sandbox.server import Server
from tests.integrations.ci.github_answers import REPO, at, delivery, deployment, provider, run, status
from tests.integrations.ci.test_github_example import CATALOGUE
from tests.integrations.faulty_server import FaultyServer, never, reply

Soon = Callable[[], float]
NINE = datetime(2026, 3, 2, 9, 3, tzinfo=timezone.utc)
DISPATCHED = {"observe.github_environment": "staging", "version.tag": "v{semver}", "start.workflow": "deploy.yml"}


def play(server: FaultyServer, records: list[Any], statuses: dict[int, list[Any]], runs: list[Any]) -> None:
    server.routes[f"{REPO}/deployments"] = reply(records)
    for number, listed in statuses.items():
        server.routes[f"{REPO}/deployments/{number}/statuses"] = reply(listed)
    listed_runs = {"total_count": len(runs), "workflow_runs": runs}
    server.routes[f"{REPO}/actions/workflows/deploy.yml/runs"] = reply(listed_runs)


def test_every_deployment_is_told_failed_ones_too(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(
        server,
        [deployment(3, "v1.2", 30), deployment(2, "v1.1", 20), deployment(1, "v1.0", 10)],
        {3: [status("failure", 31, 73)], 2: [status("failure", 21, 72)], 1: [status("success", 11, 71)]},
        [run(73, "failure"), run(72, "failure", triggering_actor={"login": "ben"}), run(71)],
    )
    past = github.history.past(delivery(DISPATCHED), None, 10, soon())
    assert [(one.version, one.phase, one.login) for one in past.deployments] == [
        ("1.2", Phase.FAILED, "priya-raman"),
        ("1.1", Phase.FAILED, "ben"),
        ("1.0", Phase.SUCCEEDED, "priya-raman"),
    ]
    assert past.whole
    assert f"{REPO}/actions/runs/73" not in server.paths  # the one list of runs told it


def test_the_records_of_one_run_are_one_deployment(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    records = [deployment(2, "v1.1", 21), deployment(1, "v1.1", 20)]
    play(server, records, {2: [status("failure", 22)], 1: [status("success", 21)]}, [run(70, "failure")])
    past = github.history.past(delivery(DISPATCHED), None, 10, soon())
    assert [one.phase for one in past.deployments] == [Phase.FAILED]


def test_what_lies_outside_of_the_time_costs_no_request(
    server: FaultyServer, github: GitHubActions, soon: Soon
) -> None:
    records = [deployment(3, "v1.2", 30), deployment(2, "v1.1", 20), deployment(1, "v1.0", 10)]
    play(server, records, {2: [status("success", 21)]}, [run()])
    when = Interval(NINE.replace(minute=15), NINE.replace(minute=25))
    past = github.history.past(delivery(DISPATCHED), when, 10, soon())
    assert [one.version for one in past.deployments] == ["1.1"] and past.whole
    assert not any("/deployments/1/" in path or "/deployments/3/" in path for path in server.paths)


def test_a_limit_that_cuts_something_off_is_admitted(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    records = [deployment(2, "v1.1", 20), deployment(1, "v1.0", 10)]
    play(server, records, {2: [status("success", 21, 72)], 1: [status("success", 11, 71)]}, [run(72), run(71)])
    past = github.history.past(delivery(DISPATCHED), None, 1, soon())
    assert len(past.deployments) == 1 and not past.whole


def test_what_was_read_before_the_time_ran_out_is_told(server: FaultyServer, github: GitHubActions) -> None:
    play(server, [deployment(2, "v1.1", 20), deployment(1, "v1.0", 10)], {2: [status("success", 21)]}, [run()])
    server.routes[f"{REPO}/deployments/1/statuses"] = never
    past = github.history.past(delivery(DISPATCHED), None, 10, time.monotonic() + 0.5)
    assert [one.version for one in past.deployments] == ["1.1"] and not past.whole


def test_a_merge_is_told_with_who_merged_it(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    pull = {
        "number": 12,
        "title": "Round totals",
        "user": {"login": "ana"},
        "merged_at": at(1),
        "html_url": "https://g/12",
    }
    play(server, [deployment(1, "v1.0")], {1: [status("success")]}, [run(event="push")])
    found = github.history.past(delivery(DISPATCHED), None, 1, soon()).deployments[0]
    server.routes[f"{REPO}/commits/{found.commit}/pulls"] = reply([{**pull, "number": 9, "merged_at": None}, pull])
    server.routes[f"{REPO}/pulls/12"] = reply({**pull, "merged_by": {"login": "ben"}})
    server.routes[f"{REPO}/actions/runs/70"] = reply({**run(), "path": ".github/workflows/deploy.yml@main"})
    merge = github.history.merge(delivery(DISPATCHED), found, soon())
    assert merge is not None
    assert (merge.pull_request, merge.author, merge.merged_by, merge.workflow) == ("12", "ana", "ben", "deploy.yml")


def test_a_mapping_that_declares_nothing_is_not_connected(github: GitHubActions, soon: Soon) -> None:
    with pytest.raises(NotConnected, match="does not say how deployments"):
        github.history.past(delivery({}), None, 10, soon())


def test_a_repository_that_is_not_there_is_missing(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    server.routes[f"{REPO}/deployments"] = reply({"message": "Not Found"}, 404)
    with pytest.raises(Missing, match="does not know the repository"):
        github.history.past(delivery(DISPATCHED), None, 10, soon())


@pytest.fixture(scope="module")
def example() -> Iterator[GitHubActions]:
    server = Server(0, NINE)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    place = provider(f"http://127.0.0.1:{server.server_port}")
    http = connect(place, TokenCredentials(place, TOKEN))
    yield GitHubActions(place, http)
    http.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_services_of_one_repository_have_a_past_of_their_own(example: GitHubActions, soon: Soon) -> None:
    assert CATALOGUE is not None
    past = example.history.past(CATALOGUE.delivery("inventory", "staging"), None, 10, soon())
    assert [one.version for one in past.deployments][:3] == ["4.4.1", "4.4.0", "4.3.1"]


def test_what_was_deployed_on_merge_has_a_version_and_a_pull_request(example: GitHubActions, soon: Soon) -> None:
    assert CATALOGUE is not None
    place = CATALOGUE.delivery("storefront", "staging")
    newest = example.history.past(place, None, 1, soon()).deployments[0]
    assert (newest.version, newest.start) == ("2.8.2", Start.ON_MERGE)
    merge = example.history.merge(place, newest, soon())
    assert merge is not None and merge.merged_by == newest.login and merge.workflow == "deploy.yml"


def test_a_central_workflow_tells_each_service_apart(example: GitHubActions, soon: Soon) -> None:
    assert CATALOGUE is not None
    when = Interval(BEGINNING, NINE - timedelta(days=3))
    past = example.history.past(CATALOGUE.delivery("notifications", "production"), when, 10, soon())
    assert [one.version for one in past.deployments] == ["2.2.1", "2.2.0"] and past.whole
