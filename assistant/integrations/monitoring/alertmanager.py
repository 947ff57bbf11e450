"""Alertmanager: what fires, what is silenced, and a service is as healthy as the alerts that fire for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from assistant.contracts.alerts import Alert, Silence
from assistant.contracts.delivery import Health, HealthLevel
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.fields import Fields, listed, web_address
from assistant.integrations.http import Http

_LABEL = re.compile("[a-zA-Z_][a-zA-Z0-9_]*")
_CRITICAL = ("critical", "page")


class Alertmanager:
    """The ports ``Monitoring`` and ``Alerts`` by Alertmanager's API v2.

    https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml

    Args:
        provider: its entry in the catalogue.
        http: the way to it, with the provider's address as base.
    """

    def __init__(self, provider: Provider, http: Http) -> None:
        self._provider, self._http = provider, http

    def health(self, delivery: Delivery, deadline: float) -> Health:
        """What fires, and is not silenced, with all the labels that ``health.alerts.*`` names.

        A ``severity`` of ``critical`` or ``page`` is critical, any other a warning.

        Raises:
            ProviderError: Alertmanager gave no usable answer.
        """
        labels = delivery.section("health.alerts")
        if not labels:
            return Health(HealthLevel.UNKNOWN, "not declared in the catalogue")
        wrong = [label for label in labels if not _LABEL.fullmatch(label)]
        if wrong:
            return Health(HealthLevel.UNKNOWN, f"“{wrong[0]}” in the catalogue cannot be the name of a label")
        matchers = [f"{label}={_quoted(value)}" for label, value in labels.items()]
        # An inhibited alert fires all the same: only a person's silence says that it does not count.
        query = urlencode([("silenced", "false"), *(("filter", matcher) for matcher in matchers)])
        answer = self._http.get(f"/api/v2/alerts?{query}", deadline=deadline)
        name = self._provider.name
        alerts = [
            _alert(alert, Fields(name, "an alert", alert.raw("labels")))
            for alert in listed(name, "an alert", answer.json)
        ]
        page = f"{self._provider.url.rstrip('/')}/#/alerts?filter={quote('{' + ', '.join(matchers) + '}')}"
        return _verdict(alerts, page)

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
        name = self._provider.name
        found = listed(name, "a silence", self._http.get("/api/v2/silences", deadline=deadline).json)
        return {
            each.text("id"): Silence(
                each.time("endsAt"), each.maybe_text("createdBy") or "", each.maybe_text("comment") or ""
            )
            for each in found
        }

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


@dataclass(frozen=True)
class _Alert:
    name: str
    critical: bool
    since: datetime


def _alert(alert: Fields, labels: Fields) -> _Alert:
    severity = (labels.maybe_text("severity") or "").lower()
    return _Alert(labels.maybe_text("alertname") or "an alert", severity in _CRITICAL, alert.time("startsAt"))


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


def _quoted(value: str) -> str:
    """A matcher's value, so that nothing in it can end it: Alertmanager's parser knows these three escapes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
