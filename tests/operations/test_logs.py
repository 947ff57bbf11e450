"""Whose log is shown, and what of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.contracts.delivery import Deployment, Phase
from assistant.contracts.errors import Invalid, Missing, NotAllowed, NotFound
from assistant.contracts.pipelines import LogRequest
from assistant.operations.logs import logs, running_logs
from assistant.safeguards.access import Access
from tests.operations.fake_pipelines import FakePipelines, builds, job, run, runs
from tests.operations.platform import NOW, FakeCi, deployment

GREEN, RED, BUSY = Phase.SUCCEEDED, Phase.FAILED, Phase.RUNNING
KEY = ["-----BEGIN RSA PRIVATE KEY-----", *["MIIEpAIBAAKCAQEA7made0up" * 2] * 12, "-----END RSA PRIVATE KEY-----"]


def deployed(environment: str, number: int, phase: Phase, hours: int) -> Deployment:
    then = NOW - timedelta(hours=hours)
    made = deployment("checkout", environment, "1.4.4", phase, run=f"1000{number}")
    return replace(made, created_at=then, updated_at=then)


def test_the_newest_build_or_the_newest_that_failed() -> None:
    fake = FakePipelines({"checkout": runs(RED, GREEN)})
    assert logs(builds(fake), LogRequest("checkout")).run.number == "2"
    report = logs(builds(fake), LogRequest("checkout", failed=True))
    assert (report.run.number, report.instead) == ("1", False)
    assert report.newer and report.newer.number == "2", "an old failure would pass for the newest build"
    assert report.excerpt and report.excerpt.error and "E   assert 1 == 2" in report.excerpt.lines


def test_when_none_failed_the_answer_says_that_it_is_another_one() -> None:
    report = logs(builds(FakePipelines({"checkout": runs(GREEN)})), LogRequest("checkout", failed=True))
    assert report.instead and report.excerpt and not report.excerpt.error


def test_the_failed_deployment_among_all_environments() -> None:
    ci = FakeCi(more={("checkout", "qa"): {"failed": deployed("qa", 2, RED, 3)}})
    ci.more["checkout", "staging"] = {"failed": deployed("staging", 3, RED, 1)}
    fake = FakePipelines({"checkout": runs(RED, RED, RED)})
    report = logs(builds(fake, ci), LogRequest("checkout", deployment=True, failed=True))
    assert report.run.number == "3"
    report = logs(builds(fake, ci), LogRequest("checkout", environment="qa", deployment=True, failed=True))
    assert report.run.number == "2"


def test_an_environment_that_the_service_lacks() -> None:
    with pytest.raises(Invalid, match="billing-worker does not run in qa"):
        logs(builds(FakePipelines()), LogRequest("billing-worker", environment="qa"))


def test_a_service_without_builds_or_deployments() -> None:
    with pytest.raises(NotFound):
        logs(builds(FakePipelines()), LogRequest("checkout"))
    with pytest.raises(NotFound):
        logs(builds(FakePipelines()), LogRequest("checkout", deployment=True))


def test_secrets_are_hidden_and_counted() -> None:
    text = ["ok", "token=made-up-value-123", "E   assert 1 == 2", "login at https://ana:made-up@db.epetech.online"]
    report = logs(builds(FakePipelines({"checkout": runs(RED)}, text=text)), LogRequest("checkout"))
    assert report.excerpt and report.excerpt.hidden == 2
    assert "made-up" not in "".join(report.excerpt.lines)


def test_a_key_over_many_lines_is_hidden_also_where_its_beginning_is_not_shown() -> None:
    text = [*["noise"] * 300, *KEY[:-1], "FATAL ERROR: cannot read the key", "Process completed with exit code 1."]
    report = logs(builds(FakePipelines({"checkout": runs(RED)}, text=text)), LogRequest("checkout"))
    assert report.excerpt and "MIIE" not in "".join(report.excerpt.lines)
    text = [*["noise"] * 300, *KEY, "FATAL ERROR: cannot read the key", "Process completed with exit code 1."]
    report = logs(builds(FakePipelines({"checkout": runs(RED)}, text=text)), LogRequest("checkout"))
    assert report.excerpt and "MIIE" not in "".join(report.excerpt.lines)
    assert "FATAL ERROR: cannot read the key" in report.excerpt.lines


def test_a_log_that_is_not_there_is_no_failure_of_the_answer() -> None:
    gone = Missing("github", "gives no log of run 1 yet: its job “Test” is not finished")
    report = logs(builds(FakePipelines({"checkout": runs(BUSY)}, text=gone)), LogRequest("checkout"))
    assert (report.problem, report.excerpt, report.run.number) == (gone, None, "1")


def test_the_first_failed_job_is_shown_and_the_others_are_named() -> None:
    class Two(FakePipelines):
        def jobs(self, run: object, deadline: float) -> list[object]:  # type: ignore[override]
            return [job("Lint", "Lint", GREEN), job("Test"), job("Contract", "Pact")]

    report = logs(builds(Two({"checkout": runs(RED)})), LogRequest("checkout"))
    assert report.job and (report.job.name, report.others) == ("Test", ("Contract",))


def test_logs_are_a_right_of_their_own() -> None:
    context = builds(FakePipelines({"checkout": [run(1, RED)]}), access=Access(members=("read:pipelines",)))
    with pytest.raises(NotAllowed, match="logs"):
        logs(context, LogRequest("checkout"))


def test_where_a_running_service_writes_is_what_the_catalogue_says() -> None:
    (place,) = running_logs(builds(FakePipelines()), ["checkout"], ["production"])
    assert place.url and "checkout" in place.url and "production" in place.url
    assert len(running_logs(builds(FakePipelines()), ["checkout"], [])) == 4
