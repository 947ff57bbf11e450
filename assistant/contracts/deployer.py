"""What is deployed, and how far it is, as a CI system that deploys tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from assistant.contracts.delivery import Phase


@dataclass(frozen=True)
class Target:
    """What a deployment would do, resolved at one moment; equal targets do the same.

    Attributes:
        version: as the service's versions are called, without the tag's decoration (``1.4.2``).
        commit: the commit that the version names in the service's repository, forty digits.
        ref: what the deploying workflow is started on: a tag or a branch; the job's full name for Jenkins.
        workflow_commit: the commit of ``ref`` where the workflow lives; None where it cannot be known (Jenkins).
    """

    service: str
    environment: str
    version: str
    commit: str
    ref: str
    workflow_commit: str | None = None


class CiLevel(str, Enum):
    """What the builds of a commit say; ``UNKNOWN`` when there are none or nobody could tell."""

    PASSED = "passed"
    FAILED = "failed"
    RUNNING = "running"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CiVerdict:
    """The builds of one commit, with a sentence for people and the page that shows it."""

    level: CiLevel
    sentence: str
    url: str | None = None


@dataclass(frozen=True)
class Progress:
    """One deploying run at one moment; times are aware and in UTC.

    Attributes:
        run_id: what the provider calls it: a run's id, a Jenkins build's number, or ``queue:<number>`` while a build
            waits in Jenkins' queue. The last becomes the one before: keep the newest.
        run: the number that people know it by; None while it waits in the queue.
        step: what it does right now ("Smoke test, step 4 of 6") or waits for.
        waiting_for: who may let it go on (logins, or teams as ``@team``) where the provider owns that approval.
        failed_step: the step that failed first.
        superseded_by: the number of the newer run that replaced it while it waited.
    """

    phase: Phase
    run_id: str
    updated_at: datetime
    started_at: datetime | None = None
    run: str | None = None
    attempt: int = 1
    step: str | None = None
    waiting_for: tuple[str, ...] = ()
    failed_step: str | None = None
    superseded_by: str | None = None
    url: str | None = None
