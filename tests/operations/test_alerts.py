"""What a question about alerts or a runbook is answered with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

import pytest

from assistant.contracts.alerts import Alert, AlertRule, AlertsReport, AlertsRequest, Firing, Silence
from assistant.contracts.docs import Found, Passage
from assistant.contracts.errors import NotAllowed, NotConnected, ProviderError, Unavailable
from assistant.contracts.platform import DocumentFolder, Provider
from assistant.contracts.ports import Alerts, Knowledge, Metrics
from assistant.operations.alerts import alerts, named_alerts, runbook
from assistant.operations.context import Context
from assistant.safeguards.access import Access
from tests.operations.platform import CATALOGUE, FakeCi, Memory, context

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
PAGE = "https://docs.epetech.online/runbooks/slow/"


def alert(name: str, severity: str = "warning", provider: str = "alertmanager", **labels: str) -> Alert:
    return Alert(name, severity, NOW, provider, labels)


@dataclass
class Knows:
    """An Alertmanager, or a Prometheus with rules, that knows what a test says."""

    fires: tuple[Alert, ...] = ()
    known: tuple[AlertRule, ...] = ()
    error: ProviderError | None = None
    delay: float = 0.0

    def alerts(self, deadline: float) -> list[Alert]:
        time.sleep(self.delay)
        if self.error:
            raise self.error
        return list(self.fires)

    def rules(self, deadline: float) -> list[AlertRule]:
        return list(self.known)


class Pages:
    """Documents in which every search finds the same page."""

    def __init__(self, file: str) -> None:
        self.file = file

    def search(self, folders: object, terms: object, limit: int, deadline: float) -> Found:
        return Found((Passage(self.file, "page", ("A heading",), (), 0, 1.0, 1.0, PAGE),))


def asking(
    instances: Mapping[str, Knows] | Knows,
    environments: Mapping[str, tuple[str, ...]] | None = None,
    rules: tuple[AlertRule, ...] = (),
    knowledge: Knowledge | None = None,
    rights: tuple[str, ...] = ("read:alerts", "read:docs"),
    seconds: float = 5.0,
) -> Context:
    named = {"alertmanager": instances} if isinstance(instances, Knows) else instances
    serves = environments or {}
    providers = {name: Provider(name, "alertmanager", "http://x", None, serves.get(name, ())) for name in named}
    providers["prometheus"] = Provider("prometheus", "prometheus", "http://x")
    providers |= {
        name: each for name, each in CATALOGUE.providers.items() if each.kind in ("github_actions", "jenkins")
    }
    known: dict[str, Callable[[], Alerts]] = {name: (lambda one=one: one) for name, one in named.items()}  # type: ignore[misc]
    measures: dict[str, Callable[[], Metrics]] = {"prometheus": lambda: Knows(known=rules)}  # type: ignore[dict-item,return-value]
    catalogue = replace(CATALOGUE, providers=providers, documents=(DocumentFolder("docs"),))
    plain = context(FakeCi(), access=Access(members=rights), seconds=seconds, knowledge=knowledge)
    return replace(plain, catalogue=catalogue, alerts=known, metrics=measures)


def placed(firing: tuple[Firing, ...]) -> list[tuple[str, str | None, str | None]]:
    return [(one.alert.name, one.service, one.environment) for one in firing]


def fire(request: AlertsRequest, *fires: Alert) -> AlertsReport:
    return alerts(asking(Knows(fires)), request)


def test_labels_are_read_backwards_into_services_and_environments() -> None:
    report = fire(
        AlertsRequest(),
        alert("Slow", service="search", env="staging"),
        alert("Half", service="payments"),
        alert("Disk", node="build-03"),
        alert("Odd", service="mailer", env="staging"),
    )
    assert placed(report.firing) == [("Half", "payments", None), ("Slow", "search", "staging")]
    assert placed(report.unmapped) == [("Disk", None, None), ("Odd", None, None)]


def test_an_instance_that_serves_one_environment_tells_the_environment() -> None:
    half = alert("Half", provider="am-prd", service="payments")
    report = alerts(asking({"am-prd": Knows((half,))}, {"am-prd": ("production",)}), AlertsRequest())
    assert placed(report.firing) == [("Half", "payments", "production")]


def test_the_worst_of_a_service_comes_first_and_services_stay_together() -> None:
    places = {"service": "search", "env": "qa"}
    report = fire(
        AlertsRequest(),
        alert("C", "info", **places),
        alert("B", "odd", service="checkout", env="qa"),
        alert("A", "critical", **places),
        alert("D", "warning", **places),
    )
    assert [one.alert.name for one in report.firing] == ["B", "A", "D", "C"]


def test_an_alertmanager_that_fails_is_told_as_it_was_heard_last() -> None:
    memory, knows = Memory(), Knows((alert("Slow", service="search", env="staging"),))
    asked = replace(asking(knows), observations=memory)
    alerts(asked, AlertsRequest())
    knows.error = Unavailable("alertmanager", "answered 500")
    report = alerts(asked, AlertsRequest())
    assert placed(report.firing) == [("Slow", "search", "staging")]
    assert report.problems == (knows.error,) and report.ages["alertmanager"] < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        (AlertsRequest(services=("search",)), ["Slow"]),
        (AlertsRequest(environments=("production",)), ["Down", "Half"]),
        (AlertsRequest(teams=("team-payments",)), ["Down", "Half"]),
        (AlertsRequest(severities=("critical",)), ["Down"]),
        (AlertsRequest(alerts=("high-latency slow",)), []),
        (AlertsRequest(alerts=("slow",)), ["Slow"]),
        (AlertsRequest(services=("search",), severities=("critical",)), []),
    ],
    ids=["service", "environment", "team", "severity", "other name", "name", "both"],
)
def test_only_what_fits_is_told(request_: AlertsRequest, names: list[str]) -> None:
    report = fire(
        request_,
        alert("Slow", service="search", env="staging"),
        alert("Down", "critical", service="payments", env="production"),
        alert("Half", service="payments"),
    )
    assert [one.alert.name for one in report.firing] == names


def test_silenced_alerts_are_told_apart() -> None:
    quiet = Silence(NOW + timedelta(hours=1), "ana", "load test")
    report = fire(AlertsRequest(), replace(alert("Slow", service="search", env="qa"), silences=(quiet,)))
    assert (report.firing, placed(report.silenced)) == ((), [("Slow", "search", "qa")])


def test_every_instance_is_asked_and_the_one_that_fails_is_named() -> None:
    instances = {"am-eu": Knows((alert("Slow", service="search", env="qa"),)), "am-us": Knows(delay=1.0)}
    started = time.monotonic()
    report = alerts(asking(instances, seconds=0.3), AlertsRequest())
    assert time.monotonic() - started < 0.8
    assert [str(problem) for problem in report.problems] == ["am-us did not answer in time."]
    assert ([one.alert.name for one in report.firing], report.asked) == (["Slow"], 2)


def test_only_instances_that_serve_the_environment_are_asked() -> None:
    instances = {"am-prd": Knows(error=Unavailable("am-prd", "answered 500")), "am-dev": Knows()}
    serves = {"am-prd": ("production",), "am-dev": ("development", "qa", "staging")}
    assert alerts(asking(instances, serves), AlertsRequest(environments=("qa",))).problems == ()
    assert len(alerts(asking(instances, serves), AlertsRequest(environments=("production",))).problems) == 1


def test_without_an_alertmanager_nothing_is_called_quiet() -> None:
    with pytest.raises(NotConnected):
        alerts(asking({}), AlertsRequest())


def test_alerts_need_the_right_to_read_them() -> None:
    with pytest.raises(NotAllowed, match="read:alerts"):
        alerts(asking(Knows(), rights=("read:status",)), AlertsRequest())


def found(context: Context, *names: str, services: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    report = runbook(context, AlertsRequest(alerts=names, services=services))
    return [(one.subject, one.url, one.source) for one in report.runbooks]


def test_the_runbook_of_what_fires_comes_first() -> None:
    fires = replace(alert("Slow", service="search", env="qa"), runbook="https://x/slow")
    assert found(asking(Knows((fires,))), "slow") == [("Slow (search)", "https://x/slow", "alert")]
    assert found(asking(Knows((fires,))), services=("search",)) == [("Slow (search)", "https://x/slow", "alert")]


def test_then_the_runbook_of_an_alert_that_could_fire() -> None:
    rules = (
        AlertRule("Slow", {"service": "search", "env": "qa"}, "https://x/rule"),
        AlertRule("Other", {}, "https://y"),
    )
    assert found(asking(Knows(), rules=rules), "slow") == [("Slow", "https://x/rule", "rule")]
    assert found(asking(Knows(), rules=rules), services=("search",)) == [("Slow", "https://x/rule", "rule")]


def test_then_a_page_that_is_called_so() -> None:
    assert found(asking(Knows(), knowledge=Pages("runbooks/very-slow.md")), "VerySlow") == [
        ("VerySlow", PAGE, "documents")
    ]
    assert found(asking(Knows(), knowledge=Pages("runbooks/slow.md")), "VerySlow") == []
    assert found(asking(Knows(), knowledge=Pages("search.md")), services=("search",)) == []
    hidden = asking(Knows(), knowledge=Pages("runbooks/slow.md"), rights=("read:alerts",))
    assert found(hidden, "slow") == []


def test_else_the_owner_is_named() -> None:
    report = runbook(asking(Knows()), AlertsRequest(services=("search",)))
    assert (report.runbooks, report.owners) == ((), (("team-discovery", "#team-discovery"),))


def test_an_alert_that_is_named_in_prose_is_the_one_that_is_told() -> None:
    fires = (alert("HighErrorRate", service="payments", env="qa"), alert("HighLatency", service="search", env="qa"))
    report = fire(AlertsRequest(words="is the high error rate still firing"), *fires)
    assert ([one.alert.name for one in report.firing], report.request.alerts) == (["HighErrorRate"], ("HighErrorRate",))
    assert len(fire(AlertsRequest(words="what is firing in qa"), *fires).firing) == 2


def test_names_in_prose_are_looked_up_among_what_could_fire() -> None:
    rules = (AlertRule("HighErrorRate"), AlertRule("DiskAlmostFull"))
    assert named_alerts(asking(Knows(), rules=rules), "runbook for the high error rate") == ("HighErrorRate",)
    assert named_alerts(asking(Knows(), rules=rules, rights=()), "runbook for the high error rate") == ()
