"""What is particular to starting deployments on GitHub: servers of different ages, approvals, lists that are cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from assistant.contracts.delivery import Phase
from assistant.contracts.deployer import Target
from assistant.contracts.errors import NotFound, NotStarted, Unavailable, Uncertain
from assistant.integrations.ci.github_deployer import GitHubDeployer
from assistant.integrations.http import Http
from tests.integrations.ci.github_answers import HEAD, REPO, delivery, job, provider, run
from tests.integrations.faulty_server import FaultyServer, in_turn, reply

Soon = Callable[[], float]
NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
VALUES = {
    "version.tag": "v{semver}",
    "start.workflow": "deploy.yml",
    "start.ref": "v{version}",
    "start.inputs.environment": "staging",
    "start.inputs.commit": "{commit}",
    "start.inputs.request": "{request}",
}
TARGET = Target("payments", "staging", "1.4.2", HEAD, "v1.4.2", HEAD)
DISPATCH = f"{REPO}/actions/workflows/deploy.yml/dispatches"
RUNS = f"{REPO}/actions/workflows/deploy.yml/runs"
NOT_PERMITTED = 'Invalid request. "return_run_details" is not a permitted key.'


@pytest.fixture
def deployer(server: FaultyServer, http: Http) -> GitHubDeployer:
    return GitHubDeployer(provider(server.url), http, timedelta(0))


def bodies(server: FaultyServer) -> list[Any]:
    return [json.loads(asked.body) for asked in server.asked if asked.method == "POST"]


def test_the_dispatch_carries_version_commit_and_request(
    server: FaultyServer, deployer: GitHubDeployer, soon: Soon
) -> None:
    server.routes[DISPATCH] = reply({"workflow_run_id": 8841, "run_url": "x", "html_url": "x"})
    assert deployer.start(delivery(VALUES), TARGET, "r12-8f3a", soon()) == "8841"
    inputs = {"environment": "staging", "commit": HEAD, "request": "r12-8f3a"}
    assert bodies(server) == [{"ref": "v1.4.2", "inputs": inputs, "return_run_details": True}]


def test_a_server_that_tells_no_run_is_asked_without_a_second_start(
    server: FaultyServer, deployer: GitHubDeployer, soon: Soon
) -> None:
    server.routes[DISPATCH] = reply(None, 204)
    assert deployer.start(delivery(VALUES), TARGET, "r12-8f3a", soon()) is None
    assert len(bodies(server)) == 1


def test_a_server_that_refuses_the_question_is_remembered(
    server: FaultyServer, deployer: GitHubDeployer, soon: Soon
) -> None:
    server.routes[DISPATCH] = in_turn(reply({"message": NOT_PERMITTED}, 422), reply(None, 204))
    for _ in range(2):
        assert deployer.start(delivery(VALUES), TARGET, "r12-8f3a", soon()) is None
    assert ["return_run_details" in body for body in bodies(server)] == [True, False, False]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply({"message": "No ref found for: v1.4.2"}, 422), NotStarted),
        (reply({"message": "Not Found"}, 404), NotStarted),
        (reply({"workflow_run_id": "8841"}), Uncertain),
        (reply(["nonsense"]), Uncertain),
    ],
)
def test_any_other_answer_is_not_tried_again(
    server: FaultyServer, deployer: GitHubDeployer, soon: Soon, answer: Any, error: type[Exception]
) -> None:
    server.routes[DISPATCH] = answer
    with pytest.raises(error):
        deployer.start(delivery(VALUES), TARGET, "r12-8f3a", soon())
    assert len(bodies(server)) == 1


def test_a_workflow_that_is_no_file_is_not_started(deployer: GitHubDeployer, soon: Soon) -> None:
    with pytest.raises(NotStarted, match="where a workflow file is expected"):
        deployer.start(delivery({**VALUES, "start.workflow": "a/deploy.yml"}), TARGET, "r12-8f3a", soon())


def test_who_is_waited_for_is_told(server: FaultyServer, deployer: GitHubDeployer, soon: Soon) -> None:
    server.routes[f"{REPO}/actions/runs/70"] = reply(run(70, "waiting", run_number=17))
    server.routes[f"{REPO}/actions/runs/70/jobs"] = reply({"jobs": [job(1, "waiting")]})
    reviewers = [
        {"type": "Team", "reviewer": {"slug": "platform", "name": "Platform"}},
        {"type": "User", "reviewer": {"login": "tomasz-nowak"}},
        {"type": "User", "reviewer": None},
    ]
    server.routes[f"{REPO}/actions/runs/70/pending_deployments"] = reply([{"reviewers": reviewers}])
    progress = deployer.progress(delivery(VALUES), "70", soon())
    assert (progress.phase, progress.run) == (Phase.WAITING, "17")
    assert progress.waiting_for == ("@platform", "tomasz-nowak")
    assert progress.step == "waiting for approval"


def test_a_list_that_is_cut_proves_nothing(server: FaultyServer, deployer: GitHubDeployer, soon: Soon) -> None:
    pages = [{"Link": f'<{server.url}{RUNS}?page={number}>; rel="next"'} for number in range(2, 13)]
    server.routes[RUNS] = in_turn(*(reply({"workflow_runs": [run(70)]}, headers=page) for page in pages))
    with pytest.raises(Unavailable, match=r"more runs of deploy\.yml since then than can be read"):
        deployer.find(delivery(VALUES), "r12-8f3a", NINE, soon())
    older = run(69, created_at="2026-03-02T08:40:00Z", display_title="Deploy (r12-8f3a)")
    server.routes[RUNS] = reply({"workflow_runs": [run(70), older]}, headers=pages[0])
    assert deployer.find(delivery(VALUES), "r12-8f3a", NINE, soon()) is None


def test_a_run_is_found_by_a_server_whose_clock_is_behind(
    server: FaultyServer, deployer: GitHubDeployer, soon: Soon
) -> None:
    behind = run(70, created_at="2026-03-02T08:55:00Z", display_title="Deploy (r12-8f3a)")
    server.routes[RUNS] = reply({"workflow_runs": [behind]})
    server.routes[f"{REPO}/actions/runs/70/jobs"] = reply({"total_count": 0, "jobs": []})
    found = deployer.find(delivery(VALUES), "r12-8f3a", NINE, soon())
    assert found and found.run_id == "70"


def test_a_branch_or_commit_is_deployed_where_versions_are_no_tags(
    server: FaultyServer, deployer: GitHubDeployer, soon: Soon
) -> None:
    server.routes[f"{REPO}/commits/main"] = reply({"sha": HEAD})
    values = {"start.workflow": "deploy.yml", "start.ref": "main", "start.inputs.request": "{request}"}
    assert deployer.target(delivery(values), "main", soon()) == Target(
        "payments", "staging", "main", HEAD, "main", HEAD
    )


def test_a_commit_is_no_place_to_start_a_workflow(server: FaultyServer, deployer: GitHubDeployer, soon: Soon) -> None:
    server.routes[f"{REPO}/commits/{HEAD}"] = reply({"sha": HEAD})
    with pytest.raises(NotFound, match="tag or branch"):
        deployer.target(delivery({"start.workflow": "deploy.yml"}), HEAD, soon())
