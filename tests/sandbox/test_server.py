"""The sandbox's HTTP: GitHub's manners, the faults that tests ask for, and the clock."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.sandbox.conftest import Client

ROOT = Path(__file__).parents[2]
JWT = base64.urlsafe_b64encode(b'{"alg":"RS256"}').decode().rstrip("=") + ".e30.c2ln"


def test_it_starts_at_once_and_says_where() -> None:
    begun = time.monotonic()
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--now", "2026-03-02T09:00:00Z"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        health = requests.get(f"{url}/_sandbox/health", timeout=5).json()
        seconds = time.monotonic() - begun
        process.terminate()
    assert url.startswith("http://127.0.0.1:")
    assert health["now"] == "2026-03-02T09:00:00+00:00"
    assert process.returncode == 0
    assert seconds < 3, "0.2 s on an idle machine"


def test_a_taken_port_is_one_sentence(github: Client) -> None:
    command = [sys.executable, "-m", "sandbox", "--port", github.url.rpartition(":")[2]]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=10, check=False)
    assert found.returncode == 1
    assert found.stderr.count("\n") == 1 and "cannot be used" in found.stderr


@pytest.mark.parametrize(
    ("header", "message"),
    [(None, "Requires authentication"), ("Bearer wrong", "Bad credentials"), ("Basic eDp5", "Requires authentication")],
)
def test_without_the_right_token(github: Client, header: str | None, message: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = requests.get(f"{github.url}/user", headers=headers, timeout=5)
    assert (answer.status_code, answer.json()["message"]) == (401, message)
    assert answer.json()["documentation_url"].startswith("https://docs.github.com/")


def test_an_app_gets_a_token_that_works(github: Client) -> None:
    headers = {"Authorization": f"Bearer {JWT}"}
    found = requests.get(f"{github.url}/repos/epetech/checkout/installation", headers=headers, timeout=5).json()
    made = requests.post(found["access_tokens_url"], headers=headers, timeout=5)
    assert made.status_code == 201
    token = {"Authorization": f"Bearer {made.json()['token']}"}
    assert requests.get(f"{github.url}/repos/epetech/checkout", headers=token, timeout=5).status_code == 200
    assert github.get("/orgs/epetech/installation").status_code == 401, "a person's token is no App's"


def test_an_unchanged_answer_costs_nothing(github: Client) -> None:
    first = github.get("/repos/epetech/checkout/deployments")
    second = github.get("/repos/epetech/checkout/deployments", headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"]
    other = github.get("/repos/epetech/payments/deployments", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    assert int(other.headers["X-RateLimit-Remaining"]) == int(first.headers["X-RateLimit-Remaining"]) - 1


def test_pages_lead_through_the_whole_list(github: Client) -> None:
    everything = github.json("/repos/epetech/checkout/actions/runs?per_page=100")
    path, ids = "/repos/epetech/checkout/actions/runs?per_page=7", []
    while path:
        answer = github.get(path)
        ids += [run["id"] for run in answer.json()["workflow_runs"]]
        path = answer.links.get("next", {}).get("url", "").removeprefix(github.url)
    assert ids == [run["id"] for run in everything["workflow_runs"]]
    assert len(ids) == everything["total_count"]
    assert answer.links["prev"]["url"].startswith(github.url)


def test_a_deployment_is_followed_from_its_record_to_its_step(github: Client) -> None:
    record = github.json("/repos/epetech/search/deployments?environment=staging&per_page=1")[0]
    assert record["ref"] == "main"
    tags = {tag["name"]: tag["commit"]["sha"] for tag in github.json("/repos/epetech/search/tags")}
    assert tags["v2.9.0"] == record["sha"]
    status = github.json(f"/repos/epetech/search/deployments/{record['id']}/statuses")[0]
    number = status["log_url"].split("/runs/")[1].split("/")[0]
    run = github.json(f"/repos/epetech/search/actions/runs/{number}")
    assert (status["state"], run["status"], run["event"]) == ("in_progress", "in_progress", "push")
    steps = github.json(f"/repos/epetech/search/actions/runs/{number}/jobs")["jobs"][0]["steps"]
    assert [step["name"] for step in steps if step["status"] == "in_progress"] == ["Check out"]
    github.control("clock", advance_seconds=120)
    steps = github.json(f"/repos/epetech/search/actions/runs/{number}/jobs")["jobs"][0]["steps"]
    assert [step["name"] for step in steps if step["status"] == "in_progress"] == ["Roll out"]


def test_links_for_people_are_not_dead(github: Client) -> None:
    run = github.json("/repos/epetech/checkout/actions/runs?per_page=1")["workflow_runs"][0]
    page = requests.get(run["html_url"], timeout=5)
    assert page.status_code == 200
    assert str(run["id"]) in page.text and page.text.startswith("sandbox:")
    assert requests.get(f"{github.url}/alertmanager/#/alerts?filter=x", timeout=5).status_code == 200
    assert requests.get(f"{github.url}/prometheus/graph?g0.expr=up", timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/repos/epetech/nothing", 404),
        ("/repos/other/checkout", 404),
        ("/repos/epetech/checkout/deployments/1/statuses", 404),
        ("/repos/epetech/checkout/environments/prod-eu", 404),
        ("/repos/epetech/identity/environments/prod-eu", 200),
        ("/repos/epetech/checkout/commits/v9.9.9", 422),
        ("/repos/epetech/checkout/commits/v1.4.2", 200),
        ("/repos/epetech/checkout/compare/v1.4.1...v9.9.9", 404),
        ("/repos/epetech/checkout/git/matching-refs/tags/nothing", 200),
        ("/repos/epetech/notifications/contents/.github/workflows/deploy.yml", 404),
        ("/repos/epetech/deployments/contents/.github/workflows/deploy.yml", 200),
    ],
)
def test_what_is_there_and_what_is_not(github: Client, path: str, status: int) -> None:
    assert github.get(path).status_code == status


def test_compare_counts_in_both_directions(github: Client) -> None:
    ahead = github.json("/repos/epetech/checkout/compare/v1.4.1...v1.4.2")
    behind = github.json("/repos/epetech/checkout/compare/v1.4.2...v1.4.1")
    assert (ahead["status"], behind["status"]) == ("ahead", "behind")
    assert ahead["ahead_by"] == behind["behind_by"] == len(ahead["commits"]) > 0
    assert github.json("/repos/epetech/checkout/compare/main...main")["status"] == "identical"


def test_the_central_workflow_names_what_it_deploys(github: Client) -> None:
    runs = github.json("/repos/epetech/deployments/actions/workflows/deploy.yml/runs")["workflow_runs"]
    assert runs[0]["display_title"] == "deploy notifications 2.3.1 to production"
    assert github.json("/repos/epetech/notifications/deployments") == []


@pytest.mark.parametrize(
    ("kind", "status", "sign"),
    [("status", 502, '"status": "502"'), ("html", 500, "<html>"), ("half_json", 200, '{"login"')],
)
def test_faults_strike_as_often_as_wished(github: Client, kind: str, status: int, sign: str) -> None:
    github.control("faults", path="^/user", kind=kind, status=status, times=2)
    for _ in range(2):
        answer = github.get("/user")
        assert answer.status_code == status
        assert sign.replace(" ", "") in answer.text.replace(" ", "")
    assert github.get("/user").json()["login"]


def test_an_exhausted_limit_says_when_it_ends(github: Client) -> None:
    github.control("faults", path="user", kind="rate_limit", times=1)
    answer = github.get("/user")
    assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert 0 < int(answer.headers["X-RateLimit-Reset"]) - time.time() <= 41


def test_a_secondary_limit_asks_to_wait(github: Client) -> None:
    github.control("faults", path="user", kind="secondary_limit", times=1)
    answer = github.get("/user")
    assert (answer.status_code, answer.headers["Retry-After"]) == (403, "30")
    assert "secondary rate limit" in answer.json()["message"]


def test_a_reset_connection(github: Client) -> None:
    github.control("faults", path="user", kind="reset")
    with pytest.raises(requests.ConnectionError):
        github.get("/user")


@pytest.mark.parametrize("kind", ["never", "drip"])
def test_an_answer_that_does_not_end(github: Client, kind: str) -> None:
    github.control("faults", path="user", kind=kind)
    begun = time.monotonic()
    with pytest.raises(requests.RequestException), github.get("/user", timeout=0.3, stream=True) as answer:
        assert answer.content is None
    assert time.monotonic() - begun < 3
    github.session.delete(f"{github.url}/_sandbox/faults")
    assert github.get("/user").status_code == 200


def test_a_slow_answer_is_the_true_one(github: Client) -> None:
    github.control("faults", path="user", kind="slow", seconds=0.3)
    answer = github.get("/user")
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.3


@pytest.mark.parametrize("wish", [{"kind": "unheard of"}, {"kind": "status", "path": "("}])
def test_a_fault_that_cannot_be_is_refused(github: Client, wish: dict[str, str]) -> None:
    assert github.control("faults", **wish).status_code == 400


def test_the_clock_is_set_and_moved(github: Client) -> None:
    assert github.control("clock", now="2026-03-02T10:00:00Z").json()["now"] == "2026-03-02T10:00:00+00:00"
    assert github.control("clock", advance_seconds=90).json()["now"] == "2026-03-02T10:01:30+00:00"
    assert github.control("clock", now="noon").status_code == 400
    assert github.control("clock").status_code == 400
    assert github.control("clock", advance_seconds=1e300).status_code == 400


def test_alerts_are_found_by_their_labels(github: Client) -> None:
    def names(*filters: str, silenced: str = "true") -> list[str]:
        params = {"filter": filters, "silenced": silenced}
        found = github.get("/alertmanager/api/v2/alerts", params=params).json()
        return [alert["labels"]["alertname"] for alert in found]

    assert names() == ["HighErrorRate", "HighLatency", "QueueBacklog", "DiskAlmostFull"]
    assert names(silenced="false") == ["HighErrorRate", "HighLatency", "DiskAlmostFull"]
    assert names('service="payments"', 'env="production"') == ["HighErrorRate"]
    assert names('service="payments"', 'env="staging"') == []
    assert names('severity=~"crit.*"') == ["HighErrorRate"]
    assert github.get("/alertmanager/api/v2/alerts", params={"filter": "?"}).status_code == 400


def test_metrics_tell_the_version_that_runs(github: Client) -> None:
    def query(text: str) -> list[dict[str, dict[str, str]]]:
        found: list[dict[str, dict[str, str]]] = github.get("/prometheus/api/v1/query", params={"query": text}).json()[
            "data"
        ]["result"]
        return found

    template = 'build_info{service="search",env="staging"}'
    assert [series["metric"]["version"] for series in query(template)] == ["2.8.2"]
    github.control("clock", advance_seconds=360)
    assert [series["metric"]["version"] for series in query(template)] == ["2.9.0"]
    assert len(query('up{env="qa"}')) == 7


@pytest.mark.parametrize("query", ["up{", "", "rate(http_requests_total[5m])", 'build_info{service="a"} or up'])
def test_a_query_that_is_not_of_the_catalogue_is_refused_as_prometheus_does(github: Client, query: str) -> None:
    refused = github.get("/prometheus/api/v1/query", params={"query": query})
    assert (refused.status_code, refused.json()["status"]) == (400, "error")
    assert refused.json()["errorType"] == "bad_data"
