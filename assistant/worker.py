"""The worker: a loop with leases, and nothing else. What it does is a step of an operation."""

from __future__ import annotations

import signal
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

import structlog

from assistant.bootstrap import Assistant, the_assistant
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.errors import AssistantError
from assistant.observability import STEPS, bind_correlation, configure_logging
from assistant.operations.status import refresh

WORKER = Actor(LOCAL_WORKSPACE, "worker")
OBSERVE_EVERY = 60.0
OBSERVE_SECONDS = 10.0
_IDLE_SECONDS = 1.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """A recurring job: every ``seconds`` one worker, the lease's holder, runs ``step``."""

    name: str
    seconds: float
    step: Callable[[Assistant], None]


def observe(assistant: Assistant) -> None:
    """Keep the last known state of every service fresh, for the day when a provider does not answer."""
    catalogue = assistant.source.current()
    for service in catalogue.services:
        for environment in catalogue.environments_of(service):
            context = assistant.context(WORKER, OBSERVE_SECONDS)
            try:
                refresh(context, (service, environment.name))
            except AssistantError as error:
                _log.info("observe.failed", service=service, environment=environment.name, reason=str(error))


JOBS = (Job("observe", OBSERVE_EVERY, observe),)


def run(assistant: Assistant, stop: threading.Event, jobs: tuple[Job, ...] = JOBS) -> None:
    """Run the jobs, each when it is due and its lease is ours, until ``stop`` is set.

    A lease outlives its job's period, so that a holder keeps it; when the holder dies, another worker takes over.
    """
    holder = uuid.uuid4().hex
    due = {job.name: 0.0 for job in jobs}
    while not stop.is_set():
        for job in jobs:
            if time.monotonic() >= due[job.name]:
                due[job.name] = time.monotonic() + job.seconds
                _step(assistant, job, holder)
        stop.wait(_IDLE_SECONDS)
    for job in jobs:
        assistant.leases.release(job.name, holder)


def _step(assistant: Assistant, job: Job, holder: str) -> None:
    bind_correlation(uuid.uuid4().hex[:12])
    outcome = "done"
    try:
        if not assistant.leases.acquire(job.name, holder, 2 * job.seconds, datetime.now(timezone.utc)):
            return
        job.step(assistant)
    except AssistantError as error:
        outcome = type(error).__name__
        _log.error("step.failed", job=job.name, reason=str(error))
    STEPS.labels(job.name, outcome).inc()


def main() -> None:
    """The worker's process; ends at SIGTERM or SIGINT after the step under way."""
    assistant = the_assistant()
    configure_logging("worker", assistant.settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(assistant, stop)


if __name__ == "__main__":
    main()
