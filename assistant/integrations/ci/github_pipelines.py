"""Workflow runs, jobs and job logs of GitHub Actions as the port :class:`~assistant.contracts.ports.Pipelines`.

https://docs.github.com/en/rest/actions/workflow-runs, .../actions/workflow-jobs
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from urllib.parse import quote

from assistant.contracts.errors import Missing
from assistant.contracts.pipelines import Job, Log, Run, Step
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.ci.github_api import repository_path, workflow_place
from assistant.integrations.ci.github_records import phase_of, run_of
from assistant.integrations.ci.github_versions import tag_pattern
from assistant.integrations.fields import Fields
from assistant.integrations.http import Answer, Http

LOG_TAIL = 2_000_000
"""How many bytes of a log are read, from its end."""

_WORKFLOW = "ci.yml"
_ID_DIGITS = 9  # GitHub's ids have long outgrown what a repository counts up to
_COMMIT = re.compile(r"(?=.*\d)[0-9a-f]{7,40}")
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")
_STAMP = re.compile(r"^\ufeff?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+Z ?")
_GONE = (404, 410)


class GitHubPipelines:
    """The builds of one GitHub. Requests: one or two for a list of runs, one for its jobs, two for a log.

    Args:
        provider: as the catalogue names it.
        http: the way to it, of :func:`~assistant.integrations.ci.github_auth.connect`.
    """

    def __init__(self, provider: Provider, http: Http) -> None:
        self._name, self._http = provider.name, http

    def runs(self, delivery: Delivery, ref: str | None, deadline: float, count: int = 30) -> list[Run]:
        """See :meth:`assistant.contracts.ports.Pipelines.runs`. With ``paths``, those whose commit touches one."""
        repo, file = workflow_place(self._name, delivery.values.get("build.workflow", _WORKFLOW), delivery.repository)
        if ref and (_COMMIT.fullmatch(ref) or _VERSION.fullmatch(ref)):
            commit = self._commit(delivery, repo, ref, deadline)
            return self._listed(repo, file, {"head_sha": commit}, deadline, count) if commit else []
        branch = ref or self._main_branch(repo, deadline)
        paths = [path for part in delivery.values.get("paths", "").split(",") if (path := part.strip())]
        found = self._listed(repo, file, {"branch": branch}, deadline, 100 if paths else count)
        if not paths:
            return found
        touching = set().union(*(self._commits_of(repo, branch, path, deadline) for path in paths))
        return [run for run in found if run.commit in touching][:count]

    def run(self, delivery: Delivery, number: str, deadline: float, deployment: bool = False) -> Run | None:
        """See :meth:`assistant.contracts.ports.Pipelines.run`. A deployment is mostly known by its run's id."""
        places = self._workflows(delivery)
        if deployment:
            places.reverse()
        repos = dict.fromkeys(repo for repo, _ in places)
        by_id = (self._by_id(repo, number, deadline) for repo in repos)
        by_number = (self._numbered(repo, file, int(number), deadline) for repo, file in places)
        found = (by_id, by_number) if deployment or len(number) >= _ID_DIGITS else (by_number, by_id)
        return next((run for run in chain(*found) if run), None)

    def branches(self, delivery: Delivery, name: str, deadline: float) -> list[str] | None:
        """See :meth:`assistant.contracts.ports.Pipelines.branches` (rest/branches/branches)."""
        repo, _ = workflow_place(self._name, delivery.values.get("build.workflow", _WORKFLOW), delivery.repository)
        exact = self._get(f"{repo}/branches/{quote(name, safe='')}", deadline, accept=_GONE)
        if exact.status == 200:
            return [name]
        answer = self._get(f"{repo}/branches", deadline, {"per_page": "100"})
        found = answer.json if isinstance(answer.json, list) else []
        return [Fields(self._name, "a branch", one).text("name") for one in found]

    def jobs(self, run: Run, deadline: float) -> list[Job]:
        """See :meth:`assistant.contracts.ports.Pipelines.jobs`."""
        path = f"{repository_path(self._name, run.source)}/actions/runs/{run.id}/jobs"
        answer = self._get(path, deadline, {"per_page": "100"})
        return [_job(fields) for fields in Fields(self._name, "a list of jobs", answer.json).each("jobs")]

    def log(self, run: Run, job: Job, deadline: float) -> Log:
        """See :meth:`assistant.contracts.ports.Pipelines.log`.

        GitHub redirects to an address that is signed for a minute and must not get our token
        (actions/workflow-jobs#download-job-logs-for-a-workflow-run).
        """
        path = f"{repository_path(self._name, run.source)}/actions/jobs/{job.id}/logs"
        answer = self._http.text(path, deadline=deadline, tail=LOG_TAIL, accept=_GONE)
        if answer.status == 410:
            raise Missing(self._name, f"has deleted the log of run {run.number}: logs are kept for a limited time")
        if answer.status != 200:
            raise Missing(self._name, _no_log(run, job))
        lines = answer.text.splitlines()[1 if answer.cut else 0 :]  # no half line
        return Log(tuple(_section(lines, job)), answer.cut)

    def _workflows(self, delivery: Delivery) -> list[tuple[str, str]]:
        """Repository path and file of what builds the service, then of what deploys it."""
        values = delivery.values
        named = [values.get("build.workflow", _WORKFLOW), values.get("observe.runs_of"), values.get("start.workflow")]
        places = (workflow_place(self._name, name, delivery.repository) for name in named if name)
        return list(dict.fromkeys(places))

    def _main_branch(self, repo: str, deadline: float) -> str:
        return Fields(self._name, "a repository", self._get(repo, deadline).json).text("default_branch")

    def _commit(self, delivery: Delivery, repo: str, ref: str, deadline: float) -> str | None:
        pattern = tag_pattern(delivery.values.get("version.tag"))
        tag = pattern.text.replace("{semver}", ref) if pattern and _VERSION.fullmatch(ref) else ref
        answer = self._get(f"{repo}/commits/{quote(tag, safe='')}", deadline, accept=(404, 409, 422))
        return Fields(self._name, "a commit", answer.json).text("sha") if answer.status == 200 else None

    def _commits_of(self, repo: str, branch: str, path: str, deadline: float) -> set[str]:
        answer = self._get(f"{repo}/commits", deadline, {"sha": branch, "path": path, "per_page": "100"}, (404, 409))
        commits = answer.json if answer.status == 200 and isinstance(answer.json, list) else []
        return {Fields(self._name, "a commit", commit).text("sha") for commit in commits}

    def _listed(
        self, repo: str, file: str, wanted: Mapping[str, str], deadline: float, count: int, page: int = 1
    ) -> list[Run]:
        path = f"{repo}/actions/workflows/{quote(file, safe='')}/runs"
        query = {**wanted, "per_page": str(count), "page": str(page), "exclude_pull_requests": "true"}
        answer = self._get(path, deadline, query, accept=_GONE)
        if answer.status != 200:
            where = "/".join(repo.split("/")[2:4])
            raise Missing(
                self._name, f"does not know the workflow {file} in {where}, or our credentials may not see it"
            )
        fields = Fields(self._name, "a list of runs", answer.json).each("workflow_runs")
        return [_run(repo, one) for one in fields]

    def _numbered(self, repo: str, file: str, number: int, deadline: float) -> Run | None:
        """Numbers of a workflow count up by one, so the page can be reckoned; deleted runs move it forward."""
        newest = self._listed(repo, file, {}, deadline, 1)
        ahead = int(newest[0].number) - number if newest else -1
        if ahead < 0:
            return None
        for page in range(ahead // 100 + 1, max(ahead // 100 - 1, 0), -1):
            for run in self._listed(repo, file, {}, deadline, 100, page):
                if run.number == str(number):
                    return run
        return None

    def _by_id(self, repo: str, number: str, deadline: float) -> Run | None:
        answer = self._get(f"{repo}/actions/runs/{number}", deadline, accept=_GONE)
        return _run(repo, Fields(self._name, "a workflow run", answer.json)) if answer.status == 200 else None

    def _get(
        self, path: str, deadline: float, params: Mapping[str, str] | None = None, accept: Collection[int] = ()
    ) -> Answer:
        return self._http.get(path, params, deadline=deadline, accept=accept, follow=True)


def _run(repo: str, fields: Fields) -> Run:
    seen = run_of(fields)
    return Run(
        number=str(fields.number("run_number")),
        id=seen.id,
        source="/".join(repo.split("/")[2:4]),
        title=seen.title,
        phase=seen.phase,
        started_at=seen.started_at,
        finished_at=seen.updated_at if seen.finished else None,
        branch=seen.branch,
        commit=seen.commit,
        login=seen.login,
        url=seen.url,
        attempt=seen.attempt,
    )


def _job(fields: Fields) -> Job:
    url = fields.maybe_text("html_url")
    return Job(
        id=str(fields.number("id")),
        name=fields.maybe_text("name") or "a job",
        phase=phase_of(fields),
        steps=tuple(_step(step) for step in fields.each("steps")),
        url=url if url and url.startswith(("https://", "http://")) else None,
    )


def _step(fields: Fields) -> Step:
    name = fields.maybe_text("name") or "a step"
    return Step(name, phase_of(fields), fields.maybe_time("started_at"), fields.maybe_time("completed_at"))


def _no_log(run: Run, job: Job) -> str:
    if job.phase.under_way:
        return f"gives no log of run {run.number} yet: its job “{job.name}” is not finished"
    return f"has no log of the job “{job.name}” of run {run.number}"


def _section(lines: Iterable[str], job: Job) -> list[str]:
    """The lines that were written while the failed step ran, without their time stamps; all of them when none were.

    The log of a job does not name its steps, and their times are known to the second only.
    """
    stamped = [_stamped(line) for line in lines]
    texts = [text for _, text in stamped]
    step = job.failed_step
    if step is None or step.started_at is None or step.finished_at is None:
        return texts
    begin, end = step.started_at, step.finished_at + timedelta(seconds=1)
    inside: list[str] = []
    at: datetime | None = None
    for moment, text in stamped:
        at = moment or at  # what has no stamp belongs to the line before
        if at and begin <= at < end:
            inside.append(text)
    return inside or texts


def _stamped(line: str) -> tuple[datetime | None, str]:
    found = _STAMP.match(line)
    if found is None:
        return None, line
    return datetime.fromisoformat(found[1] + "+00:00"), line[found.end() :]
