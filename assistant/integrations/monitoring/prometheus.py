"""Prometheus: measurements, which version runs, which alerts could fire; healthy is what a query says is healthy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from assistant.contracts.alerts import AlertRule
from assistant.contracts.delivery import Health, HealthLevel
from assistant.contracts.errors import BadAnswer, ProviderError
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.fields import Fields, web_address
from assistant.integrations.http import Http

_REFUSED = (400, 422)
"""How Prometheus answers a query that it cannot parse or carry out."""
_MARK = "assistant_query"
"""The label that tells which of several queries a series belongs to."""
_LONGEST = 6000
"""Characters of an address: many servers and proxies refuse more than 8000."""

Series = list[tuple[Fields, float]]
"""What a query gives: the labels and the value of each series."""


class NotUnderstood(BadAnswer):
    """Prometheus says that a query cannot be parsed or carried out."""


class Prometheus:
    """The ports ``Monitoring`` and ``Metrics`` by Prometheus' HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/

    Args:
        provider: its entry in the catalogue.
        http: the way to it, with the provider's address as base.
    """

    def __init__(self, provider: Provider, http: Http) -> None:
        self._provider, self._http = provider, http

    def health(self, deliveries: Sequence[Delivery], deadline: float) -> list[Health | ProviderError]:
        """Healthy when every series of ``health.query`` is above 0, critical when one is not.

        Raises:
            ProviderError: Prometheus gave no usable answer.
        """
        queries = [each.values.get("health.query", "") for each in deliveries]
        found = self._of_each(queries, deadline)
        return [self._verdict(query, found[query]) for query in queries]

    def running(self, deliveries: Sequence[Delivery], deadline: float) -> list[str | ProviderError | None]:
        """The label ``version`` of what the query ``running`` finds; all of them while two run side by side.

        None when the catalogue declares no such query, or nothing runs that tells its version.

        Raises:
            ProviderError: Prometheus gave no usable answer.
        """
        queries = [each.values.get("running", "") for each in deliveries]
        found = self._of_each(queries, deadline)
        return [_versions(found[query]) for query in queries]

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

    def _verdict(self, query: str, found: Series | ProviderError) -> Health | ProviderError:
        if not query:
            return Health(HealthLevel.UNKNOWN, "not declared in the catalogue")
        if isinstance(found, ProviderError):
            return found
        values = [value for _, value in found if not math.isnan(value)]
        page = self._page(query)
        if not values:
            return Health(HealthLevel.UNKNOWN, "no data", page)
        failing = sum(value <= 0 for value in values)
        if not failing:
            return Health(HealthLevel.HEALTHY, "its health query holds", page)
        share = f" for {failing} of {len(values)}" if len(values) > 1 else ""
        return Health(HealthLevel.CRITICAL, f"its health query fails{share}", page)

    def _of_each(self, queries: Iterable[str], deadline: float) -> dict[str, Series | ProviderError]:
        """What each query gives, asked in as few requests as addresses may be long."""
        found: dict[str, Series | ProviderError] = {"": []}
        for group in _groups(dict.fromkeys(query for query in queries if query)):
            found.update(self._together(group, deadline))
        return found

    def _together(self, queries: Sequence[str], deadline: float) -> Mapping[str, Series | ProviderError]:
        """Several queries as one, each with a label of its own on what it gives.

        ``label_replace`` leaves everything else as it is, and series with different labels never hide one another in
        ``or``: https://prometheus.io/docs/prometheus/latest/querying/functions/#label_replace
        """
        if len(queries) == 1:
            return {queries[0]: self._alone(queries[0], deadline)}
        marked = (
            f'label_replace((\n{query}\n), "{_MARK}", "{number}", "", "")' for number, query in enumerate(queries)
        )
        try:
            series = self._series(" or ".join(marked), deadline)
        except NotUnderstood:  # asked alone, each says whether it is the one
            return {query: self._alone(query, deadline) for query in queries}
        found: dict[str, Series | ProviderError] = {query: [] for query in queries}
        for labels, value in series:
            number = labels.maybe_text(_MARK) or ""
            if not number.isdecimal() or int(number) >= len(queries):
                raise BadAnswer(self._provider.name, "sent a series that makes no sense", "without its mark")
            found[queries[int(number)]] += [(labels, value)]  # type: ignore[operator]
        return found

    def _alone(self, query: str, deadline: float) -> Series | ProviderError:
        try:
            return self._series(query, deadline)
        except BadAnswer as error:
            return error

    def _page(self, query: str) -> str:
        return f"{self._provider.url.rstrip('/')}/graph?g0.expr={quote(query)}"

    def _data(self, json: object, asked: str) -> Fields:
        name = self._provider.name
        body = Fields(name, "an answer", json)
        if body.text("status") != "success":
            why = "does not understand a query of the catalogue"
            raise NotUnderstood(name, why, f"{asked}: {body.maybe_text('error')}")
        return Fields(name, "an answer", body.raw("data"))

    def _series(self, query: str, deadline: float, at: datetime | None = None) -> Series:
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


def _versions(found: Series | ProviderError) -> str | ProviderError | None:
    if isinstance(found, ProviderError):
        return found
    try:
        versions = {labels.maybe_text("version") for labels, _ in found}
    except BadAnswer as error:
        return error
    return ", ".join(sorted(version for version in versions if version)) or None


def _groups(queries: Iterable[str]) -> Iterator[list[str]]:
    group: list[str] = []
    length = 0
    for query in queries:
        more = len(quote(query)) + 100  # what goes around it
        if group and length + more > _LONGEST:
            yield group
            group, length = [], 0
        group.append(query)
        length += more
    if group:
        yield group
