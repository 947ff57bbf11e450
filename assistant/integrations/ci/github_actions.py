"""GitHub Actions and GitHub's deployments as the port :class:`~assistant.contracts.ports.Ci`.

There are two ways to see what runs where (``observe.*`` in the catalogue): GitHub's own deployment records of an
environment (``github_environment``), or the titles of the runs of one workflow (``runs_of`` with ``title``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from assistant.contracts.delivery import Deployment, Phase, ServiceState
from assistant.contracts.errors import Missing, NotConnected
from assistant.contracts.platform import Delivery, Provider
from assistant.contracts.ports import Deployer
from assistant.integrations.ci.github_api import GitHubApi, repository_path, workflow_place
from assistant.integrations.ci.github_changes import GitHubChanges
from assistant.integrations.ci.github_check import defects
from assistant.integrations.ci.github_deployer import SETTLE, GitHubDeployer
from assistant.integrations.ci.github_deployments import GitHubDeployments
from assistant.integrations.ci.github_history import EnvironmentHistory, Sighting, run_sightings
from assistant.integrations.ci.github_pipelines import GitHubPipelines
from assistant.integrations.ci.github_records import step_of
from assistant.integrations.ci.github_versions import TagPattern, short_ref, sort_key, tag_pattern
from assistant.integrations.ci.state import folded
from assistant.integrations.http import Http


class GitHubActions:
    """One GitHub (github.com or an Enterprise server).

    Args:
        provider: as the catalogue names it.
        http: the way to it, of :func:`~assistant.integrations.ci.github_auth.connect`.
        settle: how long after a start the absence of its run proves nothing.
    """

    def __init__(self, provider: Provider, http: Http, settle: timedelta = SETTLE) -> None:
        self._provider = provider
        self._api = GitHubApi(provider.name, http)
        self.pipelines = GitHubPipelines(provider, http)
        self.history = GitHubDeployments(provider, http)
        self.changes = GitHubChanges(provider, http)
        self.deployer: Deployer = GitHubDeployer(provider, http, settle)

    def state(self, delivery: Delivery, deadline: float) -> ServiceState:
        """See :meth:`assistant.contracts.ports.Ci.state`. Three requests for a service at rest."""
        told = self._sightings(delivery, deadline)
        return folded(self._provider.name, delivery, told, lambda one: self._deployment(delivery, one, deadline))

    def versions_between(self, delivery: Delivery, older: str, newer: str, deadline: float) -> tuple[int, str]:
        """See :meth:`assistant.contracts.ports.Ci.versions_between`: by tags, else by commits."""
        if older == newer:
            return 0, "version"
        repo = repository_path(self._provider.name, delivery.repository)
        tags = self._versions(delivery, repo, deadline)
        if older in tags and newer in tags:
            low, high = sort_key(older), sort_key(newer)
            return sum(low < sort_key(version) <= high for version in tags), "version"
        base, head = tags.get(older, older), tags.get(newer, newer)
        ahead = self._api.ahead_by(repo, base, head, deadline)
        if ahead is None:
            raise Missing(self._provider.name, f"cannot compare {older} with {newer}: it does not know one of them")
        return ahead, "commit"

    def has_version(self, delivery: Delivery, version: str, deadline: float) -> bool:
        """See :meth:`assistant.contracts.ports.Ci.has_version`: a tag, else a branch or commit."""
        repo = repository_path(self._provider.name, delivery.repository)
        tags = self._versions(delivery, repo, deadline)
        if not {version, version.removeprefix("v")}.isdisjoint(tags) or version in tags.values():
            return True
        return self._api.knows(repo, version, deadline)

    def check(self, delivery: Delivery, deadline: float) -> list[str]:
        """See :meth:`assistant.contracts.ports.Ci.check`."""
        return defects(self._api, delivery, deadline)

    def _sightings(self, delivery: Delivery, deadline: float) -> Iterator[Sighting]:
        """Newest first. ``runs_of`` goes first: nobody would write it beside an environment without meaning it."""
        observe, name = delivery.section("observe"), self._provider.name
        if "runs_of" in observe:
            repo, file = workflow_place(name, observe["runs_of"], delivery.repository)
            return run_sightings(self._api, repo, file, observe.get("title"), deadline)
        if "github_environment" in observe:
            repo, environment = repository_path(name, delivery.repository), observe["github_environment"]
            rule = observe.get("version", "ref")
            pattern = tag_pattern(delivery.values.get("version.tag"))
            return EnvironmentHistory(self._api, repo, environment, rule, pattern, deadline).sightings()
        what = f"how deployments of {delivery.service} to {delivery.environment} are observed"
        raise NotConnected(name, f"cannot be asked: the catalogue does not say {what}")

    def _deployment(self, delivery: Delivery, sighting: Sighting, deadline: float) -> Deployment:
        own = delivery.repository is not None and sighting.repo == repository_path(
            self._provider.name, delivery.repository
        )
        return Deployment(
            service=delivery.service,
            environment=delivery.environment,
            version=self._version(delivery, sighting, deadline),
            phase=sighting.phase,
            created_at=sighting.created_at,
            updated_at=sighting.updated_at,
            commit=sighting.commit if own else None,
            login=sighting.login,
            start=sighting.start,
            step=self._step(sighting, deadline),
            run=sighting.run,
            url=sighting.url,
        )

    def _version(self, delivery: Delivery, sighting: Sighting, deadline: float) -> str:
        """Without the tag's decoration; for a branch or commit the newest version tag on that very commit."""
        pattern = tag_pattern(delivery.values.get("version.tag"))
        ref = short_ref(sighting.ref)
        version = pattern.version(ref) if pattern else None
        if version is not None or pattern is None:
            return version or ref
        by_ref = "runs_of" not in delivery.section("observe") and delivery.values.get("observe.version", "ref") == "ref"
        if not by_ref or sighting.commit is None:
            return ref
        tags = self._api.tags_at(sighting.repo, sighting.commit, deadline)
        versions = [found for tag in tags if (found := pattern.version(tag))]
        return max(versions, key=sort_key, default=ref)

    def _step(self, sighting: Sighting, deadline: float) -> str | None:
        if sighting.phase is Phase.RUNNING and sighting.run is not None:
            return step_of(self._api.jobs(sighting.repo, sighting.run, deadline), sighting.job)
        return sighting.wait if sighting.phase is Phase.WAITING else None

    def _versions(self, delivery: Delivery, repo: str, deadline: float) -> dict[str, str]:
        """The versions that the repository's tags show, each with its tag."""
        pattern = tag_pattern(delivery.values.get("version.tag"))
        return {} if pattern is None else versions_of(pattern, self._api.tags_with(repo, pattern.prefix, deadline))


def versions_of(pattern: TagPattern, tags: Iterable[str]) -> dict[str, str]:
    """Version → tag, for those of ``tags`` that show a version."""
    return {version: tag for tag in tags if (version := pattern.version(tag))}
