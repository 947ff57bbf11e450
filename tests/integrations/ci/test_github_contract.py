"""The adapter asks and understands as GitHub's own description has it, and works with another's GitHub."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone

import pytest
import requests

from assistant.contracts.delivery import Phase, Start
from assistant.contracts.errors import BadAnswer, Refused
from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.ci.github_api import GitHubApi
from assistant.integrations.ci.github_auth import HEADERS, AppCredentials, TokenCredentials, connect
from assistant.integrations.ci.github_dispatch import DispatchApi
from assistant.integrations.ci.github_records import step_of
from assistant.integrations.http import Http
from tests import peers
from tests.integrations.ci.github_answers import delivery, provider

REPO = "/repos/{owner}/{repo}"
PATHS = [
    REPO,
    f"{REPO}/installation",
    "/app/installations/{installation_id}/access_tokens",
    f"{REPO}/deployments",
    f"{REPO}/deployments/{{deployment_id}}/statuses",
    f"{REPO}/environments/{{environment_name}}",
    f"{REPO}/actions/runs/{{run_id}}",
    f"{REPO}/actions/runs/{{run_id}}/jobs",
    f"{REPO}/actions/workflows/{{workflow_id}}/runs",
    f"{REPO}/tags",
    f"{REPO}/git/matching-refs/{{ref}}",
    f"{REPO}/commits/{{ref}}",
    f"{REPO}/compare/{{basehead}}",
    f"{REPO}/contents/{{path}}",
    f"{REPO}/actions/workflows/{{workflow_id}}/dispatches",
    *[f"{REPO}/actions/runs/{{run_id}}/{what}" for what in ("cancel", "rerun", "rerun-failed-jobs")],
    f"{REPO}/actions/runs/{{run_id}}/pending_deployments",
]
PAYMENTS = "/repos/epetech/payments"
BY_ENVIRONMENT = {"observe.github_environment": "staging"}
SECONDS = 20.0
NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """GitHub's description, which answers its own examples and refuses requests that it does not know."""
    with peers.prism(tmp_path_factory.mktemp("prism"), PATHS) as url:
        yield url


@pytest.fixture(scope="module")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """emulate's GitHub with a tag, a commit after it, and a workflow."""
    with peers.emulate_github(tmp_path_factory.mktemp("emulate")) as told:
        base, headers = f"{told['url']}/repos/epetech/payments", {"Authorization": f"Bearer {told['token']}"}
        head = requests.get(f"{base}/commits/main", headers=headers, timeout=5).json()["sha"]
        tag = {"ref": "refs/tags/v1.0.0", "sha": head}
        workflow = "on: {workflow_dispatch: {inputs: {environment: {required: true}}}}"
        file = {"message": "Deploy", "branch": "main", "content": base64.b64encode(workflow.encode()).decode()}
        requests.post(f"{base}/git/refs", json=tag, headers=headers, timeout=5).raise_for_status()
        place = f"{base}/contents/.github/workflows/deploy.yml"
        requests.put(place, json=file, headers=headers, timeout=5).raise_for_status()
        yield told


def plainly(url: str, headers: Mapping[str, str] | None = None) -> Http:
    """The way to Prism. The description names ``application/json`` only, not GitHub's own media type for it."""
    token = TokenCredentials(provider(url), "made-up")
    return Http("github", url, token, headers={**HEADERS, "Accept": "application/json", **(headers or {})})


def soon() -> float:
    return time.monotonic() + SECONDS


def test_the_examples_of_the_description_are_understood(described: str) -> None:
    """Prism refuses (404, 422) what the description does not know, so each of these is a call that GitHub knows."""
    http = plainly(described)
    state = GitHubActions(provider(described), http).state(delivery(BY_ENVIRONMENT), soon())
    assert state.current and (state.current.version, state.current.login) == ("topic-branch", "octocat")
    api = GitHubApi("github", http)
    run = next(api.workflow_runs(PAYMENTS, "deploy.yml", soon()))
    assert (run.id, run.phase, run.start) == ("30433642", Phase.WAITING, Start.ON_MERGE)
    assert (found := api.run(PAYMENTS, run.id, soon())) and found.id == run.id
    assert step_of(api.jobs(PAYMENTS, run.id, soon()), None) is None
    assert api.tags_with(PAYMENTS, "feature", soon()) == ["refs/heads/feature-a", "refs/heads/feature-b"]
    assert api.tags_at(PAYMENTS, "c5b97d5ae6c19d5c5df71a34c7fbeeda2479ccbc", soon()) == ["v0.1"]
    assert api.ahead_by(PAYMENTS, "main", "topic", soon()) == 1
    assert api.knows(PAYMENTS, "feature/x", soon())
    assert api.has_repository(PAYMENTS, soon()) and api.has_environment(PAYMENTS, "prod-eu", soon())
    with pytest.raises(BadAnswer, match="in a form that cannot be read"):  # the example's content is no base64
        api.workflow_file(PAYMENTS, "deploy.yml", soon())
    http.close()


def test_whatever_the_description_allows_is_understood(described: str) -> None:
    """Prism makes up answers that fit the description: optional fields come and go, texts are of any kind."""
    http = plainly(described, {"Prefer": "dynamic=true"})
    github, api = GitHubActions(provider(described), http), GitHubApi("github", http)
    for _ in range(10):
        assert github.state(delivery(BY_ENVIRONMENT), soon()).service == "payments"
        run = api.run(PAYMENTS, "1", soon())
        assert run and run.started_at.utcoffset() == timedelta(0)
        step_of(api.jobs(PAYMENTS, run.id, soon()), None)
        assert all(isinstance(tag, str) for tag in api.tags_with(PAYMENTS, "v", soon()))
    http.close()


def test_what_starts_and_stops_runs_is_asked_as_described(described: str) -> None:
    http = plainly(described)
    api = DispatchApi("github", http)
    started = api.dispatch(PAYMENTS, "deploy.yml", "v1.4.2", {"environment": "staging", "request": "r1-abc"}, soon())
    assert started is not None and started.isdigit()
    assert api.dispatched(PAYMENTS, "deploy.yml", NINE, soon()) == []  # the example is older
    assert api.awaited(PAYMENTS, "1", soon()) == ("octocat", "@justice-league")
    assert api.commit(PAYMENTS, "tags/v1.4.2", soon())
    api.cancel(PAYMENTS, "1", soon())
    for failed in (True, False):
        api.rerun(PAYMENTS, "1", failed, soon())
    http.close()


def test_versions_and_files_are_read_from_emulate(emulated: Mapping[str, str]) -> None:
    place = provider(emulated["url"])
    http = connect(place, TokenCredentials(place, emulated["token"]))
    github = GitHubActions(place, http)
    found = {text: github.has_version(delivery(), text, soon()) for text in ("1.0.0", "v1.0.0", "main", "9.9.9")}
    assert found == {"1.0.0": True, "v1.0.0": True, "main": True, "9.9.9": False}
    assert github.versions_between(delivery(), "1.0.0", "main", soon()) == (1, "commit")
    assert github.versions_between(delivery(), "main", "1.0.0", soon()) == (0, "commit")
    values = {"observe.runs_of": "deploy.yml", "version.tag": "v{semver}", "start.workflow": "deploy.yml"}
    assert github.check(delivery(values), soon()) == [
        "The workflow deploy.yml requires the input “environment”, which the catalogue does not give.",
        "The workflow deploy.yml is given no input with {request}, so a lost start could not be found.",
    ]
    http.close()


def test_an_app_signs_in_to_emulate(emulated: Mapping[str, str]) -> None:
    place = provider(emulated["url"])
    http = connect(place, AppCredentials(place, emulated["app_id"], emulated["private_key"]))
    assert GitHubActions(place, http).has_version(delivery(), "1.0.0", soon())
    with pytest.raises(Refused, match="has no installation of our App for elsewhere/x"):
        http.get("/repos/elsewhere/x", deadline=soon())
    http.close()


def test_another_apps_number_is_refused_by_emulate(emulated: Mapping[str, str]) -> None:
    place = provider(emulated["url"])
    http = connect(place, AppCredentials(place, "78", emulated["private_key"]))
    with pytest.raises(Refused, match="check GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY"):
        GitHubActions(place, http).has_version(delivery(), "1.0.0", soon())
    http.close()
