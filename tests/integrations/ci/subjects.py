"""The CI adapters in front of a sandbox of their own, for the tests that ask the same of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import requests

from assistant.catalogue.source import CatalogueSource
from assistant.contracts.platform import Delivery
from assistant.contracts.ports import Deployer
from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.ci.jenkins import Jenkins
from sandbox.records import Run
from sandbox.world import World

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
TWO_DAYS = timedelta(days=2)
CATALOGUE = CatalogueSource(Path(__file__).parents[3] / "catalog").current()


@dataclass(frozen=True)
class Kind:
    """A kind of CI: a service that goes through it, and the pages that tell about its builds."""

    name: str
    service: str
    pages: str


KINDS = [
    Kind("github_actions", "checkout", "/repos/epetech/checkout"),
    Kind("jenkins", "billing-worker", "/jenkins/job/platform"),
]


@dataclass
class Subject:
    """An adapter in front of a sandbox of its own."""

    kind: Kind
    url: str
    ci: GitHubActions | Jenkins

    @property
    def deployer(self) -> Deployer:
        return self.ci.deployer

    def at(self, moment: datetime) -> None:
        self._control("clock", {"now": moment.isoformat()})

    def fail(self, **fault: object) -> None:
        self._control("faults", {"path": self.kind.pages, **fault})

    def later(self, **period: float) -> None:
        self._control("clock", {"advance_seconds": timedelta(**period).total_seconds()})

    def now(self) -> datetime:
        """What the sandbox's clock says."""
        return datetime.fromisoformat(requests.get(f"{self.url}/_sandbox/clock", timeout=5).json()["now"])

    def move_tag(self, repository: str, name: str) -> None:
        self._control("tags", {"repository": repository, "name": name})

    def triggers(self) -> list[str]:
        """The requests of what was started here."""
        found: list[str] = requests.get(f"{self.url}/_sandbox/triggers", timeout=5).json()
        return found

    def to(self, environment: str) -> Delivery:
        return CATALOGUE.delivery(self.kind.service, environment)

    def deployments(self) -> list[Run]:
        """What the world does with the service, now and in the next two days."""
        return [run for run in World(NINE).builds(self.kind.service, NINE + TWO_DAYS) if run.target]

    def _control(self, what: str, wish: dict[str, object]) -> None:
        requests.post(f"{self.url}/_sandbox/{what}", json=wish, timeout=5).raise_for_status()
