"""Alerts that people name in prose."""

from __future__ import annotations

import pytest

from assistant.operations.alert_names import spoken

NAMES = ("HighErrorRate", "HighLatency", "DiskAlmostFull", "QueueBacklog", "KubePodCrashLooping")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("runbook for the high error rate", ("HighErrorRate",)),
        ("what do I do about error rates on checkout", ("HighErrorRate",)),
        ("is the latency alert muted", ("HighLatency",)),
        ("the disk is full", ("DiskAlmostFull",)),
        ("high latency and a high error rate", ("HighErrorRate",)),
        ("any alerts in production", ()),
        ("the disk of the database", ()),
        ("", ()),
    ],
)
def test_a_name_is_meant_when_all_its_telling_words_are_said(text: str, names: tuple[str, ...]) -> None:
    assert spoken(text, NAMES) == names
