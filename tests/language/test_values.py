"""What was typed becomes one canonical value."""

from __future__ import annotations

import pytest

from assistant.language.values import length_in_seconds, normalise


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("version", "v1.4.2", "1.4.2"),
        ("version", "main", "main"),
        ("version", "vat-fix", "vat-fix"),
        ("run", "#42", "42"),
        ("severity", "Warnings", "warning"),
        ("severity", "sev 1", "critical"),
        ("metric", "Response times", "latency"),
        ("metric", "CPU", "cpu"),
        ("category", "costs", "cost"),
        ("duration", "2h", "PT7200S"),
        ("duration", "until noon", "until noon"),
        ("alert", "HighErrorRate", "HighErrorRate"),
    ],
)
def test_canonical(kind: str, typed: str, value: str) -> None:
    assert normalise(kind, typed) == value


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("90 minutes", 5400),
        ("half an hour", 1800),
        ("an hour and a half", 5400),
        ("1h 30m", 5400),
        ("two days", 172800),
        ("twenty minutes", 1200),
        ("until 5pm", 0),
        ("a while", 0),
    ],
)
def test_lengths(typed: str, seconds: int) -> None:
    assert length_in_seconds(typed) == seconds
