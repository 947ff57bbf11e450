"""What is asked about past deployments, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assistant.contracts.delivery import Deployment
from assistant.contracts.errors import ProviderError
from assistant.contracts.interval import Interval


@dataclass(frozen=True)
class HistoryRequest:
    """Which deployments are asked for; nothing named means all.

    ``people`` are names of the catalogue. ``failed`` asks for those that failed or were cancelled alone, ``succeeded``
    for those that went well, ``back`` for those that brought an earlier version back, ``standing`` for what was running
    at the end of the interval. ``count`` is how many are to be shown (1: the newest that has ended, with everything
    that is known about it).
    """

    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    version: str | None = None
    people: tuple[str, ...] = ()
    interval: Interval | None = None
    failed: bool = False
    succeeded: bool = False
    back: bool = False
    standing: bool = False
    count: int = 10


@dataclass(frozen=True)
class Past:
    """Deployments of one service to one environment, newest first; ``whole`` is False when older ones may exist."""

    deployments: tuple[Deployment, ...]
    whole: bool = True


@dataclass(frozen=True)
class Merge:
    """How a deployment on merge came about: the pull request, its author's and its merger's login, the workflow."""

    pull_request: str
    title: str
    author: str | None = None
    merged_by: str | None = None
    workflow: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class HistoryReport:
    """The answer: the newest ``request.count`` deployments, newest first.

    ``newer`` are those under way that are younger than the one asked for, ``people`` the names that colleagues know;
    ``found`` counts all that were found; ``cut`` names the services of which older ones may exist that were not read;
    ``problems`` tells who did not answer, with the service that is missing for it, or shown as it was last known:
    then ``ages`` has how long ago that was. ``merge`` belongs to the first deployment when only one was asked for.
    """

    request: HistoryRequest
    deployments: tuple[Deployment, ...]
    found: int
    asked_at: datetime
    newer: tuple[Deployment, ...] = ()
    people: tuple[str, ...] = ()
    merge: Merge | None = None
    cut: tuple[str, ...] = ()
    problems: tuple[tuple[str, ProviderError], ...] = ()
    ages: Mapping[str, timedelta] = field(default_factory=dict)
