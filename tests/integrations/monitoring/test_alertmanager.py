"""Health by alerts, against a real Alertmanager."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
import requests

from assistant.contracts.alerts import Alert
from assistant.contracts.delivery import Health, HealthLevel
from assistant.contracts.errors import BadAnswer, Unavailable
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.http import Answer, Http
from assistant.integrations.monitoring.alertmanager import Alertmanager

PROVIDER = "alerts"


def delivery(**labels: str) -> Delivery:
    values = {f"health.alerts.{label}": value for label, value in labels.items()}
    return Delivery("search", "staging", PROVIDER, "epetech/search", values)


def health(url: str, **labels: str) -> Health:
    adapter = Alertmanager(Provider(PROVIDER, "alertmanager", url), Http(PROVIDER, url))
    return adapter.health([delivery(**labels)], time.monotonic() + 5)[0]


def fire(url: str, minutes: int = 5, **labels: str) -> datetime:
    """Let an alert fire that began some minutes ago."""
    since = datetime.now(timezone.utc) - timedelta(minutes=minutes)
    alert = {"labels": labels, "startsAt": since.isoformat()}
    assert requests.post(f"{url}/api/v2/alerts", json=[alert], timeout=5).ok
    return since


@pytest.fixture
def service() -> str:
    """A service that no other test has alerts for."""
    return f"service-{uuid4().hex[:8]}"


def test_nothing_fires(alertmanager_url: str, service: str) -> None:
    found = health(alertmanager_url, service=service)
    assert (found.level, found.reason) == (HealthLevel.HEALTHY, "no alerts")


@pytest.mark.parametrize("severity", ["critical", "page", "Critical"])
def test_critical(alertmanager_url: str, service: str, severity: str) -> None:
    since = fire(alertmanager_url, alertname="HighErrorRate", service=service, severity=severity)
    found = health(alertmanager_url, service=service)
    assert (found.level, found.reason) == (HealthLevel.CRITICAL, "HighErrorRate")
    assert found.since is not None and abs(found.since - since) < timedelta(seconds=1)


def test_an_alert_without_a_severity_is_a_warning(alertmanager_url: str, service: str) -> None:
    fire(alertmanager_url, alertname="Slow", service=service)
    found = health(alertmanager_url, service=service)
    assert (found.level, found.reason) == (HealthLevel.WARNING, "Slow")


def test_the_worst_is_named_and_the_others_are_counted(alertmanager_url: str, service: str) -> None:
    fire(alertmanager_url, minutes=50, alertname="Slow", service=service, severity="warning")
    fire(alertmanager_url, minutes=5, alertname="Down", service=service, severity="critical")
    found = health(alertmanager_url, service=service)
    assert (found.level, found.reason) == (HealthLevel.CRITICAL, "Down and 1 more")


def test_every_label_must_match(alertmanager_url: str, service: str) -> None:
    fire(alertmanager_url, alertname="Down", service=service, env="production", severity="critical")
    assert health(alertmanager_url, service=service, env="staging").level is HealthLevel.HEALTHY
    assert health(alertmanager_url, service=service, env="production").level is HealthLevel.CRITICAL


def test_many_asked_together_say_what_each_says_alone(alertmanager_url: str, service: str) -> None:
    odd = f'{service}",env="x'
    for name, env in ((service, "staging"), (odd, "staging"), (service, "production")):
        fire(alertmanager_url, alertname=f"In {env}", service=name, env=env)
    wanted = [
        {"service": service, "env": "staging"},
        {"service": odd, "env": "staging"},
        {"service": f"{service}-b", "env": "staging"},
        {"service": service, "env": "production"},
        {},
        {'a="b",c': "d"},
    ]
    asked: list[str] = []

    class Noting(Http):
        def get(self, path: str, *args: Any, **more: Any) -> Answer:
            asked.append(path)
            return super().get(path, *args, **more)

    adapter = Alertmanager(Provider(PROVIDER, "alertmanager", alertmanager_url), Noting(PROVIDER, alertmanager_url))
    together = adapter.health([delivery(**labels) for labels in wanted], time.monotonic() + 5)
    assert together == [health(alertmanager_url, **labels) for labels in wanted]
    assert [each.reason for each in together[:4]] == ["In staging", "In staging", "no alerts", "In production"]
    in_one = adapter.health([delivery(**labels) for labels in wanted[:3]], time.monotonic() + 5)
    assert in_one == together[:3]
    assert len(asked) == 2 and "env" in asked[1] and "env" not in asked[0]


def test_silenced_alerts_do_not_count(alertmanager_url: str, service: str) -> None:
    fire(alertmanager_url, alertname="Down", service=service, severity="critical")
    silence(alertmanager_url, service)
    end = time.monotonic() + 10
    while health(alertmanager_url, service=service).level is not HealthLevel.HEALTHY and time.monotonic() < end:
        time.sleep(0.05)
    assert health(alertmanager_url, service=service).reason == "no alerts"


@pytest.mark.parametrize(
    "odd", ['{s}"', '{s}",env="x', "{s}\\", "{s}\n", '{s}\\"', "{s}.*", " {s} ", "{s}, é", "{s}'}}"]
)
def test_a_value_is_only_ever_a_value(alertmanager_url: str, service: str, odd: str) -> None:
    """Whatever stands in it, it finds the alert with exactly that label and no other."""
    value = odd.format(s=service)
    fire(alertmanager_url, alertname="Plain", service=service)
    assert health(alertmanager_url, service=value).reason == "no alerts"
    fire(alertmanager_url, alertname="Odd", service=value)
    assert health(alertmanager_url, service=value).reason == "Odd"


def test_the_link_leads_to_the_same_alerts(alertmanager_url: str, service: str) -> None:
    url = unquote(str(health(alertmanager_url, service=service, env="staging").url))
    assert url == f'{alertmanager_url}/#/alerts?filter={{service="{service}", env="staging"}}'


def test_not_declared_is_unknown_and_asks_nobody() -> None:
    assert health("http://127.0.0.1:9").level is HealthLevel.UNKNOWN


def test_a_label_that_cannot_be_one_is_unknown_and_asks_nobody() -> None:
    found = health("http://127.0.0.1:9", **{'a="b",c': "d"})
    assert (found.level, "cannot be the name of a label" in found.reason) == (HealthLevel.UNKNOWN, True)


class Forgetful:
    """An Alertmanager that knows what is silenced and not by whom."""

    def get(self, path: str, **_: object) -> Answer:
        if path.endswith("silences"):
            raise Unavailable(PROVIDER, "answered 500")
        times = {"startsAt": "2026-03-02T09:00:00Z", "endsAt": "2026-03-02T11:00:00Z"}
        quiet = {"status": {"silencedBy": ["1"]}, "labels": {"alertname": "Slow"}, "annotations": {}}
        return Answer(200, {}, [{**times, **quiet}], {})


def test_alerts_are_told_when_nobody_tells_their_silences() -> None:
    adapter = Alertmanager(Provider(PROVIDER, "alertmanager", ""), Forgetful())  # type: ignore[arg-type]
    (found,) = adapter.alerts(time.monotonic() + 5)
    assert found.name == "Slow" and [silence.by for silence in found.silences] == [""]


def test_nobody_there() -> None:
    with pytest.raises(Unavailable):
        health("http://127.0.0.1:9", service="search")


def told(url: str, service: str) -> list[Alert]:
    adapter = Alertmanager(Provider(PROVIDER, "alertmanager", url), Http(PROVIDER, url))
    return [alert for alert in adapter.alerts(time.monotonic() + 5) if alert.labels.get("service") == service]


def silence(url: str, service: str) -> None:
    now = datetime.now(timezone.utc)
    body = {
        "matchers": [{"name": "service", "value": service, "isRegex": False}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "ana",
        "comment": "load test",
    }
    assert requests.post(f"{url}/api/v2/silences", json=body, timeout=5).ok


def test_everything_that_fires_is_told_with_its_links(alertmanager_url: str, service: str) -> None:
    labels = {"alertname": "Slow", "service": service, "severity": "page"}
    notes = {
        "summary": "it is slow",
        "runbook_url": "https://docs.epetech.online/slow",
        "dashboard_url": "javascript:x",
    }
    alert = {"labels": labels, "annotations": notes, "generatorURL": "http://prometheus.epetech.online/graph"}
    assert requests.post(f"{alertmanager_url}/api/v2/alerts", json=[alert], timeout=5).ok
    (found,) = told(alertmanager_url, service)
    assert (found.name, found.severity, found.summary, found.provider) == ("Slow", "critical", "it is slow", PROVIDER)
    assert (found.runbook, found.dashboard) == ("https://docs.epetech.online/slow", None)
    assert (found.url, found.silences) == ("http://prometheus.epetech.online/graph", ())


def test_a_silence_is_told_with_until_when_by_whom_and_why(alertmanager_url: str, service: str) -> None:
    fire(alertmanager_url, alertname="Slow", service=service)
    silence(alertmanager_url, service)
    end = time.monotonic() + 10
    while not (found := told(alertmanager_url, service))[0].silences and time.monotonic() < end:
        time.sleep(0.05)
    (quiet,) = found[0].silences
    assert (quiet.by, quiet.comment) == ("ana", "load test")
    assert abs(quiet.until - datetime.now(timezone.utc) - timedelta(hours=1)) < timedelta(seconds=30)


class Says:
    """An Alertmanager that answers with whatever a test wants."""

    def __init__(self, json: Any) -> None:
        self.json = json

    def get(self, *_: object, **__: object) -> Answer:
        return Answer(200, {}, self.json, {})


NOW = "2026-03-02T09:00:00.000Z"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"data": []},
        ["alert"],
        [{}],
        [{"labels": {}}],
        [{"labels": None, "startsAt": NOW}],
        [{"labels": [], "startsAt": NOW}],
        [{"labels": {"severity": 1}, "startsAt": NOW}],
        [{"labels": {"alertname": ["x"]}, "startsAt": NOW}],
        [{"labels": {}, "startsAt": "yesterday"}],
    ],
)
def test_an_answer_that_makes_no_sense(answer: Any) -> None:
    adapter = Alertmanager(Provider(PROVIDER, "alertmanager", ""), Says(answer))  # type: ignore[arg-type]
    with pytest.raises(BadAnswer):
        adapter.health([delivery(service="search")], time.monotonic() + 5)


@pytest.mark.parametrize(
    "alert",
    [
        {"labels": {}, "startsAt": NOW},
        {"labels": {}, "annotations": [], "startsAt": NOW},
        {"labels": {"alertname": 1}, "annotations": {}, "startsAt": NOW},
        {"labels": {}, "annotations": {}, "startsAt": NOW, "status": []},
        {"labels": {}, "annotations": {}, "startsAt": NOW, "generatorURL": 1},
    ],
)
def test_a_list_that_makes_no_sense(alert: Any) -> None:
    adapter = Alertmanager(Provider(PROVIDER, "alertmanager", ""), Says([alert]))  # type: ignore[arg-type]
    with pytest.raises(BadAnswer):
        adapter.alerts(time.monotonic() + 5)
