"""How the assistant itself is doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assistant.contracts.errors import ProviderError


@dataclass(frozen=True)
class Traffic:
    """What goes through the assistant's chat.

    Attributes:
        unanswered: messages and clicks that wait, and ``dead`` those that were given up.
        unsent: posts that wait, and ``lost`` those that were given up within a day.
        last: when something came in last.
        problem: why the newest post did not arrive, "" when it did, None when nothing was ever posted.
    """

    unanswered: int = 0
    dead: int = 0
    unsent: int = 0
    lost: int = 0
    last: datetime | None = None
    problem: str | None = None


@dataclass(frozen=True)
class OwnState:
    """Its providers with what is wrong with them, and its chat; ``problem`` says why nothing is known of that."""

    providers: Mapping[str, ProviderError | None]
    traffic: Traffic | None
    problem: ProviderError | None = None
    catalogue: str | None = None
