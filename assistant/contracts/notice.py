"""A message that the assistant sends by itself, and keeps current until what it tells of has ended."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.contracts.card import Card


@dataclass(frozen=True)
class Notice:
    """What one message says now; a later notice with the same ``key`` replaces what it says.

    Attributes:
        key: names the message for ever (``deployment:payments:production:8841``).
        kind: what people switch on or off in their settings (``deployments``); any of ``also`` does as well.
        teams: whose channels see it, by name in the catalogue.
        pinged: the persons who are called by name, once, when the message first says so.
        final: nothing will change any more.
    """

    key: str
    kind: str
    card: Card
    also: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    pinged: tuple[str, ...] = ()
    final: bool = False
