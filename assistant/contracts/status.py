"""What is asked about the state of the platform, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.contracts.delivery import Behind, Health, HealthLevel, ServiceState
from assistant.contracts.errors import ProviderError

STANDINGS = ("critical", "failed", "warning", "unanswered", "busy", "empty", "fine")
"""How a service stands in an environment, worst first."""


@dataclass(frozen=True)
class StatusRequest:
    """What is asked: services, environments, a version or teams (for all of their services).

    Nothing named asks whether all is well: for what is not, everywhere. ``without`` are services and environments that
    are left out. ``behind`` asks which services the last environment has in an older version than the one before it.
    ``under_way`` leaves out everything but the deployments that are not finished.
    """

    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    version: str | None = None
    teams: tuple[str, ...] = ()
    under_way: bool = False
    behind: bool = False
    without: tuple[str, ...] = ()

    @property
    def is_overview(self) -> bool:
        """Whether it is asked for everything at once."""
        return not (self.services or self.environments or self.version or self.teams or self.under_way or self.behind)


@dataclass(frozen=True)
class Observed:
    """One service in one environment, with what is not known about it.

    ``state`` is None when nothing was ever observed; ``problem`` says why ``state`` is not from now. ``lag`` tells
    how far production is behind: behind this environment, or, in production itself, behind the one before it.
    ``has_version`` answers a question about a version: this one is ``same``, ``older``, ``newer`` or ``other``.
    """

    service: str
    environment: str
    state: ServiceState | None
    health: Health
    problem: ProviderError | None = None
    lag: Behind | None = None
    running: str | None = None
    unseen: ProviderError | None = None
    has_version: str | None = None

    @property
    def standing(self) -> str:
        """The worst that is true of it, one of STANDINGS."""
        state = self.state
        true = {
            "critical": self.health.level is HealthLevel.CRITICAL,
            "failed": state is not None and state.failed is not None,
            "warning": self.health.level is HealthLevel.WARNING,
            "unanswered": self.problem is not None,
            "busy": state is not None and state.under_way is not None,
            "empty": state is None or state.current is None,
            "fine": True,
        }
        return next(standing for standing in STANDINGS if true[standing])


@dataclass(frozen=True)
class StatusReport:
    """The answer: every place asked for once, worst first within an environment."""

    request: StatusRequest
    places: tuple[Observed, ...]
    asked_at: datetime
