"""What somebody is told who asks for a cause: what happened when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.contracts.causes import CauseReport, CauseRequest
from assistant.contracts.delivery import Health, HealthLevel, Phase
from assistant.contracts.errors import Invalid, NotAllowed, Unavailable
from assistant.contracts.metrics import Measured
from assistant.operations import causes as operation
from assistant.operations.causes import causes
from assistant.presentation.cards.causes import causes_card
from assistant.presentation.plain import render
from assistant.safeguards.access import Access
from tests.operations.platform import NOW, FakeCi, FakeMonitoring, context
from tests.operations.test_history import FakeHistory, past
from tests.operations.test_metrics import Measures

MAY = Access(members=("read:status", "read:history", "read:metrics"))
SLOW = Health(HealthLevel.WARNING, "HighLatency", since=NOW - timedelta(minutes=90))
SEARCH = {("search", "staging"): past("search", "staging", "2.9.0", "2.8.2")}


def told(
    request: CauseRequest, fake: FakeHistory, health: dict[tuple[str, str], Health], access: Access = MAY
) -> tuple[CauseReport, str]:
    world = replace(
        context(FakeCi(), FakeMonitoring(health), access=access),
        history=lambda name: fake,
        metrics={"prometheus": lambda: Measures()},
    )
    report = causes(world, request)
    return report, render(causes_card(report, str, sandbox=False), None, NOW)


def test_the_place_that_is_not_well_and_the_order_of_things() -> None:
    report, text = told(CauseRequest("search", version="2.9.0"), FakeHistory(SEARCH), {("search", "staging"): SLOW})
    assert report.environment == "staging"
    assert text.startswith("search in staging: HighLatency began 30 min before the deployment of 2.9.0.")
    lines = [line.split()[1] for line in text.splitlines()[1:4]]
    assert lines == ["2.9.0", "HighLatency", "2.8.2"], "not in the order of time"
    assert "what caused it I can't tell" in text


def test_an_alert_after_the_deployment_is_called_so() -> None:
    later = replace(SLOW, since=NOW - timedelta(minutes=40))
    _, text = told(CauseRequest("search"), FakeHistory(SEARCH), {("search", "staging"): later})
    assert "HighLatency began 20 min after the deployment of 2.9.0." in text


def test_where_nothing_fires_the_failed_deployment_is_the_trouble() -> None:
    failed = past("search", "qa", "2.9.0", phase=Phase.FAILED)
    report, text = told(CauseRequest("search"), FakeHistory({("search", "qa"): failed}), {})
    assert report.environment == "qa"
    assert text.startswith("search in qa: nothing fires, but the deployment of 2.9.0 failed.")


def test_a_version_that_never_came_there_is_no_suspect() -> None:
    asked = CauseRequest("search", ("production",), "9.9.9")
    _, text = told(asked, FakeHistory(SEARCH), {})
    assert text.startswith("search in production: nothing fires. I find no deployment of 9.9.9 there.")


def test_who_does_not_answer_is_named_and_nothing_is_concluded() -> None:
    silent = FakeHistory(errors={"search": Unavailable("github", "did not answer in time")})
    report, text = told(CauseRequest("search", ("staging",), "2.9.0"), silent, {("search", "staging"): SLOW})
    assert report.suspect is None
    assert text.startswith("search in staging: HighLatency fires.\n")
    assert "deployments: github did not answer in time; missing here." in text
    unknown = {("search", "staging"): Health(HealthLevel.UNKNOWN, "alertmanager answered 500")}
    _, text = told(CauseRequest("search", ("staging",)), FakeHistory(SEARCH), unknown)
    assert "whether anything fires is not known (alertmanager answered 500)" in text


def test_only_metrics_that_changed_are_shown_with_both_values() -> None:
    report, _ = told(CauseRequest("search"), FakeHistory(SEARCH), {("search", "staging"): SLOW})
    moved = Measured("search", "staging", "latency-p95", "ms", 900.0, past=((NOW, 200.0),))
    steady = Measured("search", "staging", "cpu", "%", 41.0, past=((NOW, 40.0),))
    shown = render(causes_card(replace(report, measured=(moved, steady)), str, sandbox=False), None, NOW)
    assert "p95 latency: 900 ms now, 200 ms at " in shown and "cpu" not in shown
    same = render(causes_card(replace(report, measured=(steady,)), str, sandbox=False), None, NOW)
    assert "No metric is much different from " in same


def test_it_needs_both_rights_and_a_place_where_the_service_runs() -> None:
    with pytest.raises(NotAllowed):
        told(CauseRequest("search"), FakeHistory(SEARCH), {}, Access(members=("read:status",)))
    with pytest.raises(Invalid, match="does not run in qa"):
        told(CauseRequest("billing-worker", ("qa",)), FakeHistory(), {})


def test_the_newest_few_and_the_suspect_are_shown() -> None:
    many = past("search", "staging", "2.9.3", "2.9.2", "2.9.1", "2.9.0", "2.8.2")
    report, _ = told(CauseRequest("search", ("staging",), "2.8.2"), FakeHistory({("search", "staging"): many}), {})
    assert [one.version for one in report.deployments] == ["2.9.3", "2.9.2", "2.8.2"]
    assert len(report.deployments) == operation.SHOWN
