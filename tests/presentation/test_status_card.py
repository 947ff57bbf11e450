"""What a person reads when they ask how things are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from assistant.contracts.card import Card, Link, Moment, Row
from assistant.contracts.delivery import Behind, Deployment, Health, HealthLevel, Phase, ServiceState, Start
from assistant.contracts.errors import Unavailable
from assistant.contracts.status import Observed, StatusReport, StatusRequest
from assistant.presentation.cards.status import status_card
from assistant.presentation.plain import age, clean, render

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
LIVE = Deployment(
    "checkout", "staging", "1.4.2", Phase.SUCCEEDED, NOW, NOW - timedelta(hours=1), login="ana", start=Start.ON_MERGE
)
STATE = ServiceState("checkout", "staging", "github", NOW, LIVE)
FINE = Observed("checkout", "staging", STATE, Health(HealthLevel.HEALTHY, "no alerts"))


def shown(*places: Observed, request: StatusRequest | None = None) -> str:
    report = StatusReport(request or StatusRequest(environments=("staging",)), places, NOW)
    card = status_card(report, {"ana": "Ana Duarte"}.get, sandbox=False)  # type: ignore[arg-type]
    return render(card, timezone.utc, NOW)


def test_a_line_says_version_since_when_by_whom_and_how() -> None:
    assert " ✓ checkout  healthy · 1.4.2 since 08:30 (Ana Duarte, on merge)" in shown(FINE)


def test_an_overview_shows_what_is_not_fine_and_counts_the_rest() -> None:
    bad = replace(FINE, environment="production", health=Health(HealthLevel.CRITICAL, "HighErrorRate", since=NOW))
    text = shown(bad, FINE, replace(FINE, service="search"), request=StatusRequest())
    assert text.splitlines()[0] == "All environments: checkout with a critical alert, the other 2 running and healthy"
    assert " ✗ checkout production  HighErrorRate since" in text and "checkout staging" not in text
    assert shown(FINE, FINE, request=StatusRequest()) == "All environments: all 2 running and healthy"


def test_what_is_left_out_is_said() -> None:
    request = StatusRequest(environments=("staging",), without=("payments", "search"))
    assert shown(FINE, request=request).startswith("staging without payments and search: running and healthy")


def test_all_healthy_is_only_said_when_everybody_said_so() -> None:
    other = replace(FINE, service="search")
    assert shown(FINE, other).startswith("staging: all 2 running and healthy")
    unknown = replace(other, health=Health(HealthLevel.UNKNOWN, "alertmanager did not answer"))
    text = shown(FINE, unknown)
    assert text.startswith("staging: all 2 running\n")
    assert "Health is unknown for search: alertmanager did not answer." in text


def test_the_title_counts_every_fact_that_is_not_fine() -> None:
    assert FINE.state
    going = replace(LIVE, version="1.5.0", phase=Phase.RUNNING, step="Smoke test, step 4 of 6")
    busy = replace(
        FINE,
        service="search",
        state=replace(FINE.state, under_way=going),
        health=Health(HealthLevel.WARNING, "HighLatency", None, NOW),
    )
    text = shown(busy, FINE)
    assert text.startswith("staging: search with a warning and deploying, the other 1 running and healthy")
    assert " ! search    HighLatency since 09:30 · 1.5.0 deploying: Smoke test, step 4 of 6, since 09:30" in text


def test_a_provider_that_did_not_answer_is_named_with_the_age_of_what_is_shown() -> None:
    assert FINE.state
    old = replace(FINE.state, observed_at=NOW - timedelta(minutes=14))
    text = shown(replace(FINE, state=old, problem=Unavailable("jenkins", "did not answer in time")))
    assert "jenkins did not answer in time, as of 14 min ago" in text
    assert text.startswith("staging: not answered for")


def test_nothing_known_is_said_plainly() -> None:
    nothing = replace(
        FINE, state=None, problem=Unavailable("github", "answered 500"), health=Health(HealthLevel.UNKNOWN, "x")
    )
    assert "github answered 500 · nothing known yet" in shown(nothing)


def test_production_reads_how_far_it_is_behind() -> None:
    behind = replace(FINE, environment="production", lag=Behind(4, "production", "staging", "1.4.6"))
    request = StatusRequest(environments=("production",))
    assert "4 versions behind staging (1.4.6)" in shown(behind, request=request)
    one = replace(FINE, lag=Behind(1, "production", "staging", "1.4.2"))
    assert "production 1 version behind" in shown(one)


def test_a_question_about_a_version_is_answered_with_yes_or_no_first() -> None:
    request = StatusRequest(("checkout",), ("staging",), "1.4.2")
    assert shown(replace(FINE, has_version="same"), request=request).startswith("Yes, checkout 1.4.2 is in staging.")
    asked = replace(request, version="1.4.1")
    newer = shown(replace(FINE, has_version="newer"), request=asked)
    assert newer.startswith("No, checkout in staging is at 1.4.2, which is newer than 1.4.1.")
    stale = replace(FINE, has_version="same", problem=Unavailable("github", "answered 500"))
    assert shown(stale, request=request).startswith("I can't say for sure")


def test_times_are_in_the_readers_zone() -> None:
    line = (Moment(NOW), " ", Moment(NOW - timedelta(days=1)), " ", Moment(NOW - timedelta(days=30)))
    card = Card("t", lines=(line,))
    assert render(card, ZoneInfo("Asia/Tokyo"), NOW) == "t\n18:30 yesterday 18:30 Sat 31 Jan 18:30"
    late = datetime(2026, 3, 2, 23, 30, tzinfo=timezone.utc)
    assert render(Card("t", lines=((Moment(late),),)), ZoneInfo("Asia/Tokyo"), late) == "t\n08:30"


def test_text_of_others_cannot_draw_outside_its_place() -> None:
    evil = "1.0\n ✓ fake  row\u202e\x1b[31m"
    card = Card("t", rows=(Row("ok", evil, (Link("see", "http://x/\n"),)),))
    text = render(card, timezone.utc, NOW)
    assert len(text.splitlines()) == 2
    assert "\x1b" not in text and "\u202e" not in text
    assert clean("a\u200bb\tc") == "ab c"


def test_ages_are_said_in_their_largest_sensible_unit() -> None:
    assert [age(seconds) for seconds in (12, 840, 7200, 90000, 200000)] == ["12 s", "14 min", "2 h", "1 day", "2 days"]


def test_made_up_data_is_marked() -> None:
    report = StatusReport(StatusRequest(environments=("staging",)), (FINE,), NOW)
    assert "sandbox" in render(status_card(report, str, sandbox=True), timezone.utc, NOW)


def test_what_runs_is_told_when_it_is_not_what_was_recorded() -> None:
    assert "1.4.2 since 08:30 (Ana Duarte, on merge) · recorded 1.4.2, running 1.4.1" in shown(
        replace(FINE, running="1.4.1")
    )
    assert "running 1.4.1" not in shown(FINE)
    assert "recorded" not in shown(replace(FINE, running="v1.4.2"))
    asked = StatusRequest(("checkout",), ("staging",), "1.4.2")
    text = shown(replace(FINE, running="1.4.1", has_version="same"), request=asked)
    assert text.startswith("By the records checkout in staging is at 1.4.2, but 1.4.1 is running there.")


def test_two_versions_side_by_side_are_ordinary_while_one_is_rolled_out() -> None:
    assert FINE.state
    busy = replace(FINE, state=replace(FINE.state, under_way=replace(LIVE, version="1.5.0", phase=Phase.RUNNING)))
    assert "recorded" not in shown(replace(busy, running="1.4.2, 1.5.0"))
    assert "recorded 1.4.2, running 1.4.2, 1.5.0" in shown(replace(FINE, running="1.4.2, 1.5.0"))


def test_what_is_true_of_many_is_said_once() -> None:
    gone = Unavailable("github", "cannot be reached at http://127.0.0.1:1")
    old = replace(STATE, observed_at=NOW - timedelta(minutes=3))
    text = shown(*(replace(FINE, service=name, state=old, problem=gone) for name in ("a", "b", "c")))
    assert text.startswith("staging: 3 not answered for\n")
    assert "a, b and c: github cannot be reached at http://127.0.0.1:1." in text
    assert text.count("cannot be reached") == 1
    assert text.count("as of 3 min ago") == 3


def test_what_is_not_known_is_not_called_absent() -> None:
    unknown = replace(FINE, state=None, problem=Unavailable("github", "answered 500"))
    assert "not deployed" not in shown(unknown, FINE)


def test_of_hundreds_the_worst_are_shown_and_the_rest_is_counted() -> None:
    old = replace(STATE, observed_at=NOW - timedelta(minutes=2))
    text = shown(*(replace(FINE, service=f"service-{number}", state=old) for number in range(60)))
    assert text.count(" ✓ ") == 40
    assert "… and 20 more, all of them running" in text
    assert "seen up to 2 min ago" in text


def test_when_nobody_sees_what_runs_the_records_are_not_called_the_truth() -> None:
    unseen = replace(FINE, has_version="same", unseen=Unavailable("prometheus", "did not answer in time"))
    text = shown(unseen, request=StatusRequest(("checkout",), ("staging",), "1.4.2"))
    assert text.startswith("By the records checkout 1.4.2 is in staging")
    assert "prometheus did not answer in time" in text
    assert "What really runs is not known" in shown(unseen)


def test_nothing_known_is_not_called_healthy() -> None:
    nothing = replace(FINE, state=None, problem=Unavailable("github", "answered 404"))
    assert "healthy" not in shown(nothing).splitlines()[1]


def test_what_is_under_way_is_shown_alone_and_the_silence_is_named() -> None:
    going = replace(LIVE, version="1.5.0", phase=Phase.RUNNING)
    busy = replace(FINE, state=replace(STATE, under_way=going))
    silent = replace(FINE, service="search", problem=Unavailable("github", "did not answer in time"))
    text = shown(busy, silent, request=StatusRequest(environments=("staging",), under_way=True))
    assert text.startswith("1 deployment is under way in staging:")
    assert "There may be more. search: github did not answer in time." in text
    assert " search " not in text
