"""Builds and logs of GitHub: which addresses are asked, what is understood, and who never gets the token."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from assistant.contracts.delivery import Phase
from assistant.contracts.errors import BadAnswer, Missing, Unavailable
from assistant.contracts.pipelines import Job, Run
from assistant.integrations.ci.github_auth import HEADERS, TokenCredentials
from assistant.integrations.ci.github_pipelines import LOG_TAIL, GitHubPipelines
from assistant.integrations.http import Http
from tests import peers
from tests.integrations.ci import github_answers as answers
from tests.integrations.ci.github_answers import HEAD, REPO, at, delivery, provider
from tests.integrations.faulty_server import FaultyServer, drip_body, redirect, reply

Soon = Callable[[], float]
CI, DEPLOY = f"{REPO}/actions/workflows/ci.yml/runs", f"{REPO}/actions/workflows/deploy.yml/runs"
JOBS = f"{REPO}/actions/runs/70/jobs"
LOG = f"{REPO}/actions/jobs/7/logs"


@pytest.fixture
def pipelines(server: FaultyServer, http: Http) -> GitHubPipelines:
    server.routes[REPO] = reply({"default_branch": "trunk"})
    return GitHubPipelines(provider(server.url), http)


def listed(*numbers: int, state: str = "success") -> object:
    made = [answers.run(1000 + number, state, run_number=number, run_attempt=1) for number in numbers]
    return {"total_count": len(made), "workflow_runs": made}


def failed_job() -> dict[str, object]:
    step = {"name": "Unit tests", "status": "completed", "conclusion": "failure", "number": 3}
    return {
        "id": 7,
        "name": "Test",
        "status": "completed",
        "conclusion": "failure",
        "html_url": "https://github.example/job/7",
        "steps": [
            {"name": "Check out", "status": "completed", "conclusion": "success", "number": 1},
            {**step, "started_at": at(3), "completed_at": at(4)},
        ],
    }


def broken(pipelines: GitHubPipelines, server: FaultyServer, soon: Soon) -> tuple[Run, Job]:
    server.routes[CI] = reply({"workflow_runs": [answers.run(70, "failure", run_number=12, run_attempt=2)]})
    server.routes[JOBS] = reply({"jobs": [failed_job()]})
    (run,) = pipelines.runs(delivery(), None, soon())
    (job,) = pipelines.jobs(run, soon())
    return run, job


def test_runs_of_the_main_branch_whatever_it_is_called(
    server: FaultyServer, pipelines: GitHubPipelines, soon: Soon
) -> None:
    run, job = broken(pipelines, server, soon)
    assert server.asked[1].query["branch"] == "trunk"
    assert (run.number, run.id, run.attempt, run.source) == ("12", "70", 2, "epetech/payments")
    assert (run.phase, run.commit, run.login) == (Phase.FAILED, HEAD, "priya-raman")
    assert job.failed_step and (job.name, job.phase, job.failed_step.name) == ("Test", Phase.FAILED, "Unit tests")


def test_a_branch_a_commit_and_a_version(server: FaultyServer, pipelines: GitHubPipelines, soon: Soon) -> None:
    server.routes[CI] = reply(listed(3))
    server.routes[f"{REPO}/commits/9be01d4"] = reply({"sha": HEAD})
    server.routes[f"{REPO}/commits/v1.4.2"] = reply({"sha": HEAD})
    pipelines.runs(delivery(), "feature/x", soon())
    assert server.asked[-1].query["branch"] == "feature/x"
    for ref in ("9be01d4", "1.4.2"):
        pipelines.runs(delivery(), ref, soon())
        assert server.asked[-1].query["head_sha"] == HEAD
    assert pipelines.runs(delivery(), "9.9.9", soon()) == []


def test_in_a_monorepo_only_runs_of_commits_to_its_paths(
    server: FaultyServer, pipelines: GitHubPipelines, soon: Soon
) -> None:
    mine, other = answers.run(1, run_number=1, head_sha="b" * 40), answers.run(2, run_number=2)
    server.routes[CI] = reply({"workflow_runs": [other, mine]})
    server.routes[f"{REPO}/commits"] = reply([{"sha": "b" * 40}])
    found = pipelines.runs(delivery({"paths": "inventory/"}), None, soon())
    assert [run.number for run in found] == ["1"]
    assert server.asked[-1].query["path"] == "inventory/"


def test_a_workflow_that_does_not_exist_is_named(pipelines: GitHubPipelines, soon: Soon) -> None:
    with pytest.raises(Missing, match=r"workflow tests\.yml in epetech/payments"):
        pipelines.runs(delivery({"build.workflow": "tests.yml"}), None, soon())


def test_a_run_by_its_number_is_looked_for_where_it_must_be(
    server: FaultyServer, pipelines: GitHubPipelines, soon: Soon
) -> None:
    server.routes[CI] = lambda exchange: reply(
        listed(*range(450, 350, -1) if exchange.asked.query["page"] == "2" else [550])
    )(exchange)
    found = pipelines.run(delivery({}), "400", soon())
    assert found and found.number == "400"
    assert [asked.query["page"] for asked in server.asked] == ["1", "2"]
    assert pipelines.run(delivery({}), "551", soon()) is None


def test_a_number_of_a_build_and_of_a_deployment(server: FaultyServer, pipelines: GitHubPipelines, soon: Soon) -> None:
    values = {"start.workflow": "deploy.yml"}
    server.routes[CI] = reply(listed(5))
    server.routes[DEPLOY] = reply({"workflow_runs": [answers.run(2005, run_number=5)]})
    build, deployment = (pipelines.run(delivery(values), "5", soon(), deployment=which) for which in (False, True))
    assert build and deployment and (build.id, deployment.id) == ("1005", "2005")
    server.routes[f"{REPO}/actions/runs/11036192000"] = reply(answers.run(11036192000, run_number=9))
    found = pipelines.run(delivery(values), "11036192000", soon())
    assert found and found.number == "9"


def test_a_log_is_fetched_from_the_signed_address_without_the_token(
    server: FaultyServer, pipelines: GitHubPipelines, soon: Soon
) -> None:
    """At the same origin, where the token would otherwise be sent, and at another one."""
    run, job = broken(pipelines, server, soon)
    with FaultyServer() as store:
        text = f"{at(3)[:-1]}.1234567Z E   assert 1 == 2\n".encode()
        for place in (server, store):
            place.routes["/signed"] = reply(text)
            server.routes[LOG] = redirect(f"{place.url}/signed?sig=made-up", 302)
            assert pipelines.log(run, job, soon()).lines == ("E   assert 1 == 2",)
            assert "authorization" not in place.asked[-1].headers
            assert place.asked[-1].query == {"sig": "made-up"}
        assert [asked.headers["authorization"] for asked in server.asked if asked.path == LOG] == ["Bearer made-up"] * 2


def test_only_the_failing_steps_lines(server: FaultyServer, pipelines: GitHubPipelines, soon: Soon) -> None:
    run, job = broken(pipelines, server, soon)
    lines = [f"{at(minute)[:-1]}.5000000Z line of minute {minute}" for minute in (1, 2, 3, 4, 5)]
    server.routes[LOG] = redirect(f"{server.url}/signed", 302)
    server.routes["/signed"] = reply(("\ufeff" + "\n".join([*lines[:3], "goes on", *lines[3:]])).encode())
    assert pipelines.log(run, job, soon()).lines == ("line of minute 3", "goes on", "line of minute 4")
    server.routes["/signed"] = reply(b"no stamps\nat all")
    assert pipelines.log(run, job, soon()).lines == ("no stamps", "at all")


def test_of_a_large_log_the_end_is_read(server: FaultyServer, pipelines: GitHubPipelines, soon: Soon) -> None:
    run, job = broken(pipelines, server, soon)
    server.routes[LOG] = redirect(f"{server.url}/signed", 302)
    server.routes["/signed"] = reply(b"first\n" + b"token=made-up-" * (LOG_TAIL // 7) + b"\nlast\n")
    log = pipelines.log(run, job, soon())
    assert log.cut and log.lines == ("last",)  # never half a line: the other half may say that this one is a secret
    server.routes["/signed"] = reply(b"all of it")
    assert not pipelines.log(run, job, soon()).cut


def test_why_there_is_no_log(server: FaultyServer, pipelines: GitHubPipelines, soon: Soon) -> None:
    run, job = broken(pipelines, server, soon)
    server.routes[LOG] = reply({"message": "Not Found"}, 404)
    running = Job(job.id, job.name, Phase.RUNNING)
    with pytest.raises(Missing, match="no log of run 12 yet: its job “Test” is not finished"):
        pipelines.log(run, running, soon())
    with pytest.raises(Missing, match="has no log of the job “Test”"):
        pipelines.log(run, job, soon())
    server.routes[LOG] = reply({"message": "Gone"}, 410)
    with pytest.raises(Missing, match="deleted the log of run 12"):
        pipelines.log(run, job, soon())


def test_a_log_that_drips_ends_in_time(server: FaultyServer, pipelines: GitHubPipelines, soon: Soon) -> None:
    run, job = broken(pipelines, server, soon)
    server.routes[LOG] = redirect(f"{server.url}/signed", 302)
    server.routes["/signed"] = drip_body
    started = time.monotonic()
    with pytest.raises(Unavailable):
        pipelines.log(run, job, started + 0.5)
    assert time.monotonic() - started < 1.0


@pytest.mark.parametrize("nonsense", [[], {"workflow_runs": [{}]}, {"workflow_runs": "x"}, {"workflow_runs": [7]}])
def test_nonsense_is_a_bad_answer(
    server: FaultyServer, pipelines: GitHubPipelines, soon: Soon, nonsense: object
) -> None:
    server.routes[CI] = reply(nonsense)
    with pytest.raises(BadAnswer):
        pipelines.runs(delivery(), None, soon())


ACTIONS = "/repos/{owner}/{repo}/actions"


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """GitHub's description, which answers its own examples and refuses requests that it does not know."""
    paths = ["/repos/{owner}/{repo}", "/repos/{owner}/{repo}/commits", "/repos/{owner}/{repo}/commits/{ref}"]
    paths += [f"{ACTIONS}/workflows/{{workflow_id}}/runs", f"{ACTIONS}/runs/{{run_id}}"]
    paths += [f"{ACTIONS}/runs/{{run_id}}/jobs", f"{ACTIONS}/jobs/{{job_id}}/logs"]
    with peers.prism(tmp_path_factory.mktemp("prism"), paths) as url:
        yield url


@pytest.mark.parametrize("prefer", ["dynamic=false", "dynamic=true"])
def test_requests_and_answers_are_as_described(described: str, prefer: str) -> None:
    """Prism answers its examples, or makes answers up; what GitHub does not know it refuses with 404 or 422."""
    token = TokenCredentials(provider(described), "made-up")
    headers = {**HEADERS, "Accept": "application/json", "Prefer": prefer}
    http = Http("github", described, token, headers=headers)
    pipelines, soon = GitHubPipelines(provider(described), http), time.monotonic() + 20
    for ref in (None, "feature/x", "9be01d4", "1.4.2"):
        assert all(run.source == "epetech/payments" for run in pipelines.runs(delivery({}), ref, soon))
    pipelines.runs(delivery({"paths": "inventory/"}), None, soon)
    found = pipelines.run(delivery({}), "30433642", soon, deployment=True)
    assert found and all(job.name for job in pipelines.jobs(found, soon))
    http.close()
