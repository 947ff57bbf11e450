"""Alertmanager: what fires, what is silenced, and a service is as healthy as the alerts that fire for it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

import structlog

from assistant.contracts.alerts import Alert, Silence
from assistant.contracts.delivery import Health, HealthLevel
from assistant.contracts.errors import ProviderError
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.fields import Fields, listed, web_address
from assistant.integrations.http import Http

_LABEL = re.compile("[a-zA-Z_][a-zA-Z0-9_]*")
_CRITICAL = ("critical", "page")

_log = structlog.get_logger(__name__)


class Alertmanager:
    """The ports ``Monitoring`` and ``Alerts`` by Alertmanager's API v2.

    https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml

    Args:
        provider: its entry in the catalogue.
        http: the way to it, with the provider's address as base.
    """

    def __init__(self, provider: Provider, http: Http) -> None:
        self._provider, self._http = provider, http

    def health(self, deliveries: Sequence[Delivery], deadline: float) -> list[Health]:
        """What fires for each, and is not silenced, with all the labels that its ``health.alerts.*`` names.

        A ``severity`` of ``critical`` or ``page`` is critical, any other a warning. One request, filtered by what all
        of them have in common.

        Raises:
            ProviderError: Alertmanager gave no usable answer.
        """
        wanted = [each.section("health.alerts") for each in deliveries]
        usable = [labels for labels in wanted if labels and all(map(_LABEL.fullmatch, labels))]
        alerts = self._loud(usable, deadline) if usable else []
        return [self._health(labels, alerts) for labels in wanted]

    def _loud(self, wanted: Sequence[Mapping[str, str]], deadline: float) -> list[_Alert]:
        common = set.intersection(*(set(labels.items()) for labels in wanted))
        matchers = [_matcher(*pair) for pair in wanted[0].items() if pair in common]
        # An inhibited alert fires all the same: only a person's silence says that it does not count.
        query = urlencode([("silenced", "false"), *(("filter", matcher) for matcher in matchers)])
        answer = self._http.get(f"/api/v2/alerts?{query}", deadline=deadline)
        return [_alert(alert) for alert in listed(self._provider.name, "an alert", answer.json)]

    def _health(self, labels: Mapping[str, str], alerts: Sequence[_Alert]) -> Health:
        if not labels:
            return Health(HealthLevel.UNKNOWN, "not declared in the catalogue")
        wrong = [label for label in labels if not _LABEL.fullmatch(label)]
        if wrong:
            return Health(HealthLevel.UNKNOWN, f"“{wrong[0]}” in the catalogue cannot be the name of a label")
        matchers = ", ".join(_matcher(*pair) for pair in labels.items())
        page = f"{self._provider.url.rstrip('/')}/#/alerts?filter={quote('{' + matchers + '}')}"
        return _verdict([alert for alert in alerts if labels.items() <= alert.labels.items()], page)

    def alerts(self, deadline: float) -> list[Alert]:
        """Everything that fires, silenced and inhibited alerts included, with who silenced it.

        Raises:
            ProviderError: Alertmanager gave no usable answer.
        """
        name = self._provider.name
        found = listed(name, "an alert", self._http.get("/api/v2/alerts", deadline=deadline).json)
        quiet = any(_silenced_by(alert) for alert in found)
        # Asked afterwards, and only when one is named: most of the time nothing is silenced.
        silences = self._silences(deadline) if quiet else {}
        return [self._told(alert, silences) for alert in found]

    def _silences(self, deadline: float) -> dict[str, Silence]:
        """The silences by their ids; none when nobody tells them: that an alert is silenced is known without."""
        name, now = self._provider.name, time.monotonic()
        try:
            answer = self._http.get("/api/v2/silences", deadline=now + (deadline - now) / 2)
            found = listed(name, "a silence", answer.json)
            return {each.text("id"): _silence(each) for each in found}
        except ProviderError as error:
            _log.warning("alertmanager.silences_unknown", provider=name, reason=str(error))
            return {}

    def _told(self, alert: Fields, silences: dict[str, Silence]) -> Alert:
        labels, notes = alert.pairs("labels"), alert.pairs("annotations")
        severity = labels.get("severity", "none").lower()
        quiet = [silences.get(each) or Silence(alert.time("endsAt"), "", "") for each in _silenced_by(alert)]
        return Alert(
            name=labels.get("alertname", "an alert"),
            severity="critical" if severity in _CRITICAL else severity,
            since=alert.time("startsAt"),
            provider=self._provider.name,
            labels=labels,
            summary=notes.get("summary") or notes.get("description"),
            runbook=web_address(notes.get("runbook_url")),
            dashboard=web_address(notes.get("dashboard_url") or notes.get("dashboard")),
            url=web_address(alert.maybe_text("generatorURL")),
            silences=tuple(quiet),
        )


def _silence(silence: Fields) -> Silence:
    by, comment = silence.maybe_text("createdBy"), silence.maybe_text("comment")
    return Silence(silence.time("endsAt"), by or "", comment or "")


@dataclass(frozen=True)
class _Alert:
    labels: Mapping[str, str]
    name: str
    critical: bool
    since: datetime


def _alert(alert: Fields) -> _Alert:
    labels = alert.pairs("labels")
    critical = labels.get("severity", "").lower() in _CRITICAL
    return _Alert(labels, labels.get("alertname", "an alert"), critical, alert.time("startsAt"))


def _verdict(alerts: list[_Alert], page: str) -> Health:
    if not alerts:
        return Health(HealthLevel.HEALTHY, "no alerts", page)
    worst = min(alerts, key=lambda alert: (not alert.critical, alert.since))
    more = f" and {len(alerts) - 1} more" if len(alerts) > 1 else ""
    level = HealthLevel.CRITICAL if worst.critical else HealthLevel.WARNING
    return Health(level, f"{worst.name}{more}", page, worst.since)


def _silenced_by(alert: Fields) -> list[str]:
    state = alert.maybe_child("status")
    return state.texts("silencedBy") if state else []


def _matcher(label: str, value: str) -> str:
    """A matcher whose value nothing in it can end: Alertmanager's parser knows these three escapes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{label}="{escaped}"'
