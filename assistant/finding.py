"""What was looked at in an installation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of a diagnosis: whether it is well, what was looked at, and what to do otherwise."""

    ok: bool
    what: str
    advice: str = ""
