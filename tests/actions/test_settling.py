"""What is read out of words about a request of which nobody knows what became."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from actions.request.said import Said
from actions.request.settling import finding, settled_request, settles, settles_only
from assistant.contracts.actor import Actor
from assistant.contracts.change import ChangeRequest, Plan, State, Verb, Wish


def uncertain(number: int, service: str) -> ChangeRequest:
    now = datetime.now(timezone.utc)
    plan = Plan(Wish(Verb.DEPLOY, service, "qa"), None, ())
    return ChangeRequest(number, "r", 4, State.UNCERTAIN, plan, Actor("console", "a", "a"), "", "", now)


def said(text: str, shown: str = "") -> Said:
    place = {"service": [shown], "environment": ["qa"]}
    return Said(text, "inform", {}, subject={"capability": "status", "values": place} if shown else None)


@pytest.mark.parametrize(
    "text, run, request_",
    [
        ("it is run 18", "18", None),
        ("it's run #1204", "1204", None),
        ("it is run number 1204", "1204", None),
        ("request 9 is run 1204", "1204", 9),
        ("request 2: it is run 23 i checked", "23", 2),
    ],
)
def test_a_number_after_run_is_a_runs_and_one_after_request_a_requests(
    text: str, run: str, request_: int | None
) -> None:
    assert settles_only(text) and finding(said(text)).run == run
    assert settled_request(said(text), []) == (None if request_ is None else (request_, 0))


def test_without_a_number_it_is_the_one_that_was_shown_or_the_only_one() -> None:
    two = [uncertain(7, "search"), uncertain(9, "checkout")]
    assert settled_request(said("it is run 18", shown="checkout"), two) == (9, 4)
    assert settled_request(said("it is run 18"), two) is None
    assert settled_request(said("it is run 18", shown="payments"), two[:1]) == (7, 4)


@pytest.mark.parametrize(
    "text, ended, reason, asks",
    [
        ("it is over: it failed, its log says so", State.FAILED, "its log says so", ""),
        ("it succeeded because the new version answers", State.SUCCEEDED, "the new version answers", ""),
        ("request 9 was cancelled", State.CANCELLED, "", "cancelled"),
        ("settle request 3 as failed", State.FAILED, "", "failed"),
        ("it is over", None, "", "settle"),
        ("settle request 3", None, "", "settle"),
        ("it never started", None, "", "never"),
        ("it never started, no run there", None, "no run there", ""),
    ],
)
def test_an_end_takes_a_reason_of_its_own(text: str, ended: State | None, reason: str, asks: str) -> None:
    found = finding(said(text))
    assert settles(text) and (found.run, found.ended, found.reason, found.asks) == (None, ended, reason, asks)


@pytest.mark.parametrize("text", ["did it fail?", "it failed?", "why did the build fail", "the rollback settled it"])
def test_what_only_asks_says_nothing(text: str) -> None:
    assert not settles(text)
