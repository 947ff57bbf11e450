"""The made-up company in motion. What it shows is a function of the start and of ``now`` alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Lock
from typing import TypeVar

from sandbox.company import CENTRAL, CI_JOBS, DEPLOY_STEPS, ENVIRONMENTS, SERVICES, TODAY
from sandbox.records import Commit, Deployment, JobPlan, Run, Runs, Stop, Tag, course, cut

SEED = 5
ASSISTANT = "epetech-assistant"
"""Who starts what is started over HTTP."""
_REVIEW = timedelta(minutes=9)
"""How long the reviewer of production lets the central workflow wait."""
_LAG = {"development": 0.4, "qa": 2.0, "staging": 5.0, "production": 27.0}
"""How many hours after its tag a version reaches each environment by hand."""
_BUILD, _PAUSE = timedelta(minutes=8), timedelta(minutes=13)
"""From a commit to its tag, and to the next commit."""
T = TypeVar("T")


class World:
    """Everything that happened in the company up to a moment, and everything that it has planned.

    Args:
        start: when the sandbox was started (aware): the company's past lies before it.
    """

    def __init__(self, start: datetime) -> None:
        self.start = start.replace(microsecond=0)
        self._random = random.Random(SEED)
        self._lock = Lock()
        self._commits = [Commit(CENTRAL, "Deploy any service (#1)", "lena-fischer", self._ago(days=60), "deploy")]
        self._tags: dict[tuple[str, str], Tag] = {}
        self._runs = Runs(list(SERVICES))
        self._written = dict.fromkeys(SERVICES, 0)
        self._busy = dict.fromkeys(SERVICES, self.start)
        self._versions = {name: list(service.versions) for name, service in SERVICES.items()}
        self._running = {name: dict(service.running) for name, service in SERVICES.items()}
        for name in SERVICES:
            self._past(name)
        self._today()
        self._next = self.start + timedelta(minutes=6)

    # What is to be seen: every list is newest first

    def commits(self, repository: str, now: datetime) -> list[Commit]:
        """The commits of ``main``."""
        self._reach(now)
        return _newest([c for c in self._commits if c.repository == repository and c.at <= now], lambda c: c.at)

    def tags(self, repository: str, now: datetime) -> list[Tag]:
        """The tags."""
        self._reach(now)
        tags = list(self._tags.values())  # at one stroke: another request may add to them meanwhile
        return _newest([t for t in tags if t.commit.repository == repository and t.at <= now], lambda t: t.at)

    def runs(self, repository: str, now: datetime) -> list[Run]:
        """The workflow runs."""
        self._reach(now)
        here = [
            run
            for run in self._runs
            if run.commit.repository == repository and not SERVICES[self._runs.service(run)].jenkins
        ]
        return _newest([run for run in here if run.created <= now], lambda run: run.created)

    def builds(self, service: str, now: datetime) -> list[Run]:
        """Everything that was built and deployed of a service, on GitHub or elsewhere, the oldest first."""
        self._reach(now)
        made = [run for run in self._runs if self._runs.service(run) == service and run.created <= now]
        return sorted(made, key=lambda run: run.created)

    def deployments(self, repository: str, now: datetime) -> list[Deployment]:
        """The deployment records: one for each job with an environment."""
        records = [
            Deployment(run.id * 4 + number, run, job)
            for run in self.runs(repository, now)
            for number, job in enumerate(run.jobs)
            if job.environment and job.due <= now
        ]
        return _newest(records, lambda record: record.job.due)

    def superseded(self, record: Deployment, now: datetime) -> datetime | None:
        """When a newer success made ``record`` inactive, as GitHub does everywhere but in production.

        See ``auto_inactive`` in https://docs.github.com/en/rest/deployments/statuses.
        """
        if record.job.environment == "production" or record.job.conclusion != "success":
            return None
        jobs = [other.job for other in self.deployments(record.run.commit.repository, now)]
        same = [job for job in jobs if (job.environment, job.conclusion) == (record.job.environment, "success")]
        return min((job.end for job in same if record.job.end < job.end <= now), default=None)

    def running(self, service: str, environment: str, now: datetime) -> str | None:
        """The version that runs: that of the newest deployment that ended well."""
        self._reach(now)
        done = [r for r in self._runs if r.target and r.jobs[-1].end <= now and r.conclusion == "success"]
        mine = [r for r in done if r.target and r.target[:2] == (service, environment)]
        newest = max(mine, key=lambda run: run.jobs[-1].end, default=None)
        return newest.target[2] if newest and newest.target else None

    # What somebody does to it

    def deploy(self, name: str, environment: str, tag: Tag, at: datetime, request: str, commit: str = "") -> Run:
        """Start a deployment; it ends badly where ``fails`` says so, or when the tag is not the ``commit`` asked for.

        It waits for the one that runs there; one that waits already makes room for it, as in a concurrency group:
        https://docs.github.com/en/actions/concepts/workflows-and-actions/concurrency
        """
        service = SERVICES[name]
        step = "Check out" if commit not in ("", tag.commit.sha) else service.fails.get(environment)
        self._reach(at)
        with self._lock:
            there = [r for r in self._runs if r.target and r.target[:2] == (name, environment) and r.created <= at]
            for run in [r for r in there if at < r.jobs[0].due]:
                there.remove(run)
                self._runs.put(replace(run, jobs=cut(run.jobs, at)))
            begin = max([at, *(run.jobs[-1].end for run in there)])
            wait = _REVIEW if service.central and environment == "production" else timedelta(0)
            stop = (step, "failure") if step else None
            run = self._deploy(name, environment, tag, at, stop, wait, begin, request)
            if not step:
                self._running[name][environment] = tag.version
            return run

    def build(self, name: str, commit: Commit, at: datetime) -> Run:
        """Build a commit once more."""
        self._reach(at)
        with self._lock:
            jobs = course(at, [JobPlan(job, steps) for job, steps in CI_JOBS.items()], None)
            return self._runs.add(name, 0, Run(0, "ci.yml", "push", commit.title, "main", commit, ASSISTANT, at, jobs))

    def cancel(self, run: Run, at: datetime) -> None:
        """Stop a run that is not over."""
        with self._lock:
            self._runs.put(replace(run, jobs=cut(run.jobs, at)))

    def rerun(self, run: Run, at: datetime) -> None:
        """Run what failed again; this time it goes well."""
        good = [job for job in run.jobs if job.conclusion == "success"]
        plans = [JobPlan(name, steps) for name, steps in CI_JOBS.items() if name not in [job.name for job in good]]
        if run.target:
            plans = [JobPlan("Deploy", DEPLOY_STEPS, run.jobs[-1].environment)]
        with self._lock:
            self._runs.put(replace(run, jobs=(*good, *course(at, plans, None)), attempt=run.attempt + 1, begun=at))

    def move_tag(self, repository: str, name: str, now: datetime) -> None:
        """Let a tag name the newest commit, which is not what a tag should do."""
        newest = self.commits(repository, now)[0]
        for key, tag in self._tags.items():
            if (tag.commit.repository, tag.name) == (repository, name):
                self._tags[key] = replace(tag, commit=newest)

    def triggers(self) -> list[str]:
        """The requests of all deployments that were started over HTTP, in their order."""
        return [run.request for run in self._runs if run.target and run.login == ASSISTANT]

    # How it came about

    def _ago(self, **period: float) -> datetime:
        return self.start - timedelta(**period)

    def _past(self, name: str) -> None:
        versions = self._versions[name]
        for place, (version, age) in enumerate(SERVICES[name].versions.items()):
            tag = self._release(name, version, self._ago(hours=age), self._random.randint(2, 4))
            for environment, current in SERVICES[name].running.items():
                if place <= versions.index(current):
                    self._deploy(name, environment, tag, self._arrival(name, environment, tag.at))

    def _arrival(self, name: str, environment: str, tagged: datetime) -> datetime:
        merged = SERVICES[name].on_merge and environment == "staging"
        lag = timedelta(hours=_LAG[environment], minutes=self._random.randint(0, 40))
        wanted = tagged + (timedelta(seconds=40) if merged else lag)
        return min(wanted, max(self._ago(minutes=15), tagged + timedelta(minutes=1)))

    def _today(self) -> None:
        for each in TODAY["commits"]:
            self._commit(each["service"], each["subject"], self._ago(minutes=each["ago"]), each.get("stop"))
        for each in TODAY["deployments"]:
            name, environment, version, stop = each["service"], each["environment"], each["version"], each.get("stop")
            at, wait = self._ago(minutes=each["ago"]), timedelta(minutes=each.get("wait", 0))
            self._deploy(name, environment, self._tags[name, version], at, stop, wait)
            if not stop:
                self._running[name][environment] = version
        self._busy |= {name: self._ago(minutes=-period) for name, period in TODAY["left_alone"].items()}

    def _reach(self, now: datetime) -> None:
        with self._lock:
            while self._next <= now:
                self._happen(self._next)
                self._next += timedelta(minutes=self._random.randint(10, 20))

    def _happen(self, at: datetime) -> None:
        """One thing that somebody does: promote what the environment before has, or release a new version."""
        free = [name for name in SERVICES if self._busy[name] <= at]
        if not free:
            return
        name = self._random.choice(free)
        lagging = self._lagging(name)
        if lagging and self._random.random() < 0.5:
            environment, version = self._random.choice(lagging)
            failed = ("Smoke test", "failure") if self._random.random() < 0.25 else None
            self._deploy(name, environment, self._tags[name, version], at, stop=failed)
            if not failed:
                self._running[name][environment] = version
        else:
            self._new_version(name, at)

    def _lagging(self, name: str) -> list[tuple[str, str]]:
        order, running = self._versions[name], self._running[name]
        pairs = pairwise(running)
        return [(b, running[a]) for a, b in pairs if order.index(running[a]) > order.index(running[b])]

    def _new_version(self, name: str, at: datetime) -> None:
        major, minor, patch = self._versions[name][-1].split(".")
        version = f"{major}.{minor}.{int(patch) + 1}"
        self._versions[name].append(version)
        count = self._random.randint(1, 3)
        tag = self._release(name, version, at + _BUILD + (count - 1) * _PAUSE, count)
        for environment in ("development", "staging") if SERVICES[name].on_merge else ("development",):
            self._deploy(name, environment, tag, tag.at + timedelta(seconds=40))
            self._running[name][environment] = version

    def _release(self, name: str, version: str, at: datetime, count: int) -> Tag:
        """So many commits, the last of which is built and then tagged at ``at``."""
        moments = [at - _BUILD - number * _PAUSE for number in reversed(range(count))]
        red = False
        for moment in moments[:-1]:
            red = not red and self._random.random() < 0.3
            self._commit(name, self._subject(name), moment, stop=("Unit tests", "failure") if red else None)
        commit = self._commit(name, "Fix the build" if red else self._subject(name), moments[-1])
        tag = Tag(SERVICES[name].tag + version, version, commit, at)
        self._tags[name, version] = tag
        return tag

    def _subject(self, name: str) -> str:
        subjects = SERVICES[name].subjects
        return subjects[self._written[name] % len(subjects)]

    def _commit(self, name: str, subject: str, at: datetime, stop: Stop | None = None) -> Commit:
        service = SERVICES[name]
        self._written[name] += 1
        number = 100 + 3 * self._written[name] + len(name) % 3
        migrates = subject.startswith("Add an index")
        file = f"migrations/{number}.sql" if migrates else f"src/{subject.split()[-1].lower()}.py"
        path = f"{service.path}{file}"
        commit = Commit(service.repository, f"{subject} (#{number})", self._random.choice(service.team), at, path)
        self._commits.append(commit)
        jobs = course(at, [JobPlan(job, steps) for job, steps in CI_JOBS.items()], stop)
        self._runs.add(name, 0, Run(0, "ci.yml", "push", commit.title, "main", commit, commit.login, at, jobs))
        return commit

    def _deploy(
        self,
        name: str,
        environment: str,
        tag: Tag,
        at: datetime,
        stop: Stop | None = None,
        wait: timedelta = timedelta(0),
        begin: datetime | None = None,
        request: str | None = None,
    ) -> Run:
        """One run of ``deploy.yml``; ``wait`` is how long the environment's reviewer takes.

        With ``request`` somebody asked for it over HTTP, and it starts at ``begin``.
        """
        service = SERVICES[name]
        merged = service.on_merge and environment == "staging" and request is None
        title = tag.commit.title if merged else f"Deploy {tag.name} to {environment}"
        plans = [JobPlan("Deploy", DEPLOY_STEPS, service.renamed.get(environment, environment), wait)]
        if name == "checkout":
            plans.insert(0, JobPlan("Prepare", {"Set up job": 5, "Check out": 6}, environment))
        login, commit = ASSISTANT if request is not None else self._random.choice(service.team), tag.commit
        if service.central:
            title, commit = f"deploy {name} {tag.version} to {environment}", self._commits[0]
            plans = [JobPlan("Deploy", DEPLOY_STEPS, environment if wait else None, wait)]
        title += f" ({request})" if request and not service.jenkins else ""
        event = "push" if merged else "workflow_dispatch"
        ref = "main" if merged or service.central else tag.name
        login = commit.login if merged else login
        jobs = course(begin or at, plans, stop)
        self._busy[name] = max(self._busy[name], jobs[-1].end)
        target = (name, environment, tag.version)
        kind = 1 + ENVIRONMENTS.index(environment)
        run = Run(0, "deploy.yml", event, title, ref, commit, login, at, jobs, target, request or "")
        return self._runs.add(name, kind, run)


def _newest(things: list[T], moment: Callable[[T], datetime]) -> list[T]:
    return sorted(things, key=moment, reverse=True)
