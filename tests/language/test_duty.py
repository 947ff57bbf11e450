"""Times of duty lie ahead unless the words say otherwise."""

from __future__ import annotations

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from assistant.language.duty import dated, duty_time, duty_words

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 4, 14, 0, tzinfo=timezone.utc)  # a Wednesday


def span(words: str, past: bool = False) -> tuple[str, str] | None:
    found = duty_time(words, NOW, BERLIN, past)
    if found is None:
        return None
    assert found.words == words
    start, end = found.start.astimezone(BERLIN), found.end.astimezone(BERLIN)
    return f"{start:%d.%m. %H:%M}", f"{end:%d.%m. %H:%M}"


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("this week", "02.03. 00:00", "09.03. 00:00"),
        ("next week", "09.03. 00:00", "16.03. 00:00"),
        ("Next Month", "01.04. 00:00", "01.05. 00:00"),
        ("tonight", "04.03. 18:00", "05.03. 06:00"),
        ("tomorrow", "05.03. 00:00", "06.03. 00:00"),
        ("monday", "09.03. 00:00", "10.03. 00:00"),
        ("wednesday", "04.03. 00:00", "05.03. 00:00"),
        ("on saturday", "07.03. 00:00", "08.03. 00:00"),
        ("this weekend", "07.03. 00:00", "09.03. 00:00"),
        ("sunday night", "08.03. 18:00", "09.03. 06:00"),
        ("3am", "05.03. 03:00", "05.03. 03:00"),
        ("5 april", "05.04. 00:00", "06.04. 00:00"),
        ("in two weeks", "18.03. 00:00", "19.03. 00:00"),
        ("in 3 days", "07.03. 00:00", "08.03. 00:00"),
        ("next friday", "13.03. 00:00", "14.03. 00:00"),
        ("christmas", "24.12. 00:00", "27.12. 00:00"),
        ("xmas eve", "24.12. 00:00", "25.12. 00:00"),
        ("New Year's Eve", "31.12. 00:00", "01.01. 00:00"),
        ("24 december", "24.12. 00:00", "25.12. 00:00"),
        ("last night", "03.03. 18:00", "04.03. 06:00"),
        ("yesterday evening", "03.03. 17:00", "04.03. 00:00"),
    ],
)
def test_words_mean_what_is_to_come(words: str, start: str, end: str) -> None:
    assert span(words) == (start, end)


def test_a_question_about_what_was_looks_back() -> None:
    assert span("monday", past=True) == ("02.03. 00:00", "03.03. 00:00")
    last = duty_time("christmas", NOW, BERLIN, past=True)
    assert last is not None and last.start.astimezone(BERLIN).date() == date(2025, 12, 24)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("who is on call in two weeks for search", "in two weeks"),
        ("who has duty in a couple of days?", "in a couple of days"),
        ("who is on call in the week after", None),
        ("on call in prod", None),
    ],
)
def test_days_ahead_are_counted_when_a_number_is_said(text: str, words: str | None) -> None:
    assert duty_words(text) == words


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("next friday", "next friday (Fri 13 Mar)"),
        ("christmas", "christmas (Thu 24 Dec to Sat 26 Dec)"),
        ("24 december", "24 december"),
        ("tonight", "tonight"),
    ],
)
def test_a_day_that_people_count_differently_is_shown_with_its_date(words: str, shown: str) -> None:
    found = duty_time(words, NOW, BERLIN)
    assert found is not None and dated(found, BERLIN).words == shown


@pytest.mark.parametrize("words", ["the holidays", "the week after mine", "25:00", "31 february", ""])
def test_what_only_people_know_is_nothing(words: str) -> None:
    assert span(words) is None
