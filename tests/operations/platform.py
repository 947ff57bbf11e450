"""A small platform without a network: the example catalogue, and a CI that answers what a test tells it to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from assistant.catalogue import CatalogueSource
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.delivery import Deployment, Health, HealthLevel, Phase, ServiceState
from assistant.contracts.errors import ProviderError
from assistant.contracts.known import Known
from assistant.contracts.platform import Delivery
from assistant.contracts.ports import Knowledge
from assistant.operations.context import Context
from assistant.safeguards.access import Access

T = TypeVar("T")

CATALOGUE = CatalogueSource(Path(__file__).parents[2] / "catalog").current()
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
MEMBER = Actor(LOCAL_WORKSPACE, "developer")
POOL = ThreadPoolExecutor(8)


def deployment(
    service: str, environment: str, version: str, phase: Phase = Phase.SUCCEEDED, **more: object
) -> Deployment:
    """A deployment of an hour ago."""
    then = NOW - timedelta(hours=1)
    return Deployment(service, environment, version, phase, then, then, **more)  # type: ignore[arg-type]


@dataclass
class FakeCi:
    """Everything runs 1.0.0 unless told otherwise; versions are numbered, so counting between them is easy."""

    current: dict[tuple[str, str], str] = field(default_factory=dict)
    more: dict[tuple[str, str], dict[str, Deployment]] = field(default_factory=dict)
    errors: dict[str, ProviderError] = field(default_factory=dict)
    versions: dict[str, set[str]] = field(default_factory=dict)
    delay: Callable[[Delivery], float] = lambda delivery: 0.0
    asked: list[tuple[str, str]] = field(default_factory=list)

    def state(self, delivery: Delivery, deadline: float) -> ServiceState:
        place = (delivery.service, delivery.environment)
        self.asked.append(place)
        time.sleep(self.delay(delivery))
        if delivery.service in self.errors:
            raise self.errors[delivery.service]
        current = deployment(*place, self.current.get(place, "1.0.0"))
        state = ServiceState(*place, "github", NOW, current=current)
        return replace(state, **self.more.get(place, {}))  # type: ignore[arg-type]

    def versions_between(self, delivery: Delivery, older: str, newer: str, deadline: float) -> tuple[int, str]:
        return max(0, int(newer.split(".")[-1]) - int(older.split(".")[-1])), "version"

    def has_version(self, delivery: Delivery, version: str, deadline: float) -> bool:
        if delivery.service in self.errors:
            raise self.errors[delivery.service]
        return version in self.versions.get(delivery.service, ())

    def check(self, delivery: Delivery, deadline: float) -> list[str]:
        return []


@dataclass
class FakeMonitoring:
    """Healthy unless told otherwise."""

    verdicts: dict[tuple[str, str], Health] = field(default_factory=dict)

    asked: int = 0

    def health(self, deliveries: Sequence[Delivery], deadline: float) -> list[Health]:
        self.asked += 1
        fine = Health(HealthLevel.HEALTHY, "no alerts")
        return [self.verdicts.get((each.service, each.environment), fine) for each in deliveries]


class Memory:
    """Observations in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[tuple[type, str], Known[Any]] = {}

    def remember(self, values: Mapping[str, object], at: datetime) -> None:
        self.kept.update({(type(value), key): Known(value, at) for key, value in values.items()})

    def recall(self, kind: type[T], key: str) -> Known[T] | None:
        return self.kept.get((kind, key))

    def recall_all(self, kind: type[T]) -> Mapping[str, Known[T]]:
        return {key: known for (each, key), known in self.kept.items() if each is kind}

    def states(self, *states: ServiceState) -> Memory:
        """With these states of services in it."""
        for state in states:
            self.remember({f"{state.service}/{state.environment}": state}, state.observed_at)
        return self


def context(
    ci: FakeCi,
    monitoring: FakeMonitoring | None = None,
    memory: Memory | None = None,
    seconds: float = 5.0,
    actor: Actor = MEMBER,
    access: Access | None = None,
    knowledge: Knowledge | None = None,
) -> Context:
    """What an operation works with, around the fakes."""
    return Context(
        actor=actor,
        person=None,
        catalogue=CATALOGUE,
        access=access or Access(),
        ci=lambda name: ci,
        monitoring={"alertmanager": lambda: monitoring} if monitoring else {},
        observations=memory or Memory(),
        pools=lambda provider: POOL,
        deadline=time.monotonic() + seconds,
        knowledge=knowledge,
    )
