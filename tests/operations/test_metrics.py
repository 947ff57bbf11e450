"""What a question about a metric is answered with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

import pytest

from assistant.contracts.alerts import AlertRule
from assistant.contracts.errors import Invalid, NotAllowed, NotConnected, ProviderError, Unavailable
from assistant.contracts.interval import BEGINNING, Interval
from assistant.contracts.metrics import MetricsReport, MetricsRequest
from assistant.contracts.platform import Delivery, Provider
from assistant.operations.metrics import metrics
from assistant.safeguards.access import Access
from tests.operations.platform import CATALOGUE, FakeCi, context

AGES = (0, 3600, 604800)


@dataclass
class Measures:
    """A Prometheus with one value for each age in seconds, or an error instead."""

    values: Mapping[int, float | ProviderError | None] = field(default_factory=lambda: {0: 3.0, 3600: 2.0, 604800: 1.0})
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def measure(self, delivery: Delivery, metric: str, at: datetime, deadline: float) -> float | None:
        self.asked.append((delivery.service, delivery.environment, metric))
        passed = (datetime.now(timezone.utc) - at).total_seconds()
        value = self.values[min(AGES, key=lambda age: abs(age - passed))]
        if isinstance(value, ProviderError):
            raise value
        return value

    def graph(self, delivery: Delivery, metric: str) -> str:
        return f"http://graph/{metric}"

    def running(self, deliveries: Sequence[Delivery], deadline: float) -> list[str | None]:
        raise AssertionError

    def rules(self, deadline: float) -> list[AlertRule]:
        raise AssertionError


def measured(
    request: MetricsRequest, rights: tuple[str, ...] = ("read:metrics",), **instances: Measures
) -> MetricsReport:
    named = instances or {"prometheus": Measures()}
    serves = {"prd": ("production",), "dev": ("development", "qa", "staging")}
    providers = {name: Provider(name, "prometheus", "http://x", None, serves.get(name, ())) for name in named}
    providers |= {
        name: each for name, each in CATALOGUE.providers.items() if each.kind in ("github_actions", "jenkins")
    }
    opened: dict[str, Callable[[], Measures]] = {name: (lambda one=one: one) for name, one in named.items()}  # type: ignore[misc]
    plain = context(FakeCi(), access=Access(members=rights))
    return metrics(replace(plain, catalogue=replace(CATALOGUE, providers=providers), metrics=opened), request)


def names(report: MetricsReport) -> list[str]:
    return [one.metric for one in report.measured]


def test_a_value_now_an_hour_and_a_week_ago() -> None:
    (one,) = measured(MetricsRequest(("checkout",), ("qa",), ("error rate",))).measured
    assert (one.service, one.environment, one.metric, one.unit) == ("checkout", "qa", "error-rate", "%")
    assert (one.now, one.hour_ago, one.week_ago, one.url) == (3.0, 2.0, 1.0, "http://graph/error-rate")


def test_who_names_no_environment_means_the_last_one() -> None:
    assert measured(MetricsRequest(("checkout",), (), ("cpu",))).measured[0].environment == "production"


@pytest.mark.parametrize(
    ("word", "metrics_"),
    [
        ("latency", ["latency-p50", "latency-p95", "latency-p99"]),
        ("p99", ["latency-p99"]),
        ("rps", ["traffic"]),
        ("Saturation", ["cpu", "memory"]),
        ("error_rate", ["error-rate"]),
    ],
)
def test_metrics_have_the_names_that_people_use(word: str, metrics_: list[str]) -> None:
    assert names(measured(MetricsRequest(("checkout",), (), (word,)))) == metrics_


def test_without_a_metric_all_are_shown() -> None:
    order = ["error-rate", "latency-p50", "latency-p95", "latency-p99", "traffic", "cpu", "memory"]
    assert names(measured(MetricsRequest(("checkout",)))) == order


def test_an_unknown_metric_says_which_there_are() -> None:
    with pytest.raises(Invalid, match=r"“queue depth” for checkout\. There are: error rate, latency p50"):
        measured(MetricsRequest(("checkout",), (), ("queue depth",)))


def test_a_team_stands_for_its_services_and_an_environment_for_all() -> None:
    report = measured(MetricsRequest(environments=("qa",), metrics=("cpu",), teams=("team-payments",)))
    assert [(one.service, one.environment) for one in report.measured] == [("payments", "qa")]
    everywhere = measured(MetricsRequest(environments=("production",), metrics=("cpu",)))
    assert sorted(one.service for one in everywhere.measured) == sorted(CATALOGUE.services)
    with pytest.raises(Invalid, match="56 numbers"):
        measured(MetricsRequest(environments=("production",)))


def test_no_data_is_no_failure_and_a_failure_is_no_zero() -> None:
    nothing = Measures({0: None, 3600: None, 604800: 2.0})
    (one,) = measured(MetricsRequest(("checkout",), (), ("cpu",)), prometheus=nothing).measured
    assert (one.now, one.week_ago, one.problem) == (None, 2.0, None)
    down = Unavailable("prometheus", "answered 500")
    failing = Measures(dict.fromkeys(AGES, down))
    (one,) = measured(MetricsRequest(("checkout",), (), ("cpu",)), prometheus=failing).measured
    assert (one.now, one.problem) == (None, down)
    without_past = Measures({0: 1.0, 3600: down, 604800: down})
    (one,) = measured(MetricsRequest(("checkout",), (), ("cpu",)), prometheus=without_past).measured
    assert (one.now, one.hour_ago, one.problem) == (1.0, None, None)


def test_the_instance_that_serves_the_environment_is_asked() -> None:
    prd, dev = Measures(), Measures()
    measured(MetricsRequest(("checkout",), ("qa", "production"), ("cpu",)), prd=prd, dev=dev)
    assert {place[1] for place in prd.asked} == {"production"}
    assert {place[1] for place in dev.asked} == {"qa"}
    with pytest.raises(NotConnected, match="production"):
        measured(MetricsRequest(("checkout",), ("production",), ("cpu",)), dev=dev)


def test_metrics_need_the_right_to_read_them() -> None:
    with pytest.raises(NotAllowed, match="read:metrics"):
        measured(MetricsRequest(("checkout",)), rights=("read:status",))


def test_many_numbers_are_asked_for_at_once() -> None:
    class Slow(Measures):
        def measure(self, delivery: Delivery, metric: str, at: datetime, deadline: float) -> float | None:
            time.sleep(0.1)
            return 1.0

    started = time.monotonic()
    measured(MetricsRequest(("checkout",)), prometheus=Slow())
    assert time.monotonic() - started < 1.0  # 21 questions; one after the other they took 2.1 s


def test_a_moment_is_measured_itself_and_a_longer_time_at_both_ends_too() -> None:
    now = datetime.now(timezone.utc)
    hour, day = timedelta(hours=1), timedelta(days=1)

    def moments(start: datetime, end: datetime, moment: datetime | None = None) -> list[datetime]:
        asked = MetricsRequest(("checkout",), (), ("cpu",), interval=Interval(start, end, "then", moment))
        (one,) = measured(asked).measured
        assert (one.hour_ago, one.week_ago, one.now) == (None, None, 3.0)
        return [at for at, _ in one.past]

    # "At 3am", asked five minutes later: the room that it is given ends now, but 3am it was.
    assert moments(now - hour / 3, now, now - hour / 12) == [now - hour / 12]
    assert moments(now - 3 * day, now - day) == [now - 3 * day, now - 2 * day, now - day]
    assert moments(now - 2 * day, now)[0] == now - 2 * day and len(moments(now - 2 * day, now)) == 2
    assert moments(BEGINNING, now - day) == [now - day]


def test_without_the_past_that_was_asked_for_there_is_a_problem() -> None:
    now, down = datetime.now(timezone.utc), Unavailable("prometheus", "answered 500")
    asked = MetricsRequest(("checkout",), (), ("cpu",), interval=Interval(now - timedelta(hours=1), now, "then"))
    (one,) = measured(asked, prometheus=Measures({0: 1.0, 3600: down, 604800: 1.0})).measured
    assert one.problem == down


def test_a_ranking_looks_at_every_service_and_only_at_now() -> None:
    prometheus = Measures()
    report = measured(MetricsRequest(metrics=("p95",), ranked="highest"), prometheus=prometheus)
    assert [one.service for one in report.measured] == sorted(CATALOGUE.services)
    assert {place for _, place, _ in prometheus.asked} == {"production"}
    assert len(prometheus.asked) == len(CATALOGUE.services)


def test_a_metric_may_be_said_in_the_plural() -> None:
    assert names(measured(MetricsRequest(("checkout",), (), ("error rates", "latencies")))) == [
        *("error-rate", "latency-p50", "latency-p95", "latency-p99")
    ]
