"""The calls to GitHub's REST API that the adapter makes, with typed answers.

Each method names its page below https://docs.github.com/en/rest. ``repo`` is a path ``/repos/<owner>/<name>`` of
:func:`repository_path`; ``deadline`` a :func:`time.monotonic` instant.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import quote

from assistant.contracts.errors import BadAnswer, Missing, NotConnected
from assistant.integrations.ci.github_records import Record, Run, Seen, record_of, run_of, seen_of
from assistant.integrations.fields import Fields, listed
from assistant.integrations.http import Answer, Http

RUN_PAGES = 3
TAG_PAGES = 10
_GONE = (404, 410)


class GitHubApi:
    """Typed calls over one :class:`~assistant.integrations.http.Http`; ``provider`` is its name in the catalogue."""

    def __init__(self, provider: str, http: Http) -> None:
        self.provider, self._http = provider, http

    def deployments(self, repo: str, environment: str, deadline: float, count: int = 30) -> list[Record]:
        """The ``count`` (100 at most) newest records of an environment, newest first (deployments/deployments)."""
        answer = self._get(f"{repo}/deployments", deadline, {"environment": environment, "per_page": str(count)})
        records = [record_of(fields) for fields in listed(self.provider, "a deployment", answer.json)]
        return sorted(records, key=lambda record: (record.created_at, record.id), reverse=True)

    def seen(self, repo: str, record: Record, deadline: float) -> Seen:
        """A record with its statuses (deployments/statuses)."""
        answer = self._get(f"{repo}/deployments/{record.id}/statuses", deadline, {"per_page": "30"})
        return seen_of(record, listed(self.provider, "a deployment's status", answer.json))

    def run(self, repo: str, run: str, deadline: float) -> Run | None:
        """A workflow run, None when GitHub has removed it (actions/workflow-runs)."""
        answer = self._get(f"{repo}/actions/runs/{run}", deadline, accept=_GONE)
        return None if answer.status in _GONE else run_of(Fields(self.provider, "a workflow run", answer.json))

    def jobs(self, repo: str, run: str, deadline: float) -> list[Fields]:
        """The jobs of a run's latest attempt (actions/workflow-jobs)."""
        answer = self._get(f"{repo}/actions/runs/{run}/jobs", deadline, {"per_page": "100"})
        return Fields(self.provider, "a list of jobs", answer.json).each("jobs")

    def workflow_runs(self, repo: str, file: str, deadline: float) -> Iterator[Run]:
        """The runs of a workflow, newest first, 300 at most (actions/workflow-runs)."""
        path = f"{repo}/actions/workflows/{quote(file, safe='')}/runs"
        try:
            pages = self._http.pages(path, {"per_page": "100"}, deadline=deadline, limit=RUN_PAGES, follow=True)
            for answer in pages:
                for fields in Fields(self.provider, "a list of runs", answer.json).each("workflow_runs"):
                    yield run_of(fields)
        except Missing:
            raise self._missing(f"the workflow {file} in {_shown(repo)}") from None

    def tags_with(self, repo: str, prefix: str, deadline: float) -> list[str]:
        """The names of all tags that begin with ``prefix`` (git/refs)."""
        path = f"{repo}/git/matching-refs/{quote(f'tags/{prefix}', safe='')}"
        references = listed(self.provider, "a tag", self._get(path, deadline).json)
        return [reference.text("ref").removeprefix("refs/tags/") for reference in references]

    def tags_at(self, repo: str, commit: str, deadline: float) -> list[str]:
        """The tags that point at ``commit``, looked for among 1,000 (repos/repos#list-repository-tags)."""
        pages = self._http.pages(
            f"{repo}/tags", {"per_page": "100"}, deadline=deadline, limit=TAG_PAGES, accept=_GONE, follow=True
        )
        for answer in pages:
            found = [
                tag.text("name")
                for tag in listed(self.provider, "a tag", answer.json if answer.status == 200 else [])
                if (target := tag.maybe_child("commit")) and target.maybe_text("sha") == commit
            ]
            if found:
                return found
        return []

    def knows(self, repo: str, ref: str, deadline: float) -> bool:
        """Whether ``ref`` is a commit, branch or tag (commits/commits#get-a-commit)."""
        if set(ref) <= {".", "/"}:
            return False
        answer = self._get(f"{repo}/commits/{quote(ref, safe='')}", deadline, accept=(404, 409, 422))
        return answer.status == 200

    def ahead_by(self, repo: str, base: str, head: str, deadline: float) -> int | None:
        """How many commits ``head`` has that ``base`` lacks, None when one is unknown (commits/commits#compare)."""
        path = f"{repo}/compare/{quote(base, safe='')}...{quote(head, safe='')}"
        answer = self._get(path, deadline, {"per_page": "1"}, accept=(404, 422))
        if answer.status != 200:
            return None
        return Fields(self.provider, "a comparison", answer.json).number("ahead_by")

    def has_repository(self, repo: str, deadline: float) -> bool:
        """Whether the repository exists and we may see it (repos/repos)."""
        return self._get(repo, deadline, accept=_GONE).status == 200

    def has_environment(self, repo: str, environment: str, deadline: float) -> bool:
        """Whether the repository declares the environment (deployments/environments)."""
        path = f"{repo}/environments/{quote(environment, safe='')}"
        return self._get(path, deadline, accept=_GONE).status == 200

    def workflow_file(self, repo: str, file: str, deadline: float) -> str | None:
        """The text of a workflow on the default branch, None when it does not exist (repos/contents)."""
        path = f"{repo}/contents/{quote(f'.github/workflows/{file}', safe='')}"
        answer = self._get(path, deadline, accept=_GONE)
        if answer.status != 200:
            return None
        try:
            content = Fields(self.provider, "a file", answer.json).text("content")
            return base64.b64decode("".join(content.split()), validate=True).decode()
        except (binascii.Error, ValueError):
            raise BadAnswer(self.provider, f"sent the file {file} in a form that cannot be read") from None

    def _get(
        self, path: str, deadline: float, params: Mapping[str, str] | None = None, accept: Collection[int] = ()
    ) -> Answer:
        """Redirects are followed: that is how GitHub answers for a repository that was renamed."""
        try:
            return self._http.get(path, params, deadline=deadline, accept=accept, follow=True)
        except Missing:
            raise self._missing(f"the repository {_shown(path)}") from None

    def _missing(self, what: str) -> Missing:
        return Missing(self.provider, f"does not know {what}, or our credentials may not see it (404)")


def repository_path(provider: str, repository: str | None) -> str:
    """``/repos/<owner>/<name>`` of ``owner/name``. Raises NotConnected when the catalogue has no such value."""
    parts = (repository or "").split("/")
    if len(parts) != 2 or not all(parts) or {".", ".."} & set(parts):
        why = f"cannot be asked: the catalogue says “{repository}” where owner/repository is expected"
        raise NotConnected(provider, why if repository else "cannot be asked: the catalogue names no repository")
    return f"/repos/{quote(parts[0], safe='')}/{quote(parts[1], safe='')}"


def _shown(repo: str) -> str:
    return "/".join(repo.split("/")[2:4])


def workflow_place(provider: str, workflow: str, repository: str | None) -> tuple[str, str]:
    """Path of the repository and file name of ``deploy.yml`` (in ``repository``) or ``owner/name/deploy.yml``."""
    *place, file = workflow.split("/")
    if file in ("", ".", "..") or len(place) == 1:
        why = f"cannot be asked: the catalogue says “{workflow}” where a workflow file is expected"
        raise NotConnected(provider, why)
    return repository_path(provider, "/".join(place[:2]) if place else repository), file
