"""What a question about the past asks for beside names and times."""

from __future__ import annotations

import pytest

from assistant.language.history import count, everything, failed, standing


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("who deployed payments to prod last?", 1),
        ("when was the last release of search", 1),
        ("who shipped the last one", 1),
        ("how long ago was the last release of the website", 1),
        ("last 10 releases", 10),
        ("give me the last five deployments of notifier", 5),
        ("the last couple of deploys", 3),
        ("last 999 deployments", 30),
        ("who deployed to prod last week", None),
        ("and the one before?", 1),
        ("past releases", None),
        ("history of identity in production, last 3", 3),
        ("give me the last three", 3),
        ("3 more", 3),
    ],
)
def test_how_many_are_asked_for(said: str, wanted: int | None) -> None:
    assert count(said) == wanted


def test_everything_names_no_service() -> None:
    assert everything("show me everything") and everything("what went out in all services") and everything("anything?")
    assert not everything("all deployments of search")


def test_failures_are_told_from_the_rest() -> None:
    assert failed("failed deployments last month") and failed("were any deployments aborted")
    assert not failed("all deployments of search")


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("which version of billing was running last tuesday", True),
        ("what was live in prod yesterday at noon", True),
        ("what was deployed to live yesterday", False),
        ("what was released on monday", False),
    ],
)
def test_what_ran_is_not_what_was_deployed(said: str, asks: bool) -> None:
    assert standing(said) is asks
