"""What people mean by the times they say."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts.errors import Invalid
from assistant.contracts.interval import BEGINNING
from assistant.language.moments import interval, spoken

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 4, 10, 30, tzinfo=BERLIN)  # a Wednesday
SAID = {
    "what shipped yesterday": ("03-03 00:00", "03-04 00:00"),
    "list everything that was released last Thursday": ("02-26 00:00", "02-27 00:00"),
    "deploys since Monday": ("03-02 00:00", "now"),
    "did anything happen around 3am": ("03-04 02:00", "03-04 04:00"),
    "what went out in the first half of August": ("2025-08-01 00:00", "2025-08-16 00:00"),
    "the second half of last month": ("02-15 00:00", "03-01 00:00"),
    "what was released this morning": ("03-04 05:00", "now"),
    "deploys between Tuesday and Thursday": ("02-24 00:00", "02-27 00:00"),
    "from monday to wednesday": ("03-02 00:00", "now"),
    "releases of the last 2 weeks": ("02-18 10:30", "now"),
    "what was deployed on the 1st": ("03-01 00:00", "03-02 00:00"),
    "on the 31st": ("01-31 00:00", "02-01 00:00"),
    "in Q3": ("2025-07-01 00:00", "2025-10-01 00:00"),
    "releases in October": ("2025-10-01 00:00", "2025-11-01 00:00"),
    "october 2024": ("2024-10-01 00:00", "2024-11-01 00:00"),
    "between 2 and 4pm yesterday": ("03-03 14:00", "03-03 16:00"),
    "yesterday between 2 and 4pm": ("03-03 14:00", "03-03 16:00"),
    "deployments before wednesday": (None, "03-04 00:00"),
    "after 3pm": ("03-03 15:00", "now"),
    "on 3 march": ("03-03 00:00", "03-04 00:00"),
    "1 to 15 august": ("2025-08-01 00:00", "2025-08-16 00:00"),
    "2026-02-01 to 2026-02-10": ("02-01 00:00", "02-11 00:00"),
    "31.12.": ("2025-12-31 00:00", "2026-01-01 00:00"),
    "3/4": ("03-04 00:00", "now"),
    "two days ago": ("03-02 00:00", "03-03 00:00"),
    "an hour ago": ("03-04 09:15", "03-04 09:45"),
    "at 14:00": ("03-03 13:45", "03-03 14:15"),
    "yesterday at 15:00": ("03-03 14:45", "03-03 15:15"),
    "in the last 24h": ("03-03 10:30", "now"),
    "last week": ("02-23 00:00", "03-02 00:00"),
    "early last week": ("02-23 00:00", "02-25 00:00"),
    "this week": ("03-02 00:00", "now"),
    "last month": ("02-01 00:00", "03-01 00:00"),
    "last quarter": ("2025-10-01 00:00", "2026-01-01 00:00"),
    "in 2025": ("2025-01-01 00:00", "2026-01-01 00:00"),
    "over the weekend": ("02-28 00:00", "03-02 00:00"),
    "last night": ("03-03 18:00", "03-04 06:00"),
    "monday evening": ("03-02 17:00", "03-03 00:00"),
    "around midnight": ("03-03 23:00", "03-04 01:00"),
    "the day before yesterday": ("03-02 00:00", "03-03 00:00"),
    "last wednesday": ("02-25 00:00", "02-26 00:00"),
    "deployments between friday 6pm and saturday noon": ("02-27 18:00", "02-28 12:00"),
    "fri 6pm to sat noon": ("02-27 18:00", "02-28 12:00"),
    "mon-fri": ("02-23 00:00", "02-28 00:00"),
    "what went to prod last thu": ("02-26 00:00", "02-27 00:00"),
    "yesterday between 8 and 10": ("03-03 08:00", "03-03 10:00"),
    "monday from 9 to 11": ("03-02 09:00", "03-02 11:00"),
    "between 9 and 5 yesterday": ("03-03 09:00", "03-03 17:00"),
    "monday between 9:30 and 11": ("03-02 09:30", "03-02 11:00"),
    "yesterday 14:00-16:00": ("03-03 14:00", "03-03 16:00"),
    "2pm-4pm yesterday": ("03-03 14:00", "03-03 16:00"),
    "between 1 and 3 hours ago": ("03-04 07:30", "03-04 09:30"),
    "from nov 14 to 16": ("2025-11-14 00:00", "2025-11-17 00:00"),
    "1-15 nov": ("2025-11-01 00:00", "2025-11-16 00:00"),
    "today since 8": ("03-04 08:00", "now"),
    "yesterday before noon": ("03-03 00:00", "03-03 12:00"),
    "yesterday afternoon": ("03-03 12:00", "03-03 18:00"),
    "wednesday afternoon": ("02-25 12:00", "02-25 18:00"),
    "late last night": ("03-03 18:00", "03-04 06:00"),
    "early this morning": ("03-04 05:00", "now"),
    "yesterday around noon": ("03-03 11:00", "03-03 13:00"),
    "at lunchtime yesterday": ("03-03 11:00", "03-03 14:00"),
    "monday last week": ("02-23 00:00", "02-24 00:00"),
    "last week's friday": ("02-27 00:00", "02-28 00:00"),
    "since the start of the week": ("03-02 00:00", "now"),
    "at the beginning of the month": ("03-01 00:00", "now"),
    "since two hours": ("03-04 08:30", "now"),
    "in the last half hour": ("03-04 10:00", "now"),
    "within the last day": ("03-03 10:30", "now"),
    "from yesterday to now": ("03-03 00:00", "now"),
    "between last friday and now": ("02-27 00:00", "now"),
    "since the 14th": ("02-14 00:00", "now"),
    "19.02.": ("02-19 00:00", "02-20 00:00"),
    "2026/02/19": ("02-19 00:00", "02-20 00:00"),
    "2026-02-19T14:00": ("02-19 13:45", "02-19 14:15"),
    "on 2026-02-19": ("02-19 00:00", "02-20 00:00"),
    "2026-02-19 14:00 utc": ("02-19 14:45", "02-19 15:15"),
    "08:00z": ("03-04 08:45", "03-04 09:15"),
    "yesterday at 10:00 est": ("03-03 15:45", "03-03 16:15"),
}


def local(text: str | None) -> datetime:
    if text is None:
        return BEGINNING
    if text == "now":
        return NOW
    full = text if len(text) > 11 else f"2026-{text}"
    return datetime.strptime(full, "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN)


@pytest.mark.parametrize(("said", "meant"), SAID.items())
def test_a_time_means_what_people_mean_by_it(said: str, meant: tuple[str | None, str]) -> None:
    found = spoken(said, NOW, BERLIN)
    assert found is not None
    assert (found.start, found.end) == (local(meant[0]), local(meant[1]))


@pytest.mark.parametrize(
    "said",
    [
        "who deployed payments",
        "the last 10 releases",
        "while everybody was in the all-hands",
        "what changed between 1.4.0 and 1.4.2",
        "is search 2.11 live",
        "between 8 and 10 deployments failed",
        "did it grow from 3 to 5 replicas",
    ],
)
def test_without_a_time_there_is_no_interval(said: str) -> None:
    assert spoken(said, NOW, BERLIN) is None


@pytest.mark.parametrize("said", ["on 30 february", "at 25:00", "over the holidays", "last sprint", "at 13:75"])
def test_a_time_that_is_none_is_refused_with_an_example(said: str) -> None:
    with pytest.raises(Invalid, match="since Monday"):
        spoken(f"what was deployed {said}", NOW, BERLIN)


@pytest.mark.parametrize("said", ["tomorrow", "next week", "since tomorrow"])
def test_the_future_is_refused(said: str) -> None:
    with pytest.raises(Invalid, match="future"):
        spoken(f"what was deployed {said}", NOW, BERLIN)


def test_a_day_is_the_speakers_day() -> None:
    tokyo = spoken("yesterday", NOW, ZoneInfo("Asia/Tokyo"))
    assert tokyo is not None and tokyo.start == datetime(2026, 3, 2, 15, tzinfo=timezone.utc)


def test_a_day_of_the_changing_clocks_has_its_own_length() -> None:
    found = interval("29 march", datetime(2026, 4, 2, tzinfo=BERLIN), BERLIN)
    assert found.end - found.start == timedelta(hours=23)


@pytest.mark.parametrize("word", ["since monday ", "in the ", "last ", "between 1 and ", "mon-fri ", "today since 8 "])
def test_a_message_without_an_end_is_read_in_no_time(word: str) -> None:
    started = time.process_time()
    try:
        spoken(word * 3000, NOW, BERLIN)
    except Invalid as error:
        assert len(str(error)) < 300
    assert time.process_time() - started < 2


@settings(deadline=None)  # the library reads its own data at its first date
@given(
    said=st.sampled_from(sorted(SAID)),
    now=st.datetimes(datetime(2020, 1, 3), datetime(2035, 12, 31), timezones=st.just(timezone.utc)),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles", "Australia/Lord_Howe"]),
)
def test_whenever_it_is_said_it_is_a_span_of_the_past(said: str, now: datetime, zone: str) -> None:
    try:
        found = spoken(said, now, ZoneInfo(zone))
    except Invalid:
        return  # "before wednesday" of a Wednesday that has just begun, an hour that the clocks skipped
    assert found is not None and found.start < found.end <= now
    assert found.start.utcoffset() == found.end.utcoffset() == timedelta(0)


@settings(deadline=None)  # the library reads its own data at its first date
@given(st.text(max_size=60), st.sampled_from(["since ", "last ", "between ", "on the ", "around ", ""]))
def test_no_words_break_it(words: str, before: str) -> None:
    try:
        found = spoken(f"{before}{words} 3pm", NOW, BERLIN)
    except Invalid:
        return
    assert found is None or found.start < found.end


ENDS = ("monday", "friday 6pm", "yesterday", "noon", "8", "the 14th", "14 november", "2026-02-19", "last night", "now")


@settings(deadline=None)  # the library reads its own data at its first date
@given(
    form=st.sampled_from(["between {} and {}", "from {} to {}", "{} - {}", "yesterday between {} and {}"]),
    ends=st.tuples(st.sampled_from(ENDS), st.sampled_from(ENDS)),
    now=st.datetimes(datetime(2020, 1, 3), datetime(2035, 12, 31), timezones=st.just(timezone.utc)),
)
def test_from_anything_to_anything_is_a_span_of_the_past_or_refused(
    form: str, ends: tuple[str, str], now: datetime
) -> None:
    try:
        found = interval(form.format(*ends), now, BERLIN)
    except Invalid:
        return
    assert found.start < found.end <= now


@pytest.mark.parametrize("minutes", [1, 14, 600])
def test_a_moment_stays_the_moment_however_little_time_has_passed_since(minutes: int) -> None:
    three = datetime(2026, 3, 4, 3, 0, tzinfo=BERLIN)
    found = interval("at 3am", three + timedelta(minutes=minutes), BERLIN)
    assert found.moment == three
    assert interval("yesterday", three, BERLIN).moment is None
