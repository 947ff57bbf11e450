"""An answer before it has a shape: every channel renders the same card its own way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

_SHOWN = re.compile(r"\b(\d+)\.(\d+)\b")


@dataclass(frozen=True)
class Button:
    """A choice. ``title`` is also what a person may type instead of clicking.

    ``intent`` and ``values`` (by entity) are what a click means; text that is typed never carries an intent.
    """

    title: str
    intent: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def about(self) -> tuple[tuple[int, int], ...]:
        """Number and revision of every request that it is about; it fits no other revision."""
        return tuple((int(number), int(revision)) for number, revision in _SHOWN.findall(self.values.get("shown", "")))


@dataclass(frozen=True)
class Link:
    """A place to look further."""

    title: str
    url: str


@dataclass(frozen=True)
class Moment:
    """A point in time inside a line; renderers show it in the reader's zone."""

    at: datetime


Part = str | Moment | Link
Line = tuple[Part, ...]


@dataclass(frozen=True)
class Row:
    """One thing of a list: a mark ("ok", "busy", "bad", "unknown"), its name, and what is said of it."""

    mark: str
    name: str
    line: Line


@dataclass(frozen=True)
class Card:
    """The answer first (``title``), then rows or lines, then notes on what is not known, then choices."""

    title: str
    rows: tuple[Row, ...] = ()
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    sandbox: bool = False
