"""What every adapter that starts deployments promises, asked of each of them in front of the sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.contracts.delivery import Phase
from assistant.contracts.deployer import CiLevel, Progress
from assistant.contracts.errors import (
    Missing,
    NotConnected,
    NotFound,
    NotStarted,
    ProviderError,
    Unavailable,
    Uncertain,
)
from assistant.contracts.platform import Delivery
from sandbox.world import World
from tests.integrations.ci.subjects import NINE, Subject

Soon = Callable[[], float]
NAME = "r12-8f3a2c91"


def version_in(subject: Subject, environment: str) -> str:
    found = World(NINE).running(subject.kind.service, environment, NINE)
    assert found
    return found


def started(subject: Subject, soon: Soon, environment: str = "staging", request: str = NAME) -> tuple[Delivery, str]:
    delivery = subject.to(environment)
    target = subject.deployer.target(delivery, version_in(subject, "development"), soon())
    run = subject.deployer.start(delivery, target, request, soon())
    assert run is not None
    return delivery, run


def followed(subject: Subject, soon: Soon, delivery: Delivery, run: str, minutes: int) -> Progress:
    subject.later(minutes=minutes)
    return subject.deployer.progress(delivery, run, soon())


def test_a_version_is_resolved_to_a_commit_and_the_same_way_twice(subject: Subject, soon: Soon) -> None:
    delivery, version = subject.to("production"), version_in(subject, "staging")
    target = subject.deployer.target(delivery, version, soon())
    tag = World(NINE)._tags[subject.kind.service, version]
    assert (target.version, target.commit) == (version, tag.commit.sha)
    assert (target.service, target.environment) == (subject.kind.service, "production")
    assert subject.deployer.target(delivery, f"v{version}", soon()) == target


def test_a_tag_that_moves_is_another_target(subject: Subject, soon: Soon) -> None:
    delivery, version = subject.to("production"), version_in(subject, "staging")
    before = subject.deployer.target(delivery, version, soon())
    tag = World(NINE)._tags[subject.kind.service, version]
    subject.move_tag(tag.commit.repository, tag.name)
    assert subject.deployer.target(delivery, version, soon()) != before


def test_an_unknown_version_comes_with_near_ones(subject: Subject, soon: Soon) -> None:
    version = version_in(subject, "development")
    with pytest.raises(NotFound) as raised:
        subject.deployer.target(subject.to("staging"), f"{version}1", soon())
    assert version in raised.value.suggestions
    with pytest.raises(NotFound):
        subject.deployer.target(subject.to("staging"), "../main", soon())


def test_the_builds_of_a_commit_give_a_verdict(subject: Subject, soon: Soon) -> None:
    delivery = subject.to("staging")
    built = [run for run in World(NINE).builds(subject.kind.service, NINE) if not run.target]
    for conclusion, level in (("success", CiLevel.PASSED), ("failure", CiLevel.FAILED)):
        run = next(run for run in built if run.conclusion == conclusion)
        verdict = subject.deployer.verdict(delivery, run.commit.sha, soon())
        assert verdict.level is level and run.commit.sha[:7] in verdict.sentence and verdict.url
    assert subject.deployer.verdict(delivery, "0" * 40, soon()).level is CiLevel.UNKNOWN
    subject.fail(path="", kind="status", status=500)
    silent = subject.deployer.verdict(delivery, built[0].commit.sha, soon())
    assert silent.level is CiLevel.UNKNOWN and "500" in silent.sentence


def test_a_sound_mapping_has_no_defects_and_others_are_named(subject: Subject, soon: Soon) -> None:
    delivery = subject.to("staging")
    assert subject.deployer.defects(delivery, soon()) == []
    assert subject.deployer.defects(replace(delivery, values={}), soon()) == [
        f"The catalogue does not say how deployments of {subject.kind.service} to staging are started."
    ]
    section = "start.inputs" if "start.workflow" in delivery.values else "start.parameters"
    odd = replace(delivery, values={**delivery.values, f"{section}.team": "x"})
    assert any("does not declare" in defect and "team" in defect for defect in subject.deployer.defects(odd, soon()))
    lost = {key: value for key, value in delivery.values.items() if value != "{request}"}
    assert any(
        "could not be found" in each for each in subject.deployer.defects(replace(delivery, values=lost), soon())
    )
    target = subject.deployer.target(delivery, version_in(subject, "staging"), soon())
    with pytest.raises(NotStarted, match="team"):
        subject.deployer.start(odd, target, NAME, soon())
    assert subject.triggers() == []


def test_a_deployment_is_followed_from_its_start_to_its_end(subject: Subject, soon: Soon) -> None:
    delivery, run = started(subject, soon)
    assert subject.triggers() == [NAME]
    waiting = subject.deployer.progress(delivery, run, soon())
    assert waiting.phase is Phase.WAITING and waiting.step and waiting.step.startswith("queued")
    running = followed(subject, soon, delivery, waiting.run_id, 3)
    assert running.phase is Phase.RUNNING and running.step and "Roll out" in running.step
    assert running.run and running.url and running.started_at
    ended = followed(subject, soon, delivery, running.run_id, 5)
    assert (ended.phase, ended.failed_step, ended.superseded_by) == (Phase.SUCCEEDED, None, None)
    state = subject.ci.state(delivery, soon())
    assert state.current and state.current.version == version_in(subject, "development")
    assert state.current.run in (ended.run_id, ended.run)


def test_what_was_deployed_is_told_where_it_can_be_known(subject: Subject, soon: Soon) -> None:
    delivery, run = started(subject, soon)
    progress = followed(subject, soon, delivery, run, 9)
    target = subject.deployer.target(delivery, version_in(subject, "development"), soon())
    assert subject.deployer.deployed(delivery, progress.run_id, soon()) in (target.commit, None)
    assert subject.kind.name != "github_actions" or subject.deployer.deployed(delivery, run, soon()) == target.commit


def test_a_start_is_found_by_its_request_and_by_nothing_less(subject: Subject, soon: Soon) -> None:
    started(subject, soon, "staging", "r12-8f3a2c91")
    delivery, run = started(subject, soon, "development", "r1-8f3a2c91")
    for minutes in (0, 1, 10):
        subject.later(minutes=minutes)
        found = subject.deployer.find(delivery, "r1-8f3a2c91", NINE, soon())
        assert found and (found.run_id == run or run.startswith("queue:"))
        other = subject.deployer.find(delivery, "r12-8f3a2c91", NINE, soon())
        assert other and other.run_id != found.run_id
    assert subject.deployer.find(delivery, "r2-8f3a2c91", NINE, soon()) is None
    assert subject.deployer.find(delivery, "8f3a2c91", NINE, soon()) is None


def test_whoever_cannot_be_asked_proves_nothing(subject: Subject, soon: Soon) -> None:
    started(subject, soon)
    subject.fail(path="", kind="status", status=503)
    with pytest.raises(ProviderError):
        subject.deployer.find(subject.to("staging"), NAME, NINE, soon())


def test_right_after_a_start_absence_proves_nothing(patient: Subject, soon: Soon) -> None:
    now = patient.now()
    with pytest.raises(Unavailable, match="proves nothing so soon"):
        patient.deployer.find(patient.to("staging"), NAME, now, soon())
    assert patient.deployer.find(patient.to("staging"), NAME, now - timedelta(minutes=3), soon()) is None


@pytest.mark.parametrize(
    ("fault", "error", "happened"),
    [
        ({"kind": "status", "status": 500}, Uncertain, False),
        ({"kind": "status", "status": 422}, NotStarted, False),
        ({"kind": "reset"}, Uncertain, False),
        ({"kind": "never"}, Uncertain, False),
        ({"kind": "reset", "after": True}, Uncertain, True),
        ({"kind": "never", "after": True}, Uncertain, True),
        ({"kind": "status", "status": 502, "after": True}, Uncertain, True),
        ({"kind": "html", "status": 200, "after": True}, Uncertain, True),
        ({"kind": "slow", "seconds": 1.0}, Uncertain, True),
    ],
)
def test_a_failed_start_says_whether_it_may_have_begun(
    subject: Subject, soon: Soon, fault: dict[str, object], error: type[ProviderError], happened: bool
) -> None:
    delivery = subject.to("staging")
    target = subject.deployer.target(delivery, version_in(subject, "development"), soon())
    subject.fail(method="POST", times=1, **fault)
    with pytest.raises(error) as raised:
        subject.deployer.start(delivery, target, NAME, time.monotonic() + 0.7)
    assert type(raised.value) is error and str(raised.value).startswith(("github", "jenkins"))
    end = time.monotonic() + 3
    while happened and not subject.triggers() and time.monotonic() < end:
        time.sleep(0.05)
    found = subject.deployer.find(delivery, NAME, NINE, soon())
    assert (found is not None, subject.triggers()) == (happened, [NAME] if happened else [])


def test_a_second_one_waits_and_a_third_takes_its_place(subject: Subject, soon: Soon) -> None:
    delivery, first = started(subject, soon, request="r1-aaaaaaaa")
    subject.later(minutes=1)
    _, second = started(subject, soon, request="r2-bbbbbbbb")
    subject.later(minutes=1)
    assert subject.deployer.progress(delivery, second, soon()).phase is Phase.WAITING
    _, third = started(subject, soon, request="r3-cccccccc")
    replaced = subject.deployer.find(delivery, "r2-bbbbbbbb", NINE, soon())
    assert replaced and replaced.phase is Phase.CANCELLED
    if subject.kind.name == "github_actions":
        newer = subject.deployer.progress(delivery, third, soon())
        assert replaced.superseded_by == newer.run
    assert subject.deployer.progress(delivery, first, soon()).phase.under_way


def test_a_run_is_cancelled_once(subject: Subject, soon: Soon) -> None:
    delivery, run = started(subject, soon)
    run = followed(subject, soon, delivery, run, 2).run_id
    subject.deployer.cancel(delivery, run, soon())
    assert subject.deployer.progress(delivery, run, soon()).phase is Phase.CANCELLED
    with pytest.raises(NotStarted):
        subject.deployer.cancel(delivery, run, soon())


def test_a_failed_deployment_names_its_step(storefront: Subject, soon: Soon) -> None:
    delivery, run = started(storefront, soon, "qa")
    ended = followed(storefront, soon, delivery, run, 9)
    assert (ended.phase, ended.failed_step) == (Phase.FAILED, "Smoke test")


def test_a_build_is_run_again(subject: Subject, soon: Soon) -> None:
    delivery, pipelines = subject.to("development"), subject.ci.pipelines
    red = next(run for run in pipelines.runs(delivery, None, soon(), 100) if run.phase is Phase.FAILED)
    run_id = subject.deployer.rerun(red, soon())
    first = subject.deployer.again(red, run_id, soon())
    assert first.phase.under_way and (subject.kind.name == "jenkins" or first.attempt == 2)
    subject.later(minutes=30)
    last = subject.deployer.again(red, first.run_id, soon())
    assert last.phase is Phase.SUCCEEDED and last.run and last.url
    with pytest.raises(Missing):
        subject.deployer.again(red, "999999", soon())
    runs = pipelines.runs(delivery, None, soon(), 100)
    again = next(run for run in runs if run.number == red.number)
    assert subject.kind.name == "jenkins" or (again.attempt, again.phase) == (2, Phase.SUCCEEDED)
    assert subject.kind.name == "github_actions" or runs[0].number != red.number
    assert subject.triggers() == []


def test_what_is_not_there_is_said(subject: Subject, soon: Soon) -> None:
    delivery = subject.to("staging")
    with pytest.raises(Missing):
        subject.deployer.progress(delivery, "999999", soon())
    empty = replace(delivery, values={})
    with pytest.raises(NotConnected, match="does not say how deployments"):
        subject.deployer.find(empty, NAME, NINE, soon())
