"""A day with nothing left of the one before, for dialogues in which something is changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.safeguards.audit import defects
from tests.dialogues.room import Room
from tests.running import Bot


@pytest.fixture
def room(bot: Bot) -> Iterator[Room]:
    day = Room(bot)
    day.new_day()
    kept = {path: path.read_text(encoding="utf-8") for path in day.catalog.glob("*.y*ml")}
    yield day
    for path, text in kept.items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    day.new_day()
    day.until_asked_again()
    assert list(defects(day.assistant.records.audit.records())) == []
