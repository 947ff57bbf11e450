"""Values that need no catalogue: found as typed, apart from what only looks like them."""

from __future__ import annotations

import pytest

from assistant.language import patterns
from assistant.language.names import Names
from assistant.language.reading import mentions
from tests.language.platform import platform

NAMES = Names(platform())


def values(text: str) -> list[tuple[str, str]]:
    return [(mention.kind, mention.text) for mention in mentions(text, NAMES)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("ship payments v2.0.0-rc.1", "version", "v2.0.0-rc.1"),
        ("what's in 3f2c1ab", "version", "3f2c1ab"),
        ("deploy feature/gift-cards to qa", "version", "feature/gift-cards"),
        ("is main green", "version", "main"),
        ("approve 42", "run", "42"),
        ("retry build #1289", "run", "#1289"),
        ("run no. 31 please", "run", "31"),
        ("payments 1.4.0..1.4.2", "version", "1.4.2"),
        ("ack HighErrorRate", "alert", "HighErrorRate"),
        ("ack diskfull on search", "alert", "diskfull"),
        ("SILENCE HIGHERRORRATE", "alert", "HIGHERRORRATE"),
        ("inventory disk usage in percent?", "metric", "disk usage"),
        ("start one from the ml-training template", "template", "ml-training"),
        ("what is new compared to 4.1.", "version", "4.1"),
        ("any critical alerts?", "severity", "critical"),
        ("sev1 alerts", "severity", "sev1"),
        ("error rate of checkout", "metric", "error rate"),
        ("p99 of search", "metric", "p99"),
        ("send alerts to #team-payments", "channel", "#team-payments"),
        ("post alerts here", "channel", "here"),
        ("alerts to <#C024BE91L|auth-alerts> please", "channel", "<#C024BE91L|auth-alerts>"),
        ("silence it for 2 hours", "duration", "2 hours"),
        ("lock qa until tomorrow morning", "duration", "until tomorrow morning"),
        ("lock qa until we're done", "duration", "until we're done"),
        ("mute 30m", "duration", "30m"),
        ("deploys since Monday", "time", "since Monday"),
        ("what broke around 3am", "time", "around 3am"),
        ("deploys last week", "time", "last week"),
        ("before easter", "time", "easter"),
        ("new service from the fastapi template", "template", "fastapi"),
        ("create a python service", "template", "python service"),
        ("where can we save costs", "category", "costs"),
    ],
)
def test_found(text: str, kind: str, value: str) -> None:
    assert (kind, value) in values(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I got a 403 from you", "run"),
        ("the page is from 2019", "run"),
        ("payments returns 502s", "duration"),
        ("how much downtime did we have", "alert"),
        ("the last 20 deployments", "run"),
        ("and yesterday between 8 and 10?", "run"),
        ("monday from 18 to 20", "run"),
        ("connection refused 10.0.3.17", "version"),
        ("twice a week", "duration"),
        ("who is on call right now", "time"),
        ("is my GitHub account ok", "alert"),
        ("a TypeScript question", "alert"),
        ("what did it cost us", "category"),
        ("the main reason is unclear", "version"),
        ("is anyone here", "channel"),
        ("dm me", "channel"),
        ("a deprecation warning in the log", "severity"),
    ],
)
def test_not_taken_for(text: str, kind: str) -> None:
    assert kind not in dict(values(text))


def test_of_overlapping_values_one_is_kept() -> None:
    assert values("since 2.0 of #billing") == [("version", "2.0"), ("channel", "#billing")]
    assert values("team-payments alerts") == [("team", "team-payments")]


def test_a_long_message_is_read_in_time() -> None:
    import time

    start = time.perf_counter()
    mentions("deploy until for the next 2 of main 12 " * 1000, NAMES)
    assert time.perf_counter() - start < 5


def test_a_date_is_no_version() -> None:
    found = [mention.text for mention in patterns.find("deploys of 1.4.2 on 20.11.2026") if mention.kind == "version"]
    assert found == ["1.4.2"]
