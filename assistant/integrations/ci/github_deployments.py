"""Past deployments as GitHub's records and runs tell them: the port :class:`~assistant.contracts.ports.History`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from assistant.contracts.delivery import Deployment
from assistant.contracts.errors import Missing, NotConnected, Unavailable
from assistant.contracts.history import Merge, Past
from assistant.contracts.interval import Interval
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.ci.github_api import repository_path, workflow_place
from assistant.integrations.ci.github_commits import CommitsApi
from assistant.integrations.ci.github_history import EnvironmentHistory, Sighting, run_sightings
from assistant.integrations.ci.github_records import Record, Run, Seen
from assistant.integrations.ci.github_versions import short_ref, sort_key, tag_pattern
from assistant.integrations.http import Http

RECORDS = 100
"""As many deployment records, and runs of the deploying workflow, are read in one call each."""


class GitHubDeployments:
    """One GitHub's past; arguments as for :class:`~assistant.integrations.ci.github_actions.GitHubActions`."""

    def __init__(self, provider: Provider, http: Http) -> None:
        self._name = provider.name
        self._api = CommitsApi(provider.name, http)

    def past(self, delivery: Delivery, interval: Interval | None, limit: int, deadline: float) -> Past:
        """See :meth:`assistant.contracts.ports.History.past`.

        Three calls (records, runs, tags) and one for each deployment whose state is asked for.
        """
        source = self._source(delivery, interval, deadline)
        found: list[Sighting] = []
        whole = True
        try:
            for sighting in source:
                if interval and sighting.created_at < interval.start:
                    break
                if len(found) == limit:
                    whole = False
                    break
                if not interval or interval.holds(sighting.created_at):
                    found.append(sighting)
            tags = self._tags(delivery, found, deadline)
        except Unavailable:
            if not found:
                raise
            whole, tags = False, {}
        whole = whole and not (isinstance(source, _Records) and source.cut)
        return Past(tuple(self._deployment(delivery, one, tags) for one in found), whole)

    def merge(self, delivery: Delivery, deployment: Deployment, deadline: float) -> Merge | None:
        """See :meth:`assistant.contracts.ports.History.merge`. Three calls."""
        if deployment.commit is None:
            return None
        repo = repository_path(self._name, delivery.repository)
        found = self._api.pull_of(repo, deployment.commit, deadline)
        if found is None:
            return None
        pull = self._api.pull(repo, found.number, deadline)
        workflow = self._api.workflow_of(repo, deployment.run, deadline) if deployment.run else None
        return Merge(pull.number, pull.title, pull.author, pull.merged_by, workflow, pull.url)

    def _source(self, delivery: Delivery, interval: Interval | None, deadline: float) -> Iterable[Sighting]:
        observe = delivery.section("observe")
        if "runs_of" in observe:
            repo, file = workflow_place(self._name, observe["runs_of"], delivery.repository)
            return run_sightings(self._api, repo, file, observe.get("title"), deadline)
        if "github_environment" not in observe:
            what = f"how deployments of {delivery.service} to {delivery.environment} are observed"
            raise NotConnected(self._name, f"cannot be asked: the catalogue does not say {what}")
        return _Records(self._api, delivery, interval, deadline)

    def _tags(self, delivery: Delivery, found: Iterable[Sighting], deadline: float) -> dict[str, list[str]]:
        """The tags by commit, asked for only where a deployment does not name its version itself."""
        pattern = tag_pattern(delivery.values.get("version.tag"))
        by_ref = "runs_of" not in delivery.section("observe") and delivery.values.get("observe.version", "ref") == "ref"
        if pattern is None or not by_ref or all(pattern.version(short_ref(one.ref)) for one in found):
            return {}
        return self._api.tags_by_commit(repository_path(self._name, delivery.repository), deadline)

    def _deployment(self, delivery: Delivery, sighting: Sighting, tags: Mapping[str, Sequence[str]]) -> Deployment:
        pattern = tag_pattern(delivery.values.get("version.tag"))
        ref = short_ref(sighting.ref)
        versions = [
            version for tag in tags.get(sighting.commit or "", ()) if pattern and (version := pattern.version(tag))
        ]
        version = (pattern.version(ref) if pattern else None) or max(versions, key=sort_key, default=ref)
        own = delivery.repository and sighting.repo == repository_path(self._name, delivery.repository)
        return Deployment(
            service=delivery.service,
            environment=delivery.environment,
            version=version,
            phase=sighting.phase,
            created_at=sighting.created_at,
            updated_at=sighting.updated_at,
            commit=sighting.commit if own else None,
            login=sighting.login,
            start=sighting.start,
            run=sighting.run,
            url=sighting.url,
        )


class _Records(EnvironmentHistory):
    """The records of a GitHub environment with the runs behind all of them, taken from one list where that can be.

    ``cut`` tells, after the reading, whether older records exist that could lie in the interval.
    """

    def __init__(self, api: CommitsApi, delivery: Delivery, interval: Interval | None, deadline: float) -> None:
        repo = repository_path(api.provider, delivery.repository)
        values = delivery.values
        rule, tag = values.get("observe.version", "ref"), tag_pattern(values.get("version.tag"))
        super().__init__(api, repo, values["observe.github_environment"], rule, tag, deadline)
        self._interval, self._workflow = interval, values.get("start.workflow")
        self.cut = False

    def __iter__(self) -> Iterator[Sighting]:
        return self.sightings()

    def _records(self) -> list[Record]:
        records = self._api.deployments(self._repo, self._environment, self._deadline, RECORDS)
        self.cut = len(records) == RECORDS and (not self._interval or records[-1].created_at >= self._interval.start)
        mine = [one for one in records if not (self._pattern and self._pattern.excludes(short_ref(one.ref)))]
        return [one for one in mine if not self._interval or self._interval.holds(one.created_at)]

    def _run(self, seen: Seen, failed: bool) -> Run | None:
        if not seen.run:
            return None
        return self._runs.get(seen.run) or self._api.run(self._repo, seen.run, self._deadline)

    @cached_property
    def _runs(self) -> dict[str, Run]:
        if not self._workflow or "/" in self._workflow:
            return {}
        try:
            runs = self._api.workflow_runs(self._repo, self._workflow, self._deadline)
            return {run.id: run for run in islice(runs, RECORDS)}
        except Missing:
            return {}
