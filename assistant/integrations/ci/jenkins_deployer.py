"""Starting and following deployments that Jenkins makes: the port :class:`~assistant.contracts.ports.Deployer`.

``start.job`` in the catalogue names the job and ``start.parameters.*`` what it is given; ``{version}``, ``{commit}``
and ``{request}`` stand for those of the change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from assistant.contracts.delivery import Phase
from assistant.contracts.deployer import CiVerdict, Progress, Target
from assistant.contracts.errors import Missing, NotConnected, NotStarted, ProviderError, Unavailable
from assistant.contracts.pipelines import Run
from assistant.contracts.platform import Delivery, Provider
from assistant.contracts.ports import Deployer
from assistant.integrations.ci.github_deployer import SETTLE, SKEW
from assistant.integrations.ci.jenkins_api import MOST_BUILDS
from assistant.integrations.ci.jenkins_builds import Build, Stage, stages_in, step_of
from assistant.integrations.ci.jenkins_pipelines import JenkinsPipelines
from assistant.integrations.ci.jenkins_queue import QueueApi
from assistant.integrations.ci.verdict import verdict_of
from assistant.integrations.http import Http

QUEUED = "queue:"
"""What stands before an item's number in the id of a run that has none yet."""


class JenkinsDeployer:
    """Deployments through one Jenkins.

    Args:
        provider: as the catalogue names it.
        http: the way to it, of :func:`~assistant.integrations.ci.jenkins_api.connect`.
        host: what deploys from where the repositories are; it knows which commit a version is. Raises NotConnected.
        settle: how long after a start the absence of its build proves nothing.
    """

    def __init__(
        self, provider: Provider, http: Http, host: Callable[[], Deployer], settle: timedelta = SETTLE
    ) -> None:
        self._name, self._host, self._settle = provider.name, host, settle
        self._api = QueueApi(provider.name, http)
        self._pipelines = JenkinsPipelines(provider, http)

    def target(self, delivery: Delivery, version: str, deadline: float) -> Target:
        """See :meth:`assistant.contracts.ports.Deployer.target`. Which script the job runs cannot be seen."""
        values = {name: text for name, text in delivery.values.items() if not name.startswith("start.")}
        found = self._host().target(replace(delivery, values=values), version, deadline)
        return replace(found, ref=self._job(delivery), workflow_commit=None)

    def verdict(self, delivery: Delivery, commit: str, deadline: float) -> CiVerdict:
        """See :meth:`assistant.contracts.ports.Deployer.verdict`."""
        return verdict_of(self._pipelines, delivery, commit, deadline)

    def defects(self, delivery: Delivery, deadline: float) -> list[str]:
        """See :meth:`assistant.contracts.ports.Deployer.defects`. One request."""
        return list(start_defects(self._api, delivery, deadline))

    def start(self, delivery: Delivery, target: Target, request: str, deadline: float) -> str | None:
        """See :meth:`assistant.contracts.ports.Deployer.start`. Two requests.

        Jenkins drops a parameter that the job does not declare and builds all the same, so this is looked at first.
        """
        values = {"version": target.version, "commit": target.commit, "request": request}
        parameters = dict(delivery.section("start.parameters"))
        for name, text in parameters.items():
            for mark, value in values.items():
                text = text.replace(f"{{{mark}}}", value)
            parameters[name] = text
        return self._started(self._job(delivery), parameters, deadline)

    def find(self, delivery: Delivery, request: str, since: datetime, deadline: float) -> Progress | None:
        """See :meth:`assistant.contracts.ports.Deployer.find`: by the parameter that carries the request."""
        job, name = self._job(delivery), _carrier(delivery)
        if name is None:
            why = f"cannot be searched: the catalogue gives the job {job} no parameter with {{request}}"
            raise NotConnected(self._name, why)
        for build in self._since(job, since - SKEW, deadline):
            if build.fits({name: request}):
                return self._progress(job, build, deadline)
        if datetime.now(timezone.utc) - since < self._settle:
            raise Unavailable(self._name, f"does not show the build of {request} yet, which proves nothing so soon")
        return None

    def progress(self, delivery: Delivery, run_id: str, deadline: float) -> Progress:
        """See :meth:`assistant.contracts.ports.Deployer.progress`. One to three requests."""
        return self._of(self._job(delivery), run_id, deadline)

    def again(self, run: Run, run_id: str, deadline: float) -> Progress:
        """See :meth:`assistant.contracts.ports.Deployer.again`."""
        return self._of(run.source, run_id, deadline)

    def _of(self, job: str, run_id: str, deadline: float) -> Progress:
        if not run_id.startswith(QUEUED):
            return self._progress(job, self._build(job, run_id, deadline), deadline)
        number = int(run_id.removeprefix(QUEUED))
        item = self._api.item(number, deadline)
        if item is None or item.build is not None:
            builds = self._api.builds(job, deadline)
            found = next((build for build in builds if build.item == number), None)
            if found is None:
                raise Missing(self._name, f"does not know the waiting build {number} of {job} any more")
            return self._progress(job, found, deadline)
        phase = Phase.CANCELLED if item.cancelled else Phase.WAITING
        step = None if item.cancelled else f"queued: {item.why}" if item.why else "queued"
        return Progress(phase, run_id, datetime.now(timezone.utc), step=step)

    def deployed(self, delivery: Delivery, run_id: str, deadline: float) -> str | None:
        """See :meth:`assistant.contracts.ports.Deployer.deployed`: what it checked out of the service's repository."""
        if run_id.startswith(QUEUED):
            return None
        checkout = self._build(self._job(delivery), run_id, deadline).checkout_of(delivery.repository)
        return checkout.commit if checkout else None

    def cancel(self, delivery: Delivery, run_id: str, deadline: float) -> None:
        """See :meth:`assistant.contracts.ports.Deployer.cancel`."""
        job = self._job(delivery)
        if run_id.startswith(QUEUED):
            return self._api.drop(int(run_id.removeprefix(QUEUED)), deadline)
        if not self._build(job, run_id, deadline).phase.under_way:
            raise NotStarted(self._name, f"has finished build {run_id} of {job}")
        return self._api.stop(job, int(run_id), deadline)

    def rerun(self, run: Run, deadline: float) -> str:
        """See :meth:`assistant.contracts.ports.Deployer.rerun`: a new build with the same parameters."""
        parameters = self._build(run.source, run.id, deadline).parameters
        declared = self._api.parameters(run.source, deadline) or set()
        if hidden := sorted(declared - parameters.keys()):
            why = f"does not show the parameter {hidden[0]} of build {run.number}, so it cannot be run again from here"
            raise NotStarted(self._name, why)
        return f"{QUEUED}{self._api.start(run.source, parameters, deadline)}"

    def _job(self, delivery: Delivery) -> str:
        job = delivery.values.get("start.job") or delivery.values.get("observe.builds_of")
        if job is None:
            what = f"how deployments of {delivery.service} to {delivery.environment} are started"
            raise NotConnected(self._name, f"cannot be asked: the catalogue does not say {what}")
        return job

    def _started(self, job: str, parameters: dict[str, str], deadline: float) -> str:
        try:
            declared = self._api.parameters(job, deadline)
        except ProviderError as error:
            raise NotStarted(self._name, error.why, error.details) from error
        if declared is None:
            raise NotStarted(self._name, f"does not know the job {job}, or our credentials may not see it")
        if unknown := sorted(parameters.keys() - declared):
            raise NotStarted(self._name, f"has a job {job} that does not declare the parameter “{unknown[0]}”")
        return f"{QUEUED}{self._api.start(job, parameters, deadline)}"

    def _since(self, job: str, since: datetime, deadline: float) -> Iterator[Build]:
        """Everything since then. The queue goes first: what leaves it meanwhile is found among the builds."""
        yield from self._api.waiting(job, deadline)
        for read, build in enumerate(self._api.builds(job, deadline), 1):
            yield build
            if build.created_at < since:
                return
            if read >= MOST_BUILDS:
                raise Unavailable(self._name, f"lists no more than {read} builds of {job}, and all of them are younger")

    def _build(self, job: str, number: str, deadline: float) -> Build:
        build = self._api.build(job, int(number), deadline)
        if build is None:
            raise Missing(self._name, f"does not know build {number} of {job} any more")
        return build

    def _progress(self, job: str, build: Build, deadline: float) -> Progress:
        phase, step, failed = build.phase, build.wait, None
        if build.number is not None and build.pipeline and phase in (Phase.RUNNING, Phase.FAILED):
            stages = self._stages(job, build, deadline)
            if phase is Phase.RUNNING:
                phase, step = step_of(stages)
            else:
                failed = next((stage.name for stage in stages if stage.phase is Phase.FAILED), None)
        waits = build.number is None
        return Progress(
            phase=phase,
            run_id=f"{QUEUED}{build.item}" if waits else str(build.number),
            run=None if waits else str(build.number),
            started_at=None if waits else build.created_at,
            updated_at=build.updated_at,
            step=step,
            failed_step=failed,
            url=build.url,
        )

    def _stages(self, job: str, build: Build, deadline: float) -> list[Stage]:
        """Without the REST plugin the console tells their names, and the last one is where the build is or ended."""
        stages = self._api.stages(job, build.number or 0, deadline)
        if stages is not None:
            return stages
        names = stages_in(self._api.console(job, build.number or 0, deadline).text)
        return [Stage(name, build.phase if name is names[-1] else Phase.SUCCEEDED) for name in names]


def start_defects(api: QueueApi, delivery: Delivery, deadline: float) -> Iterator[str]:
    """A sentence for each reason why the job of ``start.*`` cannot be started safely."""
    job = delivery.values.get("start.job")
    if job is None:
        yield f"The catalogue does not say how deployments of {delivery.service} to {delivery.environment} are started."
        return
    declared = api.parameters(job, deadline)
    if declared is None:
        yield f"{api.provider} does not know the job {job}, or our credentials may not see it."
        return
    given = delivery.section("start.parameters")
    for name in sorted(given.keys() - declared):
        yield f"The job {job} does not declare the parameter “{name}”."
    if _carrier(delivery) is None:
        yield f"The job {job} is given no parameter with {{request}}, so a lost start could not be found."


def _carrier(delivery: Delivery) -> str | None:
    """The parameter that holds the request and nothing else."""
    given = delivery.section("start.parameters")
    return next((name for name, text in given.items() if text == "{request}"), None)
