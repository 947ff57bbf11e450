"""Job logs of the sandbox: behind a signed address that takes no other right."""

from __future__ import annotations

import re

import requests

from tests.sandbox.conftest import Client

BASE = "/repos/epetech/checkout/actions"


def failed_job(github: Client, workflow: str) -> tuple[int, int]:
    """The newest failed run of a workflow, and its job that failed."""
    runs = github.json(f"{BASE}/workflows/{workflow}/runs?status=failure")["workflow_runs"]
    jobs = github.json(f"{BASE}/runs/{runs[0]['id']}/jobs")["jobs"]
    return runs[0]["id"], next(job["id"] for job in jobs if job["conclusion"] == "failure")


def test_a_log_is_long_stamped_and_says_why(github: Client) -> None:
    for workflow, why in (("ci.yml", "AssertionError: assert None == 'SPRING'"), ("deploy.yml", "answered 503")):
        answer = github.get(f"{BASE}/jobs/{failed_job(github, workflow)[1]}/logs", allow_redirects=False)
        assert answer.status_code == 302
        log = requests.get(answer.headers["Location"], timeout=5).text
        lines = log.splitlines()
        assert len(lines) > 200 and why in log
        assert [line for line in lines if not re.match(r"2026-03-02T\d\d:\d\d:\d\d\.0000000Z ", line)] == []
        assert lines == sorted(lines, key=lambda line: line.partition(" ")[0])


def test_the_signed_address_refuses_a_token_and_a_wrong_signature(github: Client) -> None:
    answer = github.get(f"{BASE}/jobs/{failed_job(github, 'ci.yml')[1]}/logs", allow_redirects=False)
    signed = answer.headers["Location"]
    assert github.session.get(signed, timeout=5).status_code == 400
    assert requests.get(signed[:-1] + "x", timeout=5).status_code == 403


def test_a_job_that_runs_or_that_nobody_knows_has_no_log(github: Client) -> None:
    running = github.json("/repos/epetech/search/actions/workflows/deploy.yml/runs?status=in_progress")["workflow_runs"]
    (job,) = github.json(f"/repos/epetech/search/actions/runs/{running[0]['id']}/jobs")["jobs"]
    assert github.get(f"/repos/epetech/search/actions/jobs/{job['id']}/logs").status_code == 404
    assert github.get(f"{BASE}/jobs/1/logs").status_code == 404
