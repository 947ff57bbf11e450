"""The ports: what the operations need from the outside. Adapters under ``integrations/`` implement them.

Adapters are plain synchronous code, called in worker threads. Each call finishes within ``deadline`` (a
:func:`time.monotonic` instant) and either answers or raises a :class:`~assistant.contracts.errors.ProviderError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from assistant.contracts.alerts import Alert, AlertRule
from assistant.contracts.changes import Comparison
from assistant.contracts.delivery import Deployment, Health, ServiceState
from assistant.contracts.docs import Found
from assistant.contracts.history import Merge, Past
from assistant.contracts.interval import Interval
from assistant.contracts.pipelines import Job, Log, Run
from assistant.contracts.platform import Delivery, DocumentFolder


class Ci(Protocol):
    """A CI and deployment system: one instance of ``integrations/ci/<kind>.py``."""

    def state(self, delivery: Delivery, deadline: float) -> ServiceState:
        """What runs, what is under way and what failed last, as ``delivery`` says it is to be observed.

        Raises NotConnected when the mapping declares nothing that this provider can observe.
        """

    def versions_between(self, delivery: Delivery, older: str, newer: str, deadline: float) -> tuple[int, str]:
        """How many versions lie after ``older`` up to and with ``newer``, and their unit (``version``, ``commit``).

        0 when ``older`` is ``newer`` or lies ahead of it.
        """

    def has_version(self, delivery: Delivery, version: str, deadline: float) -> bool:
        """Whether a version (as people write it: with or without the ``v``) exists for the service."""

    def check(self, delivery: Delivery, deadline: float) -> list[str]:
        """Prove the mapping against the live system: a sentence per defect, nothing when it holds."""


class Pipelines(Protocol):
    """The builds of a CI system, for reading; also runs that deploy, when their number is known."""

    def runs(self, delivery: Delivery, ref: str | None, deadline: float, count: int = 30) -> list[Run]:
        """The newest ``count`` (100 at most) runs of the service's build, newest first.

        Args:
            delivery: its ``build.*`` values say which pipeline builds the service.
            ref: a branch, a version or a commit; None is the main branch.

        Raises NotConnected when the mapping declares nothing that this provider can look at.
        """

    def run(self, delivery: Delivery, number: str, deadline: float, deployment: bool = False) -> Run | None:
        """The run with this number or id: a build of the service, else one that deploys it; None when unknown.

        With ``deployment`` the other way round, for numbers that both have.
        """

    def jobs(self, run: Run, deadline: float) -> list[Job]:
        """The jobs of a run's latest attempt, in order, with their steps."""

    def log(self, run: Run, job: Job, deadline: float) -> Log:
        """What a job wrote. Raises Missing when there is nothing to read (yet, or any more), with the reason."""


class History(Protocol):
    """Past deployments, whoever or whatever started them."""

    def past(self, delivery: Delivery, interval: Interval | None, limit: int, deadline: float) -> Past:
        """The newest ``limit`` deployments (created within ``interval``), newest first, failed ones included.

        What was read before the deadline is returned with ``whole=False``. Raises NotConnected when the mapping
        declares nothing that this provider can observe.
        """

    def merge(self, delivery: Delivery, deployment: Deployment, deadline: float) -> Merge | None:
        """The pull request behind a deployment, None when there is none or the provider knows of none."""


class Changes(Protocol):
    """Commits between versions; a version may be a branch or a commit too."""

    def versions(self, delivery: Delivery, deadline: float) -> list[str]:
        """The service's versions, newest first; none when its versions are not tags."""

    def trunk(self, delivery: Delivery, deadline: float) -> str:
        """The main branch of the service's repository."""

    def compare(self, delivery: Delivery, older: str, newer: str, deadline: float) -> Comparison:
        """What ``newer`` has that ``older`` lacks. Raises NotFound for a version that does not exist."""

    def merged(self, delivery: Delivery, interval: Interval, deadline: float) -> Comparison:
        """The commits of the main branch within ``interval``."""


class Monitoring(Protocol):
    """A monitoring system: one instance of ``integrations/monitoring/<kind>.py``."""

    def health(self, delivery: Delivery, deadline: float) -> Health:
        """The health that ``delivery`` declares (``health.alerts.*`` matchers or ``health.query``)."""


class Alerts(Protocol):
    """A system that sends alerts: one instance of it."""

    def alerts(self, deadline: float) -> list[Alert]:
        """Everything that fires, silenced and inhibited alerts included."""


class Metrics(Protocol):
    """A system that keeps measurements: one instance of it."""

    def running(self, delivery: Delivery, deadline: float) -> str | None:
        """The version that the catalogue's query ``running`` finds, None when nothing tells it."""

    def measure(self, delivery: Delivery, metric: str, at: datetime, deadline: float) -> float | None:
        """The value of the query ``metrics.<metric>`` at a moment, None when there is no data."""

    def graph(self, delivery: Delivery, metric: str) -> str:
        """The address of the metric's graph."""

    def rules(self, deadline: float) -> list[AlertRule]:
        """The alerts that could fire."""


class Knowledge(Protocol):
    """Written answers: the company's pages."""

    def search(self, folders: Sequence[DocumentFolder], terms: Sequence[str], limit: int, deadline: float) -> Found:
        """The ``limit`` passages that speak of the terms best; what cannot be read is left out and named."""


class Observations(Protocol):
    """The last known state of every service, for the moments when a provider does not answer."""

    def remember(self, state: ServiceState) -> None:
        """Keep ``state`` as the last known one of its service and environment (an older one never replaces a newer)."""

    def recall(self, service: str, environment: str) -> ServiceState | None:
        """The last known state, None when there was none yet."""


class Leases(Protocol):
    """Who does a recurring job right now, so that two workers never do it at once."""

    def acquire(self, name: str, holder: str, seconds: float, now: datetime) -> bool:
        """Take or renew the lease ``name`` until ``now`` + ``seconds``; False while somebody else holds it."""

    def release(self, name: str, holder: str) -> None:
        """Give it back early; nothing happens when ``holder`` does not hold it."""
