"""Every answer of the sandbox holds against GitHub's own OpenAPI description, with Prism reading along."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.company import REPOSITORIES
from sandbox.server import Server
from tests import peers
from tests.sandbox.conftest import NINE, Client

REPO = "/repos/{owner}/{repo}"
PATHS = [
    *["/user", "/rate_limit", "/orgs/{org}/repos", "/orgs/{org}/installation", "/app"],
    *["/app/installations/{installation_id}/access_tokens", REPO, f"{REPO}/installation"],
    *[f"{REPO}/deployments", f"{REPO}/deployments/{{deployment_id}}", f"{REPO}/deployments/{{deployment_id}}/statuses"],
    *[f"{REPO}/environments", f"{REPO}/environments/{{environment_name}}", f"{REPO}/actions/runs"],
    *[f"{REPO}/actions/runs/{{run_id}}", f"{REPO}/actions/runs/{{run_id}}/jobs", f"{REPO}/actions/workflows"],
    *[f"{REPO}/actions/workflows/{{workflow_id}}", f"{REPO}/actions/workflows/{{workflow_id}}/runs", f"{REPO}/tags"],
    *[
        f"{REPO}/git/matching-refs/{{ref}}",
        f"{REPO}/commits",
        f"{REPO}/commits/{{ref}}",
        f"{REPO}/commits/{{commit_sha}}/pulls",
        f"{REPO}/pulls/{{pull_number}}",
        f"{REPO}/compare/{{basehead}}",
    ],
    *[f"{REPO}/actions/runs/{{run_id}}/{what}" for what in ("cancel", "rerun", "rerun-failed-jobs")],
    *[f"{REPO}/actions/runs/{{run_id}}/pending_deployments", f"{REPO}/actions/workflows/{{workflow_id}}/dispatches"],
    *[f"{REPO}/branches", f"{REPO}/branches/{{branch}}", f"{REPO}/contents/{{path}}"],
]


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client that reaches the sandbox through Prism, three minutes after the start."""
    server = Server(0, NINE)
    server.clock.move({"advance_seconds": 180})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with peers.prism(tmp_path_factory.mktemp("prism"), PATHS, f"http://127.0.0.1:{server.server_port}") as url:
            yield Client(url)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _sound(answer: requests.Response) -> Any:
    """The body of an answer in which Prism found nothing wrong."""
    found = json.loads(answer.headers.get("sl-violations", "[]"))
    # GitHub sends `waiting` while a reviewer is awaited, though its description does not list it among the states.
    states = [each["state"] for each in answer.json() if isinstance(each, dict) and "state" in each]
    wrong = [each for each in found if not ("waiting" in states and each["location"][-1] == "state")]
    assert (answer.ok, wrong) == (True, []), f"{answer.url}: {wrong or answer.text}"
    return answer.json()


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_a_repository_is_as_described(prism: Client, repository: str) -> None:
    base = f"/repos/epetech/{repository}"

    def ask(path: str) -> Any:
        return _sound(prism.get(base + path))

    ask("")
    for record in ask("/deployments?per_page=12"):
        ask(f"/deployments/{record['id']}")
        ask(f"/deployments/{record['id']}/statuses")
    for environment in ask("/environments")["environments"]:
        ask(f"/environments/{environment['name']}")
    for run in ask("/actions/runs?per_page=8")["workflow_runs"]:
        ask(f"/actions/runs/{run['id']}")
        ask(f"/actions/runs/{run['id']}/jobs")
    for workflow in ask("/actions/workflows")["workflows"]:
        file = workflow["path"].rpartition("/")[2]
        ask(f"/actions/workflows/{file}")
        ask(f"/actions/workflows/{file}/runs?per_page=5")
        ask(f"/contents/.github%2Fworkflows%2F{file}")
    for path in (
        "/contents/.github",
        "/tags",
        "/git/matching-refs/tags%2F",
        "/commits/main",
        "/branches",
        "/branches/main",
    ):
        ask(path)
    for pull in ask("/commits/main/pulls"):
        ask(f"/pulls/{pull['number']}")
    oldest = ask("/commits?per_page=100")[-1]["sha"]
    ask(f"/compare/{oldest}...main")
    ask(f"/compare/main...{oldest}")


@pytest.mark.parametrize("path", ["/user", "/rate_limit", "/orgs/epetech/repos"])
def test_the_rest_is_as_described(prism: Client, path: str) -> None:
    _sound(prism.get(path))


def test_the_app_is_as_described(prism: Client) -> None:
    token = base64.urlsafe_b64encode(b'{"alg":"RS256"}').decode().rstrip("=") + ".e30.c2ln"
    headers = {"Authorization": f"Bearer {token}"}
    found = _sound(prism.get("/orgs/epetech/installation", headers=headers))
    _sound(prism.get("/repos/epetech/checkout/installation", headers=headers))
    _sound(prism.get("/app", headers=headers))
    path = f"/app/installations/{found['id']}/access_tokens"
    _sound(requests.post(prism.url + path, headers=headers, timeout=5))


def test_an_error_is_as_described(prism: Client) -> None:
    answer = prism.get("/repos/epetech/checkout/deployments/1")
    assert (answer.status_code, answer.headers.get("sl-violations")) == (404, None)


def test_what_starts_and_stops_runs_is_as_described(prism: Client) -> None:
    def post(path: str, **body: object) -> requests.Response:
        return prism.session.post(f"{prism.url}/repos/epetech/{path}", json=body, timeout=5)

    inputs = {"app": "notifications", "tag": "2.3.1", "env": "production", "request": "r1-8f3a2c91"}
    path = "deployments/actions/workflows/deploy.yml/dispatches"
    made = _sound(post(path, ref="main", inputs=inputs, return_run_details=True))
    run = f"deployments/actions/runs/{made['workflow_run_id']}"
    assert _sound(prism.get(f"/repos/epetech/{run}"))["display_title"].endswith("to production (r1-8f3a2c91)")
    waiting = _sound(prism.get("/repos/epetech/deployments/actions/runs?status=waiting"))["workflow_runs"][0]
    (pending,) = _sound(prism.get(f"/repos/epetech/deployments/actions/runs/{waiting['id']}/pending_deployments"))
    assert pending["environment"]["name"] == "production" and pending["reviewers"][0]["reviewer"]["login"]
    assert post(f"{run}/cancel").status_code == 202
    assert post(f"{run}/cancel").status_code == 409
    assert post(f"{run}/rerun").status_code == 201
    silent = post(path, ref="main", inputs=inputs)
    assert (silent.status_code, silent.headers.get("sl-violations")) == (204, None)
    odd = post(path, ref="main", inputs={**inputs, "why": "x"})
    assert (odd.status_code, odd.json()["message"]) == (422, "Unexpected inputs provided: ['why']")
