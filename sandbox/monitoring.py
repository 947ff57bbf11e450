"""Alertmanager's and Prometheus' HTTP over the made-up world, as far as the catalogue's mappings ask.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml and
https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sandbox.company import ALERTS, METRICS, SERVICES
from sandbox.records import digest
from sandbox.shapes import Scene

_MATCHER = re.compile(r'\s*(\w+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^"]*?)\s*')
_SELECTOR = re.compile(r"\s*(build_info|up)\s*(?:\{(.*)\})?\s*")
_MARKED = re.compile(r'label_replace\(\(\n(.*?)\n\), "(\w+)", "(\d+)", "", ""\)(?: or |$)', re.DOTALL)
"""Several queries as one, each with a label that tells it from the others."""
_BEGAN = timedelta(minutes=17)
_WORSE = 16
"""How many times the usual a metric is while its alert fires."""
Labels = Mapping[str, str]


def answer(path: str, query: Sequence[tuple[str, str]], scene: Scene) -> tuple[int, Any]:
    """The HTTP status and body for an address below ``/alertmanager`` or ``/prometheus``."""
    if path == "/alertmanager/api/v2/alerts":
        return _alerts(query, scene)
    if path == "/alertmanager/api/v2/silences":
        return 200, [_silence(alert, scene) for alert in ALERTS if "silenced_by" in alert["more"]]
    if path == "/alertmanager/api/v2/status":
        empty = {"cluster": {"status": "disabled"}, "config": {"original": ""}, "versionInfo": {}}
        return 200, {**empty, "uptime": scene.now.isoformat()}
    if path == "/prometheus/api/v1/query":
        return _query(dict(query), scene)
    if path == "/prometheus/api/v1/rules":
        return _success(groups=[{"name": "services", "file": "rules.yml", "rules": [_rule(each) for each in ALERTS]}])
    return 404, "404 page not found\n"


def _alerts(query: Sequence[tuple[str, str]], scene: Scene) -> tuple[int, Any]:
    matchers = [_MATCHER.fullmatch(value) for name, value in query if name == "filter"]
    if not all(matchers):
        return 400, "bad matcher format"
    loud = ("silenced", "false") in query
    found = [alert for alert in ALERTS if all(_holds(m.groups(), alert["labels"]) for m in matchers if m)]
    return 200, [_alert(alert, scene) for alert in found if not (loud and "silenced_by" in alert["more"])]


def _holds(matcher: tuple[str, ...], labels: Labels) -> bool:
    name, operator, text = matcher
    wanted = json.loads(text) if text.startswith('"') else text
    value = labels.get(name, "")
    same = bool(re.fullmatch(wanted, value)) if "~" in operator else value == wanted
    return same != operator.startswith("!")


def _alert(alert: Mapping[str, Labels], scene: Scene) -> dict[str, Any]:
    labels = alert["labels"]
    quiet = [_silence(alert, scene)["id"]] if "silenced_by" in alert["more"] else []
    return {
        "annotations": alert["annotations"],
        "endsAt": (scene.now + timedelta(minutes=4)).isoformat(timespec="milliseconds"),
        "fingerprint": digest(*labels.values())[:16],
        "receivers": [{"name": "chat"}],
        "startsAt": (scene.world.start - _BEGAN).isoformat(timespec="milliseconds"),
        "status": {"inhibitedBy": [], "silencedBy": quiet, "state": "suppressed" if quiet else "active"},
        "updatedAt": scene.now.isoformat(timespec="milliseconds"),
        "generatorURL": f"{scene.origin}/prometheus/graph?g0.expr={labels['alertname']}",
        "labels": labels,
    }


def _silence(alert: Mapping[str, Labels], scene: Scene) -> dict[str, Any]:
    began, until = scene.world.start - _BEGAN, scene.now + timedelta(hours=2)
    matchers = [{"name": k, "value": v, "isRegex": False, "isEqual": True} for k, v in alert["labels"].items()]
    times = {"startsAt": began, "updatedAt": began, "endsAt": until}
    return {
        "id": digest("silence", *alert["labels"].values())[:32],
        "matchers": matchers,
        "createdBy": alert["more"]["silenced_by"],
        "comment": alert["more"]["comment"],
        "status": {"state": "active"},
        **{name: at.isoformat(timespec="milliseconds") for name, at in times.items()},
    }


def _rule(alert: Mapping[str, Labels]) -> dict[str, Any]:
    labels, name = dict(alert["labels"]), alert["labels"]["alertname"]
    del labels["alertname"]
    times = {"duration": 300, "evaluationTime": 0.001, "lastEvaluation": "2026-01-01T00:00:00Z"}
    more = {"annotations": alert["annotations"], "alerts": [], "health": "ok", "state": "firing", "type": "alerting"}
    return {"name": name, "query": f"{name} > 0", "labels": labels, **times, **more}


def _query(query: Labels, scene: Scene) -> tuple[int, Any]:
    text = query.get("query", "").strip()
    try:
        at = datetime.fromtimestamp(float(query["time"]), scene.now.tzinfo) if "time" in query else scene.now
    except (ValueError, OverflowError):
        return _refused('invalid parameter "time": cannot parse to a valid timestamp')
    stamp = round(at.timestamp(), 3)
    if text == "1":
        return _success(resultType="scalar", result=[stamp, "1"])
    if not text or text.count("{") != text.count("}"):
        why = "unclosed left brace" if text else "no expression found in input"
        return _refused(f'invalid parameter "query": 1:1: parse error: {why}')
    series = _series(text, scene, at)
    if series is None:
        return _refused('invalid parameter "query": the sandbox knows the queries of its catalogue only')
    return _success(resultType="vector", result=[{"metric": labels, "value": [stamp, v]} for labels, v in series])


def _success(**data: Any) -> tuple[int, Any]:
    return 200, {"status": "success", "data": data}


def _refused(error: str) -> tuple[int, Any]:
    return 400, {"status": "error", "errorType": "bad_data", "error": error}


def _series(text: str, scene: Scene, at: datetime) -> list[tuple[Labels, str]] | None:
    """Labels and value of each series that a query gives; None for a query that nobody here knows."""
    if marked := _MARKED.findall(text):
        each = [(label, number, _series(query, scene, at)) for query, label, number in marked]
        if _MARKED.sub("", text) or any(series is None for *_, series in each):
            return None
        return [({**labels, label: n}, value) for label, n, series in each for labels, value in series or ()]
    for name, pattern in _TEMPLATES.items():
        if found := pattern.fullmatch(text):
            value = _measured(name, found["service"], found["environment"], scene, at)
            return [] if value is None else [({}, f"{value:.4f}")]
    selector = _SELECTOR.fullmatch(text)
    if not selector:
        return None
    parts = re.findall(_MATCHER.pattern + r"(?:,|$)", selector[2] or "")
    return [(each, "1") for each in _running(selector[1], scene) if all(_holds(part, each) for part in parts)]


def _measured(metric: str, service: str, environment: str, scene: Scene, at: datetime) -> float | None:
    """What is usual, more or less by service and hour of the day, and much more since an alert fires for it."""
    place = SERVICES.get(service)
    requests = metric not in ("cpu", "memory")
    if place is None or environment not in place.running or (requests and service == "billing-worker"):
        return None
    own = 0.7 + int(digest(service, environment)[:4], 16) / 0xFFFF * 0.6
    daily = 1 + 0.2 * math.sin(at.timestamp() / 86400 * 2 * math.pi)
    labels = {"service": service, "env": environment}
    raised = [alert["more"].get("raises", "-") for alert in ALERTS if labels.items() <= alert["labels"].items()]
    worse = _WORSE if metric.startswith(tuple(raised)) and at >= scene.world.start - _BEGAN else 1
    return float(METRICS[metric]["usual"]) * own * daily * worse


def _running(metric: str, scene: Scene) -> list[dict[str, str]]:
    """One series for each service in each environment; ``build_info`` tells the version that runs."""
    series = []
    for service, place in SERVICES.items():
        for environment in place.running:
            labels = {"__name__": metric, "env": environment, "instance": f"{service}-0:8080", "service": service}
            recorded = scene.world.running(service, environment, scene.now) if metric == "build_info" else None
            version = recorded and place.really.get(environment, recorded)
            series.append({**labels, "version": version} if version else labels)
    return series


def _template(query: str) -> re.Pattern[str]:
    """A query of the catalogue with any names in its braces, the same one everywhere."""
    pattern = re.escape(query)
    for name in ("service", "environment"):
        first, rest = pattern.split(re.escape(f"{{{name}}}"), 1)
        pattern = first + rf"(?P<{name}>[\w-]+)" + rest.replace(re.escape(f"{{{name}}}"), f"(?P={name})")
    return re.compile(pattern)


_TEMPLATES = {name: _template(metric["query"]) for name, metric in METRICS.items()}
