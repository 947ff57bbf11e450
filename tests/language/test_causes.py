"""Which questions ask for a cause, and of what."""

from __future__ import annotations

import pytest

from assistant.language.causes import asks_why, blames
from assistant.language.changes import lags
from assistant.language.ranking import Ranking, ranking


@pytest.mark.parametrize(
    "text",
    [
        "is search slow because of 2.9.0?",
        "did the last release break payments",
        "has checkout been slower since the last deploy",
        "what caused the errors in payments",
        "is 1.4.1 to blame",
    ],
)
def test_something_is_blamed(text: str) -> None:
    assert blames(text)


@pytest.mark.parametrize(
    "text",
    [
        "who broke it",
        "why was payments rolled back because of errors",
        "is the build red because of the tests",
        "is search broken?",
        "what's new since yesterday",
    ],
)
def test_nothing_that_runs_is_blamed(text: str) -> None:
    assert not blames(text)


def test_why_something_that_runs_is_not_well() -> None:
    assert asks_why("why is search so slow in staging")
    assert asks_why("we get 500s from payments, what is going on")
    assert asks_why("checkout answers 502s since noon, what changed?")
    assert not asks_why("why is the build of search failing")
    assert not asks_why("why is the last deploy failing")
    assert not asks_why("why is inventory 4 behind")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("which service has the highest latency", Ranking("highest")),
        ("slowest service in prod?", Ranking("highest", "latency")),
        ("the quietest of them all", Ranking("lowest", "traffic")),
        ("who uses the least memory", Ranking("lowest")),
        ("what is the latency of search", None),
        ("most recent deploy", None),
    ],
)
def test_who_is_first(text: str, found: Ranking | None) -> None:
    assert ranking(text) == found


def test_what_is_not_there_yet() -> None:
    assert lags("which services are behind in prod") and lags("what's not deployed to prod yet")
    assert not lags("is search 2.9.0 in prod yet") and not lags("what's in prod")
