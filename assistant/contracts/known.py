"""What was known last, for the moments when whoever knows better does not answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Known(Generic[T]):
    """A value as it was seen ``at`` a moment (aware)."""

    value: T
    at: datetime
