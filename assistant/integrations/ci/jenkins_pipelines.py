"""The builds of a Jenkins job as the port :class:`~assistant.contracts.ports.Pipelines`.

``build.job`` in the catalogue names the job that builds a service. When it is a multibranch project or a folder, its
branches are jobs inside of it, with a slash in their name written as ``%2F``.
"""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import quote, unquote

from assistant.contracts.delivery import Phase
from assistant.contracts.errors import Missing, NotConnected
from assistant.contracts.pipelines import Job, Log, Run, Step
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.ci.jenkins_api import JenkinsApi
from assistant.integrations.ci.jenkins_builds import BUILD_WITH_COMMITS, Build, Stage, stages_in
from assistant.integrations.http import Http

_LONGEST_TITLE = 200
_MAIN = ("main", "master", "trunk")
_TIMESTAMP = re.compile(r"^\[\d{4}-\d\d-\d\dT[\d:.]+Z\] ")
_STAGE_OPENS = re.compile(r"^\[Pipeline\] \{ \((?!Branch: )(.+)\)\s*$")
_STAGE_CLOSES = re.compile(r"^\[Pipeline\] // stage\s*$")
_MACHINERY = re.compile(r"^\[Pipeline\] ")


class JenkinsPipelines:
    """The builds of one Jenkins.

    Args:
        provider: as the catalogue names it.
        http: the way to it, of :func:`~assistant.integrations.ci.jenkins_api.connect`.
    """

    def __init__(self, provider: Provider, http: Http) -> None:
        self._api = JenkinsApi(provider.name, http, BUILD_WITH_COMMITS)

    def runs(self, delivery: Delivery, ref: str | None, deadline: float, count: int = 30) -> list[Run]:
        """See :meth:`assistant.contracts.ports.Pipelines.runs`."""
        place, branch = self._place(self._build_job(delivery), ref, deadline)
        builds = self._api.builds(place, deadline)
        if ref not in (None, branch):
            builds = (build for build in builds if _made_of(str(ref), build))
        return [_run(delivery, place, branch, build) for build in islice(builds, count)]

    def run(self, delivery: Delivery, number: str, deadline: float, deployment: bool = False) -> Run | None:
        """See :meth:`assistant.contracts.ports.Pipelines.run`."""
        digits = number.removeprefix("#")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            return None
        looks = [self._build, self._deployment]
        for look in reversed(looks) if deployment else looks:
            found = look(delivery, int(digits), deadline)
            if found is not None:
                return found
        return None

    def branches(self, delivery: Delivery, name: str, deadline: float) -> list[str] | None:
        """See :meth:`assistant.contracts.ports.Pipelines.branches`: only a multibranch project can tell."""
        found = self._api.branches(self._build_job(delivery), deadline)
        return None if found is None else sorted((unquote(one) for one in found), key=lambda one: one != name)[:100]

    def jobs(self, run: Run, deadline: float) -> list[Job]:
        """See :meth:`assistant.contracts.ports.Pipelines.jobs`: one, whose steps are the build's stages."""
        stages = self._api.stages(run.source, int(run.id), deadline)
        if stages is None:
            stages = self._stages_without_plugin(run, deadline)
        steps = tuple(Step(stage.name, stage.phase, stage.started_at, stage.finished_at) for stage in _leaves(stages))
        return [Job(run.id, run.source, run.phase, steps, run.url)]

    def log(self, run: Run, job: Job, deadline: float) -> Log:
        """See :meth:`assistant.contracts.ports.Pipelines.log`: the lines of the stage that failed, if one did."""
        try:
            answer = self._api.console(run.source, int(run.id), deadline)
        except Missing:
            why = f"has no log of build {run.number} of {run.source}: builds are kept for a while only"
            raise Missing(self._api.provider, why) from None
        lines = [_TIMESTAMP.sub("", line) for line in answer.text.splitlines()]
        failed = job.failed_step
        return Log(tuple((failed and _lines_of(lines, failed.name)) or _without_machinery(lines)), answer.cut)

    def _build_job(self, delivery: Delivery) -> str:
        job = delivery.values.get("build.job")
        if job is None:
            why = f"cannot be asked: the catalogue does not say which job builds {delivery.service}"
            raise NotConnected(self._api.provider, why)
        return job

    def _place(self, job: str, ref: str | None, deadline: float) -> tuple[str, str | None]:
        """The job whose builds are meant, and its branch: ``ref``, else the main one; None without branches."""
        branches = self._api.branches(job, deadline)
        if branches is None:
            return job, None
        found = [name for name in branches if ref is not None and name in (ref, quote(ref, safe=""))]
        found += [name for name, primary in branches.items() if primary]  # the project's own idea of its main branch
        found += [name for name in _MAIN if name in branches]
        if not found:
            raise Missing(self._api.provider, f"builds no main branch in {job}")
        return f"{job}/{found[0]}", unquote(found[0])

    def _build(self, delivery: Delivery, number: int, deadline: float) -> Run | None:
        """A build of the job that builds the service; numbers start anew in each branch, so it is the main one's."""
        job = delivery.values.get("build.job")
        if job is None:
            return None
        place, branch = self._place(job, None, deadline)
        build = self._api.build(place, number, deadline)
        return _run(delivery, place, branch, build) if build else None

    def _deployment(self, delivery: Delivery, number: int, deadline: float) -> Run | None:
        job = delivery.values.get("observe.builds_of")
        build = self._api.build(job, number, deadline) if job else None
        # In a job for all, the number may be another service's build; of the environments any is meant.
        own = {name: value for name, value in delivery.section("observe.where").items() if value == delivery.service}
        return _run(delivery, job, None, build) if job and build and build.fits(own) else None

    def _stages_without_plugin(self, run: Run, deadline: float) -> list[Stage]:
        """As far as the console tells: a build ends in the stage that it reached last."""
        names = stages_in(self._api.console(run.source, int(run.id), deadline).text)
        return [Stage(name, run.phase if name is names[-1] else Phase.SUCCEEDED) for name in names]


def _run(delivery: Delivery, job: str, branch: str | None, build: Build) -> Run:
    checkout = build.checkout_of(delivery.repository)
    phase = Phase.FAILED if build.result == "UNSTABLE" else build.phase  # tests failed, which is what is asked about
    number, commit = str(build.number), checkout.commit if checkout else None
    made = next((each for each in build.commits if each.id == commit), None)
    values = ", ".join(f"{name} {value}" for name, value in build.parameters.items())
    return Run(
        number=number,
        id=number,
        source=job,
        title=(made.message.partition("\n")[0] if made else values)[:_LONGEST_TITLE],
        phase=phase,
        started_at=build.created_at,
        finished_at=None if phase.under_way else build.updated_at,
        branch=branch or (checkout.branch if checkout else None),
        commit=commit,
        login=build.login or (made.author if made else None),
        url=build.url,
    )


def _made_of(ref: str, build: Build) -> bool:
    """Whether a build is of this branch, commit or version, as far as Jenkins tells."""
    revisions = [name for each in build.checkouts for name in (each.branch, each.commit, each.commit[:7])]
    return ref in (*revisions, *build.parameters.values())


def _leaves(stages: list[Stage]) -> list[Stage]:
    """Without the stages that failed only because a later one inside of them did."""
    failed = [stage for stage in stages if stage.phase is Phase.FAILED]
    outer = [one for at, one in enumerate(failed) if any(_within(other, one) for other in failed[at + 1 :])]
    return [stage for stage in stages if not any(stage is one for one in outer)]


def _within(inner: Stage, outer: Stage) -> bool:
    if not (inner.started_at and inner.finished_at and outer.started_at and outer.finished_at):
        return False
    return outer.started_at <= inner.started_at and inner.finished_at <= outer.finished_at


def _lines_of(lines: list[str], stage: str) -> list[str]:
    """What a stage wrote, up to its own end; stages inside of it belong to it."""
    opened = next((at for at, line in enumerate(lines) if (m := _STAGE_OPENS.match(line)) and m[1] == stage), None)
    if opened is None:
        return []
    depth, found = 1, []
    for line in lines[opened + 1 :]:
        depth += bool(_STAGE_OPENS.match(line)) - bool(_STAGE_CLOSES.match(line))
        if depth == 0:
            break
        found.append(line)
    return _without_machinery(found)


def _without_machinery(lines: list[str]) -> list[str]:
    return [line for line in lines if not _MACHINERY.match(line)]
