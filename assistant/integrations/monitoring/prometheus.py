"""Prometheus: a service is healthy when its query says so, and its metrics tell which version runs."""

from __future__ import annotations

import math
from urllib.parse import quote

from assistant.contracts.delivery import Health, HealthLevel
from assistant.contracts.errors import BadAnswer
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.fields import Fields
from assistant.integrations.http import Http

_REFUSED = (400, 422)
"""How Prometheus answers a query that it cannot parse or carry out."""


class Prometheus:
    """The ``Monitoring`` port by Prometheus' HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/

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
        page = f"{self._provider.url.rstrip('/')}/graph?g0.expr={quote(query)}"
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

    def _series(self, query: str, deadline: float) -> list[tuple[Fields, float]]:
        """The labels and the value of each series of an instant query."""
        name = self._provider.name
        answer = self._http.get("/api/v1/query", {"query": query}, deadline=deadline, accept=_REFUSED)
        body = Fields(name, "an answer", answer.json)
        if body.text("status") != "success":
            why = "does not understand a query of the catalogue"
            raise BadAnswer(name, why, f"{query}: {body.maybe_text('error')}")
        data = Fields(name, "an answer", body.raw("data"))
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
