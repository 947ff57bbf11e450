"""A mapping is proved before anybody relies on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.contracts.errors import BadAnswer
from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.ci.github_check import dispatch_inputs
from tests.integrations.ci.github_answers import REPO, delivery, file
from tests.integrations.faulty_server import FaultyServer, reply

Soon = Callable[[], float]

WORKFLOW = """
name: deploy
on:
  push:
  workflow_dispatch:
    inputs:
      environment: {required: true}
      commit: {required: false}
      region: {required: true, default: eu}
"""
VALUES = {
    "observe.github_environment": "staging",
    "version.tag": "v{semver}",
    "start.workflow": "deploy.yml",
    "start.inputs.environment": "staging",
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
    values = {**VALUES, "start.inputs.request": "x", "observe.runs_of": "epetech/deployments/run.yml"}
    values.pop("start.inputs.environment")
    assert github.check(delivery(values), soon()) == [
        "The repository epetech/payments has no environment “staging”.",
        "The workflow deploy.yml does not declare the input “request”.",
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
    ("text", "inputs"),
    [
        ("on: workflow_dispatch", {}),
        ("on: [push, workflow_dispatch]", {}),
        ("'on': {workflow_dispatch: null}", {}),
        ("on: {workflow_dispatch: {inputs: {a: null, b: {required: true}}}}", {"a": False, "b": True}),
        ("on: {workflow_dispatch: {inputs: [a]}}", {}),
        ("on: {push: {}}", None),
        ("jobs: {}", None),
        ("- a", None),
        ("", None),
        ("on: {workflow_dispatch: [", None),
        pytest.param("on: " + "[" * 1200, None, id="deep"),
    ],
)
def test_inputs_are_read_from_every_way_to_write_a_trigger(text: str, inputs: dict[str, bool] | None) -> None:
    assert dispatch_inputs(text) == inputs
