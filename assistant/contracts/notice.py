"""A message that the assistant sends by itself, and keeps current until what it tells of has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.contracts.card import Card


@dataclass(frozen=True)
class Notice:
    """What one message says now; a later notice with the same ``key`` replaces what it says.

    Attributes:
        key: names the message for ever (``deployment:payments:production:8841``).
        kind: what people switch on or off in their settings (``deployments``); any of ``also`` does as well.
        teams: whose channels see it, by name in the catalogue.
        pinged: the persons who are called by name, once for each ``moment``, with the words of ``call``.
        request: number and revision of what it tells of; choices about an older revision are taken back everywhere.
        subject: what “it” means in the thread under it, as a conversation's slot has it.
    """

    key: str
    kind: str
    card: Card
    also: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    pinged: tuple[str, ...] = ()
    moment: str = ""
    call: str = ""
    subject: Mapping[str, Any] = field(default_factory=dict)
    request: tuple[int, int] | None = None


def of_build(key: str) -> str:
    """The key of what shows a build that was run again."""
    return f"rerun:{key}"


def of_deployment(key: str) -> str:
    """The key of what shows a deployment that nobody asked us for (``Watched.key``)."""
    return f"deployment:{key}"


def of_request(number: int) -> str:
    """The key of what shows a request."""
    return f"request:{number}"
