"""What a question about an environment, a service or a version is answered with."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from assistant.bootstrap import Assistant
from assistant.contracts.actor import GUEST
from assistant.contracts.delivery import Health, HealthLevel, Phase, ServiceState
from assistant.contracts.errors import Ambiguous, Invalid, NotAllowed, NotFound, Unavailable
from assistant.contracts.status import StatusReport, StatusRequest
from assistant.operations import status as operation
from assistant.operations.status import status
from assistant.settings import PROJECT, Settings
from tests.operations.platform import CATALOGUE, NOW, FakeCi, FakeMonitoring, Memory, context, deployment

STAGING = StatusRequest(environments=("staging",))
PRODUCTION = StatusRequest(environments=("production",))


def names(report: StatusReport) -> list[str]:
    return [one.service for one in report.places]


def test_an_environment_lists_every_service_once_worst_first() -> None:
    failed = deployment("payments", "staging", "1.1.0", Phase.FAILED)
    deploying = deployment("search", "staging", "2.0.0", Phase.RUNNING)
    ci = FakeCi(more={("payments", "staging"): {"failed": failed}, ("search", "staging"): {"under_way": deploying}})
    alert = Health(HealthLevel.CRITICAL, "HighErrorRate")
    report = status(context(ci, FakeMonitoring({("storefront", "staging"): alert})), STAGING)
    assert names(report)[:3] == ["storefront", "payments", "search"]
    assert sorted(names(report)) == sorted(service.name for service in CATALOGUE.services_in("staging"))


def test_nothing_named_is_everything_worst_first_and_production_before_the_others() -> None:
    failed = deployment("payments", "staging", "1.1.0", Phase.FAILED)
    alerts = {
        (name, where): Health(HealthLevel.CRITICAL, "Down")
        for name, where in (("search", "staging"), ("checkout", "production"))
    }
    ci = FakeCi(more={("payments", "staging"): {"failed": failed}})
    report = status(context(ci, FakeMonitoring(alerts)), StatusRequest(without=("qa",)))
    places = [(one.service, one.environment) for one in report.places]
    assert places[:3] == [("checkout", "production"), ("search", "staging"), ("payments", "staging")]
    assert not [where for _, where in places if where == "qa"]
    assert len(places) == sum(
        len(CATALOGUE.services_in(one.name)) for one in CATALOGUE.environments if one.name != "qa"
    )


def test_production_says_how_many_versions_it_is_behind_the_environment_before_it() -> None:
    ci = FakeCi(current={("checkout", "production"): "1.4.2", ("checkout", "staging"): "1.4.6"})
    report = status(context(ci), StatusRequest(("checkout",), ("production",)))
    lag = report.places[0].lag
    assert lag is not None and (lag.count, lag.trailing, lag.ahead, lag.version) == (
        4,
        "production",
        "staging",
        "1.4.6",
    )


def test_any_other_environment_says_how_far_production_is_behind_it() -> None:
    ci = FakeCi(current={("checkout", "production"): "1.4.2", ("checkout", "qa"): "1.4.3"})
    lag = status(context(ci), StatusRequest(("checkout",), ("qa",))).places[0].lag
    assert lag is not None and (lag.count, lag.trailing, lag.ahead) == (1, "production", "qa")


def test_a_provider_that_fails_is_named_and_the_last_known_state_is_shown() -> None:
    before = ServiceState("checkout", "staging", "github", NOW - timedelta(minutes=14))
    memory = Memory().states(before)
    ci = FakeCi(errors={"checkout": Unavailable("github", "answered 502")})
    report = status(context(ci, memory=memory), STAGING)
    checkout = next(one for one in report.places if one.service == "checkout")
    assert checkout.state == before
    assert str(checkout.problem) == "github answered 502."
    assert all(one.problem is None for one in report.places if one.service != "checkout")


def test_a_provider_that_hangs_does_not_delay_the_others() -> None:
    ci = FakeCi(delay=lambda delivery: 1.0 if delivery.service == "search" else 0.0)
    started = time.monotonic()
    report = status(context(ci, seconds=0.4), STAGING)
    assert time.monotonic() - started < 0.8
    problems = {one.service: one.problem for one in report.places if one.problem}
    assert list(problems) == ["search"]


def test_without_monitoring_nothing_is_called_healthy() -> None:
    report = status(context(FakeCi()), STAGING)
    assert {one.health.level for one in report.places} == {HealthLevel.UNKNOWN}


def test_a_service_is_shown_in_the_order_of_the_environments() -> None:
    report = status(context(FakeCi()), StatusRequest(("checkout",)))
    assert [one.environment for one in report.places] == ["development", "qa", "staging", "production"]


@pytest.mark.parametrize(
    ("running", "relation"), [("1.4.2", "same"), ("1.4.1", "older"), ("1.4.7", "newer")], ids=["same", "older", "newer"]
)
def test_a_version_is_compared_with_what_runs(running: str, relation: str) -> None:
    ci = FakeCi(current={("checkout", "production"): running}, versions={"checkout": {"1.4.2"}})
    report = status(context(ci), StatusRequest(environments=("production",), version="1.4.2"))
    assert [(one.service, one.has_version) for one in report.places] == [("checkout", relation)]


def test_a_version_that_several_services_have_is_asked_about() -> None:
    ci = FakeCi(versions={"search": {"2.8.1"}, "storefront": {"2.8.1"}})
    with pytest.raises(Ambiguous) as error:
        status(context(ci), StatusRequest(environments=("production",), version="2.8.1"))
    assert sorted(error.value.candidates) == ["search", "storefront"]


def test_a_version_that_nobody_has_is_not_found() -> None:
    with pytest.raises(NotFound, match=r"I don't know a version called “9\.9\.9”"):
        status(context(FakeCi()), StatusRequest(version="9.9.9"))


def test_a_version_is_not_called_unknown_when_a_provider_did_not_answer() -> None:
    ci = FakeCi(errors={"search": Unavailable("github", "answered 500")})
    with pytest.raises(Unavailable):
        status(context(ci), StatusRequest(version="9.9.9"))


def test_an_environment_that_a_service_lacks_is_refused_with_the_ones_it_has() -> None:
    lacking = next(
        (service, environment)
        for service in CATALOGUE.services.values()
        for environment in CATALOGUE.environments
        if environment.name not in service.environments
    )
    with pytest.raises(Invalid, match="does not run in"):
        status(context(FakeCi()), StatusRequest((lacking[0].name,), (lacking[1].name,)))


def test_a_guest_reads_nothing() -> None:
    ci = FakeCi()
    with pytest.raises(NotAllowed):
        status(context(ci, actor=GUEST), STAGING)
    assert ci.asked == []


def test_only_what_is_under_way_can_be_asked_for_everywhere() -> None:
    deploying = deployment("search", "staging", "2.0.0", Phase.RUNNING)
    ci = FakeCi(more={("search", "staging"): {"under_way": deploying}})
    report = status(context(ci), StatusRequest(under_way=True))
    assert [(one.service, one.environment) for one in report.places] == [("search", "staging")]


def test_a_team_stands_for_its_services_where_they_run() -> None:
    report = status(context(FakeCi()), StatusRequest(environments=("qa",), teams=("team-payments",)))
    assert names(report) == ["payments"]


def test_a_crowd_is_answered_with_what_was_seen_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "_MANY", 3)
    memory, ci = Memory(), FakeCi()
    status(context(ci, memory=memory), STAGING)
    lately = datetime.now(timezone.utc) - timedelta(minutes=1)
    known = memory.recall_all(ServiceState)
    memory.states(*(replace(one.value, observed_at=lately) for one in known.values()))
    memory.states(replace(known["search/staging"].value, observed_at=NOW))
    ci.asked.clear()
    report = status(context(ci, memory=memory), STAGING)
    assert ci.asked == [("search", "staging")]
    assert all(one.problem is None and one.state for one in report.places)


def test_a_ci_that_hangs_does_not_silence_the_monitoring(tmp_path: Path) -> None:
    pools = Assistant(Settings({"ASSISTANT_STATE": str(tmp_path), "CATALOG": str(PROJECT / "catalog")}))._pool
    alert = Health(HealthLevel.CRITICAL, "HighErrorRate")
    monitoring = FakeMonitoring({("payments", "staging"): alert})
    hanging = context(FakeCi(delay=lambda delivery: 1.5), monitoring, seconds=0.5)
    report = status(replace(hanging, pools=pools), STAGING)
    assert all(one.problem for one in report.places)
    assert next(one.health for one in report.places if one.service == "payments") == alert
