"""Builds and other runs of a pipeline, their jobs, steps and logs; what is asked about them, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.contracts.delivery import Deployment, Phase
from assistant.contracts.errors import ProviderError


@dataclass(frozen=True)
class Step:
    """One step of a job (a stage of a Jenkins build); times are aware and in UTC."""

    name: str
    phase: Phase
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Job:
    """One job of a run. A CI that knows no jobs gives a single one with the run's own name."""

    id: str
    name: str
    phase: Phase
    steps: tuple[Step, ...] = ()
    url: str | None = None

    @property
    def failed_step(self) -> Step | None:
        """The step that failed first."""
        return next((step for step in self.steps if step.phase is Phase.FAILED), None)

    @property
    def current_step(self) -> Step | None:
        """The step that runs right now."""
        return next((step for step in self.steps if step.phase is Phase.RUNNING), None)


@dataclass(frozen=True)
class Run:
    """One run of a pipeline; times are aware and in UTC.

    ``number`` is what people call it (``8841``), ``id`` what the provider does, ``source`` the pipeline that it
    belongs to as the provider addresses it (``epetech/checkout``, ``platform/deploy-app``). ``phase`` and
    ``started_at`` are those of the latest ``attempt``; ``finished_at`` is None while it may still change.
    ``login`` is the provider's name of who set it off.
    """

    number: str
    id: str
    source: str
    title: str
    phase: Phase
    started_at: datetime
    finished_at: datetime | None = None
    branch: str | None = None
    commit: str | None = None
    login: str | None = None
    url: str | None = None
    attempt: int = 1


@dataclass(frozen=True)
class Log:
    """What a job wrote: the failing step's lines where the provider can tell them apart, else all of them.

    The provider's own time stamps are taken off. ``cut`` is True when only the end was read (2 MB at most).
    """

    lines: tuple[str, ...]
    cut: bool = False


@dataclass(frozen=True)
class PipelineRequest:
    """What is asked about builds: of these services (none: of the teams' or all), of a branch, version or commit
    ``ref`` (None: the main branch), about one run, how often the step that failed last fails (``recurrence``), or only
    about those that failed (``red``). A ``run`` is a number, with "build" or "deployment" before it where that is said.

    ``person`` (a name of the catalogue) asks for the newest run that this person set off.
    ``deployment`` asks, instead of the builds, for the newest deployment of one service (to ``environment``; None: to
    any), with ``failed`` for the newest that failed. ``part`` are the words for a job or step of one service's builds.
    Without ``lines`` no log is read, which takes a right of its own.
    """

    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    ref: str | None = None
    run: str | None = None
    recurrence: bool = False
    red: bool = False
    deployment: bool = False
    environment: str | None = None
    failed: bool = False
    person: str | None = None
    part: str = ""
    lines: bool = True


@dataclass(frozen=True)
class Excerpt:
    """The telling lines of a log.

    ``hidden`` is how many values were redacted, ``left_out`` how many lines are not shown. ``error`` is True when a
    line says what went wrong; else these are merely the last ones.
    """

    lines: tuple[str, ...]
    hidden: int
    left_out: int
    error: bool
    cut: bool = False


@dataclass(frozen=True)
class Build:
    """How the builds of one service are.

    Attributes:
        runs: newest first; empty when there are none, or when nobody answered (``problem``).
        shown: the newest run that ended well or badly, or the one asked for; ``job`` is its job that failed.
        under_way: the newest run that is not finished; ``current`` is its job that runs.
        first_red: the first failing run after the last green one, None unless the newest finished one failed.
        green_before: the last green run before ``first_red``; None when it lies further back than was looked.
        shared_with: services whose builds the catalogue does not tell apart from this one's.
        unread: why it is not known which job failed or runs.
        age: how old all this is, when ``problem`` says why nothing newer is known.
        deployment: what the run deployed, when that was asked for.
        excerpt: why it failed; None when not asked for, not allowed or not to be had (``no_excerpt`` says which).
    """

    service: str
    ref: str | None
    runs: tuple[Run, ...] = ()
    shown: Run | None = None
    job: Job | None = None
    under_way: Run | None = None
    current: Job | None = None
    first_red: Run | None = None
    green_before: Run | None = None
    shared_with: tuple[str, ...] = ()
    excerpt: Excerpt | None = None
    no_excerpt: str | None = None
    problem: ProviderError | None = None
    unread: ProviderError | None = None
    age: timedelta | None = None
    deployment: Deployment | None = None


@dataclass(frozen=True)
class Recurrence:
    """How often a step failed: ``failed`` among ``finished`` runs, newest first.

    ``elsewhere`` are the runs that failed in another step, ``unread`` those whose jobs nobody could tell,
    ``retried`` those that ended green only at a later attempt.
    """

    job: str
    step: str
    failed: tuple[Run, ...]
    finished: int
    elsewhere: tuple[Run, ...] = ()
    unread: tuple[Run, ...] = ()
    retried: tuple[Run, ...] = ()


@dataclass(frozen=True)
class NamedPart:
    """A job, or one of its steps, that was asked for by name, as it went in a run; ``job`` is None when the run has
    none of that name, ``jobs`` are those that it has.
    """

    job: Job | None
    step: Step | None
    jobs: tuple[str, ...]


@dataclass(frozen=True)
class PipelineReport:
    """The answer: worst first; ``recurrence`` when that was the question and there is a failed step; ``part`` when one
    was asked for and the jobs are known.
    """

    request: PipelineRequest
    builds: tuple[Build, ...]
    recurrence: Recurrence | None = None
    part: NamedPart | None = None


@dataclass(frozen=True)
class LogRequest:
    """Whose log is asked for: of a run, else of a service's newest build (of ``ref``) or ``deployment``.

    ``failed`` asks for the newest one that failed, also when a later one did not.
    """

    service: str | None = None
    run: str | None = None
    ref: str | None = None
    environment: str | None = None
    deployment: bool = False
    failed: bool = False


@dataclass(frozen=True)
class RunningLogs:
    """Where what a running service writes is kept; ``url`` is None when the catalogue does not say."""

    service: str
    environment: str
    url: str | None = None


@dataclass(frozen=True)
class LogReport:
    """The answer: the run and its job that tells, with the lines; ``problem`` is why there are none.

    ``others`` are the jobs that failed as well. ``instead`` is True when a failed run was asked for and none is known.
    ``newer`` is the newest run, when the one that failed is an older one. ``running`` is where the service's own logs
    are, when those of a place were asked for and a deployment's are shown.
    """

    request: LogRequest
    service: str
    run: Run
    job: Job | None = None
    excerpt: Excerpt | None = None
    problem: ProviderError | None = None
    others: tuple[str, ...] = ()
    instead: bool = False
    newer: Run | None = None
    running: RunningLogs | None = None
