"""Which monitoring instance tells the health of an environment, and what runs there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.contracts.alerts import AlertRule
from assistant.contracts.delivery import Health, HealthLevel
from assistant.contracts.errors import ProviderError, Unavailable
from assistant.contracts.platform import Delivery, Provider
from assistant.contracts.ports import Metrics, Monitoring
from assistant.contracts.status import Observed, StatusRequest
from assistant.operations.status import status
from tests.operations.platform import CATALOGUE, FakeCi, FakeMonitoring, context


class Down:
    """A monitoring system that does not answer."""

    def __init__(self, name: str) -> None:
        self.error: ProviderError = Unavailable(name, "answered 500")

    def health(self, deliveries: Sequence[Delivery], deadline: float) -> list[Health]:
        raise self.error


@dataclass
class Runs:
    """A Prometheus that knows what runs."""

    versions: Mapping[str, str] = field(default_factory=dict)

    def running(self, deliveries: Sequence[Delivery], deadline: float) -> list[str | None]:
        return [self.versions.get(each.environment) for each in deliveries]

    def measure(self, *_: object) -> float | None:
        raise AssertionError

    def graph(self, *_: object) -> str:
        raise AssertionError

    def rules(self, deadline: float) -> list[AlertRule]:
        raise AssertionError


def observed(
    environment: str,
    monitoring: Mapping[str, Monitoring],
    serves: Mapping[str, tuple[str, ...]],
    metrics: Metrics | None = None,
) -> Observed:
    instances = {name: Provider(name, "alertmanager", "http://x", None, serves.get(name, ())) for name in monitoring}
    instances["prometheus"] = Provider("prometheus", "prometheus", "http://x")
    others = {name: each for name, each in CATALOGUE.providers.items() if each.kind in ("github_actions", "jenkins")}
    opened: dict[str, Callable[[], Monitoring]] = {name: (lambda one=one: one) for name, one in monitoring.items()}  # type: ignore[misc]
    asking = replace(
        context(FakeCi()),
        catalogue=replace(CATALOGUE, providers={**others, **instances}),
        monitoring=opened,
        metrics={"prometheus": lambda: metrics} if metrics else {},
    )
    return status(asking, StatusRequest(("checkout",), (environment,))).places[0]


def says(level: HealthLevel) -> FakeMonitoring:
    return FakeMonitoring({("checkout", name): Health(level, "told") for name in ("qa", "production")})


SERVES = {"am-prd": ("production",), "am-dev": ("development", "qa", "staging")}


def test_the_instance_of_the_environment_is_asked() -> None:
    both: Mapping[str, Monitoring] = {"am-prd": says(HealthLevel.CRITICAL), "am-dev": says(HealthLevel.HEALTHY)}
    assert observed("production", both, SERVES).health.level is HealthLevel.CRITICAL
    assert observed("qa", both, SERVES).health.level is HealthLevel.HEALTHY


def test_the_instance_that_fails_is_named_and_only_its_environments_are_unknown() -> None:
    both: Mapping[str, Monitoring] = {"am-prd": Down("am-prd"), "am-dev": says(HealthLevel.HEALTHY)}
    health = observed("production", both, SERVES).health
    assert (health.level, health.reason) == (HealthLevel.UNKNOWN, "am-prd answered 500")
    assert observed("qa", both, SERVES).health.level is HealthLevel.HEALTHY


def test_of_two_that_serve_an_environment_the_worst_counts() -> None:
    both: Mapping[str, Monitoring] = {"am-1": says(HealthLevel.HEALTHY), "am-2": says(HealthLevel.WARNING)}
    assert observed("qa", both, {}).health.level is HealthLevel.WARNING
    one_fails: Mapping[str, Monitoring] = {"am-1": says(HealthLevel.HEALTHY), "am-2": Down("am-2")}
    assert observed("qa", one_fails, {}).health.level is HealthLevel.UNKNOWN


def test_an_environment_that_nobody_serves_is_unknown() -> None:
    health = observed("production", {"am-dev": says(HealthLevel.HEALTHY)}, SERVES).health
    assert (health.level, health.reason) == (HealthLevel.UNKNOWN, "alertmanager is not connected")


def test_what_runs_is_told_beside_what_is_recorded() -> None:
    assert observed("qa", {}, {}, Runs({"qa": "0.9.9"})).running == "0.9.9"
    assert observed("production", {}, {}, Runs({"qa": "0.9.9"})).running is None
    assert observed("qa", {}, {}).running is None


def test_an_instance_is_asked_once_for_all_services() -> None:
    monitoring = FakeMonitoring({("search", "staging"): Health(HealthLevel.CRITICAL, "Down")})
    report = status(context(FakeCi(), monitoring), StatusRequest(environments=("staging",)))
    assert {one.service for one in report.places if one.standing == "critical"} == {"search"}
    assert len(report.places) > 1 and monitoring.asked == 1
