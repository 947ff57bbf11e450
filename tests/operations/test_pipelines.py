"""How builds are, with a CI that answers what the test says."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.contracts.delivery import Phase
from assistant.contracts.errors import Ambiguous, Invalid, Missing, NotAllowed, NotFound, Unavailable
from assistant.contracts.pipelines import Build, PipelineRequest
from assistant.operations.pipelines import pipelines
from assistant.safeguards.access import Access
from tests.operations.fake_pipelines import FakePipelines, builds, job, run, runs
from tests.operations.platform import CATALOGUE, FakeCi, Memory, deployment

GREEN, RED, BUSY, STOPPED = Phase.SUCCEEDED, Phase.FAILED, Phase.RUNNING, Phase.CANCELLED
CHECKOUT = PipelineRequest(services=("checkout",))


def only(fake: FakePipelines, request: PipelineRequest = CHECKOUT) -> Build:
    (build,) = pipelines(builds(fake), request).builds
    return build


def test_red_since_the_first_failure_after_the_last_green() -> None:
    build = only(FakePipelines({"checkout": runs(RED, GREEN, RED, STOPPED, RED, BUSY)}))
    assert build.shown and build.first_red and build.green_before and build.under_way
    assert (build.shown.number, build.first_red.number, build.green_before.number) == ("5", "3", "2")
    assert build.job and build.job.failed_step and build.job.failed_step.name == "Unit tests"
    assert build.under_way.number == "6"
    assert build.current and build.current.current_step and build.current.current_step.name == "Unit tests"


def test_without_any_green_run_the_beginning_is_open() -> None:
    build = only(FakePipelines({"checkout": runs(RED, RED)}))
    assert build.first_red and build.first_red.number == "1" and build.green_before is None


def test_a_green_build_is_not_red_because_of_older_ones() -> None:
    build = only(FakePipelines({"checkout": runs(RED, GREEN, STOPPED)}))
    assert build.shown and (build.shown.phase, build.first_red) == (GREEN, None)


def test_the_telling_lines_come_with_it_for_whoever_may_read_logs() -> None:
    fake = FakePipelines({"checkout": runs(RED)})
    build = only(fake)
    assert build.excerpt and build.excerpt.lines[1] == "E   assert 1 == 2"
    context = builds(fake, access=Access(members=("read:pipelines",)))
    (without,) = pipelines(context, CHECKOUT).builds
    assert without.excerpt is None and without.no_excerpt and "logs" in without.no_excerpt
    assert without.first_red


def test_a_build_is_found_without_reading_its_log() -> None:
    context = builds(FakePipelines({"checkout": runs(RED)}), access=Access(members=("read:pipelines", "read:logs")))
    assert pipelines(context, replace(CHECKOUT, lines=False)).builds[0].first_red
    assert context.used == set(), "the answer is for everybody's eyes"


def test_a_log_that_cannot_be_read_leaves_the_rest_of_the_answer() -> None:
    fake = FakePipelines({"checkout": runs(RED)}, text=Missing("github", "has deleted the log of run 1"))
    build = only(fake)
    assert build.first_red and build.no_excerpt == "github has deleted the log of run 1."


def test_all_services_worst_first_and_who_did_not_answer_is_named() -> None:
    fake = FakePipelines(
        {"checkout": runs(GREEN), "search": runs(RED)}, errors={"payments": Unavailable("github", "x")}
    )
    report = pipelines(builds(fake), PipelineRequest())
    assert [one.service for one in report.builds][:3] == ["search", "payments", "checkout"]
    assert report.builds[1].problem and not report.builds[0].problem
    assert len(report.builds) == 8


def test_a_provider_that_hangs_costs_its_own_answer_only() -> None:
    fake = FakePipelines(
        {"checkout": runs(RED), "search": runs(GREEN)}, delay=lambda it: 2.0 if it.service == "search" else 0.0
    )
    started = time.monotonic()
    report = pipelines(builds(fake, seconds=1.0), PipelineRequest(services=("checkout", "search")))
    assert time.monotonic() - started < 1.5
    problems = {one.service: one.problem is not None for one in report.builds}
    assert problems == {"checkout": False, "search": True}


def test_a_teams_builds_are_those_of_its_services() -> None:
    report = pipelines(builds(FakePipelines()), PipelineRequest(teams=("team-discovery",)))
    assert sorted(one.service for one in report.builds) == ["inventory", "search"]


def test_a_branch_is_asked_for_as_it_was_said() -> None:
    fake = FakePipelines({"checkout": runs(GREEN)})
    only(fake, PipelineRequest(services=("checkout",), ref="feature/gift-cards"))
    assert fake.asked_for == ["feature/gift-cards"]


def test_a_run_by_its_number() -> None:
    fake = FakePipelines({"checkout": runs(GREEN, RED)})
    assert only(fake, PipelineRequest(run="2")).shown == run(2, RED)
    assert only(fake, PipelineRequest(services=("checkout",), run="10001")).shown == run(1)
    with pytest.raises(NotFound, match="#99"):
        only(fake, PipelineRequest(run="99"))


def test_a_number_that_several_services_have_is_a_question() -> None:
    fake = FakePipelines({"checkout": [run(4)], "search": [run(4, source="epetech/search")]})
    with pytest.raises(Ambiguous) as caught:
        only(fake, PipelineRequest(run="4"))
    assert (caught.value.kind, caught.value.candidates) == ("service", ("checkout", "search"))


def test_who_does_not_answer_is_told_as_it_was_shown_last_without_the_log() -> None:
    memory, fake = Memory(), FakePipelines({"checkout": runs(GREEN, RED, RED)})
    asking = replace(builds(fake), observations=memory)
    assert pipelines(asking, CHECKOUT).builds[0].excerpt
    fake.errors["checkout"] = Unavailable("github", "did not answer in time")
    (build,) = pipelines(asking, CHECKOUT).builds
    assert build.problem is fake.errors["checkout"] and build.age is not None and build.age < timedelta(minutes=1)
    assert build.shown and build.first_red and (build.shown.number, build.first_red.number) == ("3", "2")
    assert build.job and build.job.name == "Test" and build.excerpt is None
    other = pipelines(asking, PipelineRequest(("checkout",), ref="feature/x")).builds[0]
    assert other.shown is None and other.age is None


def test_runs_without_their_jobs_are_still_an_answer() -> None:
    fake = FakePipelines({"checkout": runs(GREEN, RED)}, places={"2": Unavailable("github", "answered 500")})
    build = only(fake)
    assert build.first_red and build.job is None and build.unread is fake.places["2"]


def test_one_run_of_a_shared_repository_is_no_question() -> None:
    shared = [run(4, source="epetech/backoffice")]
    assert only(FakePipelines({"inventory": shared, "billing-worker": shared}), PipelineRequest(run="4")).shown


def test_not_found_is_only_said_when_everybody_answered() -> None:
    fake = FakePipelines(errors={"search": Unavailable("github", "did not answer within 5 s")})
    with pytest.raises(Unavailable):
        only(fake, PipelineRequest(run="4"))


@pytest.mark.parametrize("number", ["4" * 40, "abc", "²"])
def test_what_cannot_be_a_number_is_never_asked_for(number: str) -> None:
    with pytest.raises(Invalid):
        only(FakePipelines(errors={"checkout": Unavailable("github", "was asked")}), PipelineRequest(run=number))


def test_how_often_the_step_failed_is_evidence_with_its_runs() -> None:
    fake = FakePipelines({"checkout": runs(RED, GREEN, RED, GREEN, RED, STOPPED, RED)})
    fake.places = {"3": job("Lint", "Lint code"), "5": Unavailable("github", "did not answer")}
    fake.built["checkout"][3] = run(4, GREEN, attempt=2)
    found = pipelines(builds(fake), PipelineRequest(("checkout",), recurrence=True)).recurrence
    assert found and (found.job, found.step, found.finished) == ("Test", "Unit tests", 6)
    assert [one.number for one in found.failed] == ["7", "1"]
    assert [one.number for one in found.elsewhere] == ["3"]
    assert [one.number for one in found.unread] == ["5"]
    assert [one.number for one in found.retried] == ["4"]


def test_nothing_recurs_where_nothing_failed() -> None:
    fake = FakePipelines({"checkout": runs(GREEN, GREEN)})
    assert pipelines(builds(fake), PipelineRequest(("checkout",), recurrence=True)).recurrence is None


def test_builds_are_a_right() -> None:
    with pytest.raises(NotAllowed, match="pipelines"):
        pipelines(builds(FakePipelines(), access=Access()), CHECKOUT)


def test_a_number_of_a_build_and_of_a_deployment_is_a_question() -> None:
    fake = FakePipelines({"checkout": runs(RED, GREEN)}, deployed={"checkout": [run(2, source="epetech/deploy")]})
    with pytest.raises(Ambiguous) as caught:
        only(fake, PipelineRequest(("checkout",), run="2"))
    assert caught.value.kind == "run" and caught.value.candidates == ("build 2", "deployment 2")
    shown = [only(fake, PipelineRequest(("checkout",), run=name)).shown for name in ("build 2", "deployment 2", "1")]
    assert [one.source for one in shown if one] == ["epetech/checkout", "epetech/deploy", "epetech/checkout"]


def test_a_branch_that_is_none_is_told_with_those_that_come_near() -> None:
    fake = FakePipelines(known=["main", "feature/voucher", "feature/vat"])
    with pytest.raises(NotFound, match=r"branch of checkout called “feature/vouchr”\. Did you mean feature/voucher"):
        only(fake, PipelineRequest(("checkout",), ref="feature/vouchr"))
    assert only(fake, PipelineRequest(("checkout",), ref="main")).shown is None  # it is there, but nothing built it
    assert only(fake, PipelineRequest(("checkout",), ref="1.4.9")).shown is None  # a version is no branch
    assert only(FakePipelines(), PipelineRequest(("checkout",), ref="x/y")).shown is None  # nobody can tell


def test_only_the_red_ones() -> None:
    fake = FakePipelines(
        {"checkout": runs(GREEN), "search": runs(RED)}, errors={"identity": Unavailable("github", "x")}
    )
    report = pipelines(builds(fake), PipelineRequest(red=True))
    assert {one.service for one in report.builds} == {"search", "identity"}


def test_services_of_one_pipeline_are_asked_for_once() -> None:
    fake = FakePipelines()
    shared = [one for one in pipelines(builds(fake), PipelineRequest()).builds if one.shared_with]
    asked_of_others = len(fake.asked_for) - (len(CATALOGUE.services) - len(shared))
    groups = {tuple(sorted((one.service, *one.shared_with))) for one in shared}
    assert asked_of_others == len(groups)


def test_somebodys_newest_run_is_the_one_that_they_set_off() -> None:
    mine = [run(3, RED), run(1, GREEN)]
    others = [run(5, GREEN, "epetech/search", login="mei-tanaka")]
    fake = FakePipelines({"checkout": mine, "search": others})
    build = only(fake, PipelineRequest(person="ana-duarte"))
    assert (build.service, build.shown and build.shown.number) == ("checkout", "3")
    with pytest.raises(NotFound, match="Ben Osei"):
        only(fake, PipelineRequest(person="ben-osei"))


def test_how_a_deployment_went_is_told_of_its_own_run() -> None:
    failed = deployment("checkout", "qa", "1.4.4", RED, run="21")
    fake = FakePipelines({"checkout": runs(GREEN)}, deployed={"checkout": [run(21, RED)]})
    world = replace(builds(fake), access=Access(members=("read:pipelines", "read:history", "read:logs")))
    ci = FakeCi(more={("checkout", "qa"): {"failed": failed}})
    world = replace(world, ci=lambda name: ci)
    asked = PipelineRequest(("checkout",), deployment=True, environment="qa", failed=True)
    (build,) = pipelines(world, asked).builds
    assert build.deployment == failed and build.shown and build.shown.number == "21"
    assert build.job and build.excerpt, "neither the step nor its lines"
    with pytest.raises(Invalid, match="does not run in moon"):
        pipelines(world, replace(asked, environment="moon"))
    with pytest.raises(NotAllowed):
        pipelines(replace(world, access=Access(members=("read:pipelines",))), asked)


def test_a_job_asked_for_by_name_is_told_of_beside_the_one_that_failed() -> None:
    fake = FakePipelines({"checkout": runs(RED)})
    part = pipelines(builds(fake), replace(CHECKOUT, part="lint")).part
    assert part and part.job and (part.job.name, part.job.phase, part.step) == ("Lint", GREEN, None)
    nobody = pipelines(builds(fake), replace(CHECKOUT, part="e2e"))
    assert nobody.part and nobody.part.job is None and nobody.part.jobs == ("Lint", "Test")
    assert nobody.builds[0].excerpt is None  # the lines of another step answer nothing


def test_how_often_a_named_step_fails_is_not_the_count_of_another() -> None:
    fake = FakePipelines({"checkout": runs(RED, GREEN, RED)}, places={"1": job(step="Contract tests")})
    asked = replace(CHECKOUT, recurrence=True)
    named = pipelines(builds(fake), replace(asked, part="unit")).recurrence
    assert named and [one.number for one in named.failed] == ["3"] and [one.number for one in named.elsewhere] == ["1"]
    whole = pipelines(builds(fake), replace(asked, part="test")).recurrence
    assert whole and [one.number for one in whole.failed] == ["3", "1"] and whole.elsewhere == ()
