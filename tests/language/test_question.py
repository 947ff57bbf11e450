"""What is left of a question when its filler is gone."""

from __future__ import annotations

import pytest

from assistant.language.question import canonical, terms


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Hi! Could you please tell me how I get access to a database?", ("access", "database")),
        ("postgres permissions", ("database", "access")),
        ("where's the page about on-call?", ("oncall",)),
        ("<@U12345> :book: vpn docs", ("vpn",)),
        ("how do I log in to Grafana", ("login", "grafana")),
        ("more, please", ()),
        ("/ask_docs", ()),
        ("", ()),
        ("What does error code 4012 mean?", ("error", "code", "4012")),
    ],
)
def test_terms(question: str, left: tuple[str, ...]) -> None:
    assert terms(question) == left


def test_a_long_question_has_a_bounded_number_of_terms() -> None:
    assert len(terms(" ".join(f"word{number}" for number in range(500)))) == 16


def test_words_that_mean_the_same_become_one_wherever_they_stand() -> None:
    assert canonical("Renewed credentials after an outage") == "rotate secret after an incident"
    assert canonical("a slower localhost") == "a slower localhost"
