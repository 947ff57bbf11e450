"""The worker: a loop with leases, and nothing else. What it does is a step of an operation."""

from __future__ import annotations

import signal
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timezone

import structlog

from assistant.bootstrap import Assistant, the_assistant
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.change import OPEN
from assistant.contracts.errors import AssistantError
from assistant.contracts.watch import Watched, WatchedBuild
from assistant.messaging.outbox import Postman
from assistant.observability import STEPS, bind_correlation, configure_logging
from assistant.operations.alerts import hear
from assistant.operations.rebuilt import watch_builds
from assistant.operations.status import state_of
from assistant.operations.trigger import advance
from assistant.operations.watch import look, watch
from assistant.telling import NoNotices, tell, tell_free

WORKER = Actor(LOCAL_WORKSPACE, "worker")
OBSERVE_EVERY = 60.0
OBSERVE_SECONDS = 10.0
CHANGES_EVERY = 1.0
CHANGE_SECONDS = 10.0
WATCH_EVERY = 5.0
WATCH_SECONDS = 8.0
ANCHOR_EVERY = 600.0

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
                state_of(context, (service, environment.name), context.deadline)
            except AssistantError as error:
                _log.info("observe.failed", service=service, environment=environment.name, reason=str(error))
    # An Alertmanager counts no requests, so what fires is kept as well; builds stay as they were last shown.
    context = assistant.context(WORKER, OBSERVE_SECONDS)
    hear(context, context.alerts)


def tidy(assistant: Assistant) -> None:
    """Forget what was said in chat, and what was followed, long ago."""
    now = datetime.now(timezone.utc)
    assistant.outbox.forget(now)
    assistant.answers.forget(now)
    assistant.watches.forget(now)


def carry_on(assistant: Assistant) -> None:
    """Take the next step of every request that has not ended: start, look for, follow, notice that its time is over."""
    for request in assistant.records.requests.find(OPEN):
        context = assistant.context(WORKER, CHANGE_SECONDS)
        try:
            advance(context, request)
        except AssistantError as error:
            _log.warning("change.stuck", request=request.number, state=request.state.value, reason=str(error))


def follow(assistant: Assistant) -> None:
    """Look where providers said that something changed, follow what is under way, and keep the messages current."""
    watches, context = assistant.watches, assistant.context(WORKER, WATCH_SECONDS)
    pokes = watches.poked()
    look(context, pokes)
    watches.looked(pokes)
    deployments = watch(assistant.context(WORKER, WATCH_SECONDS), watches)
    builds = watch_builds(assistant.context(WORKER, WATCH_SECONDS), watches)
    followed: tuple[Watched | WatchedBuild, ...] = (*deployments, *builds)
    if assistant.settings.slack is None:
        return tell(context, watches, NoNotices(), followed)
    tell(context, watches, assistant.notices, followed)
    return tell_free(context, assistant.notices)


def anchor(assistant: Assistant) -> None:
    """Note the audit log's end here, outside of the database, so that what is cut off is missed."""
    head = assistant.records.audit.head()
    if head:
        _log.info("audit.anchor", number=head.number, digest=head.digest)


JOBS = (
    Job("changes", CHANGES_EVERY, carry_on),
    Job("watch", WATCH_EVERY, follow),
    Job("anchor", ANCHOR_EVERY, anchor),
    Job("observe", OBSERVE_EVERY, observe),
    Job("tidy", 3600.0, tidy),
)


def run(assistant: Assistant, stop: threading.Event, jobs: tuple[Job, ...] = JOBS) -> None:
    """Run the jobs, each in a thread of its own, when it is due and its lease is ours, until ``stop`` is set.

    What nobody foresaw in one of them ends all of them and is raised: the process is started again. A lease outlives
    its job's period, so that a holder keeps it; when the holder dies, another worker takes over.
    """
    holder = uuid.uuid4().hex
    with ThreadPoolExecutor(len(jobs), thread_name_prefix="job") as pool:
        loops = [pool.submit(_repeat, assistant, stop, job, holder) for job in jobs]
        wait(loops, return_when=FIRST_EXCEPTION)
        stop.set()
    for loop in loops:
        loop.result()


def _repeat(assistant: Assistant, stop: threading.Event, job: Job, holder: str) -> None:
    while not stop.is_set():
        _step(assistant, job, holder)
        stop.wait(job.seconds)
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
    posting = threading.Thread(target=post, args=(assistant, stop), name="posting")
    posting.start()
    run(assistant, stop)
    posting.join()


def post(assistant: Assistant, stop: threading.Event) -> None:
    """Send what the outbox holds until ``stop`` is set; without Slack there is nowhere to send it."""
    if assistant.settings.slack is not None:
        Postman(assistant.outbox, assistant.chat).run(stop)


if __name__ == "__main__":
    main()
