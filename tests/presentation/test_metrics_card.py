"""What a person reads when they ask for a metric."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from assistant.contracts.errors import Unavailable
from assistant.contracts.interval import Interval
from assistant.contracts.metrics import Measured, MetricsReport, MetricsRequest
from assistant.presentation.cards.metrics import metrics_card
from assistant.presentation.plain import render

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
ERRORS = Measured("payments", "production", "error-rate", "%", 6.25, 0.41, 0.4, "http://graph")


def shown(*measured: Measured) -> str:
    return render(metrics_card(MetricsReport(MetricsRequest(), measured, NOW), sandbox=False), timezone.utc, NOW)


def test_one_number_is_the_answer_with_its_graph() -> None:
    answer = "payments in production: error rate 6.2 % (an hour ago 0.41, a week ago 0.4)"
    assert shown(ERRORS) == f"{answer}\nGraph: http://graph"


def test_several_numbers_of_a_service_are_a_list() -> None:
    slow = replace(ERRORS, metric="latency-p95", unit="ms", now=1234.5, hour_ago=None, week_ago=180.0)
    assert shown(ERRORS, slow).splitlines()[2] == "  • p95 latency: 1,234 ms (a week ago 180)"


def test_several_services_are_told_apart() -> None:
    text = shown(ERRORS, replace(ERRORS, service="search"))
    assert text.startswith("The error rate now:\n  • payments in production: 6.2 % (")
    text = shown(ERRORS, replace(ERRORS, service="search", metric="cpu"))
    assert text.startswith("2 places, now:\n  • payments in production: error rate 6.2 % (")


def test_no_data_is_said_and_so_is_who_did_not_answer() -> None:
    nothing = replace(ERRORS, now=None, hour_ago=None, week_ago=None)
    assert "error rate no data" in shown(nothing) and "finds nothing to measure" in shown(nothing)
    failed = shown(replace(nothing, problem=Unavailable("prom-prd", "did not answer in time")))
    assert failed.endswith("error rate is unknown: prom-prd did not answer in time.") and "no data" not in failed


@pytest.mark.parametrize(
    ("value", "said"), [(0.0, "0 %"), (0.0123, "0.012 %"), (12.34, "12.3 %"), (98765.4, "98,765 %")]
)
def test_numbers_are_as_exact_as_they_are_useful(value: float, said: str) -> None:
    assert f"error rate {said} (" in shown(replace(ERRORS, now=value))


def test_the_past_that_was_asked_for_stands_before_the_present() -> None:
    interval = Interval(NOW - timedelta(hours=8), NOW - timedelta(hours=6), "at 2am")
    then = replace(ERRORS, hour_ago=None, week_ago=None, past=((NOW - timedelta(hours=7), 1.5),))

    def text(*measured: Measured) -> str:
        report = MetricsReport(MetricsRequest(interval=interval), measured, NOW)
        return render(metrics_card(report, sandbox=False), timezone.utc, NOW)

    lines = ["payments in production: error rate, at 2am:", "  • 02:30: 1.5 %", "  • now: 6.2 %", "Graph: http://graph"]
    assert text(then).splitlines() == lines
    assert "  • search in production: error rate 1.5 % at 02:30, now 6.2 %" in text(
        then, replace(then, service="search")
    )
    nothing = replace(then, past=((NOW, None),))
    assert "no data" in text(nothing) and "finds nothing to measure" in text(nothing)
    unknown = text(replace(then, problem=Unavailable("prometheus", "did not answer in time")))
    assert "is unknown" in unknown and "1.5" not in unknown
