"""Prometheus: measurements, which version runs, which alerts could fire; healthy is what a query says is healthy."""

from __future__ import annotations

import math
from datetime import datetime
from urllib.parse import quote

from assistant.contracts.alerts import AlertRule
from assistant.contracts.delivery import Health, HealthLevel
from assistant.contracts.errors import BadAnswer
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.fields import Fields, web_address
from assistant.integrations.http import Http

_REFUSED = (400, 422)
"""How Prometheus answers a query that it cannot parse or carry out."""


class Prometheus:
    """The ports ``Monitoring`` and ``Metrics`` by Prometheus' HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/

    Args:
        provider: its entry in the catalogue.
        http: the way to it, with the provider's address as base.
    """

    def __init__(self, provider: Provider, http: Http) -> None:
        self._provider, self._http = provider, http

    def health(self, delivery: Delivery, deadline: float) -> Health:
        """Healthy when every series of ``health.query`` is above 0, critical when one is not.

        Raises:
            ProviderError: Prometheus gave no usable answer.
        """
        query = delivery.values.get("health.query")
        if not query:
            return Health(HealthLevel.UNKNOWN, "not declared in the catalogue")
        values = [value for _, value in self._series(query, deadline) if not math.isnan(value)]
        page = self._page(query)
        if not values:
            return Health(HealthLevel.UNKNOWN, "no data", page)
        failing = sum(value <= 0 for value in values)
        if not failing:
            return Health(HealthLevel.HEALTHY, "its health query holds", page)
        share = f" for {failing} of {len(values)}" if len(values) > 1 else ""
        return Health(HealthLevel.CRITICAL, f"its health query fails{share}", page)

    def running(self, delivery: Delivery, deadline: float) -> str | None:
        """The label ``version`` of what the query ``running`` finds; all of them while two run side by side.

        None when the catalogue declares no such query, or nothing runs that tells its version.

        Raises:
            ProviderError: Prometheus gave no usable answer.
        """
        query = delivery.values.get("running")
        if not query:
            return None
        versions = {metric.maybe_text("version") for metric, _ in self._series(query, deadline)}
        return ", ".join(sorted(version for version in versions if version)) or None

    def measure(self, delivery: Delivery, metric: str, at: datetime, deadline: float) -> float | None:
        """The value of the query ``metrics.<metric>`` at ``at`` (aware), None when there is no data, or no number.

        Raises:
            ProviderError: Prometheus gave no usable answer, or the query gives several values.
        """
        query = delivery.values[f"metrics.{metric}"]
        values = [value for _, value in self._series(query, deadline, at)]
        if len(values) > 1:
            raise BadAnswer(
                self._provider.name, f"needs a query for {metric} in the catalogue that gives one value", query
            )
        return values[0] if values and math.isfinite(values[0]) else None

    def graph(self, delivery: Delivery, metric: str) -> str:
        """The page with the graph of ``metrics.<metric>``."""
        return self._page(delivery.values[f"metrics.{metric}"])

    def rules(self, deadline: float) -> list[AlertRule]:
        """The alerting rules: https://prometheus.io/docs/prometheus/latest/querying/api/#rules

        Raises:
            ProviderError: Prometheus gave no usable answer.
        """
        answer = self._http.get("/api/v1/rules", {"type": "alert"}, deadline=deadline, accept=_REFUSED)
        rules = [rule for group in self._data(answer.json, "rules").each("groups") for rule in group.each("rules")]
        return [
            AlertRule(
                rule.text("name"), rule.pairs("labels"), web_address(rule.pairs("annotations").get("runbook_url"))
            )
            for rule in rules
        ]

    def _page(self, query: str) -> str:
        return f"{self._provider.url.rstrip('/')}/graph?g0.expr={quote(query)}"

    def _data(self, json: object, asked: str) -> Fields:
        name = self._provider.name
        body = Fields(name, "an answer", json)
        if body.text("status") != "success":
            why = "does not understand a query of the catalogue"
            raise BadAnswer(name, why, f"{asked}: {body.maybe_text('error')}")
        return Fields(name, "an answer", body.raw("data"))

    def _series(self, query: str, deadline: float, at: datetime | None = None) -> list[tuple[Fields, float]]:
        """The labels and the value of each series of an instant query, now or at a moment."""
        name = self._provider.name
        params = {"query": query, **({"time": f"{at.timestamp():.3f}"} if at else {})}
        answer = self._http.get("/api/v1/query", params, deadline=deadline, accept=_REFUSED)
        data = self._data(answer.json, query)
        if data.text("resultType") != "vector":
            raise BadAnswer(name, "needs a query in the catalogue that gives one value for each series", query)
        return [(Fields(name, "a series", each.raw("metric")), self._value(each)) for each in data.each("result")]

    def _value(self, series: Fields) -> float:
        """The sample of a series: ``[time, "value"]``, where the value may be ``NaN`` or ``+Inf``."""
        match series.raw("value"):
            case [int() | float(), str(text)]:
                try:
                    return float(text)
                except ValueError:
                    pass
        raise BadAnswer(self._provider.name, "sent a value that makes no sense")
