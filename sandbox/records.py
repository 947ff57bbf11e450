"""What the made-up company leaves behind: commits, tags, workflow runs and jobs, each with its whole course in time.

A run knows from the beginning when each step will start and end; what is to be seen of it depends on ``now`` alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_EPOCH = 1_600_000_000
Stop = Sequence[str]
"""The step that ends a run, and what it comes to: ``("Smoke test", "failure")``."""


@dataclass(frozen=True)
class Commit:
    """A commit on ``main``; ``path`` is the file that it touches."""

    repository: str
    message: str
    login: str
    at: datetime
    path: str

    @property
    def title(self) -> str:
        """The first line of its message."""
        return self.message.partition("\n")[0]

    @property
    def pull(self) -> int | None:
        """The number of the pull request that it was merged by."""
        number = self.title.rpartition(" (#")[2].rstrip(")")
        return int(number) if number.isdigit() else None

    @property
    def sha(self) -> str:
        """Forty hexadecimal digits, the same for the same commit in every start of the same world."""
        return digest(self.repository, self.message, self.at.isoformat())


@dataclass(frozen=True)
class Tag:
    """A tag and the commit that it names, visible from ``at`` on."""

    name: str
    version: str
    commit: Commit
    at: datetime


@dataclass(frozen=True)
class Step:
    """One step of a job; ``conclusion`` is what it will have come to at ``end``."""

    name: str
    start: datetime
    end: datetime
    conclusion: str


@dataclass(frozen=True)
class Job:
    """One job: ``due`` when it could start, ``start`` when a reviewer and a runner let it."""

    name: str
    environment: str | None
    due: datetime
    start: datetime
    end: datetime
    conclusion: str
    steps: tuple[Step, ...]

    def status(self, now: datetime) -> str:
        """``waiting`` for a reviewer, ``queued`` for a runner, ``in_progress`` or ``completed``."""
        if now >= self.end:
            return "completed"
        if now >= self.start:
            return "in_progress"
        return "waiting" if self.start - self.due > timedelta(minutes=1) else "queued"


@dataclass(frozen=True)
class Run:
    """A workflow run. ``id`` follows from when and for what it was made, so that it never changes.

    ``target`` is the (service, environment, version) that it deploys, None when it only builds; ``request`` what
    whoever started it calls it; ``attempt`` began at ``begun`` when it is not the first.
    """

    id: int
    workflow: str
    event: str
    title: str
    ref: str
    commit: Commit
    login: str
    created: datetime
    jobs: tuple[Job, ...]
    target: tuple[str, str, str] | None = None
    request: str = ""
    attempt: int = 1
    begun: datetime | None = None

    def visible_jobs(self, now: datetime) -> list[Job]:
        """The jobs that GitHub lists by now: one that needs another appears after it."""
        return [job for job in self.jobs if job.due <= now]

    def status(self, now: datetime) -> str:
        """The state of the whole run."""
        if now >= self.jobs[-1].end:
            return "completed"
        under_way = [job.status(now) for job in self.visible_jobs(now) if job.end > now]
        return under_way[0] if under_way else "queued"

    @property
    def conclusion(self) -> str:
        """What the run will have come to in the end."""
        return next((job.conclusion for job in self.jobs if job.conclusion != "success"), "success")

    def updated(self, now: datetime) -> datetime:
        """When something about the run changed last."""
        moments = [moment for job in self.jobs for moment in (job.due, job.start, job.end)]
        return max([moment for moment in moments if moment <= now], default=self.created)


class Runs(list[Run]):
    """All of them, each under a number that follows from what it is, so that looking further ahead never changes it."""

    def __init__(self, services: Sequence[str]) -> None:
        super().__init__()
        self._services = services
        self._places: dict[int, int] = {}

    def add(self, service: str, kind: int, run: Run) -> Run:
        """Keep a new one: ``kind`` 0 is a build, any other a deployment to one of seven environments."""
        seconds, index = int(run.created.timestamp()) - _EPOCH, self._services.index(service)
        while (number := (seconds * len(self._services) + index) * 8 + kind) in self._places:
            seconds += 1  # only what is started over HTTP comes twice in a second
        self._places[number] = len(self)
        self.append(replace(run, id=number))
        return self[-1]

    def put(self, run: Run) -> None:
        """Keep one in place of what was known of it."""
        self[self._places[run.id]] = run

    def service(self, run: Run) -> str:
        """The service that one belongs to, as its number tells."""
        return self._services[run.id // 8 % len(self._services)]


@dataclass(frozen=True)
class Deployment:
    """The record that GitHub makes for a job with an environment."""

    id: int
    run: Run
    job: Job

    def statuses(self, now: datetime, superseded: datetime | None) -> list[tuple[str, datetime]]:
        """Its states so far, newest first, as (state, since)."""
        waited = self.job.start - self.job.due > timedelta(minutes=1)
        course = [
            *([("waiting", self.job.due)] if waited else []),
            ("queued", self.job.start - timedelta(seconds=3)),
            ("in_progress", self.job.start),
            (_STATE_OF.get(self.job.conclusion, "error"), self.job.end),
            *([("inactive", superseded)] if superseded else []),
        ]
        return [(state, at) for state, at in reversed(course) if at <= now]


_STATE_OF = {"success": "success", "failure": "failure"}


def digest(*parts: str) -> str:
    """A stable SHA-1 of ``parts``, as Git would show one."""
    return hashlib.sha1("\n".join(parts).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class JobPlan:
    """A job before it has times: its steps with their seconds, and how long a reviewer lets it wait."""

    name: str
    steps: Mapping[str, int]
    environment: str | None = None
    wait: timedelta = timedelta(0)


def course(created: datetime, plans: Sequence[JobPlan], stop: Stop | None) -> tuple[Job, ...]:
    """Give every job its times, one after the other; ``stop`` ends it all."""
    jobs: list[Job] = []
    due = created + timedelta(seconds=3)
    for plan in plans:
        start = due + plan.wait + timedelta(seconds=5)
        job = _job(plan, due, start, stop)
        jobs.append(job)
        due = job.end + timedelta(seconds=4)
        if job.conclusion != "success":
            break
    return tuple(jobs)


def cut(jobs: Sequence[Job], now: datetime) -> tuple[Job, ...]:
    """The jobs of a run that somebody cancels: what is over stays, what runs ends now, what comes later never does."""
    kept = [job for job in jobs if job.end <= now]
    current = jobs[len(kept)]
    done = [step for step in current.steps if step.end <= now]
    broken = [replace(step, end=now, conclusion="cancelled") for step in current.steps if step.start <= now < step.end]
    due, start = min(current.due, now), min(current.start, now)
    ended = replace(current, due=due, start=start, end=now, conclusion="cancelled", steps=(*done, *broken))
    return (*kept, ended)


def _job(plan: JobPlan, due: datetime, start: datetime, stop: Stop | None) -> Job:
    steps: list[Step] = []
    conclusion, at = "success", start
    for name, seconds in plan.steps.items():
        end = at if conclusion != "success" else at + timedelta(seconds=seconds)
        outcome = "skipped" if conclusion != "success" else "success"
        if stop and name == stop[0] and outcome == "success":
            outcome = conclusion = stop[1]
        steps.append(Step(name, at, end, outcome))
        at = end
    return Job(plan.name, plan.environment, due, start, at, conclusion, tuple(steps))
