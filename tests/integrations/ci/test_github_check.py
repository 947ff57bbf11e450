"""A mapping is proved before anybody relies on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.contracts.errors import BadAnswer
from assistant.integrations.ci.github_actions import GitHubActions
from tests.integrations.ci.github_answers import REPO, delivery, file
from tests.integrations.faulty_server import FaultyServer, reply

Soon = Callable[[], float]

WORKFLOW = """
name: deploy
run-name: Deploy ${{ github.ref_name }} to ${{ inputs.environment }} (${{ inputs.request }})
on:
  push:
  workflow_dispatch:
    inputs:
      environment: {required: true}
      commit: {required: false}
      request: {required: false}
      region: {required: true, default: eu}
"""
VALUES = {
    "observe.github_environment": "staging",
    "version.tag": "v{semver}",
    "start.workflow": "deploy.yml",
    "start.inputs.environment": "staging",
    "start.inputs.request": "{request}",
}


@pytest.fixture
def sound(server: FaultyServer) -> FaultyServer:
    server.routes[REPO] = reply({"full_name": "epetech/payments"})
    server.routes[f"{REPO}/environments/staging"] = reply({"name": "staging"})
    server.routes[f"{REPO}/contents/.github%2Fworkflows%2Fdeploy.yml"] = reply(file(WORKFLOW))
    server.routes[f"{REPO}/git/matching-refs/tags%2Fv"] = reply([{"ref": "refs/tags/v1.0.0"}])
    return server


def test_a_mapping_that_holds_has_no_defects(sound: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    assert github.check(delivery(VALUES), soon()) == []


def test_each_defect_is_one_sentence(sound: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    del sound.routes[f"{REPO}/environments/staging"]
    sound.routes[f"{REPO}/git/matching-refs/tags%2Fv"] = reply([{"ref": "refs/tags/vnext"}])
    values = {**VALUES, "start.inputs.team": "x", "observe.runs_of": "epetech/deployments/run.yml"}
    values.pop("start.inputs.environment")
    assert github.check(delivery(values), soon()) == [
        "The repository epetech/payments has no environment “staging”.",
        "The workflow deploy.yml does not declare the input “team”.",
        "The workflow deploy.yml requires the input “environment”, which the catalogue does not give.",
        "There is no workflow .github/workflows/run.yml in epetech/deployments.",
        "No tag of epetech/payments looks like “v{semver}”.",
    ]


def test_an_unknown_repository_is_the_only_defect(github: GitHubActions, soon: Soon) -> None:
    expected = "github does not know the repository epetech/payments, or our credentials may not see it."
    assert github.check(delivery(VALUES), soon()) == [expected]


def test_nothing_observed_is_a_defect(sound: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    expected = "The catalogue does not say how deployments of payments to staging are observed."
    assert github.check(delivery({}), soon()) == [expected]


def test_a_workflow_without_the_trigger_is_a_defect(sound: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    sound.routes[f"{REPO}/contents/.github%2Fworkflows%2Fdeploy.yml"] = reply(file("on: push"))
    expected = "The workflow deploy.yml cannot be started: it has no workflow_dispatch trigger."
    assert github.check(delivery(VALUES), soon()) == [expected]


def test_a_file_that_cannot_be_read_is_named(sound: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    sound.routes[f"{REPO}/contents/.github%2Fworkflows%2Fdeploy.yml"] = reply({"content": "!"})
    with pytest.raises(BadAnswer, match=r"sent the file deploy\.yml in a form that cannot be read"):
        github.check(delivery(VALUES), soon())


@pytest.mark.parametrize(
    ("change", "defect"),
    [
        ({"start.inputs.request": "7"}, "The workflow deploy.yml is given no input with {request}, so a lost start"),
        (
            {"start.inputs.commit": "{request}", "start.inputs.request": "7"},
            "The workflow deploy.yml does not show the input “commit” in its run-name: a lost start",
        ),
    ],
)
def test_a_start_that_could_not_be_found_again_is_a_defect(
    sound: FaultyServer, github: GitHubActions, soon: Soon, change: dict[str, str], defect: str
) -> None:
    assert github.check(delivery({**VALUES, **change}), soon()) == [f"{defect} could not be found."]
