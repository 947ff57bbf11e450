"""GitHub's deployments, their statuses and workflow runs as values, and what their states mean.

https://docs.github.com/en/rest/deployments/deployments, .../deployments/statuses, .../actions/workflow-runs
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.contracts.delivery import Phase, Start
from assistant.integrations.fields import Fields

_RUN_URL = re.compile(r"/actions/runs/(\d{1,20})(?:/jobs?/(\d{1,20}))?(?:[/?#]|$)")

_STATUS_PHASES = {
    "pending": Phase.WAITING,
    "queued": Phase.WAITING,
    "waiting": Phase.WAITING,
    "in_progress": Phase.RUNNING,
    "success": Phase.SUCCEEDED,
    "failure": Phase.FAILED,
    "error": Phase.FAILED,
}
_RUN_PHASES = {
    "queued": Phase.WAITING,
    "pending": Phase.WAITING,
    "requested": Phase.WAITING,
    "waiting": Phase.WAITING,
    "in_progress": Phase.RUNNING,
}
_CONCLUSIONS = {
    "success": Phase.SUCCEEDED,
    "failure": Phase.FAILED,
    "timed_out": Phase.FAILED,
    "startup_failure": Phase.FAILED,
    "cancelled": Phase.CANCELLED,
}
_STARTS = {
    "workflow_dispatch": Start.BY_HAND,
    "push": Start.ON_MERGE,
    "merge_group": Start.ON_MERGE,
    "pull_request": Start.ON_MERGE,
    "workflow_run": Start.ON_MERGE,
}
_WAITS = {"waiting": "waiting for approval", "pending": "waiting for its turn", "queued": "queued"}


@dataclass(frozen=True)
class Run:
    """A workflow run; ``started_at`` is when its latest attempt began."""

    id: str
    title: str
    phase: Phase
    start: Start
    started_at: datetime
    created_at: datetime
    updated_at: datetime
    commit: str
    branch: str | None
    login: str | None
    wait: str | None
    url: str | None
    number: str | None = None
    attempt: int = 1

    @property
    def finished(self) -> bool:
        """True when it will not change any more (by its own account)."""
        return self.phase in (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED)


def run_of(fields: Fields) -> Run:
    """A workflow run of ``GET .../actions/runs`` or ``.../actions/runs/{id}``."""
    created, status = fields.time("created_at"), fields.maybe_text("status") or ""
    return Run(
        id=str(fields.number("id")),
        title=fields.maybe_text("display_title") or fields.maybe_text("name") or "",
        phase=phase_of(fields),
        start=_STARTS.get(fields.maybe_text("event") or "", Start.UNKNOWN),
        started_at=fields.maybe_time("run_started_at") or created,
        created_at=created,
        updated_at=fields.time("updated_at"),
        commit=fields.text("head_sha"),
        branch=fields.maybe_text("head_branch"),
        login=_login(fields, "triggering_actor") or _login(fields, "actor"),
        wait=_WAITS.get(status),
        url=_web(fields.maybe_text("html_url")),
        number=str(number) if isinstance(number := fields.raw("run_number"), int) else None,
        attempt=attempt if isinstance(attempt := fields.raw("run_attempt"), int) else 1,
    )


def phase_of(fields: Fields) -> Phase:
    """The phase of a run, a job or a step, by its ``status`` and ``conclusion``."""
    if fields.maybe_text("status") == "completed":
        return _CONCLUSIONS.get(fields.maybe_text("conclusion") or "", Phase.UNKNOWN)
    return _RUN_PHASES.get(fields.maybe_text("status") or "", Phase.UNKNOWN)


@dataclass(frozen=True)
class Record:
    """A deployment record; ``payload`` as the workflow wrote it."""

    id: int
    ref: str
    commit: str
    payload: dict[str, object]
    created_at: datetime
    login: str | None


def record_of(fields: Fields) -> Record:
    """A deployment of ``GET .../deployments``."""
    return Record(
        id=fields.number("id"),
        ref=fields.text("ref"),
        commit=fields.text("sha"),
        payload=_payload(fields.raw("payload")),
        created_at=fields.time("created_at"),
        login=_login(fields, "creator"),
    )


@dataclass(frozen=True)
class Seen:
    """A record with what its statuses say: phase, since when, and which run (and job) wrote them."""

    record: Record
    phase: Phase
    at: datetime
    run: str | None = None
    job: str | None = None
    wait: str | None = None
    url: str | None = None


def seen_of(record: Record, statuses: Sequence[Fields]) -> Seen:
    """``record`` with its ``statuses``, the newest first. No status yet is what GitHub calls pending."""
    if not statuses:
        return Seen(record, Phase.WAITING, record.created_at, wait=_WAITS["queued"])
    states = [status.maybe_text("state") or "" for status in statuses]
    deciding = next((number for number, state in enumerate(states) if state != "inactive"), 0)
    phase = _STATUS_PHASES.get(states[deciding], Phase.UNKNOWN)
    if states[0] == "inactive":
        phase = _once_inactive(states, phase)
    links = [link for status in statuses for link in (status.maybe_text("log_url"), status.maybe_text("target_url"))]
    found = next((match for link in links if link and (match := _RUN_URL.search(link))), None)
    return Seen(
        record,
        phase,
        statuses[deciding].time("created_at"),
        run=found[1] if found else None,
        job=found[2] if found else None,
        wait=_WAITS.get(states[0]),
        url=next((url for link in links if (url := _web(link))), None),
    )


def _once_inactive(states: Sequence[str], phase: Phase) -> Phase:
    """What an inactive record was. GitHub retires only those that succeeded; other tools retire what they like."""
    if phase is Phase.FAILED:
        return phase
    return Phase.SUCCEEDED if "success" in states or set(states) == {"inactive"} else Phase.UNKNOWN


def settled(seen: Seen, run: Run | None) -> Phase:
    """The phase of a record in the light of its run: a run that was cancelled or failed leaves nothing under way."""
    if run is None or seen.phase is Phase.SUCCEEDED:
        return seen.phase
    if run.phase is Phase.CANCELLED:
        return Phase.CANCELLED
    if run.phase is Phase.FAILED and (seen.phase.under_way or seen.phase is Phase.UNKNOWN):
        return Phase.FAILED
    return seen.phase


def folded(phases: Sequence[Phase]) -> Phase:
    """The phase of one deployment that left several records: it has succeeded when all of them have."""
    for phase in (Phase.RUNNING, Phase.WAITING, Phase.FAILED, Phase.CANCELLED, Phase.UNKNOWN):
        if phase in phases:
            return phase
    return Phase.SUCCEEDED


def step_of(jobs: Sequence[Fields], job: str | None) -> str | None:
    """What a run does right now (``Smoke test, step 4 of 6``), looking at ``job`` first when it is known."""
    preferred = sorted(jobs, key=lambda fields: str(fields.raw("id")) != job)
    for fields in preferred:
        if fields.maybe_text("status") == "in_progress":
            steps = fields.each("steps")
            for number, step in enumerate(steps, 1):
                if step.maybe_text("status") == "in_progress":
                    return f"{step.maybe_text('name') or 'a step'}, step {number} of {len(steps)}"
            return fields.maybe_text("name")
    waits = [wait for fields in preferred if (wait := _WAITS.get(fields.maybe_text("status") or ""))]
    return waits[0] if waits else None


def _login(fields: Fields, name: str) -> str | None:
    person = fields.maybe_child(name)
    return person.maybe_text("login") if person else None


def _payload(value: object) -> dict[str, object]:
    """GitHub gives back what was written: an object, or its JSON as text, or nothing."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return {str(key): entry for key, entry in value.items()} if isinstance(value, dict) else {}


def _web(url: str | None) -> str | None:
    return url if url and url.startswith(("https://", "http://")) else None
