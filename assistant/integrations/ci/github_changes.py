"""Commits between versions: the port :class:`~assistant.contracts.ports.Changes`.

In a repository that several services share, ``paths`` of the catalogue says which folders are a service's own. Which
commits touch them is asked for folder by folder, so the number of calls does not grow with the number of commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from assistant.contracts.changes import Change, Comparison
from assistant.contracts.errors import Missing, NotFound
from assistant.contracts.interval import Interval
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.ci.github_api import repository_path
from assistant.integrations.ci.github_commits import CommitsApi, Difference
from assistant.integrations.ci.github_versions import sort_key, tag_pattern
from assistant.integrations.http import Http

FILES = 300
"""As many files GitHub lists in a comparison at most."""


class GitHubChanges:
    """One GitHub's commits; arguments as for :class:`~assistant.integrations.ci.github_actions.GitHubActions`."""

    def __init__(self, provider: Provider, http: Http) -> None:
        self._name = provider.name
        self._api = CommitsApi(provider.name, http)

    def versions(self, delivery: Delivery, deadline: float) -> list[str]:
        """See :meth:`assistant.contracts.ports.Changes.versions`."""
        return sorted(self._tags(delivery, self._repo(delivery), deadline), key=sort_key, reverse=True)

    def trunk(self, delivery: Delivery, deadline: float) -> str:
        """See :meth:`assistant.contracts.ports.Changes.trunk`."""
        return self._api.default_branch(self._repo(delivery), deadline)

    def compare(self, delivery: Delivery, older: str, newer: str, deadline: float) -> Comparison:
        """See :meth:`assistant.contracts.ports.Changes.compare`."""
        repo = self._repo(delivery)
        tags = self._tags(delivery, repo, deadline)
        base, head = (tags.get(name.removeprefix("v"), name) for name in (older, newer))
        found = self._api.compare(repo, base, head, deadline)
        if found is None:
            raise self._unknown(repo, {older: base, newer: head}, deadline)
        mine = self._own(delivery, repo, head, deadline)
        changes = self._with_versions(delivery, repo, found.commits, deadline)
        shown = [one for one in reversed(changes) if mine is None or one.commit in mine]
        files = [file for file in found.files if _within(file, _paths(delivery))]
        return Comparison(
            total=found.ahead,
            changes=tuple(shown),
            versions=tuple(dict.fromkeys(one.version for one in reversed(changes) if one.version)),
            missing=found.behind,
            of_paths=mine is not None,
            warned=tuple(file for file in files if _warns(file, delivery)),
            cut=_cut(found),
            url=found.url,
        )

    def merged(self, delivery: Delivery, interval: Interval, deadline: float) -> Comparison:
        """See :meth:`assistant.contracts.ports.Changes.merged`."""
        repo, paths = self._repo(delivery), _paths(delivery)
        branch = self._api.default_branch(repo, deadline)
        commits = self._api.commits(repo, branch, deadline, within=interval)
        mine = self._own(delivery, repo, branch, deadline)
        shown = [one for one in commits if mine is None or one.commit in mine]
        return Comparison(len(commits), tuple(shown), of_paths=bool(paths), cut=len(commits) >= FILES)

    def _repo(self, delivery: Delivery) -> str:
        return repository_path(self._name, delivery.repository)

    def _tags(self, delivery: Delivery, repo: str, deadline: float) -> dict[str, str]:
        pattern = tag_pattern(delivery.values.get("version.tag"))
        if pattern is None:
            return {}
        tags = self._api.tags_with(repo, pattern.prefix, deadline)
        return {version: tag for tag in tags if (version := pattern.version(tag))}

    def _own(self, delivery: Delivery, repo: str, head: str, deadline: float) -> set[str] | None:
        """The commits that touch the service's own paths, None when it has none: the whole repository is its own."""
        paths = _paths(delivery)
        if not paths:
            return None
        return {one.commit for path in paths for one in self._api.commits(repo, head, deadline, path=path)}

    def _with_versions(self, delivery: Delivery, repo: str, commits: Sequence[Change], deadline: float) -> list[Change]:
        """Each commit (oldest first) with the first version that has it."""
        pattern = tag_pattern(delivery.values.get("version.tag"))
        tags: Mapping[str, list[str]] = self._api.tags_by_commit(repo, deadline) if pattern and commits else {}
        version: str | None = None
        result: list[Change] = []
        for change in reversed(commits):
            here = [found for tag in tags.get(change.commit, ()) if pattern and (found := pattern.version(tag))]
            version = max(here, key=sort_key, default=version)
            result.append(replace(change, version=version))
        return result[::-1]

    def _unknown(self, repo: str, names: Mapping[str, str], deadline: float) -> NotFound | Missing:
        for name, ref in names.items():
            if not self._api.knows(repo, ref, deadline):
                return NotFound("version", name)
        return Missing(self._name, f"cannot compare {' with '.join(names)}")


def _paths(delivery: Delivery) -> tuple[str, ...]:
    """The folders (or files) of the service, without a slash at either end."""
    return tuple(path for part in delivery.values.get("paths", "").split(",") if (path := part.strip().strip("/")))


def _within(file: str, paths: Iterable[str]) -> bool:
    wanted = tuple(paths)
    return not wanted or any(file == path or file.startswith(path + "/") for path in wanted)


def _warns(file: str, delivery: Delivery) -> bool:
    """Whether a rollback must heed this file (``rollback.warn_paths``): ``**/`` stands for any folders, or none."""
    declared = delivery.values.get("rollback.warn_paths", "").split(",")
    patterns = [part.strip() for part in declared if part.strip()]
    return any(fnmatchcase(file, form) for one in patterns for form in (one, one.removeprefix("**/")))


def _cut(found: Difference) -> bool:
    return found.ahead > len(found.commits) or len(found.files) >= FILES
