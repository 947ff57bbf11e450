"""The ports: what the operations need from the outside. Adapters under ``integrations/`` implement them.

Adapters are plain synchronous code, called in worker threads. Each call finishes within ``deadline`` (a
:func:`time.monotonic` instant) and either answers or raises a :class:`~assistant.contracts.errors.ProviderError`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from assistant.contracts.alerts import Alert, AlertRule
from assistant.contracts.changes import Comparison
from assistant.contracts.delivery import Deployment, Health, ServiceState
from assistant.contracts.deployer import CiVerdict, Progress, Target
from assistant.contracts.docs import Found
from assistant.contracts.errors import ProviderError
from assistant.contracts.history import Merge, Past
from assistant.contracts.interval import Interval
from assistant.contracts.known import Known
from assistant.contracts.messaging import Entry, Incoming, Stage, Workspace
from assistant.contracts.notice import Notice
from assistant.contracts.pipelines import Job, Log, Run
from assistant.contracts.platform import Delivery, DocumentFolder
from assistant.contracts.post import Answered, Backlog, ChatSettings, Place, Post, Waiting
from assistant.contracts.watch import Poke, Watched, WatchedBuild

T = TypeVar("T")


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


class Deployer(Protocol):
    """What sets deployments off and follows them: one instance of a CI system, for the mapping's ``start.*``."""

    def target(self, delivery: Delivery, version: str, deadline: float) -> Target:
        """What deploying ``version`` (with or without the ``v``; a tag, branch or commit) means right now.

        Raises NotFound with versions that come near. “latest” is the caller's business.
        """

    def verdict(self, delivery: Delivery, commit: str, deadline: float) -> CiVerdict:
        """What the builds of ``commit`` say; nothing found or nobody to ask is unknown, with the reason."""

    def defects(self, delivery: Delivery, deadline: float) -> list[str]:
        """Why a start would fail: a sentence per input, parameter, workflow, job or right that is missing."""

    def start(self, delivery: Delivery, target: Target, request: str, deadline: float) -> str | None:
        """Set ``target`` off, once; no failure is tried again in here.

        Args:
            delivery: its ``start.*`` values say what is started and with which inputs.
            target: of :meth:`target`.
            request: names this one change and nothing else ever; travels along, so that :meth:`find` finds it.
            deadline: a :func:`time.monotonic` instant.

        Returns: the run (``Progress.run_id``), None when the provider took it without saying which.

        Raises NotStarted when it certainly did not start, Uncertain when it may have.
        """

    def find(self, delivery: Delivery, request: str, since: datetime, deadline: float) -> Progress | None:
        """The run that carries ``request``, looked for among all since then; None: proved that there is none.

        Raises ProviderError when neither can be proved.
        """

    def progress(self, delivery: Delivery, run_id: str, deadline: float) -> Progress:
        """How far a run is. Raises Missing when the provider does not know it any more."""

    def deployed(self, delivery: Delivery, run_id: str, deadline: float) -> str | None:
        """The commit that a run really used, None when the provider cannot tell."""

    def cancel(self, delivery: Delivery, run_id: str, deadline: float) -> None:
        """Ask the provider to stop a run; it may take a while, or end in success all the same.

        Raises NotStarted when it refuses (it has ended), Uncertain when nobody knows.
        """

    def rerun(self, run: Run, deadline: float) -> str:
        """Run a build (never a deployment) again, its failed jobs only where that can be. Returns the run's id.

        Raises NotStarted or Uncertain as :meth:`start` does.
        """

    def again(self, run: Run, run_id: str, deadline: float) -> Progress:
        """How far ``run_id`` is, which :meth:`rerun` gave for ``run``. Raises Missing when nobody knows it any more."""


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

    def branches(self, delivery: Delivery, name: str, deadline: float) -> list[str] | None:
        """Branches that the service is built from, 100 at most, ``name`` among them if there is such a branch.

        None when the provider cannot tell.
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

    def health(self, deliveries: Sequence[Delivery], deadline: float) -> Sequence[Health | ProviderError]:
        """The health that each of ``deliveries`` declares (``health.alerts.*`` matchers or ``health.query``).

        Asked together, hundreds cost about as much as one. An error stands for the one that it is about.
        """


class Alerts(Protocol):
    """A system that sends alerts: one instance of it."""

    def alerts(self, deadline: float) -> list[Alert]:
        """Everything that fires, silenced and inhibited alerts included."""


class Metrics(Protocol):
    """A system that keeps measurements: one instance of it."""

    def running(self, deliveries: Sequence[Delivery], deadline: float) -> Sequence[str | ProviderError | None]:
        """The version that the catalogue's query ``running`` finds for each, None when nothing tells it."""

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
    """What was seen last, for the moments when a provider does not answer.

    A value is a frozen dataclass; its class is its kind. Raises Unavailable when the database does not answer.
    """

    def remember(self, values: Mapping[str, object], at: datetime) -> None:
        """Keep ``values``, by their keys, as seen ``at`` a moment (aware).

        What was seen earlier never replaces what was seen later.
        """

    def recall(self, kind: type[T], key: str) -> Known[T] | None:
        """What was seen last, None when nothing was yet."""

    def recall_all(self, kind: type[T]) -> Mapping[str, Known[T]]:
        """Everything of a kind that was seen, by its keys."""


class Watches(Protocol):
    """The deployments and builds that are followed, and what providers have sent us about them."""

    def open(self) -> tuple[Watched, ...]:
        """The deployments that were not closed, oldest first."""

    def builds(self) -> tuple[WatchedBuild, ...]:
        """The same of builds that were run again."""

    def known(self, key: str) -> bool:
        """Whether one is or was followed (and is not forgotten)."""

    def get(self, key: str) -> Watched | WatchedBuild | None:
        """One that is or was followed, None when there is none by that key (any more)."""

    def keep(self, one: Watched | WatchedBuild, closed: bool = False) -> None:
        """Store it in place of what was stored under its key; with ``closed`` it is followed no more."""

    def poke(self, poke: Poke, now: datetime) -> bool:
        """Store that something changed; False when this very message was stored before."""

    def poked(self) -> tuple[Poke, ...]:
        """What was stored and not looked at yet, oldest first."""

    def looked(self, those: Sequence[Poke]) -> None:
        """These were looked at."""

    def forget(self, now: datetime) -> None:
        """Drop what is a week old."""


class Leases(Protocol):
    """Who does a recurring job right now, so that two workers never do it at once."""

    def acquire(self, name: str, holder: str, seconds: float, now: datetime) -> bool:
        """Take or renew the lease ``name`` until ``now`` + ``seconds``; False while somebody else holds it."""

    def release(self, name: str, holder: str) -> None:
        """Give it back early; nothing happens when ``holder`` does not hold it."""


class Inbox(Protocol):
    """What came in from chat: stored before it is acknowledged, worked off once and in order per conversation."""

    def put(self, arrived: Sequence[Incoming]) -> None:
        """Store all of them, or none; what is there already (by its id) is left alone."""

    def claim(self, seconds: float, limit: int, now: datetime, finished: Sequence[str] = ()) -> list[Incoming]:
        """Write down that ``finished`` are done, then take up to ``limit`` that are due, for ``seconds``.

        Of each conversation only the first is taken. What is not finished by then is taken up again, by whoever claims
        next. Of what is done only the ids are kept, so that repeats are known.
        """

    def fail(self, incoming: Incoming, problem: str, retry_at: datetime | None) -> None:
        """It failed; it is due again at ``retry_at``, or dead when that is None."""

    def knows(self, conversation: str) -> bool:
        """Whether this person has talked to the assistant in this conversation within the last days."""

    def entries(self, stage: Stage | None, limit: int) -> list[Entry]:
        """The newest ``limit``, of a stage or all that are not done."""

    def entry(self, id: str) -> Entry | None:
        """One of them, None when there is none (any more)."""

    def replay(self, id: str) -> bool:
        """Let a dead one be worked off again, marked as replayed; False when there is none."""

    def drop(self, id: str) -> bool:
        """Give one up that is dead or waits; False when there is none."""

    def forget(self, now: datetime) -> None:
        """Remove what has been kept long enough."""


class Workspaces(Protocol):
    """Where the assistant is installed, with tokens that work."""

    def workspace(self, team: str) -> Workspace | None:
        """A workspace with a token that is good for minutes at least, None when the assistant is not installed there.

        Raises Unavailable when the token could not be found out or renewed.
        """

    def teams(self) -> tuple[str, ...]:
        """Every workspace where it is installed."""


class Outbox(Protocol):
    """What waits to be sent to a chat, in order for each channel."""

    def put(self, *posts: Post, now: datetime) -> None:
        """Store the posts in their order; what is there already (by its id) is left alone."""

    def take(self, seconds: float, limit: int, now: datetime) -> list[Waiting]:
        """Up to ``limit`` posts that are due and first in their queues; they are the taker's for ``seconds``."""

    def sent(self, *arrived: tuple[Post, Place | None]) -> None:
        """They arrived; only where they stand is kept."""

    def failed(self, post: Post, why: str, lost: bool = True) -> None:
        """It was given up; ``lost`` when somebody misses its words now."""

    def later(self, id: str, due: datetime, why: str, doubtful: bool) -> None:
        """It was not sent, or nobody knows (``doubtful``); it is due again, and its queue waits for it."""

    def knows(self, id: str) -> bool:
        """Whether a post was ever put (and is not forgotten)."""

    def showing(self, key: str) -> Sequence[Post]:
        """The newest message of each channel that shows this, without its words."""

    def speaks_in(self, queue: str, thread: str) -> bool:
        """Whether something was put into a thread (and is not forgotten)."""

    def in_thread(self, queue: str, thread: str) -> Waiting | None:
        """The newest message of a thread that shows something, without its words."""

    def backlog(self, now: datetime) -> Backlog:
        """What waits, and what was given up within a day."""


class Chat(Protocol):
    """A chat platform, for writing."""

    def send(self, waiting: Waiting) -> Place | None:
        """Send a post, once; where it stands, None for what stands nowhere.

        Raises RateLimited, Unavailable (certainly not sent), Uncertain (nobody knows), Refused (our token is no good),
        Missing (the place is not there, or not for us) or BadAnswer (what is sent makes no sense to the platform).
        """

    def find(self, waiting: Waiting) -> Place | None:
        """Where a post stands that may have arrived, None when it certainly did not. Raises ProviderError."""


class Offers(Protocol):
    """The choices that messages in a chat offer."""

    def offering(self, request: int) -> Sequence[Answered]:
        """The answers whose messages offer choices about a request, oldest first."""

    def took_back(self, message: str, but: str = "") -> None:
        """A message offers no choices about requests any more, but those of the answer that it shows now."""


class ChatChoices(Protocol):
    """What channels and people have chosen in chat."""

    def chosen(self, team: str, place: str) -> ChatSettings:
        """What was chosen for a channel or a person; nothing where nobody did."""

    def everywhere(self) -> Mapping[tuple[str, str], ChatSettings]:
        """Every choice by workspace and place."""


class Notices(Protocol):
    """What the assistant says by itself."""

    def tell(self, notice: Notice) -> None:
        """Say it, or change what was said under its key before."""
