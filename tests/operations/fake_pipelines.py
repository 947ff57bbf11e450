"""A CI whose builds are what a test says they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from assistant.contracts.delivery import Phase
from assistant.contracts.errors import ProviderError
from assistant.contracts.pipelines import Job, Log, Run, Step
from assistant.contracts.platform import Delivery
from assistant.operations.context import Context
from assistant.safeguards.access import Access
from tests.operations.platform import NOW, FakeCi, context

READER = Access(members=("read:pipelines", "read:logs"))


def run(number: int, phase: Phase = Phase.SUCCEEDED, source: str = "epetech/checkout", **more: object) -> Run:
    """A run of ``number`` minutes after nine."""
    started = NOW + timedelta(minutes=number)
    made = Run(
        str(number), f"1000{number}", source, f"Change {number}", phase, started, branch="main", login="ana-duarte"
    )
    return replace(made, commit=f"{number:040x}", finished_at=None if phase.under_way else started, **more)  # type: ignore[arg-type]


def runs(*phases: Phase) -> list[Run]:
    """Runs in these phases, given from the oldest to the newest, as a provider lists them."""
    return [run(number, phase) for number, phase in enumerate(phases, 1)][::-1]


def job(name: str = "Test", step: str = "Unit tests", phase: Phase = Phase.FAILED) -> Job:
    """A job that is in ``phase`` because of ``step``."""
    return Job("7", name, phase, (Step("Check out", Phase.SUCCEEDED), Step(step, phase)), "https://ci.example/job/7")


@dataclass
class FakePipelines:
    """``built`` and ``deployed`` by service, ``known`` are the branches.

    Every failed run failed in ``places[number]``, else in the unit tests.
    """

    built: dict[str, list[Run]] = field(default_factory=dict)
    places: dict[str, Job | ProviderError] = field(default_factory=dict)
    errors: dict[str, ProviderError] = field(default_factory=dict)
    text: Sequence[str] | ProviderError = ("collecting", "E   assert 1 == 2", "Process completed with exit code 1.")
    delay: Callable[[Delivery], float] = lambda delivery: 0.0
    asked_for: list[str | None] = field(default_factory=list)
    deployed: dict[str, list[Run]] = field(default_factory=dict)
    known: list[str] | None = None

    def runs(self, delivery: Delivery, ref: str | None, deadline: float, count: int = 30) -> list[Run]:
        self.asked_for.append(ref)
        time.sleep(self.delay(delivery))
        if delivery.service in self.errors:
            raise self.errors[delivery.service]
        return self.built.get(delivery.service, [])

    def run(self, delivery: Delivery, number: str, deadline: float, deployment: bool = False) -> Run | None:
        if delivery.service in self.errors:
            raise self.errors[delivery.service]
        built, deployed = self.built.get(delivery.service, []), self.deployed.get(delivery.service, [])
        runs = [*deployed, *built] if deployment else [*built, *deployed]
        return next((one for one in runs if number in (one.number, one.id)), None)

    def branches(self, delivery: Delivery, name: str, deadline: float) -> list[str] | None:
        return self.known

    def jobs(self, run: Run, deadline: float) -> list[Job]:
        place = self.places.get(run.number, job(phase=run.phase))
        if isinstance(place, ProviderError):
            raise place
        return [job("Lint", "Lint", Phase.SUCCEEDED), place]

    def log(self, run: Run, job: Job, deadline: float) -> Log:
        if isinstance(self.text, ProviderError):
            raise self.text
        return Log(tuple(self.text))


def builds(fake: FakePipelines, ci: FakeCi | None = None, access: Access = READER, seconds: float = 5.0) -> Context:
    """What an operation works with, around the fakes."""
    return replace(context(ci or FakeCi(), access=access, seconds=seconds), pipelines=lambda name: fake)
