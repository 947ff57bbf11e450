"""Health by a query and the version that runs, against a real Prometheus."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from assistant.catalogue import CatalogueSource
from assistant.catalogue.values import fill_query
from assistant.contracts.delivery import Health, HealthLevel
from assistant.contracts.errors import BadAnswer, ProviderError, Unavailable
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.http import Answer, Http
from assistant.integrations.monitoring.prometheus import Prometheus

PROVIDER = "metrics"
CATALOGUE = CatalogueSource(Path(__file__).parents[3] / "catalog").current()


def adapter(url: str) -> Prometheus:
    return Prometheus(Provider(PROVIDER, "prometheus", url), Http(PROVIDER, url))


def health(url: str, query: str | None) -> Health:
    (found,) = adapter(url).health([_delivery("health.query", query)], time.monotonic() + 5)
    if isinstance(found, ProviderError):
        raise found
    return found


def running(url: str, query: str | None) -> str | None:
    (found,) = adapter(url).running([_delivery("running", query)], time.monotonic() + 5)
    assert not isinstance(found, ProviderError)
    return found


def _delivery(name: str, query: str | None) -> Delivery:
    return Delivery("search", "staging", PROVIDER, "epetech/search", {name: query} if query else {})


def test_every_series_is_above_zero(prometheus_url: str) -> None:
    found = health(prometheus_url, 'ready{service="search"}')
    assert found.level is HealthLevel.HEALTHY
    assert unquote(str(found.url)) == f'{prometheus_url}/graph?g0.expr=ready{{service="search"}}'


def test_one_series_of_two_is_not(prometheus_url: str) -> None:
    found = health(prometheus_url, 'ready{service="payments"}')
    assert (found.level, found.reason) == (HealthLevel.CRITICAL, "its health query fails for 1 of 2")


def test_a_single_zero(prometheus_url: str) -> None:
    found = health(prometheus_url, 'min(ready{service="payments"})')
    assert (found.level, found.reason) == (HealthLevel.CRITICAL, "its health query fails")


@pytest.mark.parametrize("query", ['ready{service="nobody"}', 'ready{service="odd"}'])
def test_no_data(prometheus_url: str, query: str) -> None:
    found = health(prometheus_url, query)
    assert (found.level, found.reason) == (HealthLevel.UNKNOWN, "no data")


@pytest.mark.parametrize("query", ["ready{", "ready[5m]", "1", "no_such_function(ready)"])
def test_a_query_that_cannot_be_used_is_said_so(prometheus_url: str, query: str) -> None:
    with pytest.raises(BadAnswer, match="query"):
        health(prometheus_url, query)


@pytest.mark.parametrize(
    ("service", "version"),
    [("search", "2.8.2"), ("storefront", "2.8.1, 2.8.2"), ("identity", None), ("nobody", None)],
)
def test_what_runs(prometheus_url: str, service: str, version: str | None) -> None:
    assert running(prometheus_url, f'build_info{{service="{service}",env="staging"}}') == version


QUERIES = (
    'ready{service="search"}',
    'ready{service="payments"}',
    'min(ready{service="payments"}) # the worst',
    'ready{service="nobody"}',
    'ready{service="odd"}',
    'ready{service="search"} or ready{service="payments"}',
    "sum by (service) (ready)",
)


class Counting(Http):
    """The way to a Prometheus, which counts what is asked."""

    asked = 0

    def get(self, *args: Any, **more: Any) -> Answer:
        self.asked += 1
        return super().get(*args, **more)


def test_many_asked_together_say_what_each_says_alone(prometheus_url: str) -> None:
    http = Counting(PROVIDER, prometheus_url)
    deliveries = [_delivery("health.query", query) for query in QUERIES]
    together = Prometheus(Provider(PROVIDER, "prometheus", prometheus_url), http)
    assert together.health(deliveries, time.monotonic() + 5) == [health(prometheus_url, query) for query in QUERIES]
    assert http.asked == 1


def test_of_many_only_the_query_that_cannot_be_used_is_named(prometheus_url: str) -> None:
    queries = ['ready{service="search"}', "ready{", "no_such_function(ready)", "1"]
    fine, *wrong = adapter(prometheus_url).health(
        [_delivery("health.query", query) for query in queries], time.monotonic() + 5
    )
    assert fine == health(prometheus_url, queries[0])
    assert all(isinstance(each, BadAnswer) for each in wrong)


def test_hundreds_need_few_requests(prometheus_url: str) -> None:
    http = Counting(PROVIDER, prometheus_url)
    names = ["search", *(f"service-{number}" for number in range(499))]
    deliveries = [_delivery("running", f'build_info{{service="{name}",env="staging"}}') for name in names]
    prometheus = Prometheus(Provider(PROVIDER, "prometheus", prometheus_url), http)
    assert prometheus.running(deliveries, time.monotonic() + 20) == ["2.8.2", *[None] * 499]
    assert http.asked < 25


def measured(url: str, query: str, at: datetime | None = None) -> float | None:
    now = at or datetime.now(timezone.utc)
    return adapter(url).measure(_delivery("metrics.cpu", query), "cpu", now, time.monotonic() + 5)


def test_a_metric_has_its_value_at_a_moment(prometheus_url: str) -> None:
    assert measured(prometheus_url, 'sum(ready{service="search"})') == 2
    assert (
        measured(prometheus_url, 'sum(ready{service="search"})', datetime.now(timezone.utc) - timedelta(hours=1))
        is None
    )
    url = adapter(prometheus_url).graph(_delivery("metrics.cpu", "sum(ready)"), "cpu")
    assert unquote(url) == f"{prometheus_url}/graph?g0.expr=sum(ready)"


@pytest.mark.parametrize("query", ['ready{service="nobody"}', 'ready{service="odd"}', "vector(1)/0", "-vector(1)/0"])
def test_no_number_is_no_data(prometheus_url: str, query: str) -> None:
    assert measured(prometheus_url, query) is None


@pytest.mark.parametrize("query", ['ready{service="search"}', "ready{", "nonsense("])
def test_a_metric_that_is_not_one_value_is_said_so(prometheus_url: str, query: str) -> None:
    with pytest.raises(BadAnswer, match="catalogue"):
        measured(prometheus_url, query)


@pytest.mark.parametrize("metric", list(CATALOGUE.delivery("search", "staging").section("metrics")))
def test_the_queries_of_the_example_are_understood(prometheus_url: str, metric: str) -> None:
    value = adapter(prometheus_url).measure(
        CATALOGUE.delivery("search", "staging"), metric, datetime.now(timezone.utc), time.monotonic() + 5
    )
    assert value is None  # this Prometheus has other metrics, and says so instead of refusing


@pytest.mark.parametrize(
    "name",
    [
        'search"} or ready{service="payments',
        'search",pod=~".*',
        "search\\",
        'x"}) or vector(9) #',
        "search\nx",
        "{service}",
    ],
)
def test_a_name_is_only_ever_a_value(prometheus_url: str, name: str) -> None:
    """Whatever stands in a name, it finds the series with exactly that label and no other."""
    query = fill_query('sum(ready{service="{service}"})', name, "staging")
    assert measured(prometheus_url, query) is None


def test_alerts_that_could_fire_are_known_with_their_runbooks(prometheus_url: str) -> None:
    (rule,) = adapter(prometheus_url).rules(time.monotonic() + 5)
    assert (rule.name, rule.labels, rule.runbook) == (
        "Slow",
        {"service": "search"},
        "https://docs.epetech.online/slow/",
    )


def test_not_declared_is_unknown_and_asks_nobody() -> None:
    assert health("http://127.0.0.1:9", None).level is HealthLevel.UNKNOWN
    assert running("http://127.0.0.1:9", None) is None


def test_nobody_there() -> None:
    with pytest.raises(Unavailable):
        health("http://127.0.0.1:9", "up")


class Says:
    """A Prometheus that answers with whatever a test wants."""

    def __init__(self, json: Any) -> None:
        self.json = json

    def get(self, *_: object, **__: object) -> Answer:
        return Answer(200, {}, self.json, {})


def _vector(*series: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": "vector", "result": list(series)}}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {"status": "success"},
        {"status": "success", "data": []},
        {"status": "success", "data": {"resultType": "vector", "result": {}}},
        {"status": 1, "data": {}},
        _vector("up"),
        _vector({"metric": {}}),
        _vector({"metric": {}, "value": 1}),
        _vector({"metric": {}, "value": [1]}),
        _vector({"metric": {}, "value": [1, 1]}),
        _vector({"metric": {}, "value": [1, "one"]}),
        _vector({"metric": None, "value": [1, "1"]}),
        _vector({"metric": {"version": 2}, "value": [1, "1"]}),
    ],
)
def test_an_answer_that_makes_no_sense(answer: Any) -> None:
    prometheus = Prometheus(Provider(PROVIDER, "prometheus", ""), Says(answer))  # type: ignore[arg-type]
    deliveries = [_delivery("running", "build_info"), _delivery("running", 'build_info{env="qa"}')]
    (alone,) = prometheus.running(deliveries[:1], time.monotonic() + 5)
    assert isinstance(alone, BadAnswer)
    with pytest.raises(BadAnswer):
        prometheus.running(deliveries, time.monotonic() + 5)
