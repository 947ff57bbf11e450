"""Alertmanager's and Prometheus' HTTP over the made-up world, as far as the catalogue's mappings ask.

https://prometheus.io/docs/alerting/latest/management_api/ and https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sandbox.company import ALERTS, SERVICES
from sandbox.records import digest
from sandbox.shapes import Scene

_MATCHER = re.compile(r'\s*(\w+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^"]*?)\s*')
_SELECTOR = re.compile(r"\s*([a-zA-Z_:][\w:]*)\s*(?:\{(.*)\})?\s*")
Labels = Mapping[str, str]


def answer(path: str, query: Sequence[tuple[str, str]], scene: Scene) -> tuple[int, Any]:
    """The HTTP status and body for an address below ``/alertmanager`` or ``/prometheus``."""
    if path == "/alertmanager/api/v2/alerts":
        return _alerts([value for name, value in query if name == "filter"], scene)
    if path == "/prometheus/api/v1/query":
        return _query(dict(query).get("query", ""), scene)
    return 404, "404 page not found\n"


def _alerts(filters: Sequence[str], scene: Scene) -> tuple[int, Any]:
    matchers = [_MATCHER.fullmatch(text) for text in filters]
    if not all(matchers):
        return 400, "bad matcher format"
    found = [alert for alert in ALERTS if all(_holds(m.groups(), alert) for m in matchers if m)]
    return 200, [_alert(alert, scene) for alert in found]


def _holds(matcher: tuple[str, ...], labels: Labels) -> bool:
    name, operator, text = matcher
    wanted = json.loads(text) if text.startswith('"') else text
    value = labels.get(name, "") if name != "summary" else ""
    same = bool(re.fullmatch(wanted, value)) if "~" in operator else value == wanted
    return same != operator.startswith("!")


def _alert(alert: Labels, scene: Scene) -> dict[str, Any]:
    since = scene.world.start - timedelta(minutes=17)
    labels = {name: value for name, value in alert.items() if name != "summary"}
    return {
        "annotations": {"summary": alert["summary"]},
        "endsAt": (scene.now + timedelta(minutes=4)).isoformat(timespec="milliseconds"),
        "fingerprint": digest(*labels.values())[:16],
        "receivers": [{"name": "chat"}],
        "startsAt": since.isoformat(timespec="milliseconds"),
        "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
        "updatedAt": scene.now.isoformat(timespec="milliseconds"),
        "generatorURL": f"{scene.origin}/prometheus/graph?g0.expr={alert['alertname']}",
        "labels": labels,
    }


def _query(text: str, scene: Scene) -> tuple[int, Any]:
    selector = _SELECTOR.fullmatch(text)
    if not text.strip() or text.count("{") != text.count("}"):
        error = 'invalid parameter "query": 1:1: parse error: ' + (
            "unclosed left brace" if text.strip() else "no expression found in input"
        )
        return 400, {"status": "error", "errorType": "bad_data", "error": error}
    found: list[dict[str, Any]] = []
    if selector and selector[1] in ("build_info", "up"):
        parts = re.findall(_MATCHER.pattern + r"(?:,|$)", selector[2] or "")
        series = [series for series in _series(selector[1], scene) if all(_holds(part, series) for part in parts)]
        found = [{"metric": labels, "value": [round(scene.now.timestamp(), 3), "1"]} for labels in series]
    return 200, {"status": "success", "data": {"resultType": "vector", "result": found}}


def _series(metric: str, scene: Scene) -> list[dict[str, str]]:
    """One series for each service in each environment; ``build_info`` tells the version that runs."""
    series = []
    for service, place in SERVICES.items():
        for environment in place.running:
            labels = {"__name__": metric, "env": environment, "instance": f"{service}-0:8080", "service": service}
            version = scene.world.running(service, environment, scene.now) if metric == "build_info" else None
            series.append({**labels, "version": version} if version else labels)
    return series
