"""The assistant's own adapters find in the sandbox what the made-up company is said to have."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from assistant.catalogue.source import CatalogueSource
from assistant.contracts.delivery import Health, HealthLevel, ServiceState, Start
from assistant.contracts.errors import Unavailable
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.ci.jenkins import Jenkins
from assistant.integrations.ci.jenkins_api import connect
from assistant.integrations.http import Http
from assistant.integrations.monitoring.alertmanager import Alertmanager
from assistant.integrations.monitoring.prometheus import Prometheus
from sandbox.company import SERVICES
from tests.sandbox.conftest import Client

CATALOGUE = CatalogueSource(Path(__file__).parents[2] / "catalog").current()
PLACES = [(name, environment) for name, service in SERVICES.items() for environment in service.running]


def soon() -> float:
    return time.monotonic() + 10


@pytest.fixture
def state(github: Client) -> Callable[[str, str], ServiceState]:
    """What the adapter of its provider says of a service in an environment."""
    place, other = Provider("github", "github_actions", github.url), f"{github.url}/jenkins"
    http = Http("github", github.url, lambda path, deadline: {"Authorization": "Bearer sandbox-token"})
    jenkins = Provider("jenkins", "jenkins", other)
    adapters = {
        "github": GitHubActions(place, http),
        "jenkins": Jenkins(jenkins, connect(jenkins, "ana", "sandbox-token")),
    }

    def state(service: str, environment: str) -> ServiceState:
        delivery = CATALOGUE.delivery(service, environment)
        return adapters[str(delivery.provider)].state(delivery, soon())

    return state


@pytest.mark.parametrize(("service", "environment"), PLACES)
def test_what_runs_is_found(state: Callable[[str, str], ServiceState], service: str, environment: str) -> None:
    current = state(service, environment).current
    assert current is not None
    assert current.version == SERVICES[service].running[environment]
    assert current.login is not None
    person = CATALOGUE.person(github=current.login) or CATALOGUE.person(jenkins=current.login)
    assert person is not None and person.name in SERVICES[service].team
    merged = SERVICES[service].on_merge and environment == "staging"
    assert current.start is (Start.ON_MERGE if merged else Start.BY_HAND)


def test_what_is_under_way_is_found(state: Callable[[str, str], ServiceState]) -> None:
    search, waiting = state("search", "staging").under_way, state("notifications", "production").under_way
    assert search is not None and waiting is not None
    assert (search.version, search.phase.value, search.step) == ("2.9.0", "running", "Check out, step 2 of 6")
    assert (waiting.version, waiting.phase.value) == ("2.3.1", "waiting")


def test_what_failed_is_found(state: Callable[[str, str], ServiceState]) -> None:
    failed = state("checkout", "qa").failed
    assert failed is not None
    assert (failed.version, failed.phase.value) == ("1.4.4", "failed")


def test_a_provider_that_fails_is_named(github: Client, state: Callable[[str, str], ServiceState]) -> None:
    github.control("faults", path="/repos/", kind="status", status=500)
    with pytest.raises(Unavailable, match="github answered 500"):
        state("checkout", "qa")


@pytest.mark.parametrize(
    ("service", "environment", "level"),
    [
        ("payments", "production", HealthLevel.CRITICAL),
        ("search", "staging", HealthLevel.WARNING),
        ("search", "production", HealthLevel.HEALTHY),
    ],
)
def test_health_is_found(github: Client, service: str, environment: str, level: HealthLevel) -> None:
    url = f"{github.url}/alertmanager"
    adapter = Alertmanager(Provider("alertmanager", "alertmanager", url), Http("alertmanager", url))
    assert adapter.health([CATALOGUE.delivery(service, environment)], soon())[0].level is level


@pytest.fixture
def prometheus(github: Client) -> Prometheus:
    url = f"{github.url}/prometheus"
    return Prometheus(Provider("prometheus", "prometheus", url), Http("prometheus", url))


@pytest.mark.parametrize("metric", list(CATALOGUE.delivery("checkout", "qa").section("metrics")))
def test_every_metric_of_the_catalogue_is_known(prometheus: Prometheus, metric: str) -> None:
    now = datetime.now(timezone.utc)
    values = [
        prometheus.measure(CATALOGUE.delivery(service, "production"), metric, now, soon())
        for service in ("checkout", "payments", "billing-worker")
    ]
    assert values[0] is not None and values[1] is not None
    assert (values[2] is None) == (metric not in ("cpu", "memory"))


def test_the_error_rate_went_up_with_the_alert(github: Client, prometheus: Prometheus) -> None:
    delivery = CATALOGUE.delivery("payments", "production")
    now = datetime.fromisoformat(github.get("/_sandbox/clock").json()["now"])
    rates = [prometheus.measure(delivery, "error-rate", at, soon()) for at in (now, now - timedelta(hours=1))]
    assert rates[0] is not None and rates[1] is not None and rates[0] > 5 > rates[1]


def test_one_service_runs_something_else_than_is_recorded(
    state: Callable[[str, str], ServiceState], prometheus: Prometheus
) -> None:
    current = state("notifications", "production").current
    assert current is not None and current.version == "2.3.0"
    there = [CATALOGUE.delivery(service, "production") for service in ("notifications", "search")]
    search = state("search", "production").current
    assert search is not None
    assert prometheus.running(there, soon()) == ["2.2.1", search.version]


def test_metrics_are_found(github: Client) -> None:
    url = f"{github.url}/prometheus"
    adapter = Prometheus(Provider("prometheus", "prometheus", url), Http("prometheus", url))
    queries = {"running": 'build_info{service="search",env="staging"}', "health.query": 'up{service="search"}'}
    delivery = Delivery("search", "staging", "prometheus", None, queries)
    assert adapter.running([delivery], soon()) == ["2.8.2"]
    (health,) = adapter.health([delivery], soon())
    assert isinstance(health, Health) and health.level is HealthLevel.HEALTHY
