"""Running a build again, and never a deployment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.contracts.audit import AuditRequest
from assistant.contracts.delivery import Phase
from assistant.contracts.errors import Invalid, NotAllowed
from assistant.operations import locks
from assistant.operations.context import Context
from assistant.operations.rerun import rerun
from tests.operations.changing import Company, commit
from tests.operations.fake_pipelines import FakePipelines, run

RED, RUNNING = run(17, Phase.FAILED), run(18, Phase.RUNNING)
DEPLOYING = replace(run(77), commit=commit("1.4.1"))


def seen_by(firm: Company, person: str) -> Context:
    pipelines = FakePipelines(built={"checkout": [RUNNING, RED]}, deployed={"checkout": [DEPLOYING]})
    return firm.seen_by(person, pipelines=lambda name: pipelines)


def test_a_red_build_runs_again_once_it_is_recorded(firm: Company) -> None:
    done = rerun(seen_by(firm, "ana-duarte"), "checkout", "17")
    assert done.started == RED.id and firm.world.reruns == [RED.id]
    newest = firm.records.audit.search(AuditRequest())[0]
    assert (newest.verb, newest.resource, newest.parameters["run"]) == ("rerun", "checkout/*", "17")


def test_a_run_that_deployed_is_told_and_not_run(firm: Company) -> None:
    done = rerun(seen_by(firm, "ana-duarte"), "checkout", "deployment 77")
    assert done.started is None and not firm.world.reruns
    assert done.deployment and done.deployment.version == "1.4.1" and done.current is not None


def test_what_is_neither_a_build_nor_a_deployment_of_the_service_is_not_run(firm: Company) -> None:
    foreign = replace(run(78, Phase.FAILED), commit="f" * 40)
    pipelines = FakePipelines(built={"checkout": [RED]}, deployed={"checkout": [foreign]})
    context = firm.seen_by("ana-duarte", pipelines=lambda name: pipelines)
    with pytest.raises(Invalid, match="no build of checkout"):
        rerun(context, "checkout", "78")
    assert not firm.world.reruns


def test_what_still_runs_is_left_alone(firm: Company) -> None:
    with pytest.raises(Invalid, match="still running"):
        rerun(seen_by(firm, "ana-duarte"), "checkout", "18")


def test_it_is_a_right_and_a_pause_stops_it(firm: Company) -> None:
    with pytest.raises(NotAllowed):
        rerun(seen_by(firm, "priya-raman"), "checkout", "17")
    locks.pause(firm.seen_by("lena-fischer"), "incident")
    with pytest.raises(Invalid, match="incident"):
        rerun(seen_by(firm, "ana-duarte"), "checkout", "17")
    assert not firm.world.reruns


def test_a_green_build_takes_a_yes_of_its_own(firm: Company) -> None:
    green = run(16, Phase.SUCCEEDED)
    pipelines = FakePipelines(built={"checkout": [green]}, deployed={})
    context = firm.seen_by("ana-duarte", pipelines=lambda name: pipelines)
    asked = rerun(context, "checkout", "16")
    assert asked.started is None and asked.deployment is None and not firm.world.reruns
    assert rerun(context, "checkout", "16", agreed=True).started == green.id and firm.world.reruns == [green.id]
