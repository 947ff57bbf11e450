"""What an operation works with: the platform as it is now, the ports, and who asks."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field
from typing import TypeVar

from assistant.catalogue import Catalogue
from assistant.contracts.actor import Actor
from assistant.contracts.errors import CatalogueBroken, NotConnected, ProviderError, Unavailable
from assistant.contracts.platform import Person
from assistant.contracts.ports import (
    Alerts,
    Changes,
    Ci,
    History,
    Knowledge,
    Metrics,
    Monitoring,
    Observations,
    Pipelines,
)
from assistant.safeguards.access import Access

T = TypeVar("T")


def _no_history(name: str) -> History:
    raise NotConnected(name, "tells nothing about past deployments")


def _no_changes(name: str) -> Changes:
    raise NotConnected(name, "tells nothing about commits")


def _no_pipelines(name: str) -> Pipelines:
    raise NotConnected(name, "shows no builds")


@dataclass(frozen=True)
class Context:
    """One question's view of the world; built anew for each by ``bootstrap``.

    ``ci``, ``monitoring``, ``alerts`` and ``metrics`` give the adapter of a provider by its name, or raise
    NotConnected; the last two are the instances of ``monitoring`` that know alerts or measurements. ``problem`` says
    why the catalogue in use is not the one on disk. ``deadline`` is a :func:`time.monotonic` instant.
    """

    actor: Actor
    person: Person | None
    catalogue: Catalogue
    access: Access
    ci: Callable[[str], Ci]
    monitoring: Mapping[str, Callable[[], Monitoring]]
    observations: Observations
    pools: Callable[[str], Executor]
    deadline: float
    knowledge: Knowledge | None = None
    pipelines: Callable[[str], Pipelines] = _no_pipelines
    history: Callable[[str], History] = _no_history
    changes: Callable[[str], Changes] = _no_changes
    alerts: Mapping[str, Callable[[], Alerts]] = field(default_factory=dict)
    metrics: Mapping[str, Callable[[], Metrics]] = field(default_factory=dict)
    sandbox: bool = False
    problem: CatalogueBroken | None = None

    def require(self, verb: str, resource: str) -> None:
        """Raise NotAllowed, with the rule, unless the actor may do this."""
        self.access.decide(self.actor, self.person, verb, resource, self.sandbox).require()

    def gather(self, calls: Mapping[T, tuple[str, Callable[[], object]]], until: float) -> dict[T, object]:
        """Ask several providers at once.

        Args:
            calls: by a key of the caller's choice: the provider's name and the call.
            until: monotonic instant after which nobody is waited for.

        Returns:
            For each key the answer, or the ProviderError instead of it.
        """
        futures: dict[T, Future[object]] = {
            key: self.pools(provider).submit(contextvars.copy_context().run, call)
            for key, (provider, call) in calls.items()
        }
        wait(futures.values(), timeout=max(0.0, until - time.monotonic()))
        return {key: _outcome(future, calls[key][0]) for key, future in futures.items()}


def _outcome(future: Future[object], provider: str) -> object:
    if not future.done():
        future.cancel()
        return Unavailable(provider, "did not answer in time")
    try:
        return future.result()
    except ProviderError as error:
        return error
