"""A metric's value now, an hour and a week ago, or at the time that is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from assistant.contracts.errors import Invalid, NotConnected, ProviderError
from assistant.contracts.interval import BEGINNING, Interval
from assistant.contracts.metrics import Measured, MetricsReport, MetricsRequest
from assistant.contracts.platform import Delivery
from assistant.operations.context import Context

MOST = 24
"""How many metrics of how many places one answer holds: more would be a dashboard."""

MOST_RANKED = 100
"""So many are compared with each other, by their present value alone."""

_AGES = (timedelta(hours=1), timedelta(weeks=1))
_ORDER = ("error-rate", "latency-p50", "latency-p95", "latency-p99", "traffic", "cpu", "memory")
_SAID: Mapping[str, tuple[str, ...]] = {
    "latency": ("latency-p50", "latency-p95", "latency-p99"),
    "response time": ("latency-p50", "latency-p95", "latency-p99"),
    "tail latency": ("latency-p99",),
    "p50": ("latency-p50",),
    "p95": ("latency-p95",),
    "p99": ("latency-p99",),
    "error": ("error-rate",),
    "errors": ("error-rate",),
    "5xx rate": ("error-rate",),
    "rps": ("traffic",),
    "throughput": ("traffic",),
    "load": ("traffic", "cpu"),
    "saturation": ("cpu", "memory"),
    "utilization": ("cpu", "memory"),
}
"""What people call the metrics that have another name, or none of their own, in the catalogue."""


def metrics(context: Context, request: MetricsRequest) -> MetricsReport:
    """Measure what was asked, in parallel and within the context's deadline.

    Raises:
        NotAllowed: the actor may not read metrics.
        Invalid: no such metric is declared, the service does not run there, or it is too much for one answer.
        NotConnected: the catalogue has no Prometheus for the environment.
    """
    context.require("read", "metrics")
    asked_at = datetime.now(timezone.utc)
    wanted = [
        (delivery, metric)
        for delivery in _deliveries(context, request)
        for metric in _metrics(delivery, request.metrics)
    ]
    if len(wanted) > (MOST_RANKED if request.ranked else MOST):
        raise Invalid(f"That is {len(wanted)} numbers at once. Please name a service or a single metric.")
    instances = {delivery.environment: _instance(context, delivery.environment) for delivery, _ in wanted}
    moments = (asked_at, *(() if request.ranked else _past(request.interval, asked_at)))
    calls: dict[tuple[int, datetime], tuple[str, Callable[[], object]]] = {}
    for index, (delivery, metric) in enumerate(wanted):
        name = instances[delivery.environment]
        for at in moments:
            measure = (context.metrics[name], delivery, metric, at)
            calls[index, at] = (name, lambda m=measure: m[0]().measure(*m[1:], context.deadline))  # type: ignore[misc]
    answers = context.gather(calls, context.deadline)
    measured = []
    for index, (delivery, metric) in enumerate(wanted):
        graph = context.metrics[instances[delivery.environment]]().graph(delivery, metric)
        found = {at: answers[index, at] for at in moments}
        measured.append(_measured(delivery, metric, found, request.interval is not None, graph))
    return MetricsReport(request, tuple(measured), asked_at)


def _deliveries(context: Context, request: MetricsRequest) -> list[Delivery]:
    catalogue = context.catalogue
    owned = [name for name, service in sorted(catalogue.services.items()) if service.owner in request.teams]
    if not request.services and not request.teams and request.environments:
        names = [(service.name, where) for where in request.environments for service in catalogue.services_in(where)]
        return [catalogue.delivery(*place) for place in names]
    found = []
    every = () if request.teams else tuple(catalogue.services)
    for service in dict.fromkeys((*(request.services or every), *owned)):
        there = [each.name for each in catalogue.environments_of(service)]
        # Who names no environment means the one that customers use.
        found += [
            catalogue.delivery(service, environment)
            for environment in request.environments or there[-1:]
            if environment in there or not owned
        ]
    return found


def _metrics(delivery: Delivery, said: Iterable[str]) -> list[str]:
    """The declared metrics that the words mean, in a fixed order."""
    names = sorted(delivery.section("metrics"))
    declared = sorted(names, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    if not declared:
        raise Invalid(f"The catalogue declares no metrics for {delivery.service}.")
    if not said:
        return declared
    found = []
    for word in said:
        meant = [name for name in _named(word) if name in declared]
        if not meant:
            known = ", ".join(name.replace("-", " ") for name in declared)
            raise Invalid(f"I don't know a metric called “{word}” for {delivery.service}. There are: {known}.")
        found += meant
    return list(dict.fromkeys(found))


def _named(word: str) -> tuple[str, ...]:
    plain = " ".join(word.casefold().split())
    single = re.sub(r"ies$", "y", plain).removesuffix("s")
    return _SAID.get(plain) or _SAID.get(single) or tuple(re.sub(r"[\s_]+", "-", one) for one in (plain, single))


def _instance(context: Context, environment: str) -> str:
    for provider in context.catalogue.serving("prometheus", environment):
        if provider.name in context.metrics:
            return provider.name
    raise NotConnected("Prometheus", f"is not connected: the catalogue names none that serves {environment}")


def _past(interval: Interval | None, now: datetime) -> list[datetime]:
    """The moments to be measured beside the present, oldest first where an interval is asked for."""
    if interval is None:
        return [now - age for age in _AGES]
    if interval.moment:
        return [interval.moment]
    middle = interval.start + (interval.end - interval.start) / 2
    lasts = now - interval.end < timedelta(seconds=30)
    if interval.start == BEGINNING:
        return [] if lasts else [interval.end]
    if lasts:
        return [interval.start, middle]
    return [interval.start, middle, interval.end]


def _measured(
    delivery: Delivery, metric: str, answers: Mapping[datetime, object], of_interval: bool, graph: str
) -> Measured:
    values = [(at, each if isinstance(each, float) else None) for at, each in answers.items()]
    problems = [each for each in answers.values() if isinstance(each, ProviderError)]
    unit = delivery.values.get(f"units.{metric}", "")
    one = Measured(delivery.service, delivery.environment, metric, unit, values[0][1], url=graph)
    # What was asked for, the present or the interval, is a problem without it; of the rest there is only less to see.
    if of_interval:
        asked = list(answers.values())[1:] or list(answers.values())
        problem = next((each for each in asked if isinstance(each, ProviderError)), None)
        return replace(one, past=tuple(values[1:]), problem=problem)
    problem = problems[0] if problems and one.now is None else None
    if len(values) == 1:
        return replace(one, problem=problem)
    return replace(one, hour_ago=values[1][1], week_ago=values[2][1], problem=problem)
