"""A message of values alone continues the question before; one with a request of its own does not."""

from __future__ import annotations

import pytest

from assistant.language.follow_up import is_follow_up
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
    ],
)
def test_values_alone(text: str) -> None:
    assert is_follow_up(text, mentions(text, NAMES))


@pytest.mark.parametrize(
    "text",
    ["deploy to prod", "who owns search?", "yes", "is staging down", "roll it back in prod", "search the docs", ""],
)
def test_requests_of_their_own(text: str) -> None:
    assert not is_follow_up(text, mentions(text, NAMES))
