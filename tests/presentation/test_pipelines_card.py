"""What a person reads when they ask about builds and logs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from assistant.contracts.change import Rerun
from assistant.contracts.delivery import Deployment, Phase
from assistant.contracts.errors import Missing, Unavailable
from assistant.contracts.pipelines import (
    Build,
    Excerpt,
    Job,
    LogReport,
    LogRequest,
    PipelineReport,
    PipelineRequest,
    Recurrence,
    Run,
    Step,
)
from assistant.presentation.cards.logs import logs_card
from assistant.presentation.cards.pipelines import pipelines_card, rerun_card
from assistant.presentation.plain import render
from tests.presentation.test_status_card import NOW

RED = Run(
    "18", "118", "epetech/checkout", "Keep vouchers", Phase.FAILED, NOW, NOW, "main", "d" * 40, "ana", "https://ci/18"
)
GREEN = replace(RED, number="17", id="117", title="Fix it", phase=Phase.SUCCEEDED, started_at=NOW - timedelta(hours=1))
TEST = Job("7", "Test", Phase.FAILED, (Step("Unit tests", Phase.FAILED),), "https://ci/18/job/7")
TOLD = Excerpt(("> assert a == b", "E   AssertionError: token=[hidden]", "exit code 1"), 1, 177, True)
CHECKOUT = PipelineRequest(services=("checkout",))
BROKEN = Build("checkout", None, (RED, GREEN), RED, TEST, first_red=RED, green_before=GREEN, excerpt=TOLD)


def shown(*builds: Build, request: PipelineRequest = CHECKOUT, found: Recurrence | None = None) -> str:
    report = PipelineReport(request, builds, found)
    card = pipelines_card(report, {"ana": "Ana Duarte"}.get, sandbox=False)  # type: ignore[arg-type]
    return render(card, timezone.utc, NOW)


def test_a_red_build_says_what_failed_since_when_and_whose_it_is() -> None:
    assert shown(BROKEN) == (
        "The build of checkout on main is red: “Unit tests” failed in the job “Test”.\n"
        "Red since run #18, 09:30 at ddddddd: “Keep vouchers” by Ana Duarte https://ci/18\n"
        "Last green: run #17, 08:30 at ddddddd: “Fix it” by Ana Duarte https://ci/18\n"
        "    > assert a == b\n"
        "    E   AssertionError: token=[hidden]\n"
        "    exit code 1\n"
        "1 value hidden."
    )


def test_red_for_longer_names_the_first_and_the_newest_run() -> None:
    newest = replace(RED, number="20", id="120")
    middle = replace(RED, number="19", id="119")
    text = shown(replace(BROKEN, runs=(newest, middle, RED, GREEN), shown=newest))
    assert "Red since run #18" in text and "Newest of 3 runs since: run #20" in text


def test_where_no_green_run_is_known_the_beginning_stays_open() -> None:
    assert "Red at least since run #18" in shown(replace(BROKEN, green_before=None))


def test_a_green_build_lists_its_runs_and_what_goes_on() -> None:
    going = replace(RED, number="19", phase=Phase.RUNNING, finished_at=None)
    job = Job("8", "Test", Phase.RUNNING, (Step("Contract tests", Phase.RUNNING),))
    text = shown(Build("checkout", None, (going, GREEN), GREEN, under_way=going, current=job))
    assert text.startswith("The build of checkout on main is green.\n")
    assert "Run #19 is running: Contract tests, since 09:30" in text
    assert "  #17 passed, 08:30: Fix it (Ana Duarte) https://ci/18" in text


def test_why_there_are_no_lines_is_said() -> None:
    text = shown(replace(BROKEN, excerpt=None, no_excerpt="github has deleted the log of run 18."))
    assert text.endswith("github has deleted the log of run 18.")


def test_builds_that_cannot_be_told_apart_are_named() -> None:
    text = shown(replace(BROKEN, service="inventory", shared_with=("billing-worker",)))
    assert "billing-worker shares this pipeline, and the catalogue does not tell their builds apart." in text


def test_no_build_and_no_answer() -> None:
    assert shown(Build("checkout", "feature/x")) == "checkout has no finished build on feature/x."
    problem = Unavailable("github", "did not answer in time")
    assert shown(Build("checkout", None, problem=problem)) == "checkout: github did not answer in time."


SILENT = Unavailable("jenkins", "did not answer in time")
BEFORE = replace(BROKEN, problem=SILENT, age=timedelta(minutes=14), excerpt=None)


def test_a_build_that_nobody_answers_for_is_told_as_it_was_seen_last() -> None:
    assert shown(BEFORE).splitlines()[0] == (
        "checkout: jenkins did not answer in time; build 18 on main failed: “Unit tests” failed in the job “Test”, "
        "as of 14 min ago."
    )
    assert "as of 14 min ago · #18 failed: Unit tests, red since #18" in shown(BEFORE, Build("search", None))
    green = replace(BEFORE, shown=GREEN, first_red=None, job=None, under_way=RED)
    assert "is running" not in shown(green) and " ? checkout  as of 14 min ago · #17 passed" in shown(green, BEFORE)


def test_a_step_that_could_not_be_read_is_said_once_for_each_reason() -> None:
    unread = replace(BROKEN, job=None, excerpt=None, unread=SILENT)
    assert "Which step it is I can't say: jenkins did not answer in time." in shown(unread)
    text = shown(unread, replace(unread, service="search"), request=PipelineRequest())
    assert text.endswith("\nThe step is not known for checkout and search: jenkins did not answer in time.")


def test_many_builds_are_counted_in_the_title() -> None:
    silent = Build("search", None, problem=Unavailable("github", "did not answer in time"))
    fine = Build("payments", None, (GREEN,), GREEN)
    text = shown(BROKEN, silent, fine, Build("identity", None), request=PipelineRequest())
    lines = text.splitlines()
    assert lines[0] == "Builds: 1 red, 1 not answered for, 1 green, 1 without a finished build."
    assert lines[1] == " ✗ checkout  #18 failed: Unit tests, red since #18, 09:30 by Ana Duarte https://ci/18"
    assert lines[2] == " ? search    nothing known yet"
    assert lines[-1] == "search: github did not answer in time."


def test_how_often_is_a_count_with_its_runs() -> None:
    retried = replace(GREEN, number="12", attempt=2)
    found = Recurrence("Test", "Unit tests", (RED,), 20, elsewhere=(replace(RED, number="9"),), retried=(retried,))
    text = shown(BROKEN, request=replace(CHECKOUT, recurrence=True), found=found)
    assert text.startswith(
        "“Unit tests” in the job “Test” failed in 1 of the last 20 finished builds of checkout on main."
    )
    assert "  #18 failed, 09:30: Keep vouchers (Ana Duarte)" in text
    assert "#9 failed in another step." in text and "#12 passed only when it was tried again." in text
    assert "flaky" not in text


def test_one_run_by_its_number() -> None:
    again = replace(GREEN, attempt=2)
    text = shown(Build("checkout", "main", (again,), again), request=PipelineRequest(run="17"))
    assert text.startswith("Run #17 of checkout on main, attempt 2, passed.")


def log(report: LogReport) -> str:
    return render(logs_card(report, sandbox=False), timezone.utc, NOW)


def test_a_log_shows_its_lines_and_leads_to_the_rest() -> None:
    report = LogReport(LogRequest("checkout"), "checkout", RED, TEST, TOLD, others=("Contract",))
    assert log(report) == (
        "Run #18 of checkout failed: “Unit tests” in the job “Test”.\n"
        "Keep vouchers, 09:30 The rest: https://ci/18/job/7\n"
        "    > assert a == b\n"
        "    E   AssertionError: token=[hidden]\n"
        "    exit code 1\n"
        "1 value hidden.\n"
        "Failed too: Contract."
    )


def test_a_log_that_cannot_be_shown_says_why_and_where_to_look() -> None:
    running = replace(RED, phase=Phase.RUNNING)
    problem = Missing("github", "gives no log of run 18 yet: its job “Test” is not finished")
    text = log(LogReport(LogRequest("checkout"), "checkout", running, TEST, problem=problem))
    assert text.startswith("Run #18 of checkout is still running.\n") and "Look here: https://ci/18/job/7" in text
    assert text.endswith("I have no lines to show: github gives no log of run 18 yet: its job “Test” is not finished.")


def test_lines_that_tell_no_error_are_called_what_they_are() -> None:
    last = Excerpt(("bye",), 0, 10, False, cut=True)
    text = log(LogReport(LogRequest("checkout"), "checkout", RED, TEST, last))
    assert "I found none that says what went wrong." in text and "its last 2 MB only" in text
    text = log(LogReport(LogRequest("checkout", failed=True), "checkout", GREEN, TEST, last, instead=True))
    assert text.startswith("No failed run is known any more. Run #17 of checkout passed.")
    assert "It did not fail; these are its last lines." in text


def test_control_characters_of_a_log_never_reach_the_terminal() -> None:
    nasty = replace(TOLD, lines=("\x1b[2Jgone\u202e", "next\rline"))
    text = log(LogReport(LogRequest("checkout"), "checkout", RED, TEST, nasty))
    assert "\x1b" not in text and "\u202e" not in text and "\r" not in text


def test_who_broke_it_is_said_first_and_what_failed_is_listed() -> None:
    text = shown(replace(BROKEN, excerpt=None), request=replace(CHECKOUT, red=True))
    who = "checkout is red since Ana Duarte's run #18, “Keep vouchers”: “Unit tests” failed in the job “Test”."
    assert text.splitlines()[0] == who
    assert "  #18 failed, " in text and "#17 passed" not in text


def test_of_many_nothing_red_is_said_and_of_very_many_not_all_are_shown() -> None:
    assert shown(request=PipelineRequest(red=True)) == "No build is red."
    text = shown(*(replace(BROKEN, service=f"s{number}") for number in range(45)), request=PipelineRequest())
    assert "Builds: 45 red." in text and "5 more are not shown." in text and "s44" not in text


@pytest.mark.parametrize(
    ("phase", "said", "choices"),
    [
        (
            Phase.SUCCEEDED,
            "#18 deployed checkout 1.4.4 to qa; running it again would put that version there once more, over 1.4.5. "
            "Nothing was started.",
            ["Deploy the newest instead", "Roll back instead"],
        ),
        (
            Phase.FAILED,
            "#18 was to deploy checkout 1.4.4 to qa and failed. Running it again would deploy that commit past every "
            "check, over 1.4.5; ask for it anew instead. Nothing was started.",
            ["Deploy 1.4.4 anew"],
        ),
        (
            Phase.CANCELLED,
            "#18 was to deploy checkout 1.4.4 to qa and was cancelled. Running it again would deploy that commit past "
            "every check, over 1.4.5; ask for it anew instead. Nothing was started.",
            ["Deploy 1.4.4 anew"],
        ),
        (Phase.RUNNING, "#18 is deploying checkout 1.4.4 to qa right now, so there is nothing to run again.", []),
    ],
)
def test_a_deployment_that_is_not_run_again_is_told_as_it_went(phase: Phase, said: str, choices: list[str]) -> None:
    one = Deployment("checkout", "qa", "1.4.4", phase, NOW, NOW, run="18")
    card = rerun_card(Rerun("checkout", RED, deployment=one, current="1.4.5"), sandbox=False)
    assert card.title == said and [each.title for each in card.buttons] == choices
