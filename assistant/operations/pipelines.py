"""How builds are: what failed, since when and whose it is, and how often the same step fails."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from difflib import get_close_matches
from itertools import takewhile

from assistant.contracts.delivery import Phase
from assistant.contracts.errors import NotFound, ProviderError
from assistant.contracts.pipelines import Build, Job, NamedPart, PipelineReport, PipelineRequest, Recurrence, Run
from assistant.operations.builds import build_delivery, builder, built_with, find_run, newest, newest_deployment
from assistant.operations.context import Context
from assistant.operations.logs import excerpt

LOOKED_BACK = 20
"""How many finished runs are looked at for how often a step fails."""

_KEPT = 5
_NO_BRANCH = re.compile(r"\d+\.\d[\w.+-]*|(?=.*\d)[0-9a-f]{7,40}")  # a version or a commit
_SHARE_FOR_RUNS = 0.5
_SHARE_FOR_JOBS = 0.8


def pipelines(context: Context, request: PipelineRequest) -> PipelineReport:
    """Look at the builds asked for, in parallel and within the context's deadline; the worst comes first.

    Raises:
        NotAllowed: the actor may not read pipelines.
        NotFound: nobody knows the run, or the branch of the only service.
        Ambiguous: several services have a run of that number.
        ProviderError: the run cannot be looked up.
    """
    context.require("read", "pipelines")
    if request.deployment and not request.run and len(request.services) == 1:
        return PipelineReport(request, (_of_deployment(context, request.services[0], request),))
    if request.run:
        services = list(request.services) or list(context.catalogue.services)
        builds = [_of_run(*find_run(context, services, request.run))]
    else:
        builds = _of_services(context, request)
    if request.person:
        builds = [_newest_of(context, request.person, builds)]
    builds = _with_jobs(context, builds)
    if not request.run and request.ref is None and not request.person:
        _keep(context, builds)
    if request.red and len(builds) > 1:
        builds = [one for one in builds if one.first_red or one.problem]
    if len(builds) != 1:
        return PipelineReport(request, tuple(sorted(builds, key=_order)))
    if builds[0].problem:
        return PipelineReport(request, tuple(builds))
    part = _named(context, builds[0], request.part) if request.part else None
    if part and part.job is None:
        return PipelineReport(request, tuple(builds), part=part)
    if request.recurrence:
        return PipelineReport(request, tuple(builds), _recurrence(context, builds[0], part), part)
    build = builds[0]
    if request.lines:
        build = _with_excerpt(context, build, builder(context, build.service))
    return PipelineReport(request, (build,), part=part)


def _named(context: Context, build: Build, words: str) -> NamedPart | None:
    """The job or step that ``words`` name, in the run that is told of; None when its jobs cannot be read."""
    run = build.shown or build.under_way
    if run is None:
        return None
    found = _jobs(context, {(build.service, run.id): run}, _share(context, _SHARE_FOR_JOBS))
    jobs = found[build.service, run.id]
    if not isinstance(jobs, list):
        return None
    names = tuple(job.name for job in jobs)
    steps = [(job, step) for job in jobs for step in (None, *job.steps)]
    job, step = next((one for one in steps if _is_called((one[1] or one[0]).name, words)), (None, None))
    return NamedPart(job, step, names)


def _is_called(name: str, words: str) -> bool:
    """Whether ``words`` name a job or step, or a part of its name: "lint" is "Lint and format"."""
    return _letters(words) in _letters(name)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _of_services(context: Context, request: PipelineRequest) -> list[Build]:
    until = _share(context, _SHARE_FOR_RUNS)
    names = [name for name in _services(context, request) if context.catalogue.environments_of(name)]
    # Services that one pipeline builds are asked for once.
    askers = {name: min([name, *(each for each in built_with(context, name) if each in names)]) for name in names}
    calls = {
        name: _asked(context, name, lambda name=name: _runs(context, name, request.ref, until))  # type: ignore[misc]
        for name in dict.fromkeys(askers.values())
    }
    answers = context.gather(calls, until)
    if len(names) == 1 and request.ref and answers[names[0]] == []:
        _require_branch(context, names[0], request.ref, _share(context, _SHARE_FOR_JOBS))
    builds = [_judged(context, name, request.ref, answers[askers[name]]) for name in names]
    return [_last_known(context, one) if one.problem and request.ref is None else one for one in builds]


def _newest_of(context: Context, name: str, builds: Sequence[Build]) -> Build:
    """The newest run that somebody set off. Raises NotFound, or the problem of who could not be asked."""
    person = context.catalogue.people[name]
    found = [(run, one) for one in builds if not one.problem for run in one.runs if person.has_login(run.login)]
    if not found:
        problem = next((one.problem for one in builds if one.problem), None)
        raise problem or NotFound("build among the newest of", person.display_name)
    run, build = max(found, key=lambda pair: pair[0].started_at)
    return _of_run(build.service, run)


def _require_branch(context: Context, service: str, ref: str, until: float) -> None:
    """Raise NotFound, with names that come near, when what has no builds is no branch; who cannot tell is not asked."""
    if _NO_BRANCH.fullmatch(ref):
        return
    delivery = build_delivery(context, service)
    port = context.pipelines(builder(context, service))
    call = _asked(context, service, lambda: port.branches(delivery, ref, until))
    known = context.gather({"branches": call}, until)["branches"]
    if isinstance(known, list) and ref not in known:
        parts = [name for name in known if ref.lower() in name.lower()]
        near = dict.fromkeys([*parts, *get_close_matches(ref, known, 3)])
        raise NotFound(f"branch of {service}", ref, tuple(near)[:3])


def _keep(context: Context, builds: Sequence[Build]) -> None:
    """What is shown now is what is known when the provider fails; logs are not kept, they need a right of their own."""
    seen = {one.service: replace(one, runs=_told(one), unread=None) for one in builds if one.problem is None}
    context.remember(seen, datetime.now(timezone.utc))


def _told(build: Build) -> tuple[Run, ...]:
    """The runs that an answer speaks of."""
    red = build.runs.index(build.first_red) + 1 if build.first_red else 0
    return build.runs[: max(_KEPT, red)]


def _last_known(context: Context, build: Build) -> Build:
    known = context.recall(Build, build.service)
    if known is None:
        return build
    age = datetime.now(timezone.utc) - known.at
    return replace(known.value, problem=build.problem, shared_with=build.shared_with, age=age)


def _services(context: Context, request: PipelineRequest) -> Sequence[str]:
    if request.services:
        return request.services
    every = context.catalogue.services.values()
    return [one.name for one in every if not request.teams or one.owner in request.teams]


def _runs(context: Context, service: str, ref: str | None, until: float) -> list[Run]:
    return context.pipelines(builder(context, service)).runs(build_delivery(context, service), ref, until)


def _judged(context: Context, service: str, ref: str | None, answer: object) -> Build:
    build = Build(service, ref, shared_with=built_with(context, service))
    if isinstance(answer, ProviderError):
        return replace(build, problem=answer)
    assert isinstance(answer, list)  # noqa: S101 - for the type checker: a call gives its runs or a problem
    runs: list[Run] = answer
    shown = newest(runs, Phase.SUCCEEDED, Phase.FAILED)
    under_way = next((run for run in runs[:1] if run.phase.under_way), None)
    build = replace(build, runs=tuple(runs), shown=shown, under_way=under_way)
    if shown is None or shown.phase is not Phase.FAILED:
        return build
    decided = [run for run in runs if run.phase in (Phase.SUCCEEDED, Phase.FAILED)]
    red = list(takewhile(lambda run: run.phase is Phase.FAILED, decided))
    return replace(build, first_red=red[-1], green_before=newest(runs, Phase.SUCCEEDED))


def _of_run(service: str, run: Run) -> Build:
    build = Build(service, run.branch, (run,), shown=run)
    return replace(build, shown=None, under_way=run) if run.phase.under_way else build


def _of_deployment(context: Context, service: str, request: PipelineRequest) -> Build:
    context.require("read", "history")
    deployment, provider, run = newest_deployment(context, service, request.environment, request.failed)
    build = replace(_of_run(service, run), deployment=deployment)
    try:
        jobs = context.pipelines(provider).jobs(run, _share(context, _SHARE_FOR_JOBS))
    except ProviderError as error:
        return replace(build, unread=error)
    build = replace(build, job=_first(jobs, Phase.FAILED), current=_first(jobs, Phase.RUNNING))
    return _with_excerpt(context, build, provider)


def _with_jobs(context: Context, builds: Sequence[Build]) -> list[Build]:
    until = _share(context, _SHARE_FOR_JOBS)
    wanted = {(one.service, run.id): run for one in builds for run in _unclear(one)}
    jobs = _jobs(context, wanted, until)
    result = []
    for one in builds:
        if one.problem:
            result.append(one)
            continue
        failed = jobs.get((one.service, one.shown.id)) if one.shown else None
        current = jobs.get((one.service, one.under_way.id)) if one.under_way else None
        unread = next((each for each in (failed, current) if isinstance(each, ProviderError)), None)
        result.append(
            replace(one, job=_first(failed, Phase.FAILED), current=_first(current, Phase.RUNNING), unread=unread)
        )
    return result


def _unclear(build: Build) -> list[Run]:
    if build.problem:
        return []
    failed = [build.shown] if build.shown and build.shown.phase is Phase.FAILED else []
    return [*failed, *([build.under_way] if build.under_way else [])]


def _jobs(context: Context, runs: Mapping[tuple[str, str], Run], until: float) -> dict[tuple[str, str], object]:
    """The jobs of each run, or why they are not known."""
    calls = {
        key: _asked(context, key[0], lambda s=key[0], r=run: context.pipelines(builder(context, s)).jobs(r, until))  # type: ignore[misc]
        for key, run in runs.items()
    }
    return context.gather(calls, until)


def _first(jobs: object, phase: Phase) -> Job | None:
    return next((job for job in jobs if job.phase is phase), None) if isinstance(jobs, list) else None


def _with_excerpt(context: Context, build: Build, provider: str) -> Build:
    """Why it failed, for whoever may read logs."""
    if build.shown is None or build.job is None:
        return build
    may = context.may("read", "logs")
    if not may.allowed:
        return replace(build, no_excerpt=f"The log is not for you to read: {may.rule}.")
    try:
        return replace(build, excerpt=excerpt(context, provider, build.shown, build.job))
    except ProviderError as error:
        return replace(build, no_excerpt=str(error))


def _recurrence(context: Context, build: Build, part: NamedPart | None) -> Recurrence | None:
    """How often the step asked for, else the one that failed last, failed among the newest finished runs: the runs,
    not a verdict.
    """
    finished = [run for run in build.runs if run.phase in (Phase.SUCCEEDED, Phase.FAILED)][:LOOKED_BACK]
    red = [run for run in finished if run.phase is Phase.FAILED]
    jobs = _jobs(context, {(build.service, run.id): run for run in red}, _share(context, 0.95))
    places = {run.id: _place(_first(jobs.get((build.service, run.id)), Phase.FAILED)) for run in red}
    place = next((places[run.id] for run in red if places[run.id]), None)
    if part and part.job:
        place = (part.job.name, part.step.name if part.step else part.job.name)
    if place is None:
        return None
    whole = place[0] == place[1]  # a job, whichever of its steps failed
    failed = [run for run in red if places[run.id] == place or (whole and (places[run.id] or "")[:1] == place[:1])]
    return Recurrence(
        *place,
        failed=tuple(failed),
        finished=len(finished),
        elsewhere=tuple(run for run in red if places[run.id] and run not in failed),
        unread=tuple(run for run in red if places[run.id] is None),
        retried=tuple(run for run in finished if run.phase is Phase.SUCCEEDED and run.attempt > 1),
    )


def _place(job: Job | None) -> tuple[str, str] | None:
    if job is None:
        return None
    return job.name, job.failed_step.name if job.failed_step else job.name


def _asked(context: Context, service: str, call: Callable[[], object]) -> tuple[str, Callable[[], object]]:
    delivery = build_delivery(context, service)
    return delivery.values.get("build.provider") or delivery.provider or service, call


def _share(context: Context, share: float) -> float:
    return time.monotonic() + (context.deadline - time.monotonic()) * share


def _order(build: Build) -> tuple[int, str]:
    if build.problem:
        return 1, build.service
    if build.shown is None:
        return 3, build.service
    return (0 if build.shown.phase is Phase.FAILED else 2), build.service
