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
    "said", ["who deployed payments", "the last 10 releases", "while everybody was in the all-hands"]
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


@pytest.mark.parametrize("word", ["since monday ", "in the ", "last ", "between 1 and "])
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
