"""What the providers tell about deployments and health, in the assistant's own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Phase(str, Enum):
    """How far a deployment is. ``UNKNOWN`` is a state that the provider names and we do not know."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def under_way(self) -> bool:
        """True while it may still change by itself."""
        return self in (Phase.WAITING, Phase.RUNNING)


class Start(str, Enum):
    """What set a deployment off."""

    BY_HAND = "by hand"
    ON_MERGE = "on merge"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Asked:
    """Our own request behind a deployment: its number, who asked and who approved it (``Actor.identity``)."""

    request: int
    by: str
    approved_by: str | None = None


@dataclass(frozen=True)
class Deployment:
    """One deployment as a provider recorded it; all times are aware and in UTC.

    ``version`` is what the delivery mapping says it is (a tag, a branch, a short commit); ``login`` is the
    provider's name of who started it, ``asked`` our request for it;
    ``step`` what it does right now ("Smoke test, 4 of 6") or waits for;
    ``run`` the number of the workflow run, if one made this record.
    """

    service: str
    environment: str
    version: str
    phase: Phase
    created_at: datetime
    updated_at: datetime
    commit: str | None = None
    login: str | None = None
    start: Start = Start.UNKNOWN
    step: str | None = None
    run: str | None = None
    url: str | None = None
    asked: Asked | None = None


@dataclass(frozen=True)
class ServiceState:
    """A service in one environment as observed at one moment.

    ``current`` is the newest deployment that succeeded, ``under_way`` one that is not finished,
    ``failed`` the newest one when it failed or was cancelled after ``current``. ``provider`` is who told.
    """

    service: str
    environment: str
    provider: str
    observed_at: datetime
    current: Deployment | None = None
    under_way: Deployment | None = None
    failed: Deployment | None = None


class HealthLevel(str, Enum):
    """The verdict of what the catalogue declares as health; ``UNKNOWN`` when nothing declared or nobody answered."""

    CRITICAL = "critical"
    WARNING = "warning"
    HEALTHY = "healthy"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Health:
    """Health with its reason in a few words ("HighErrorRate", "not declared in the catalogue") and since when."""

    level: HealthLevel
    reason: str
    url: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Behind:
    """How far the environment ``trailing`` is behind ``ahead``, which runs ``version``: ``count`` times ``unit``.

    ``unit`` is ``version`` where versions are tagged, else ``commit``.
    """

    count: int
    trailing: str
    ahead: str
    version: str
    unit: str = "version"
