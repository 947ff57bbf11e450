"""What the monitoring tells of many places: one question to each instance, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from assistant.contracts.delivery import Health, HealthLevel
from assistant.contracts.errors import ProviderError
from assistant.contracts.platform import Delivery
from assistant.operations.context import Context

Place = tuple[str, str]
"""A service in an environment."""
Asked = tuple[str, str]
"""A question: ``health`` or ``running``, and the instance that it is put to."""

_WORST_FIRST = (HealthLevel.CRITICAL, HealthLevel.WARNING, HealthLevel.HEALTHY, HealthLevel.UNKNOWN)


def questions(
    context: Context, places: Iterable[Place], until: float
) -> dict[Asked, tuple[str, Callable[[], Mapping[Place, object]]]]:
    """The calls for :meth:`Context.gather`; each answers for all of the places that its instance serves."""
    shares: dict[Asked, list[Delivery]] = {}
    for place in places:
        delivery = context.catalogue.delivery(*place)
        for purpose in ("health", "running"):
            for name in _instances(context, delivery, purpose):
                shares.setdefault((purpose, name), []).append(delivery)
    return {asked: (asked[1], partial(_answers, context, asked, share, until)) for asked, share in shares.items()}


def health(context: Context, place: Place, answers: Mapping[Asked, object]) -> Health:
    """The worst that an instance serving the environment says; nothing is known as long as one does not answer."""
    delivery = context.catalogue.delivery(*place)
    if not delivery.section("health"):
        return Health(HealthLevel.UNKNOWN, "the catalogue declares no health")
    found = _found(context, delivery, "health", answers)
    if not found:
        return Health(HealthLevel.UNKNOWN, f"{_kind(delivery)} is not connected")
    problem = next((each for each in found if isinstance(each, ProviderError)), None)
    if problem:
        return Health(HealthLevel.UNKNOWN, str(problem).rstrip("."))
    verdicts = (each for each in found if isinstance(each, Health))
    return min(verdicts, key=lambda each: _WORST_FIRST.index(each.level))


def running(context: Context, place: Place, answers: Mapping[Asked, object]) -> str | ProviderError | None:
    """What runs by the metrics' account, which may be another version than the one recorded."""
    found = _found(context, context.catalogue.delivery(*place), "running", answers)
    told = next((each for each in found if isinstance(each, str)), None)
    return told or next((each for each in found if isinstance(each, ProviderError)), None)


def _answers(context: Context, asked: Asked, share: Sequence[Delivery], until: float) -> Mapping[Place, object]:
    purpose, name = asked
    found: Sequence[object]
    if purpose == "health":
        found = context.monitoring[name]().health(share, until)
    else:
        found = context.metrics[name]().running(share, until)
    return {(each.service, each.environment): answer for each, answer in zip(share, found, strict=True)}


def _found(context: Context, delivery: Delivery, purpose: str, answers: Mapping[Asked, object]) -> list[object]:
    place = (delivery.service, delivery.environment)
    given = (answers[purpose, name] for name in _instances(context, delivery, purpose))
    return [each[place] if isinstance(each, Mapping) else each for each in given]


def _instances(context: Context, delivery: Delivery, purpose: str) -> list[str]:
    known: Mapping[str, object] = context.monitoring if purpose == "health" else context.metrics
    declared = delivery.section("health") if purpose == "health" else delivery.values.get("running")
    kind = _kind(delivery) if purpose == "health" else "prometheus"
    serving = context.catalogue.serving(kind, delivery.environment) if declared else ()
    return [each.name for each in serving if each.name in known]


def _kind(delivery: Delivery) -> str:
    return "prometheus" if delivery.values.get("health.query") else "alertmanager"
