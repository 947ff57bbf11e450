"""The rule that finds the telling lines, on logs of many tools as they write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.operations.log_lines import telling_lines

LOGS = Path(__file__).with_name("logs")
EXPECTED: dict[str, Any] = yaml.safe_load((LOGS / "expected.yaml").read_text(encoding="utf-8"))


def read(name: str) -> list[str]:
    return (LOGS / f"{name}.log").read_text(encoding="utf-8").splitlines()


def test_every_log_has_its_expectation_and_is_long() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in LOGS.glob("*.log"))
    assert len(EXPECTED) >= 30
    assert [name for name in EXPECTED if len(read(name)) < 150] == []


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_telling_line_is_found(name: str) -> None:
    told, expected = telling_lines(read(name)), EXPECTED[name]
    shown = "\n".join(told.lines)
    assert told.error is expected.get("error", True)
    assert [text for text in expected["telling"] if text not in shown] == [], shown
    assert [text for text in expected.get("never", ()) if text in shown] == [], shown
    assert 5 <= len(told.lines) <= 15, shown
    assert "\x1b" not in shown
