"""What every CI adapter promises, asked of each of them in front of the sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from assistant.contracts.delivery import Phase, Start
from assistant.contracts.errors import BadAnswer, Missing, NotConnected, ProviderError, RateLimited, Unavailable
from assistant.contracts.interval import Interval
from assistant.contracts.platform import Delivery
from sandbox.world import World
from tests.integrations.ci.subjects import NINE, Subject

Soon = Callable[[], float]


def test_what_runs_is_told_with_who_brought_it_there(subject: Subject, soon: Soon) -> None:
    for environment in ("development", "staging", "production"):
        state = subject.ci.state(subject.to(environment), soon())
        assert (state.service, state.environment) == (subject.kind.service, environment)
        assert state.current and state.current.phase is Phase.SUCCEEDED
        assert state.current.version == World(NINE).running(subject.kind.service, environment, NINE)
        assert state.current.start is Start.BY_HAND and state.current.login and state.current.run
        assert state.current.url and state.current.url.startswith(subject.url)
        assert timedelta(minutes=4) < state.current.updated_at - state.current.created_at < timedelta(minutes=9)


def test_what_is_under_way_is_told_with_its_step(subject: Subject, soon: Soon) -> None:
    coming = next(run for run in subject.deployments() if run.created > NINE)
    assert coming.target
    _, environment, version = coming.target
    step = next(step for step in coming.jobs[-1].steps if step.name == "Roll out")
    subject.at(step.start + timedelta(seconds=5))
    told = subject.ci.state(subject.to(environment), soon()).under_way
    assert told and (told.version, told.phase) == (version, Phase.RUNNING)
    assert told.step and told.step.startswith("Roll out, st")


def test_what_only_waits_is_under_way_too(subject: Subject, soon: Soon) -> None:
    coming = next(run for run in subject.deployments() if run.created > NINE)
    assert coming.target
    job = next(job for job in coming.jobs if job.environment in (None, coming.target[1]))
    subject.at(job.due + timedelta(seconds=3))
    told = subject.ci.state(subject.to(coming.target[1]), soon()).under_way
    assert told and (told.version, told.phase) == (coming.target[2], Phase.WAITING)
    assert told.step and told.step.startswith("queued")


def test_what_failed_is_told_beside_what_still_runs(subject: Subject, soon: Soon) -> None:
    failing = next(run for run in subject.deployments() if run.conclusion == "failure")
    assert failing.target
    _, environment, version = failing.target
    now = max(failing.jobs[-1].end + timedelta(seconds=1), NINE)
    subject.at(now)
    state = subject.ci.state(subject.to(environment), soon())
    assert state.failed and (state.failed.version, state.failed.phase) == (version, Phase.FAILED)
    assert state.current and state.current.version == World(NINE).running(subject.kind.service, environment, now)


def test_versions_are_known_and_counted(subject: Subject, soon: Soon) -> None:
    delivery = subject.to("production")
    current = subject.ci.state(delivery, soon()).current
    ahead = subject.ci.state(subject.to("development"), soon()).current
    assert current and ahead
    assert subject.ci.has_version(delivery, current.version, soon())
    assert not subject.ci.has_version(delivery, "9.9.9", soon())
    count, unit = subject.ci.versions_between(delivery, current.version, ahead.version, soon())
    assert count >= 1 and unit == "version"
    assert subject.ci.versions_between(delivery, ahead.version, current.version, soon())[0] == 0
    assert subject.ci.versions_between(delivery, current.version, current.version, soon())[0] == 0


def test_the_mapping_is_proved(subject: Subject, soon: Soon) -> None:
    assert subject.ci.check(subject.to("staging"), soon()) == []
    values = {"observe.runs_of": "nothing.yml", "observe.builds_of": "platform/nothing"}
    wrong = Delivery(subject.kind.service, "staging", "x", "epetech/checkout", values)
    (defect,) = subject.ci.check(wrong, soon())
    assert "nothing" in defect


def test_nothing_declared_is_said(subject: Subject, soon: Soon) -> None:
    empty = Delivery(subject.kind.service, "staging", "x", "epetech/checkout", {})
    with pytest.raises(NotConnected, match="the catalogue does not say how deployments"):
        subject.ci.state(empty, soon())


def test_what_the_catalogue_points_to_may_not_exist(subject: Subject, soon: Soon) -> None:
    values = {"observe.runs_of": "nothing.yml", "observe.builds_of": "platform/nothing"}
    with pytest.raises(Missing, match=r"does not know the (workflow|job) .*nothing"):
        subject.ci.state(Delivery(subject.kind.service, "staging", "x", "epetech/checkout", values), soon())


def test_the_past_is_told_newest_first(subject: Subject, soon: Soon) -> None:
    delivery = subject.to("production")
    past = subject.ci.history.past(delivery, None, 20, soon())
    times = [each.created_at for each in past.deployments]
    assert past.whole and len(times) >= 1 and times == sorted(times, reverse=True)
    newest = subject.ci.state(delivery, soon()).current
    assert newest and past.deployments[0].version == newest.version
    before = Interval(NINE - timedelta(days=90), times[0] - timedelta(minutes=1), "before the last one")
    assert [each.created_at for each in subject.ci.history.past(delivery, before, 20, soon()).deployments] == times[1:]
    assert not subject.ci.history.past(subject.to("development"), None, 1, soon()).whole


def test_a_branch_is_known_or_it_is_none(subject: Subject, soon: Soon) -> None:
    branches = subject.ci.pipelines.branches
    assert "main" in (branches(subject.to("development"), "main", soon()) or ["main"])  # a plain job cannot tell
    assert "no/such" not in (branches(subject.to("development"), "no/such", soon()) or [])


def test_builds_are_told_with_commit_jobs_and_steps(subject: Subject, soon: Soon) -> None:
    delivery, pipelines = subject.to("development"), subject.ci.pipelines
    built = [run for run in World(NINE).builds(subject.kind.service, NINE) if not run.target][::-1]
    runs = pipelines.runs(delivery, None, soon(), 5)
    assert [run.commit for run in runs] == [run.commit.sha for run in built[:5]]
    outcome = {"success": Phase.SUCCEEDED, "failure": Phase.FAILED}
    assert [run.phase for run in runs] == [outcome[run.conclusion] for run in built[:5]]
    assert {run.branch for run in runs} == {"main"}
    assert [run.title for run in runs] == [run.commit.title for run in built[:5]] and all(run.login for run in runs)
    again = pipelines.run(delivery, runs[0].number, soon())
    assert again and (again.id, again.commit) == (runs[0].id, runs[0].commit)
    steps = [step.name for job in pipelines.jobs(runs[0], soon()) for step in job.steps]
    assert "Lint" in steps
    assert pipelines.run(delivery, "999999", soon()) is None


def test_a_red_build_shows_its_step_and_log(subject: Subject, soon: Soon) -> None:
    red = next(
        run for run in World(NINE).builds(subject.kind.service, NINE) if not run.target and run.conclusion == "failure"
    )
    delivery, pipelines = subject.to("development"), subject.ci.pipelines
    found = next(run for run in pipelines.runs(delivery, None, soon(), 100) if run.commit == red.commit.sha)
    job = next(job for job in pipelines.jobs(found, soon()) if job.phase is Phase.FAILED)
    assert job.failed_step and job.failed_step.name == "Unit tests"
    log = pipelines.log(found, job, soon())
    assert any("AssertionError" in line for line in log.lines) and not log.cut
    assert not any(line.startswith("[Pipeline]") for line in log.lines)


def test_who_does_not_answer_is_named(subject: Subject, soon: Soon) -> None:
    subject.fail(kind="status", status=500)
    with pytest.raises(Unavailable, match=r"^(github|jenkins) answered 500"):
        subject.ci.state(subject.to("staging"), soon())


@pytest.mark.parametrize("kind", ["half_json", "html"])
def test_nonsense_is_not_believed(subject: Subject, soon: Soon, kind: str) -> None:
    subject.fail(kind=kind, status=200)
    with pytest.raises(BadAnswer, match=r"^(github|jenkins) "):
        subject.ci.state(subject.to("staging"), soon())


@pytest.mark.parametrize("kind", ["never", "drip"])
def test_the_deadline_holds(subject: Subject, kind: str) -> None:
    subject.fail(kind=kind)
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        subject.ci.state(subject.to("staging"), time.monotonic() + 0.5)
    assert time.monotonic() - begun < 2


def test_a_connection_that_breaks_is_named(subject: Subject, soon: Soon) -> None:
    subject.fail(kind="reset")
    with pytest.raises(ProviderError, match="cannot be reached"):
        subject.ci.state(subject.to("staging"), soon())


def test_a_limit_is_named(subject: Subject, soon: Soon) -> None:
    subject.fail(kind="status", status=429)
    with pytest.raises(RateLimited):
        subject.ci.state(subject.to("staging"), soon())
