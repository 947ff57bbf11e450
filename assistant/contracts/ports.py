"""The ports: what the operations need from the outside. Adapters under ``integrations/`` implement them.

Adapters are plain synchronous code, called in worker threads. Each call finishes within ``deadline`` (a
:func:`time.monotonic` instant) and either answers or raises a :class:`~assistant.contracts.errors.ProviderError`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from assistant.contracts.delivery import Health, ServiceState
from assistant.contracts.platform import Delivery


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


class Monitoring(Protocol):
    """A monitoring system: one instance of ``integrations/monitoring/<kind>.py``."""

    def health(self, delivery: Delivery, deadline: float) -> Health:
        """The health that ``delivery`` declares (``health.alerts.*`` matchers or ``health.query``)."""


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
