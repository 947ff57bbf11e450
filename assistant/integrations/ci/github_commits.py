"""GitHub's calls about commits, comparisons, tags and pull requests, as values.

https://docs.github.com/en/rest/commits/commits, .../rest/pulls/pulls, .../rest/repos/repos#list-repository-tags
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from assistant.contracts.changes import Change
from assistant.contracts.interval import Interval
from assistant.integrations.ci.github_api import GitHubApi
from assistant.integrations.fields import Fields, listed

PAGES = 3
"""Of a hundred entries each: as far as a comparison, a list of commits or of tags is read."""
_SQUASHED = re.compile(r"\(#(\d{1,9})\)\s*$")
_MERGED = re.compile(r"Merge pull request #(\d{1,9}) ")
_GONE = (404, 409, 410, 422)


@dataclass(frozen=True)
class Difference:
    """A comparison as GitHub gives it: its commits oldest first, ``files`` 300 at most."""

    ahead: int
    behind: int
    commits: tuple[Change, ...]
    files: tuple[str, ...]
    url: str | None


@dataclass(frozen=True)
class PullRequest:
    """A pull request; ``merged_by`` is known only when it was asked for by its number."""

    number: str
    title: str
    author: str | None
    merged: bool
    merged_by: str | None
    url: str | None


class CommitsApi(GitHubApi):
    """The calls about commits, beside those of the parent class."""

    def compare(self, repo: str, base: str, head: str, deadline: float) -> Difference | None:
        """What ``head`` has that ``base`` lacks, None when one is unknown (commits/commits#compare-two-commits)."""
        path = f"{repo}/compare/{quote(base, safe='')}...{quote(head, safe='')}"
        pages = self._http.pages(
            path, {"per_page": "100"}, deadline=deadline, limit=PAGES, accept=(404, 422), follow=True
        )
        first: Fields | None = None
        commits: list[Change] = []
        for answer in pages:
            if answer.status != 200:
                return None
            fields = Fields(self.provider, "a comparison", answer.json)
            first = first or fields
            commits += [change_of(commit) for commit in fields.each("commits")]
        if first is None:
            return None
        files = tuple(file.text("filename") for file in first.each("files"))
        ahead, behind = first.number("ahead_by"), first.number("behind_by")
        return Difference(ahead, behind, tuple(commits), files, first.maybe_text("html_url"))

    def commits(
        self, repo: str, ref: str, deadline: float, path: str | None = None, within: Interval | None = None
    ) -> list[Change]:
        """The newest 300 commits of ``ref``, newest first: those that touch ``path``, those of an interval."""
        params = {"sha": ref, "per_page": "100"}
        if path:
            params["path"] = path
        if within:
            params |= {"since": f"{within.start:%Y-%m-%dT%H:%M:%SZ}", "until": f"{within.end:%Y-%m-%dT%H:%M:%SZ}"}
        pages = self._http.pages(f"{repo}/commits", params, deadline=deadline, limit=PAGES, follow=True)
        return [change_of(one) for answer in pages for one in listed(self.provider, "a commit", answer.json)]

    def tags_by_commit(self, repo: str, deadline: float) -> dict[str, list[str]]:
        """The names of 300 tags by the commit that they point at (repos/repos#list-repository-tags)."""
        found: dict[str, list[str]] = {}
        pages = self._http.pages(f"{repo}/tags", {"per_page": "100"}, deadline=deadline, limit=PAGES, follow=True)
        for answer in pages:
            for tag in listed(self.provider, "a tag", answer.json):
                commit = tag.maybe_child("commit")
                if commit:
                    found.setdefault(commit.text("sha"), []).append(tag.text("name"))
        return found

    def default_branch(self, repo: str, deadline: float) -> str:
        """The name of the main branch (repos/repos#get-a-repository)."""
        return Fields(self.provider, "a repository", self._get(repo, deadline).json).text("default_branch")

    def pull_of(self, repo: str, commit: str, deadline: float) -> PullRequest | None:
        """The merged pull request that brought ``commit`` in (commits/commits#list-pull-requests-...)."""
        answer = self._get(f"{repo}/commits/{quote(commit, safe='')}/pulls", deadline, accept=_GONE)
        if answer.status != 200:
            return None
        pulls = [pull_of(one) for one in listed(self.provider, "a pull request", answer.json)]
        return next((pull for pull in pulls if pull.merged), None)

    def pull(self, repo: str, number: str, deadline: float) -> PullRequest:
        """A pull request with who merged it (pulls/pulls#get-a-pull-request)."""
        return pull_of(Fields(self.provider, "a pull request", self._get(f"{repo}/pulls/{number}", deadline).json))

    def workflow_of(self, repo: str, run: str, deadline: float) -> str | None:
        """The file name of the workflow that a run belongs to, None when GitHub has removed it."""
        answer = self._get(f"{repo}/actions/runs/{quote(run, safe='')}", deadline, accept=_GONE)
        if answer.status != 200:
            return None
        path = Fields(self.provider, "a workflow run", answer.json).maybe_text("path") or ""
        return path.partition("@")[0].rpartition("/")[2] or None


def change_of(fields: Fields) -> Change:
    """A commit of a list or a comparison."""
    commit = fields.maybe_child("commit") or fields
    signature = commit.maybe_child("author") or commit.maybe_child("committer") or commit
    account = fields.maybe_child("author")
    message = commit.maybe_text("message") or ""
    title = message.partition("\n")[0].strip()
    return Change(
        commit=fields.text("sha"),
        title=_SQUASHED.sub("", title).strip(),
        author=(account.maybe_text("login") if account else None) or signature.maybe_text("name") or "unknown",
        at=_committed(commit) or signature.time("date"),
        pull_request=(found := _SQUASHED.search(title) or _MERGED.match(title)) and found[1],
        url=_web(fields.maybe_text("html_url")),
    )


def pull_of(fields: Fields) -> PullRequest:
    """A pull request, alone or of a list."""
    author, merger = fields.maybe_child("user"), fields.maybe_child("merged_by")
    return PullRequest(
        number=str(fields.number("number")),
        title=fields.maybe_text("title") or "",
        author=author.maybe_text("login") if author else None,
        merged=fields.maybe_time("merged_at") is not None,
        merged_by=merger.maybe_text("login") if merger else None,
        url=_web(fields.maybe_text("html_url")),
    )


def _committed(commit: Fields) -> datetime | None:
    committer = commit.maybe_child("committer")
    return committer.maybe_time("date") if committer else None


def _web(url: str | None) -> str | None:
    return url if url and url.startswith(("https://", "http://")) else None
