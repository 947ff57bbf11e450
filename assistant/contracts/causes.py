"""What is asked about the cause of trouble, and what can be told: not the cause, but what happened when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.contracts.delivery import Deployment, Health
from assistant.contracts.errors import ProviderError
from assistant.contracts.metrics import Measured


@dataclass(frozen=True)
class CauseRequest:
    """Of which service; ``environments`` empty means where it is not well. ``version`` is what is suspected."""

    service: str
    environments: tuple[str, ...] = ()
    version: str | None = None


@dataclass(frozen=True)
class CauseReport:
    """What is known of a service in one environment, side by side.

    Attributes:
        deployments: the newest few, newest first.
        suspect: the one that is asked about, else the newest; None when there is none (of that version).
        measured: the metrics now, and in ``past`` before the suspect and before the alert; without both, an hour ago.
        problems: what is missing ("deployments", "metrics"), and who did not answer.
    """

    request: CauseRequest
    environment: str
    health: Health
    deployments: tuple[Deployment, ...]
    suspect: Deployment | None
    measured: tuple[Measured, ...]
    asked_at: datetime
    problems: tuple[tuple[str, ProviderError], ...] = ()
