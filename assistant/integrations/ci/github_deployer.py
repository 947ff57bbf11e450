"""Starting and following deployments that GitHub Actions makes: the port :class:`~assistant.contracts.ports.Deployer`.

``start.workflow`` in the catalogue names the workflow, ``start.ref`` the tag or branch that it is started on,
``start.inputs.*`` what it is given; ``{version}``, ``{commit}`` and ``{request}`` stand for those of the change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from difflib import get_close_matches

from assistant.contracts.delivery import Phase
from assistant.contracts.deployer import CiVerdict, Progress, Target
from assistant.contracts.errors import BadAnswer, Missing, NotConnected, NotFound, NotStarted, Unavailable, Uncertain
from assistant.contracts.pipelines import Run
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.ci.github_api import repository_path, workflow_place
from assistant.integrations.ci.github_dispatch import DispatchApi
from assistant.integrations.ci.github_pipelines import GitHubPipelines
from assistant.integrations.ci.github_records import Run as Record
from assistant.integrations.ci.github_records import phase_of, step_of
from assistant.integrations.ci.github_versions import is_commit, sort_key, tag_pattern
from assistant.integrations.ci.github_workflows import start_defects
from assistant.integrations.ci.verdict import verdict_of
from assistant.integrations.fields import Fields
from assistant.integrations.http import Http

SETTLE = timedelta(seconds=120)
"""So long after a start a run that is not listed proves nothing: it may be on its way."""
SKEW = timedelta(minutes=10)
"""How far GitHub's clock may be from ours."""
_REPLACED_WITHIN = timedelta(seconds=15)
_SUGGESTIONS = 3


class GitHubDeployer:
    """Deployments through one GitHub.

    Args:
        provider: as the catalogue names it.
        http: the way to it, of :func:`~assistant.integrations.ci.github_auth.connect`.
        settle: how long after a start the absence of its run proves nothing.
    """

    def __init__(self, provider: Provider, http: Http, settle: timedelta = SETTLE) -> None:
        self._name, self._settle = provider.name, settle
        self._api = DispatchApi(provider.name, http)
        self._pipelines = GitHubPipelines(provider, http)

    def target(self, delivery: Delivery, version: str, deadline: float) -> Target:
        """See :meth:`assistant.contracts.ports.Deployer.target`. Two requests; three when the version is unknown."""
        repo = repository_path(self._name, delivery.repository)
        pattern = tag_pattern(delivery.values.get("version.tag"))
        bare = version.removeprefix("v") if pattern else version
        tag = pattern.text.replace("{semver}", bare) if pattern else version
        named = pattern is None or pattern.version(tag) is not None
        commit = self._api.commit(repo, f"tags/{tag}" if pattern else tag, deadline) if named else None
        if commit is None:
            raise NotFound("version", version, self._near(delivery, repo, bare, deadline))
        values = {"version": bare, "commit": commit}
        ref = _filled(delivery.values.get("start.ref", tag), values)
        ran = None
        if "start.workflow" in delivery.values:
            place, _ = self._workflow(delivery)
            ran = self._api.commit(place, ref, deadline)
            if ran is None or is_commit(ref):
                raise NotFound("tag or branch", ref)
        return Target(delivery.service, delivery.environment, bare, commit, ref, ran)

    def verdict(self, delivery: Delivery, commit: str, deadline: float) -> CiVerdict:
        """See :meth:`assistant.contracts.ports.Deployer.verdict`. Two requests."""
        return verdict_of(self._pipelines, delivery, commit, deadline)

    def defects(self, delivery: Delivery, deadline: float) -> list[str]:
        """See :meth:`assistant.contracts.ports.Deployer.defects`. One request."""
        return list(start_defects(self._api, delivery, deadline))

    def start(self, delivery: Delivery, target: Target, request: str, deadline: float) -> str | None:
        """See :meth:`assistant.contracts.ports.Deployer.start`. One request."""
        try:
            repo, file = self._workflow(delivery)
        except NotConnected as error:
            raise NotStarted(self._name, error.why) from error
        values = {"version": target.version, "commit": target.commit, "request": request}
        inputs = {name: _filled(text, values) for name, text in delivery.section("start.inputs").items()}
        try:
            return self._api.dispatch(repo, file, target.ref, inputs, deadline)
        except BadAnswer as error:
            raise Uncertain(self._name, error.why, error.details) from error

    def find(self, delivery: Delivery, request: str, since: datetime, deadline: float) -> Progress | None:
        """See :meth:`assistant.contracts.ports.Deployer.find`: by the request in the run's title."""
        repo, file = self._workflow(delivery)
        word = re.compile(rf"(?<![\w-]){re.escape(request)}(?![\w-])")
        for run in self._api.dispatched(repo, file, since - SKEW, deadline):
            if word.search(run.title):
                return self._progress(repo, file, run, deadline)
        if datetime.now(timezone.utc) - since < self._settle:
            raise Unavailable(self._name, f"does not show the run of {request} yet, which proves nothing so soon")
        return None

    def progress(self, delivery: Delivery, run_id: str, deadline: float) -> Progress:
        """See :meth:`assistant.contracts.ports.Deployer.progress`. One request, two while it runs or failed."""
        repo, file = self._workflow(delivery)
        run = self._api.run(repo, run_id, deadline)
        if run is None:
            raise Missing(self._name, f"does not know the run {run_id} any more")
        return self._progress(repo, file, run, deadline)

    def deployed(self, delivery: Delivery, run_id: str, deadline: float) -> str | None:
        """See :meth:`assistant.contracts.ports.Deployer.deployed`. A workflow elsewhere runs on a commit of its own."""
        repo, _ = self._workflow(delivery)
        if repo != repository_path(self._name, delivery.repository):
            return None
        run = self._api.run(repo, run_id, deadline)
        return run.commit if run else None

    def cancel(self, delivery: Delivery, run_id: str, deadline: float) -> None:
        """See :meth:`assistant.contracts.ports.Deployer.cancel`."""
        self._api.cancel(self._workflow(delivery)[0], run_id, deadline)

    def rerun(self, run: Run, deadline: float) -> str:
        """See :meth:`assistant.contracts.ports.Deployer.rerun`. It stays the same run, with one attempt more."""
        self._api.rerun(repository_path(self._name, run.source), run.id, run.phase is Phase.FAILED, deadline)
        return run.id

    def again(self, run: Run, run_id: str, deadline: float) -> Progress:
        """See :meth:`assistant.contracts.ports.Deployer.again`. One request, two while it runs or failed."""
        repo = repository_path(self._name, run.source)
        now = self._api.run(repo, run_id, deadline)
        if now is None:
            raise Missing(self._name, f"does not know the run {run_id} any more")
        return self._progress(repo, None, now, deadline)

    def _workflow(self, delivery: Delivery) -> tuple[str, str]:
        """The repository's path and the file of what deploys: what is started, else what is looked at."""
        named = delivery.values.get("start.workflow") or delivery.values.get("observe.runs_of")
        if named is None:
            what = f"how deployments of {delivery.service} to {delivery.environment} are started"
            raise NotConnected(self._name, f"cannot be asked: the catalogue does not say {what}")
        return workflow_place(self._name, named, delivery.repository)

    def _near(self, delivery: Delivery, repo: str, version: str, deadline: float) -> list[str]:
        """Versions that come near, else the newest ones."""
        pattern = tag_pattern(delivery.values.get("version.tag"))
        if pattern is None:
            return []
        tags = self._api.tags_with(repo, pattern.prefix, deadline)
        known = sorted((found for tag in tags if (found := pattern.version(tag))), key=sort_key, reverse=True)
        return get_close_matches(version, known, _SUGGESTIONS) or known[:_SUGGESTIONS]

    def _progress(self, repo: str, file: str | None, run: Record, deadline: float) -> Progress:
        ended_badly = run.phase in (Phase.FAILED, Phase.CANCELLED)
        jobs = self._api.jobs(repo, run.id, deadline) if run.phase.under_way or ended_badly else []
        waits = run.phase is Phase.WAITING and run.wait is not None and "approval" in run.wait
        begun = any(each.each("steps") for each in jobs)
        return Progress(
            phase=run.phase,
            run_id=run.id,
            run=run.number,
            attempt=run.attempt,
            started_at=run.started_at,
            updated_at=run.updated_at,
            step=(step_of(jobs, None) or run.wait) if run.phase.under_way else None,
            waiting_for=self._api.awaited(repo, run.id, deadline) if waits else (),
            failed_step=_failed_step(jobs) if run.phase is Phase.FAILED else None,
            superseded_by=self._newer(repo, file, run, deadline) if file and ended_badly and not begun else None,
            url=run.url,
        )

    def _newer(self, repo: str, file: str, run: Record, deadline: float) -> str | None:
        """The run that replaced one which still waited: it was created when that one was cancelled.

        https://docs.github.com/en/actions/concepts/workflows-and-actions/concurrency
        """
        if run.phase is not Phase.CANCELLED:
            return None
        later = self._api.dispatched(repo, file, run.created_at, deadline)
        near = [each for each in later if abs(each.created_at - run.updated_at) <= _REPLACED_WITHIN]
        return next((each.number for each in near if each.id != run.id), None)


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _failed_step(jobs: list[Fields]) -> str | None:
    """The step that failed first, or the job when it had no steps."""
    for job in jobs:
        if phase_of(job) is Phase.FAILED:
            steps = [step for step in job.each("steps") if phase_of(step) is Phase.FAILED]
            return (steps[0].maybe_text("name") if steps else None) or job.maybe_text("name")
    return None
