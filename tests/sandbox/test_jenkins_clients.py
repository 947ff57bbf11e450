"""Three clients of other people find in the sandbox's Jenkins what they would find in a real one."""

from __future__ import annotations

from datetime import timedelta

import api4jenkins
import jenkins
import pytest
from jenkinsapi.jenkins import Jenkins as JenkinsApi

from sandbox.records import Run
from sandbox.world import World
from tests.sandbox.conftest import NINE, Client

USER, TOKEN = "ana", "sandbox-token"
DEPLOY, BUILD = "platform/deploy-app", "backoffice/billing-worker/main"


def deployments(hours: int) -> list[Run]:
    """Those of the services that go through Jenkins, with the ones that are still to come."""
    runs = World(NINE).builds("billing-worker", NINE + timedelta(hours=hours))
    return [run for run in runs if run.target]


@pytest.fixture
def url(github: Client) -> str:
    return f"{github.url}/jenkins"


def test_python_jenkins_reads_jobs_builds_stages_and_console(url: str) -> None:
    server = jenkins.Jenkins(url, USER, TOKEN, timeout=5)
    assert server.get_version() == "2.516.2"
    jobs = {job["fullname"]: job.get("color") for job in server.get_all_jobs()}
    assert jobs[DEPLOY] == "blue" and BUILD in jobs and jobs["platform"] is None
    newest = server.get_job_info(DEPLOY)["lastBuild"]["number"]
    assert newest == len(deployments(0))
    build = server.get_build_info(DEPLOY, newest)
    parameters = {one["name"]: one["value"] for action in build["actions"] for one in action.get("parameters", [])}
    target = deployments(0)[-1].target
    assert target == (parameters["APP"], parameters["ENV"], parameters["VERSION"])
    assert build["result"] == "SUCCESS" and build["duration"] > 60_000
    assert server.get_build_console_output(DEPLOY, newest).endswith("Finished: SUCCESS\n")
    stages = server.get_build_stages(DEPLOY, newest)["stages"]
    assert [stage["status"] for stage in stages] == ["SUCCESS"] * len(stages) and stages[-1]["name"] == "Smoke test"
    assert server.get_queue_info() == []
    with pytest.raises(jenkins.JenkinsException):
        server.get_build_info(DEPLOY, newest + 1)


def test_python_jenkins_sees_what_waits_in_the_queue(github: Client, url: str) -> None:
    coming = deployments(48)[len(deployments(0))]
    github.control("clock", now=(coming.created + timedelta(seconds=2)).isoformat())
    items = jenkins.Jenkins(url, USER, TOKEN, timeout=5).get_queue_info()
    assert [(item["task"]["name"], item["why"]) for item in items] == [
        ("deploy-app", "Waiting for next available executor")
    ]


def test_python_jenkins_is_refused_with_a_wrong_token(url: str) -> None:
    with pytest.raises(jenkins.JenkinsException):
        jenkins.Jenkins(url, USER, "wrong", timeout=5).get_all_jobs()


def test_api4jenkins_walks_folders_and_reads_a_build(url: str) -> None:
    server = api4jenkins.Jenkins(url, auth=(USER, TOKEN))
    kinds = {job.full_name: type(job).__name__ for job in server.iter(depth=3)}
    assert kinds["backoffice/billing-worker"] == "WorkflowMultiBranchProject"
    assert kinds[DEPLOY] == kinds[BUILD] == "WorkflowJob"
    job = server.get_job(DEPLOY)
    assert job is not None
    build = job.get_last_build()
    assert build.result == "SUCCESS" and not build.building
    assert {one.name for one in build.get_parameters()} == {"APP", "ENV", "VERSION"}
    assert build.get_causes()[0]["userId"] in ("jweber", "praman")
    assert "[Pipeline] { (Roll out)" in list(build.console_text())
    assert list(build.progressive_output())[-1] == "Finished: SUCCESS"
    assert list(server.queue) == []
    server.http_client.close()


def test_api4jenkins_follows_a_queue_item_and_a_running_build(github: Client, url: str) -> None:
    coming = deployments(48)[len(deployments(0))]
    github.control("clock", now=(coming.created + timedelta(seconds=2)).isoformat())
    server = api4jenkins.Jenkins(url, auth=(USER, TOKEN))
    (item,) = list(server.queue)
    assert item.why == "Waiting for next available executor"
    github.control("clock", advance_seconds=60)
    assert list(server.queue) == []
    job = server.get_job(DEPLOY)
    assert job is not None and job.building
    stages = job.get_last_build().handle_req("GET", "wfapi/describe").json()["stages"]
    assert [stage["status"] for stage in stages] == ["SUCCESS", "IN_PROGRESS"]
    server.http_client.close()


def test_jenkinsapi_reads_jobs_builds_and_the_queue(github: Client, url: str) -> None:
    server = JenkinsApi(url, USER, TOKEN)
    assert set(server.keys()) >= {DEPLOY, BUILD}
    build = server[DEPLOY].get_last_build()
    assert build.get_status() == "SUCCESS" and build.get_params()["APP"] == "billing-worker"
    assert build.get_console().endswith("Finished: SUCCESS\n")
    revision = server[BUILD].get_last_build().get_revision()
    assert revision in {run.commit.sha for run in World(NINE).builds("billing-worker", NINE)}
    coming = deployments(48)[len(deployments(0))]
    github.control("clock", now=(coming.created + timedelta(seconds=2)).isoformat())
    queue = server.get_queue()
    assert [item.name for _, item in queue.iteritems()] == ["deploy-app"]
