"""What is asked of the metrics, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.contracts.errors import ProviderError
from assistant.contracts.interval import Interval


@dataclass(frozen=True)
class MetricsRequest:
    """Which metrics of which services: none named means all that the catalogue declares, of all services.

    ``metrics`` are the words that were used ("latency", "rps"); ``environments`` empty means each service's last one.
    ``teams`` stand for their services. ``interval`` is the past that is asked for; None asks for the present.
    ``ranked`` asks who is first now: ``highest`` or ``lowest``.
    """

    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    interval: Interval | None = None
    ranked: str | None = None


@dataclass(frozen=True)
class Measured:
    """One metric of a service in an environment, in ``unit``: now, an hour and a week ago; None is "no data".

    Of an interval the values ``past`` at its moments, oldest first, stand in place of those of an hour and a week ago.

    ``problem`` says why nothing is known at all. ``url`` leads to its graph.
    """

    service: str
    environment: str
    metric: str
    unit: str
    now: float | None = None
    hour_ago: float | None = None
    week_ago: float | None = None
    url: str | None = None
    problem: ProviderError | None = None
    past: tuple[tuple[datetime, float | None], ...] = ()


@dataclass(frozen=True)
class MetricsReport:
    """The answer, in the order of services, environments and the catalogue's metrics."""

    request: MetricsRequest
    measured: tuple[Measured, ...]
    asked_at: datetime
