"""From what a CI tells of a place, newest first, to the state of it: the same rule for every CI."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Protocol, TypeVar

from assistant.contracts.delivery import Deployment, Phase, ServiceState
from assistant.contracts.platform import Delivery


class Told(Protocol):
    """A deployment as a CI lists it."""

    @property
    def phase(self) -> Phase:
        """How far it is."""


T = TypeVar("T", bound=Told)


def folded(provider: str, delivery: Delivery, told: Iterable[T], deployment: Callable[[T], Deployment]) -> ServiceState:
    """The newest that succeeded, and what was under way or failed after it; nothing older is read.

    Args:
        provider: who tells.
        delivery: the place.
        told: its deployments, newest first.
        deployment: one of them in the assistant's words; called for those alone that count.
    """
    observed_at = datetime.now(timezone.utc)
    found: dict[str, T] = {}
    for one in told:
        if one.phase is Phase.SUCCEEDED:
            found["current"] = one
            break
        if one.phase.under_way:
            found.setdefault("under_way", one)
        elif one.phase in (Phase.FAILED, Phase.CANCELLED):
            found.setdefault("failed", one)
    parts = {name: deployment(one) for name, one in found.items()}
    return ServiceState(delivery.service, delivery.environment, provider, observed_at, **parts)
