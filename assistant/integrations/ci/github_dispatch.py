"""GitHub's calls that start, stop and follow workflow runs, with typed answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from assistant.contracts.errors import NotStarted, Unavailable
from assistant.integrations.ci.github_api import GitHubApi
from assistant.integrations.ci.github_records import Run, run_of
from assistant.integrations.fields import Fields, listed
from assistant.integrations.http import Answer, Http

RUN_PAGES = 10
"""As many pages of a hundred runs are read at most."""
_DETAILS = "return_run_details"
_NO_SUCH_COMMIT = (404, 409, 422)


class DispatchApi(GitHubApi):
    """The calls about starting runs, beside those of the parent class."""

    def __init__(self, provider: str, http: Http) -> None:
        super().__init__(provider, http)
        self._tells_run = True

    def commit(self, repo: str, ref: str, deadline: float) -> str | None:
        """The whole commit that a branch, a tag (``tags/v1.4.2``) or a commit names (commits/commits#get-a-commit)."""
        answer = self._get(f"{repo}/commits/{quote(ref, safe='')}", deadline, accept=_NO_SUCH_COMMIT)
        return Fields(self.provider, "a commit", answer.json).text("sha") if answer.status == 200 else None

    def dispatch(self, repo: str, file: str, ref: str, inputs: Mapping[str, str], deadline: float) -> str | None:
        """Start a workflow (actions/workflows#create-a-workflow-dispatch-event).

        Returns the run's id, or None from a server that does not tell it. An older server refuses to be asked for it;
        that is found out once.
        """
        path = f"{repo}/actions/workflows/{quote(file, safe='')}/dispatches"
        body = {"ref": ref, "inputs": dict(inputs)}
        if self._tells_run:
            try:
                return self._started(self._http.trigger(path, {**body, _DETAILS: True}, deadline=deadline))
            except NotStarted as refused:
                if _DETAILS not in refused.why:
                    raise
                self._tells_run = False
        return self._started(self._http.trigger(path, body, deadline=deadline))

    def cancel(self, repo: str, run: str, deadline: float) -> None:
        """Stop a run (actions/workflow-runs#cancel-a-workflow-run)."""
        self._http.trigger(f"{repo}/actions/runs/{quote(run, safe='')}/cancel", deadline=deadline)

    def rerun(self, repo: str, run: str, failed: bool, deadline: float) -> None:
        """Run all jobs of a run again, or those that failed (actions/workflow-runs#re-run-failed-jobs-...)."""
        which = "rerun-failed-jobs" if failed else "rerun"
        self._http.trigger(f"{repo}/actions/runs/{quote(run, safe='')}/{which}", deadline=deadline)

    def dispatched(self, repo: str, file: str, since: datetime, deadline: float) -> list[Run]:
        """All runs of a workflow that were started by hand since then, newest first (actions/workflow-runs).

        Raises Unavailable when there are more than ``RUN_PAGES`` pages of them.
        """
        path = f"{repo}/actions/workflows/{quote(file, safe='')}/runs"
        query = {"event": "workflow_dispatch", "per_page": "100"}
        found: list[Run] = []
        more = False
        for answer in self._http.pages(path, query, deadline=deadline, limit=RUN_PAGES, follow=True):
            fields = Fields(self.provider, "a list of runs", answer.json)
            runs = [run_of(each) for each in fields.each("workflow_runs")]
            found += [run for run in runs if run.created_at >= since]
            more = "next" in answer.links
            if any(run.created_at < since for run in runs):
                return found
        if more:
            raise Unavailable(self.provider, f"has more runs of {file} since then than can be read")
        return found

    def awaited(self, repo: str, run: str, deadline: float) -> tuple[str, ...]:
        """Who may let a run go on, teams as ``@team`` (actions/workflow-runs#get-pending-deployments-...)."""
        answer = self._get(f"{repo}/actions/runs/{quote(run, safe='')}/pending_deployments", deadline)
        names = [
            name
            for environment in listed(self.provider, "a pending deployment", answer.json)
            for entry in environment.each("reviewers")
            if (name := _reviewer(entry))
        ]
        return tuple(dict.fromkeys(names))

    def _started(self, answer: Answer) -> str | None:
        if answer.status == 204 or answer.json is None:
            return None
        return str(Fields(self.provider, "a started run", answer.json).number("workflow_run_id"))


def _reviewer(entry: Fields) -> str | None:
    who = entry.maybe_child("reviewer")
    if who is None:
        return None
    team = entry.maybe_text("type") == "Team"
    name = who.maybe_text("slug" if team else "login")
    return f"@{name}" if team and name else name
