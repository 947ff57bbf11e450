"""Names that are taken back within the message that says them."""

from __future__ import annotations

import pytest

from actions.request import said
from assistant.language.names import Names
from tests.operations.platform import CATALOGUE

NAMES = Names(CATALOGUE)


def environments(text: str, intent: str = "ask_status") -> list[str]:
    found = [
        {"entity": one.kind, "value": one.text, "start": one.start, "end": one.end}
        for one in NAMES.find(text)
        if one.kind in ("service", "environment")
    ]
    values = said({"text": text, "intent": {"name": intent}, "entities": found}, {}, NAMES).values
    return values.get("environment", [])


@pytest.mark.parametrize(
    "text",
    [
        "how's checkout in production, no wait, i meant staging",
        "how is search in production? no, staging",
        "how is search in production - sorry, staging",
        "how is search in production i mean staging",
        "how is search in production, actually make that staging",
        "is search in production ok? oops wrong one, i meant staging",
    ],
)
def test_only_the_correction_counts(text: str) -> None:
    assert environments(text) == ["staging"]


@pytest.mark.parametrize(
    "text",
    [
        "how is search in production and staging",
        "how's production, and actually staging too",
        "is search in production actually newer than in staging",
    ],
)
def test_what_adds_takes_nothing_back(text: str) -> None:
    assert environments(text) == ["production", "staging"]


def test_two_places_of_a_change_stay_a_question() -> None:
    assert environments("deploy search to production, no wait, staging", "deploy") == ["production", "staging"]
