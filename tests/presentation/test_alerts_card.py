"""What a person reads when they ask what fires."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from assistant.contracts.alerts import Alert, AlertsReport, AlertsRequest, Firing, Runbook, RunbookReport, Silence
from assistant.contracts.errors import Unavailable
from assistant.presentation.cards.alerts import alerts_card, runbook_card
from assistant.presentation.plain import render

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
DOWN = Alert(
    "HighErrorRate",
    "critical",
    NOW,
    "am",
    {},
    "too many errors",
    "https://run/book",
    "https://dash/board",
    "https://am",
)
FIRING = Firing(DOWN, "payments", "production")
PROBLEM = Unavailable("am-prd", "did not answer in time")


def shown(report: AlertsReport) -> str:
    return render(alerts_card(report, sandbox=False), timezone.utc, NOW)


def test_a_line_says_what_how_bad_since_when_and_where_to_look() -> None:
    text = shown(AlertsReport(AlertsRequest(), (FIRING,)))
    assert text.splitlines() == [
        "1 alert is firing: 1 critical.",
        " ✗ payments production  HighErrorRate (critical) since 09:30: too many errors"
        " · runbook https://run/book · dashboard https://dash/board",
    ]


def test_nothing_is_only_called_quiet_when_everybody_answered() -> None:
    asked = AlertsRequest(environments=("production",))
    assert shown(AlertsReport(asked)) == "Nothing is firing in production."
    text = shown(AlertsReport(asked, problems=(PROBLEM,)))
    assert text.startswith("I can't say whether anything is firing in production: am-prd did not answer.")
    partial = shown(AlertsReport(asked, (FIRING,), problems=(PROBLEM,)))
    assert "am-prd did not answer in time. What fires there is not in this list." in partial


def test_what_was_said_last_is_shown_with_its_age() -> None:
    before = AlertsReport(
        AlertsRequest(), (FIRING,), problems=(PROBLEM,), asked=1, ages={"am-prd": timedelta(minutes=3)}
    )
    title, *_, note = shown(before).splitlines()
    assert title == "I can't say what is firing now: am-prd did not answer. 3 min ago 1 alert was firing."
    assert note == "am-prd did not answer in time. What fires there is shown as of 3 min ago."
    quiet = shown(replace(before, firing=()))
    assert quiet.startswith("I can't say what is firing now: am-prd did not answer. 3 min ago nothing was firing.")
    partly = shown(replace(before, asked=2))
    assert partly.startswith("1 alert is firing") and "is shown as of 3 min ago" in partly


def test_a_question_about_one_alert_is_answered_with_yes_or_no() -> None:
    asked = AlertsRequest(alerts=("HighErrorRate",))
    assert shown(AlertsReport(asked, (FIRING,))).startswith("Yes, HighErrorRate is firing for payments.")
    assert shown(AlertsReport(asked)) == "No, HighErrorRate is not firing."
    assert shown(AlertsReport(asked, problems=(PROBLEM,))).startswith("I can't say whether HighErrorRate is firing")


def test_silences_say_until_when_by_whom_and_why() -> None:
    quiet = replace(FIRING, alert=replace(DOWN, silences=(Silence(NOW + timedelta(hours=1), "Ana", "load test"),)))
    text = shown(AlertsReport(AlertsRequest(), silenced=(quiet,)))
    assert text.splitlines() == [
        "Nothing is firing, 1 silenced.",
        "Silenced: HighErrorRate (payments production) until 10:30 by Ana: load test",
    ]


def test_alerts_that_fit_no_service_show_their_labels() -> None:
    odd = Firing(Alert("Disk", "none", NOW, "am", {"alertname": "Disk", "node": "build-03\n ✓ fake"}))
    text = shown(AlertsReport(AlertsRequest(), unmapped=(odd,)))
    assert text.startswith(
        "1 alert is firing: 1 without severity.\n ! no service  Disk since 09:30 · node=build-03  ✓ fake"
    )
    assert "fit no service of the catalogue" in text


def test_a_long_list_ends_with_how_to_narrow_it() -> None:
    text = shown(AlertsReport(AlertsRequest(), (FIRING,) * 25))
    assert text.startswith("25 alerts are firing: 25 critical.")
    assert text.count("✗") == 20
    assert "And 5 more: name a service" in text


def page(report: RunbookReport) -> str:
    return render(runbook_card(report, str.upper, sandbox=False), timezone.utc, NOW)


def test_a_runbook_is_a_link_with_where_it_was_found() -> None:
    found = Runbook("Slow", "https://docs/slow", "alert")
    text = page(RunbookReport(("Slow",), (found,)))
    assert text == "The runbook for Slow:\n  • Slow:  https://docs/slow (named by the alert)".replace(":  ", ": ")


def test_without_a_runbook_the_owner_is_named() -> None:
    text = page(RunbookReport(("Slow",), owners=(("team-a", "#a"), ("team-b", None))))
    assert text == "No runbook is known for Slow. Its owner is TEAM-A in #a and TEAM-B."
    assert page(RunbookReport(("Slow",), problems=(PROBLEM,))).startswith("I found no runbook for Slow, but")


def test_a_question_about_silences_is_answered_first() -> None:
    quiet = replace(FIRING, alert=replace(DOWN, silences=(Silence(NOW + timedelta(hours=1), "Ana", "load test"),)))
    any_ = AlertsRequest(silenced=True)
    named = AlertsRequest(alerts=("HighErrorRate",), silenced=True)
    text = shown(AlertsReport(any_, (FIRING,), silenced=(quiet,)))
    assert text.splitlines()[0] == "1 alert is silenced:"
    assert "until 10:30 by Ana: load test" in text and "since" not in text
    assert shown(AlertsReport(any_, (FIRING,))) == "Nothing that fires is silenced."
    assert shown(AlertsReport(named, silenced=(quiet,))).startswith("Yes, HighErrorRate is silenced.")
    assert shown(AlertsReport(named, (FIRING,))).startswith("No, HighErrorRate is not silenced; it is firing.")
    assert shown(AlertsReport(any_, problems=(PROBLEM,))).startswith("I can't say whether anything is silenced")
