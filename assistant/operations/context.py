"""What an operation works with: the platform as it is now, the ports, and who asks."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import structlog

from assistant.catalogue import Catalogue
from assistant.contracts.access import readable
from assistant.contracts.actor import Actor
from assistant.contracts.errors import CatalogueBroken, NotAllowed, NotConnected, ProviderError, Unavailable
from assistant.contracts.known import Known
from assistant.contracts.own_state import Traffic
from assistant.contracts.platform import Person, Team
from assistant.contracts.ports import (
    Alerts,
    Changes,
    Ci,
    Deployer,
    History,
    Knowledge,
    Metrics,
    Monitoring,
    Observations,
    Pipelines,
    Watches,
)
from assistant.contracts.post import Answered, Opinion
from assistant.contracts.records import Records, Risk
from assistant.safeguards.access import Access, Decision
from assistant.safeguards.audit import refusal
from assistant.safeguards.quoted import only_read
from assistant.safeguards.risk import plain_risk

T = TypeVar("T")

_log = structlog.get_logger(__name__)


def _no_history(name: str) -> History:
    raise NotConnected(name, "tells nothing about past deployments")


def _no_changes(name: str) -> Changes:
    raise NotConnected(name, "tells nothing about commits")


def _no_pipelines(name: str) -> Pipelines:
    raise NotConnected(name, "shows no builds")


def _no_deployers(name: str) -> Deployer:
    raise NotConnected(name, "cannot be told to deploy")


@dataclass(frozen=True)
class Context:
    """One question's view of the world; built anew for each by ``bootstrap``.

    ``ci``, ``monitoring``, ``alerts`` and ``metrics`` give the adapter of a provider by its name, or raise
    NotConnected; the last two are the instances of ``monitoring`` that know alerts or measurements. ``problem`` says
    why the catalogue in use is not the one on disk. ``deadline`` is a :func:`time.monotonic` instant. ``used`` collects
    the resources that were read with more than a member's right: such an answer is not for everybody's eyes.
    ``pings`` prove that a provider answers, ``traffic`` tells what goes through the chat, ``judge`` keeps an opinion.
    ``message`` is the id of the message or click that is answered; ``quoted`` says that it is only asked about.
    ``watches`` are the deployments that are followed.
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
    deployers: Callable[[str], Deployer] = _no_deployers
    alerts: Mapping[str, Callable[[], Alerts]] = field(default_factory=dict)
    metrics: Mapping[str, Callable[[], Metrics]] = field(default_factory=dict)
    sandbox: bool = False
    problem: CatalogueBroken | None = None
    used: set[str] = field(default_factory=set)
    pings: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    traffic: Callable[[], Traffic] = Traffic
    judge: Callable[[Opinion, Answered | None], None] = lambda opinion, about: None
    records: Records | None = None
    watches: Watches | None = None
    risk: Risk = plain_risk
    message: str = ""
    quoted: bool = False

    @property
    def keeping(self) -> Records:
        """Requests, locks and the audit log. Raises NotConnected where there is no database to keep them in.

        Where the message is only asked about, whatever would write raises Invalid.
        """
        if self.records is None:
            raise NotConnected("The assistant's database", "is not there, so nothing can be changed")
        return only_read(self.records) if self.quoted else self.records

    def require(self, verb: str, resource: str) -> None:
        """Raise NotAllowed, with the rule, unless the actor may do this; a refusal is recorded."""
        decision = self.may(verb, resource)
        if decision.allowed:
            return
        if self.records is not None:
            try:
                self.records.audit.append(refusal(self.actor, decision, self.message))
            except Unavailable as error:
                _log.error("refusal.not_recorded", reason=str(error), details=error.details)
        known: Mapping[str, Person | Team] = {**self.catalogue.people, **self.catalogue.teams}
        who = [known[name].display_name if name in known else name for name in decision.instead]
        raise NotAllowed(verb, readable(resource), decision.rule, who)

    def may(self, verb: str, resource: str) -> Decision:
        """Whether the actor may do this; reading is noted in ``used`` when it takes more than a member's right."""
        decision = self.access.decide(self.actor, self.person, verb, resource, self.sandbox)
        if decision.allowed and verb == "read" and not self.access.is_everybodys(verb, resource):
            self.used.add(resource)
        return decision

    def remember(self, values: Mapping[str, object], at: datetime) -> None:
        """Keep what was seen for the day when its provider does not answer; an answer never fails for that."""
        try:
            if values:
                self.observations.remember(values, at)
        except Unavailable as error:
            _log.warning("observation.not_kept", reason=str(error), details=error.details)

    def recall(self, kind: type[T], key: str) -> Known[T] | None:
        """What was seen last of a kind, None when nothing was, or the database does not answer."""
        try:
            return self.observations.recall(kind, key)
        except Unavailable:
            return None

    def recall_all(self, kind: type[T]) -> Mapping[str, Known[T]]:
        """Everything of a kind that was seen; nothing when the database does not answer."""
        try:
            return self.observations.recall_all(kind)
        except Unavailable:
            return {}

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
