"""What a person reads when they ask what was deployed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from assistant.contracts.delivery import Deployment, Phase, Start
from assistant.contracts.errors import Unavailable
from assistant.contracts.history import HistoryReport, HistoryRequest, Merge
from assistant.contracts.interval import BEGINNING, Interval
from assistant.presentation.cards.history import history_card
from assistant.presentation.plain import render

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
THEN = NOW - timedelta(hours=1)
ONE = Deployment(
    "payments",
    "production",
    "1.4.1",
    Phase.SUCCEEDED,
    THEN,
    THEN,
    login="priya",
    start=Start.BY_HAND,
    url="https://ci.example/7",
)
LAST = HistoryRequest(("payments",), ("production",), count=1)
ALL = replace(LAST, count=10)


def shown(request: HistoryRequest, *deployments: Deployment, found: int | None = None, **more: object) -> str:
    report = HistoryReport(request, deployments, len(deployments) if found is None else found, NOW, **more)  # type: ignore[arg-type]
    card = history_card(report, {"priya": "Priya Raman", "ana": "Ana Duarte"}.__getitem__, sandbox=False)
    return render(card, timezone.utc, NOW)


def test_the_last_one_begins_with_who() -> None:
    first, second = shown(LAST, ONE).splitlines()
    assert first == "Priya Raman deployed payments 1.4.1 to production."
    assert second == "08:30, started by hand https://ci.example/7"


def test_times_are_in_the_readers_zone() -> None:
    report = HistoryReport(LAST, (ONE,), 1, NOW)
    assert "14:00" in render(history_card(report, str, False), ZoneInfo("Asia/Kolkata"), NOW)


def test_on_merge_it_says_who_merged_what_and_which_workflow_deployed() -> None:
    merge = Merge("133", "Rank titles first", "ana", "priya", "deploy.yml", "https://ci.example/pull/133")
    text = shown(LAST, replace(ONE, start=Start.ON_MERGE), merge=merge)
    assert text.startswith("payments 1.4.1 went to production on merge: Priya Raman merged #133.")
    assert "deployed by deploy.yml" in text
    assert "#133 Rank titles first by Ana Duarte https://ci.example/pull/133" in text


def test_what_came_since_is_not_kept_quiet() -> None:
    waiting = replace(ONE, version="1.4.2", phase=Phase.WAITING, login="ana")
    assert "Since then: 1.4.2 by Ana Duarte, still waiting, 08:30" in shown(LAST, ONE, newer=(waiting,))


def test_a_failure_is_never_told_as_a_deployment() -> None:
    failed = shown(LAST, replace(ONE, phase=Phase.FAILED))
    assert failed.startswith("Priya Raman started to deploy payments 1.4.1 to production; it failed.")
    unknown = shown(LAST, replace(ONE, phase=Phase.UNKNOWN))
    assert "how it ended is not known" in unknown
    merged = shown(LAST, replace(ONE, phase=Phase.CANCELLED, start=Start.ON_MERGE))
    assert "(cancelled) was to go to production" in merged


def test_a_list_marks_what_failed_and_links_it() -> None:
    text = shown(ALL, ONE, replace(ONE, version="1.4.0", phase=Phase.FAILED))
    assert text.startswith("2 deployments of payments to production; 1 of them failed")
    assert " ✓ production  1.4.1 08:30 (Priya Raman, by hand)" in text
    assert " ✗ production  1.4.0 08:30 (failed, Priya Raman, by hand) https://ci.example/7" in text


def test_what_is_not_shown_is_counted_with_how_to_narrow_it_down() -> None:
    text = shown(ALL, ONE, found=30)
    assert text.startswith("The newest 1 of 30 deployments")
    assert "29 more: name a service, an environment or a time" in text
    assert "at least 30" in shown(ALL, ONE, found=30, cut=("payments",))


def test_how_a_time_was_read_is_said() -> None:
    when = Interval(NOW - timedelta(days=3), NOW - timedelta(days=2), "last Friday")
    text = shown(replace(ALL, interval=when), ONE)
    assert "1 deployment of payments to production, last Friday" in text
    assert "I read “last Friday” as from Fri 27 Feb 09:30 until Sat 28 Feb 09:30." in text
    before = replace(when, start=BEGINNING, words="before Friday")
    assert "I read “before Friday” as until Sat 28 Feb" in shown(replace(ALL, interval=before), ONE)


def test_nothing_found_is_not_said_when_nobody_answered() -> None:
    assert shown(ALL) == "I found no deployment of payments to production."
    error = Unavailable("github", "did not answer in time")
    text = shown(ALL, problems=(("payments", error), ("search", error)))
    assert text.startswith("I can't say for sure")
    assert "payments and search: github did not answer in time; missing here." in text


def test_what_was_seen_last_is_shown_with_its_age() -> None:
    error = Unavailable("jenkins", "did not answer in time")
    problems = (("payments", error), ("search", error))
    text = shown(ALL, ONE, problems=problems, ages={"payments": timedelta(minutes=14)}, cut=("payments",))
    assert "search: jenkins did not answer in time; missing here." in text
    told = (
        "payments: jenkins did not answer in time; the newest ones are shown as of 14 min ago, older ones are missing."
    )
    assert told in text and "There may be older ones" not in text
