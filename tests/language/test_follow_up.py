"""A message of values alone continues the question before; one with a request of its own does not."""

from __future__ import annotations

import pytest

from assistant.language.follow_up import asks_anew, ellipsis, is_follow_up, pointed_at, points_back
from assistant.language.names import Names
from assistant.language.reading import mentions
from tests.language.platform import platform

NAMES = Names(platform())


@pytest.mark.parametrize(
    "text",
    [
        "and prod?",
        "what about search?",
        "same for qa",
        "staging",
        "no, i meant payments",
        "the qa one",
        "paymets, stagign",
        "how about the mailer service?",
        "production, not staging",
        "and 1.4.2?",
        "and the error rate of search",
        "what was it in staging?",
    ],
)
def test_values_alone(text: str) -> None:
    assert is_follow_up(text, mentions(text, NAMES))


@pytest.mark.parametrize(
    "text",
    [
        *("is staging ok", "how's prod?", "what's on staging", "error rate of search?", "is it in qa too?"),
        "deploy to prod",
        "who owns search?",
        "yes",
        "is staging down",
        "roll it back in prod",
        "search the docs",
        "",
    ],
)
def test_requests_of_their_own(text: str) -> None:
    assert not is_follow_up(text, mentions(text, NAMES))


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("and before that?", "earlier"),
        ("The one before that", "earlier"),
        ("the previous one please", "earlier"),
        ("ok, what was before?", "earlier"),
        ("just the bad ones", "failed"),
        ("only the failed deploys", "failed"),
        ("only failures", "failed"),
        ("everything", "everything"),
        ("for all services", "everything"),
        ("who broke it??", "culprit"),
        ("who wrote those", "authors"),
        ("whose commits are they", "authors"),
        ("who merged it", "merger"),
        ("only migrations", "migrations"),
        ("any migrations?", "migrations"),
        ("and by Ana Duarte?", "people"),
        ("was it done by hand", None),
        ("failed deployments of checkout", None),
        ("who wrote the runbook", None),
        ("everything is on fire", None),
        ("deploy the one before", None),
        ("", None),
    ],
)
def test_words_that_mean_something_only_after_an_answer(text: str, asks: str | None) -> None:
    assert ellipsis(text) == asks


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("is it in qa too?", ("service",)),
        ("what's its error rate", ("service",)),
        ("what is alerting there?", ("environment",)),
        ("is there anything red?", ()),
        ("what went out this week", ()),
        ("is it safe to deploy", ()),
    ],
)
def test_what_a_word_stands_for(text: str, kinds: tuple[str, ...]) -> None:
    assert pointed_at(text) == kinds
    assert points_back(text) == bool(kinds)


def test_a_question_of_its_own_and_one_that_goes_on() -> None:
    assert asks_anew("and is staging ok?") and asks_anew("so how's prod")
    assert not asks_anew("how about prod") and not asks_anew("and prod?")
