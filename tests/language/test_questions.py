"""Where one message may be two questions."""

from __future__ import annotations

import pytest

from assistant.language.questions import LONGEST, halves


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("how's staging and who owns search?", ("how's staging", "who owns search?")),
        ("Is checkout red, and who's on call?", ("Is checkout red", "who's on call?")),
        ("who owns search? also what's firing", ("who owns search", "also what's firing")),
        ("hey, any alerts in prod, what changed today", ("hey, any alerts in prod", "what changed today")),
    ],
)
def test_two_requests(text: str, pair: tuple[str, str]) -> None:
    assert pair in list(halves(text))


@pytest.mark.parametrize(
    "text",
    [
        "what changed between staging and what is in prod",
        "we shipped 20 minutes ago, did that set off any alerts?",
        "how are checkout and payments doing",
        "is checkout red and why",
        "I don't know whom to ask. Who owns search?",
        "who owns " + "x" * LONGEST + "? who is on call?",
    ],
)
def test_what_is_one_request_or_a_story_stays_whole(text: str) -> None:
    assert list(halves(text)) == []
