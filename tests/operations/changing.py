"""A platform that can be changed, without a network: a provider that starts what it is told to, or fails half-way."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.contracts.actor import Actor
from assistant.contracts.change import ChangeRequest, Proposal, Verb, Wish
from assistant.contracts.changes import Change, Comparison
from assistant.contracts.delivery import Deployment, Phase, ServiceState
from assistant.contracts.deployer import CiLevel, CiVerdict, Progress, Target
from assistant.contracts.errors import Missing, NotFound, NotStarted, Unavailable, Uncertain
from assistant.contracts.history import Past
from assistant.contracts.interval import Interval
from assistant.contracts.pipelines import Run
from assistant.contracts.platform import Delivery
from assistant.contracts.records import Records
from assistant.integrations.store.audit import SqlAuditLog
from assistant.integrations.store.locks import SqlLocks
from assistant.integrations.store.requests import SqlRequests, requests
from assistant.operations import deployments, trigger
from assistant.operations.context import Context
from assistant.safeguards.access import Access, load_access
from assistant.safeguards.audit import defects
from tests.operations.platform import CATALOGUE, POOL, Memory

ACCESS = load_access(Path(__file__).parents[2] / "catalog")
THEN = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
Place = tuple[str, str]
CHAT = "T1.C1.1"
STAGING = Wish(Verb.DEPLOY, "checkout", "staging", "1.4.3")
PRODUCTION = Wish(Verb.DEPLOY, "checkout", "production", "1.4.3")
BACK = Wish(Verb.ROLLBACK, "checkout", "production")


class Killed(BaseException):
    """The process ended here, without a chance to clean up."""


def commit(version: str) -> str:
    """The commit that a version names, while nobody moves its tag."""
    return hashlib.sha1(version.encode(), usedforsecurity=False).hexdigest()


@dataclass
class Runs:
    """One run that was started: by which token, of what, and how it goes."""

    token: str
    target: Target
    phase: Phase = Phase.RUNNING
    deployed: str | None = None


@dataclass
class World:
    """The provider. Each service has the versions 1.4.0 to 1.4.4; 1.4.2 runs everywhere, 1.4.3 up to staging.

    ``start_goes`` says how the next start goes: ``well``, ``refused``, ``unheard`` (it starts, the answer is lost),
    ``lost`` (it does not arrive, and nobody can tell), ``accepted`` (without an id), ``killed before`` and ``killed
    after`` (the process that asks ends). ``witness`` is called right before a run begins. ``down``: nothing answers.
    ``shows``: runs can be looked for.
    """

    start_goes: str = "well"
    down: bool = False
    shows: bool = True
    moved: dict[str, str] = field(default_factory=dict)
    workflow: str = "w1"
    ci: CiLevel = CiLevel.PASSED
    defective: list[str] = field(default_factory=list)
    warned: tuple[str, ...] = ()
    foreign: dict[Place, Deployment] = field(default_factory=dict)
    ran: dict[Place, list[str]] = field(default_factory=dict)
    runs: dict[str, Runs] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    reruns: list[str] = field(default_factory=list)
    rebuilt: Progress | None = None
    witness: Callable[[str, Target], None] = lambda token, target: None

    def history_of(self, place: Place) -> list[str]:
        """The versions that ran there, oldest first."""
        newest = ["1.4.1", "1.4.2"] if place[1] == "production" else ["1.4.1", "1.4.2", "1.4.3"]
        return self.ran.setdefault(place, newest)

    def starts_of(self, token: str) -> int:
        """How often a change was set off."""
        return sum(run.token == token for run in self.runs.values())

    def finish(self, run_id: str, phase: Phase = Phase.SUCCEEDED, deployed: str | None = None) -> None:
        """Let a run end."""
        run = self.runs[run_id]
        run.phase, run.deployed = phase, deployed or run.target.commit
        if phase is Phase.SUCCEEDED:
            self.history_of((run.target.service, run.target.environment)).append(run.target.version)

    # Ci, History and Changes, as far as the chain asks.

    def state(self, delivery: Delivery, deadline: float) -> ServiceState:
        self._answer()
        place = (delivery.service, delivery.environment)
        current = self._deployment(place, self.history_of(place)[-1])
        return ServiceState(*place, "github", THEN, current=current, under_way=self.foreign.get(place))

    def versions_between(self, delivery: Delivery, older: str, newer: str, deadline: float) -> tuple[int, str]:
        self._answer()
        return max(0, int(newer.split(".")[-1]) - int(older.split(".")[-1])), "version"

    def past(self, delivery: Delivery, interval: Interval | None, limit: int, deadline: float) -> Past:
        self._answer()
        place = (delivery.service, delivery.environment)
        return Past(tuple(self._deployment(place, each) for each in reversed(self.history_of(place))))

    def versions(self, delivery: Delivery, deadline: float) -> list[str]:
        self._answer()
        return ["1.4.4", "1.4.3", "1.4.2", "1.4.1", "1.4.0"]

    def compare(self, delivery: Delivery, older: str, newer: str, deadline: float) -> Comparison:
        self._answer()
        return Comparison(1, (Change("c" * 40, "Fix rounding", "ana-duarte", THEN),), (newer,), warned=self.warned)

    # Deployer

    def target(self, delivery: Delivery, version: str, deadline: float) -> Target:
        self._answer()
        name = version.removeprefix("v")
        if name not in self.versions(delivery, deadline):
            raise NotFound("version", version, ("1.4.3",))
        sha = self.moved.get(name, commit(name))
        return Target(delivery.service, delivery.environment, name, sha, f"v{name}", self.workflow)

    def verdict(self, delivery: Delivery, sha: str, deadline: float) -> CiVerdict:
        self._answer()
        return CiVerdict(self.ci, f"The builds of {sha[:7]}: {self.ci.value}.")

    def defects(self, delivery: Delivery, deadline: float) -> list[str]:
        self._answer()
        return self.defective

    def start(self, delivery: Delivery, target: Target, request: str, deadline: float) -> str | None:
        goes = "refused" if self.down else self.start_goes
        if goes == "killed before":
            raise Killed
        if goes == "refused":
            raise NotStarted("github", "refused to start it")
        if goes == "lost":
            raise Uncertain("github", "did not say whether it took it")
        self.witness(request, target)
        run_id = str(1000 + len(self.runs))
        self.runs[run_id] = Runs(request, target)
        if goes == "unheard":
            raise Uncertain("github", "did not say whether it took it")
        if goes == "killed after":
            raise Killed
        return None if goes == "accepted" else run_id

    def find(self, delivery: Delivery, request: str, since: datetime, deadline: float) -> Progress | None:
        self._answer()
        if not self.shows:
            raise Unavailable("github", "did not show its runs")
        found = next((run_id for run_id, run in self.runs.items() if run.token == request), None)
        return self.progress(delivery, found, deadline) if found else None

    def progress(self, delivery: Delivery, run_id: str, deadline: float) -> Progress:
        self._answer()
        if run_id not in self.runs:
            raise Missing("github", f"does not know the run {run_id} any more")
        return Progress(self.runs[run_id].phase, run_id, THEN, run=run_id, failed_step="Smoke test", url=f"u/{run_id}")

    def deployed(self, delivery: Delivery, run_id: str, deadline: float) -> str | None:
        self._answer()
        return self.runs[run_id].deployed

    def cancel(self, delivery: Delivery, run_id: str, deadline: float) -> None:
        self._answer()
        self.cancelled.append(run_id)

    def rerun(self, run: Run, deadline: float) -> str:
        self.reruns.append(run.id)
        return run.id

    def again(self, run: Run, run_id: str, deadline: float) -> Progress:
        self._answer()
        if self.rebuilt is None:
            raise Missing("github", f"does not know the run {run_id} any more")
        return self.rebuilt

    def _answer(self) -> None:
        if self.down:
            raise Unavailable("github", "did not answer in time")

    @staticmethod
    def _deployment(place: Place, version: str) -> Deployment:
        return Deployment(*place, version, Phase.SUCCEEDED, THEN, THEN, commit(version), run="77")


@dataclass
class Company:
    """The provider, the database, and everybody's view of them."""

    engine: Engine
    world: World = field(default_factory=World)
    access: Access = ACCESS
    source: str = "test"

    @property
    def records(self) -> Records:
        return Records(
            SqlRequests(self.engine, self.source), SqlLocks(self.engine, self.source), SqlAuditLog(self.engine)
        )

    def seen_by(self, person: str, **more: object) -> Context:
        """The context of a message of this person's."""
        known = CATALOGUE.people.get(person)
        base = Context(
            actor=Actor("T1", (known.slack if known else None) or person, known.name if known else None),
            person=known,
            catalogue=CATALOGUE,
            access=self.access,
            ci=lambda name: self.world,
            history=lambda name: self.world,
            changes=lambda name: self.world,  # type: ignore[arg-type,return-value]
            deployers=lambda name: self.world,
            monitoring={},
            observations=Memory(),
            pools=lambda provider: POOL,
            deadline=time.monotonic() + 30,
            records=self.records,
            message=f"message of {person} ({self.source})",
        )
        return replace(base, **more)  # type: ignore[arg-type]

    def get(self, number: int) -> ChangeRequest:
        """The request as it is stored."""
        return self.records.requests.get(number)

    def let_time_pass(self, number: int, seconds: float) -> None:
        """Move everything that is stored about a request into the past."""
        with self.engine.begin() as connection:
            body = connection.execute(sa.select(requests.c.body).where(requests.c.number == number)).scalar()
            for name in ("created_at", "expires_at", "confirmed_at", "approved_at", "started_at"):
                if body[name]:
                    body[name] = (datetime.fromisoformat(body[name]) - timedelta(seconds=seconds)).isoformat()
            connection.execute(requests.update().where(requests.c.number == number).values(body=body))


def ask(firm: Company, *wishes: Wish, person: str = "ana-duarte", **more: object) -> Proposal:
    """Somebody wishes for something."""
    return deployments.propose(firm.seen_by(person), wishes, CHAT, **more)  # type: ignore[arg-type]


def yes(firm: Company, proposal: Proposal, person: str = "ana-duarte") -> tuple[ChangeRequest, ...]:
    """Their yes to all that was shown."""
    shown = [(request.number, request.revision) for request in proposal.requests]
    return deployments.confirm(firm.seen_by(person), shown)


def confirmed(firm: Company, wish: Wish = PRODUCTION) -> ChangeRequest:
    """A wish of Ana's, with her yes."""
    return yes(firm, ask(firm, wish))[0]


def advance(firm: Company, number: int) -> ChangeRequest:
    """The worker's next step."""
    return trigger.advance(firm.seen_by("worker"), firm.get(number))


def stopped_at(proposal: Proposal) -> list[str]:
    """The gates that a wish does not pass."""
    return [finding.gate for plan in proposal.plans for finding in plan.findings if finding.stops]


def whole(firm: Company) -> bool:
    """Whether the audit log is what was written."""
    return not list(defects(firm.records.audit.records()))
