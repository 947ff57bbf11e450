"""What is asked about alerts and runbooks, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assistant.contracts.errors import ProviderError

SEVERITIES = ("critical", "warning", "info", "none")
"""From worst to mildest; what a company calls otherwise stands between ``warning`` and ``info``."""


@dataclass(frozen=True)
class Silence:
    """Why an alert stays quiet: until when, by whom and with which words."""

    until: datetime
    by: str
    comment: str


@dataclass(frozen=True)
class Alert:
    """An alert that fires, as one Alertmanager (``provider``) tells of it.

    ``severity`` is in lower case, ``none`` without one, and ``critical`` for what pages; ``silences`` are those that
    keep it quiet now. ``url`` leads to it at the provider, ``dashboard`` and ``runbook`` are links of its annotations.
    """

    name: str
    severity: str
    since: datetime
    provider: str
    labels: Mapping[str, str] = field(default_factory=dict)
    summary: str | None = None
    runbook: str | None = None
    dashboard: str | None = None
    url: str | None = None
    silences: tuple[Silence, ...] = ()


@dataclass(frozen=True)
class Fired:
    """All that one Alertmanager told of at once."""

    alerts: tuple[Alert, ...]


@dataclass(frozen=True)
class AlertRule:
    """An alert that could fire: its name, the labels that its rule sets, and its runbook."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    runbook: str | None = None


@dataclass(frozen=True)
class AlertsRequest:
    """What is asked: everything that fires, or only what fits all the kinds that are named.

    ``silenced`` asks for what is kept quiet. ``words`` are the question's own, for alerts that it names in prose;
    ``past`` are those of a time that it names, of which only what still fires is known.
    """

    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    silenced: bool = False
    words: str = ""
    past: str | None = None


@dataclass(frozen=True)
class Firing:
    """An alert and what of the catalogue its labels mean; None where they do not say."""

    alert: Alert
    service: str | None = None
    environment: str | None = None


@dataclass(frozen=True)
class AlertsReport:
    """The answer, worst first within a service. ``unmapped`` have labels that no service of the catalogue declares.

    ``problems`` are the Alertmanagers that did not answer, ``asked`` counts all. What one of them told last stands in
    the lists, and ``ages`` has how long ago that was; of one that is not in ``ages`` nothing is known.
    """

    request: AlertsRequest
    firing: tuple[Firing, ...] = ()
    silenced: tuple[Firing, ...] = ()
    unmapped: tuple[Firing, ...] = ()
    problems: tuple[ProviderError, ...] = ()
    asked: int = 0
    ages: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass(frozen=True)
class Runbook:
    """A page to follow: what it is for, its address, and where it was found ("alert", "rule", "documents")."""

    subject: str
    url: str
    source: str


@dataclass(frozen=True)
class RunbookReport:
    """The runbooks found. ``owners`` are the teams to ask, with their channels, where none is known."""

    asked: tuple[str, ...]
    runbooks: tuple[Runbook, ...] = ()
    owners: tuple[tuple[str, str | None], ...] = ()
    problems: tuple[ProviderError, ...] = ()
