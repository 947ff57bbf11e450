"""A card as lines of text."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from assistant.contracts.card import Card, Line, Link, Moment
from assistant.presentation.plain import render

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
PAGE = Link("page", "https://docs.example/x")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ((PAGE, ". Then call."), "page https://docs.example/x . Then call."),
        ((PAGE, ", by Ana"), "page https://docs.example/x , by Ana"),
        ((PAGE, " by Ana"), "page https://docs.example/x by Ana"),
        ((PAGE, Moment(NOW)), "page https://docs.example/x 09:30"),
        ((PAGE, PAGE), "page https://docs.example/x page https://docs.example/x"),
        (("See ", PAGE), "See page https://docs.example/x"),
        ((PAGE, ""), "page https://docs.example/x"),
    ],
)
def test_nothing_sticks_to_the_end_of_a_link(line: Line, text: str) -> None:
    assert render(Card("Title", lines=(line,)), timezone.utc, NOW) == f"Title\n{text}"
