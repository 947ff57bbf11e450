"""Why a run failed, in its own words: the telling lines of a log, without secrets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.contracts.delivery import Phase
from assistant.contracts.errors import Invalid, NotFound, ProviderError
from assistant.contracts.pipelines import Excerpt, Job, LogReport, LogRequest, Run, RunningLogs
from assistant.operations.builds import build_delivery, builder, find_run, newest, newest_deployment
from assistant.operations.context import Context
from assistant.operations.log_lines import Telling, last_lines, telling_lines
from assistant.safeguards.redaction import HIDDEN, redact

_NEAR = 200
"""How many lines before the telling ones are read for secrets: more than any key is long."""


def logs(context: Context, request: LogRequest) -> LogReport:
    """The telling lines of the run that is asked for.

    Raises:
        NotAllowed: the actor may not read logs.
        NotFound: there is no such run.
        Ambiguous: several services have a run of that number.
        ProviderError: the run cannot be looked up; when only its log cannot be read, the report says so.
    """
    context.require("read", "logs")
    service, provider, run, newer = _wanted(context, request)
    instead = request.failed and run.phase is not Phase.FAILED
    running = None
    if request.environment and not (request.run or request.deployment or request.failed):
        running = next(iter(running_logs(context, [service], [request.environment])), None)
    report = LogReport(request, service, run, instead=instead, newer=newer, running=running)
    try:
        jobs = context.pipelines(provider).jobs(run, context.deadline)
        job = telling_job(jobs)
        if job is None:
            return report
        others = tuple(one.name for one in jobs if one.phase is Phase.FAILED and one is not job)
        report = replace(report, job=job, others=others)
        return replace(report, excerpt=excerpt(context, provider, run, job))
    except ProviderError as error:
        return replace(report, problem=error)


def running_logs(context: Context, services: Sequence[str], environments: Sequence[str]) -> tuple[RunningLogs, ...]:
    """Where running services' own output is kept, as the catalogue's ``logs`` says; it is no log that is read here."""
    catalogue = context.catalogue
    return tuple(
        RunningLogs(service, one.name, catalogue.delivery(service, one.name).values.get("logs"))
        for service in services
        for one in catalogue.environments_of(service)
        if not environments or one.name in environments
    )


def excerpt(context: Context, provider: str, run: Run, job: Job) -> Excerpt:
    """The telling lines of a job; of one that did not fail, the last ones. Raises ProviderError."""
    log = context.pipelines(provider).log(run, job, context.deadline)
    told = _told(log.lines, job)
    # Redacted with what stands before them, because a key can go over many lines; chosen again from what is left.
    near = log.lines[max(0, told.first - _NEAR) : told.last + 1]
    told = _told(redact("\n".join(near)).split("\n"), job)
    hidden = sum(line.count(HIDDEN) for line in told.lines)
    return Excerpt(told.lines, hidden, len(log.lines) - len(told.lines), told.error, log.cut)


def _told(lines: Sequence[str], job: Job) -> Telling:
    return telling_lines(lines) if job.phase is Phase.FAILED else last_lines(lines)


def telling_job(jobs: list[Job]) -> Job | None:
    """The job whose log is worth reading: the first that failed, else the one that runs, else the last."""
    for phase in (Phase.FAILED, Phase.RUNNING):
        for job in jobs:
            if job.phase is phase:
                return job
    return jobs[-1] if jobs else None


def _wanted(context: Context, request: LogRequest) -> tuple[str, str, Run, Run | None]:
    """The run, before it its service and who knows it, after it the newest build when that is another one."""
    if request.run:
        services = [request.service] if request.service else list(context.catalogue.services)
        service, run = find_run(context, services, request.run, request.deployment)
        return service, builder(context, service), run, None
    if request.service is None:
        raise Invalid("Tell me which service's log, or the number of a run: for example “logs of the checkout build”.")
    if request.deployment or request.environment:
        _, provider, run = newest_deployment(context, request.service, request.environment, request.failed)
        return request.service, provider, run, None
    run, last = _build(context, request.service, request)
    return request.service, builder(context, request.service), run, last if last.id != run.id else None


def _build(context: Context, service: str, request: LogRequest) -> tuple[Run, Run]:
    """The build that is asked for, and the newest."""
    pipelines = context.pipelines(builder(context, service))
    runs = pipelines.runs(build_delivery(context, service), request.ref, context.deadline)
    failed = newest(runs, Phase.FAILED)
    if request.failed and failed:
        return failed, runs[0]
    if not runs:
        raise NotFound("build", f"{service} on {request.ref}" if request.ref else service)
    return runs[0], runs[0]
