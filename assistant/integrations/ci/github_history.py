"""What was deployed, newest first, as GitHub's deployment records or a workflow's runs tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.contracts.delivery import Phase, Start
from assistant.integrations.ci.github_api import GitHubApi
from assistant.integrations.ci.github_records import Record, Run, Seen, folded, settled
from assistant.integrations.ci.github_versions import TagPattern, short_ref, title_pattern


@dataclass(frozen=True)
class Sighting:
    """One deployment as it was found; ``ref`` is what the mapping calls its version, still with decoration."""

    repo: str
    phase: Phase
    ref: str
    created_at: datetime
    updated_at: datetime
    start: Start
    commit: str | None
    login: str | None
    wait: str | None
    run: str | None
    job: str | None
    url: str | None


class EnvironmentHistory:
    """The deployments of one GitHub environment.

    The records that one run made are one deployment. A newest record that succeeded costs three calls: the list,
    its statuses, its run. In a repository of several services a record whose reference is another one's version is
    not looked at.

    Args:
        api: the calls.
        repo: where, a path of :func:`~assistant.integrations.ci.github_api.repository_path`.
        environment: its name in GitHub.
        rule: where the version is read: ``ref``, ``sha`` or ``payload.<key>``.
        pattern: how the service's tags look, if they do.
        deadline: for all calls together.
    """

    def __init__(
        self, api: GitHubApi, repo: str, environment: str, rule: str, pattern: TagPattern | None, deadline: float
    ) -> None:
        self._api, self._repo, self._environment = api, repo, environment
        self._rule, self._pattern, self._deadline = rule, pattern, deadline
        self._seen: dict[int, Seen] = {}

    def sightings(self) -> Iterator[Sighting]:
        """Newest first; each costs its calls only when it is reached."""
        records = self._records()
        told: set[str] = set()
        failed = False
        for number, record in enumerate(records):
            seen = self._see(record)
            if seen.run in told:
                continue
            run = self._run(seen, failed)
            if run is not None:
                told.add(run.id)
            phase = self._phase(seen, run, records[number + 1 :])
            failed = failed or phase is Phase.FAILED
            yield self._sighting(seen, run, phase)

    def _records(self) -> list[Record]:
        count = 100 if self._pattern and self._pattern.shared else 30
        records = self._api.deployments(self._repo, self._environment, self._deadline, count)
        return [one for one in records if not (self._pattern and self._pattern.excludes(short_ref(one.ref)))]

    def _see(self, record: Record) -> Seen:
        if record.id not in self._seen:
            self._seen[record.id] = self._api.seen(self._repo, record, self._deadline)
        return self._seen[record.id]

    def _run(self, seen: Seen, failed: bool) -> Run | None:
        # Of several that failed only the newest is shown as a state, so only its run is asked for.
        if failed and seen.phase is Phase.FAILED:
            return None
        return self._api.run(self._repo, seen.run, self._deadline) if seen.run else None

    def _phase(self, seen: Seen, run: Run | None, older: Sequence[Record]) -> Phase:
        """The phase of all records of the run's latest attempt, unless run and record already agree on success."""
        if run is None or run.phase is seen.phase is Phase.SUCCEEDED:
            return seen.phase
        phases = [settled(seen, run)]
        for record in older:
            if record.created_at < run.started_at:
                break
            if record.commit == seen.record.commit and (other := self._see(record)).run == run.id:
                phases.append(settled(other, run))
        return folded(phases)

    def _sighting(self, seen: Seen, run: Run | None, phase: Phase) -> Sighting:
        record = seen.record
        return Sighting(
            repo=self._repo,
            phase=phase,
            ref=self._ref(record),
            created_at=record.created_at,
            updated_at=seen.at,
            start=run.start if run else Start.UNKNOWN,
            commit=record.commit,
            login=(run.login if run else None) or record.login,
            wait=seen.wait,
            run=run.id if run else seen.run,
            job=seen.job,
            url=(run.url if run else None) or seen.url,
        )

    def _ref(self, record: Record) -> str:
        """The version by the mapping's rule; the commit when the payload does not hold it."""
        if self._rule.startswith("payload."):
            value = record.payload.get(self._rule.removeprefix("payload."))
            return str(value) if isinstance(value, str | int) and value != "" else record.commit
        return record.commit if self._rule == "sha" else record.ref


def run_sightings(api: GitHubApi, repo: str, file: str, title: str | None, deadline: float) -> Iterator[Sighting]:
    """The runs of a workflow whose title fits ``title`` (all, when it is None), newest first.

    ``{version}`` in ``title`` stands for the version; without it the run's branch is taken for it.
    """
    pattern = title_pattern(title) if title else None
    for run in api.workflow_runs(repo, file, deadline):
        found = pattern.fullmatch(run.title.strip()) if pattern else None
        if pattern and not found:
            continue
        version = found.groupdict().get("version") if found else None
        yield Sighting(
            repo=repo,
            phase=run.phase,
            ref=version or run.branch or run.commit,
            created_at=run.created_at,
            updated_at=run.updated_at,
            start=run.start,
            commit=run.commit,
            login=run.login,
            wait=run.wait,
            run=run.id,
            job=None,
            url=run.url,
        )
