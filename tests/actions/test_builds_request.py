"""Which builds and logs a message asks for, with and without a conversation before it."""

from __future__ import annotations

from typing import Any

import pytest

from actions.request import Missing, Said, Values, goes_on, log_request, pipeline_request, wants_running
from actions.request.pipelines import whose
from assistant.contracts.errors import Ambiguous, Invalid, NotFound
from assistant.contracts.pipelines import LogRequest, PipelineRequest

BEFORE = {"capability": "pipelines", "values": {"service": ["checkout"], "run": ["18"]}}
ASKED = {"capability": "pipelines", "values": {"run": ["3"]}}
DEPLOYED = {"capability": "logs", "values": {"service": ["checkout"], "run": ["1100"], "deployment": ["yes"]}}
STATUS = {"capability": "status", "values": {"service": ["search"], "environment": ["qa"]}}


def message(text: str, values: Values | None = None, **more: Any) -> Said:
    return Said(text, "ask_pipeline", values or {}, **more)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (message("is checkout green?", {"service": ["checkout"]}), PipelineRequest(("checkout",))),
        (message("any red pipelines?"), PipelineRequest()),
        (message("any red pipelines?", subject=BEFORE), PipelineRequest()),
        (message("which step failed", subject=BEFORE), PipelineRequest(("checkout",))),
        (message("did it pass?", subject=BEFORE), PipelineRequest(("checkout",), run="18")),
        (message("flaky or real?", subject=BEFORE), PipelineRequest(("checkout",), recurrence=True)),
        (
            message("and payments?", {"service": ["payments"]}, subject=BEFORE, follow_up=True),
            PipelineRequest(("payments",)),
        ),
        (
            message("search", {"service": ["search"]}, subject=BEFORE, question=ASKED, follow_up=True),
            PipelineRequest(("search",), run="3"),
        ),
        (message("is its build ok?", subject=STATUS), PipelineRequest(("search",))),
        (message("ci?", subject=STATUS), PipelineRequest()),
        (message("run 8841?", {"run": ["8841"]}), PipelineRequest(run="8841")),
        (
            Said("i meant run 17", "inform", {"run": ["17"]}, subject=STATUS),
            PipelineRequest(("search",), run="17"),
        ),
        (
            message("why did the checkout deploy to qa fail", {"service": ["checkout"], "environment": ["qa"]}),
            PipelineRequest(("checkout",), deployment=True, environment="qa", failed=True),
        ),
        (
            message("how did the last deploy of search go", {"service": ["search"]}),
            PipelineRequest(("search",), deployment=True),
        ),
        (
            message("is the checkout build for staging red", {"service": ["checkout"], "environment": ["staging"]}),
            PipelineRequest(("checkout",)),
        ),
        (message("main green?", {"version": ["main"]}), PipelineRequest(ref="main")),
        (message("red ones?", {"team": ["platform"]}), PipelineRequest(teams=("platform",))),
    ],
    ids=lambda one: one.text if isinstance(one, Said) else "",
)
def test_builds(said: Said, expected: PipelineRequest) -> None:
    assert pipeline_request(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            message("logs of the failed checkout deploy", {"service": ["checkout"]}),
            LogRequest("checkout", deployment=True, failed=True),
        ),
        (message("logs for #7310", {"run": ["7310"]}), LogRequest(run="7310")),
        (message("show me the log", subject=BEFORE), LogRequest("checkout", "18")),
        (message("show me the log", subject=DEPLOYED), LogRequest("checkout", "1100", deployment=True)),
        (message("search build log", {"service": ["search"]}, subject=BEFORE), LogRequest("search")),
        (message("its log please", subject=STATUS), LogRequest("search")),
        (
            message("qa deploy log", {"environment": ["qa"]}, subject=BEFORE),
            LogRequest("checkout", environment="qa", deployment=True),
        ),
        (
            message("output of release/2.8", {"service": ["search"], "version": ["release/2.8"]}),
            LogRequest("search", ref="release/2.8"),
        ),
    ],
    ids=lambda one: one.text if isinstance(one, Said) else "",
)
def test_logs(said: Said, expected: LogRequest) -> None:
    assert log_request(said) == expected


def test_what_is_missing_is_asked_for() -> None:
    for ask, text in ((log_request, "show me the logs"), (pipeline_request, "flaky or real?")):
        with pytest.raises(Missing) as caught:
            ask(message(text))
        assert caught.value.field == "service"


def test_two_runs_are_a_question_and_unknown_names_an_answer() -> None:
    with pytest.raises(Ambiguous):
        log_request(message("logs of 4 and 5", {"run": ["4", "5"]}))
    with pytest.raises(NotFound):
        pipeline_request(message("is chekout green", unresolved=(NotFound("service", "chekout"),)))


@pytest.mark.parametrize(
    ("text", "running"),
    [
        ("show me the pod logs of checkout in prod", True),
        ("container logs please", True),
        ("kubectl logs checkout", True),
        ("logs of the checkout pods", True),
        ("show me the log of checkout", False),
        ("app logs of the failed build", False),
        ("pod logs of the last deploy", False),
    ],
)
def test_what_a_running_service_writes_is_told_from_a_build_log(text: str, running: bool) -> None:
    asked = wants_running(message(text, {"service": ["checkout"]}))
    assert asked == ({"service": ["checkout"]} if running else None)


@pytest.mark.parametrize(
    ("text", "run"),
    [("did build 17 pass", "build 17"), ("is deployment #17 through", "deployment 17"), ("did 17 pass", "17")],
)
def test_a_number_is_a_build_or_a_deployment_where_it_is_said(text: str, run: str) -> None:
    assert pipeline_request(message(text, {"run": ["17"]})).run == run
    assert log_request(message(text, {"run": ["17"]})).run == run


@pytest.mark.parametrize(("text", "run"), [("the deployment", "deployment 3"), ("the CI build", "build 3")])
def test_the_kind_of_run_may_be_said_when_it_was_asked(text: str, run: str) -> None:
    asked = {"capability": "pipelines", "values": {"service": ["checkout"], "run": ["3"]}}
    answer = message(text, question=asked, follow_up=True)
    assert goes_on(answer, unclear=False) == "pipelines"
    assert pipeline_request(answer) == PipelineRequest(("checkout",), run=run)
    assert goes_on(message(text, subject=asked), unclear=False) is None  # nobody asked


def test_who_broke_it_is_asked_of_the_builds_and_not_of_one_run() -> None:
    asked = pipeline_request(message("who broke it?", subject=BEFORE, follow_up=True))
    assert asked == PipelineRequest(("checkout",), red=True)


def test_only_the_red_ones_of_the_builds_before() -> None:
    before = {"capability": "pipelines", "values": {"team": ["platform"]}}
    asked = pipeline_request(message("just the red ones", subject=before, follow_up=True))
    assert (asked.red, asked.teams) == (True, ("platform",))


@pytest.mark.parametrize(
    ("text", "intent", "values", "answers"),
    [
        ("why did the deploy of checkout fail", "ask_status", {"service": ["checkout"]}, "pipelines"),
        ("what went wrong with the rollout to qa", "nlu_fallback", {"environment": ["qa"]}, "pipelines"),
        ("which commit broke checkout", "out_of_scope", {"service": ["checkout"]}, "pipelines"),
        ("why is payments slow", "ask_metric", {"service": ["payments"]}, "status"),
        ("did anybody touch identity", "ask_audit", {"service": ["identity"]}, "history"),
        ("who approved request 57", "ask_audit", {"run": ["57"]}, None),
        ("who can deploy to prod", "ask_locks", {"environment": ["production"]}, "access"),
        ("who holds staging", "ask_locks", {"environment": ["staging"]}, None),
        ("what changed in production", "ask_changes", {"environment": ["production"]}, "history"),
        ("diff to production", "ask_changes", {"environment": ["production"]}, None),
        ("runbook for slow search", "ask_metric", {"service": ["search"]}, "alerts"),
        ("morning, hows prod", "greet", {"environment": ["production"]}, "status"),
        ("which deployments are waiting for approval", "ask_approvals", {}, "status"),
        ("what waits for me", "ask_approvals", {}, None),
    ],
)
def test_who_answers_is_decided_by_what_is_asked_for(
    text: str, intent: str, values: Values, answers: str | None
) -> None:
    unclear = intent in ("nlu_fallback", "out_of_scope", "greet")
    assert goes_on(Said(text, intent, values), unclear=unclear) == answers


@pytest.mark.parametrize("text", ["did my build pass", "is my last commit green?", "and mine?"])
def test_a_stranger_s_own_build_is_nobody_else_s(text: str) -> None:
    with pytest.raises(Invalid, match="I don't know who you are"):
        whose(message(text, subject=BEFORE), (), None)
