"""A span of time that somebody spoke of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

BEGINNING = datetime(1970, 1, 1, tzinfo=timezone.utc)
"""The start of what has none ("before Monday")."""


@dataclass(frozen=True)
class Interval:
    """From ``start`` up to but without ``end``, both aware and in UTC; ``words`` are how it was said.

    ``moment`` is the one that was meant, when the interval is only some room around it ("at 3am").
    """

    start: datetime
    end: datetime
    words: str = ""
    moment: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.start <= at < self.end
