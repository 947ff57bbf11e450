"""Following every deployment that is known of, whoever started it: steps of the worker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial

from assistant.contracts.change import ChangeRequest, State
from assistant.contracts.delivery import Deployment, HealthLevel, Phase, ServiceState
from assistant.contracts.deployer import Progress
from assistant.contracts.errors import Missing, ProviderError
from assistant.contracts.platform import Delivery
from assistant.contracts.ports import Watches
from assistant.contracts.watch import Poke, Watched
from assistant.operations.context import Context
from assistant.operations.health import Place, health, questions
from assistant.operations.status import last_known, state_of

STANDS_FOR = timedelta(minutes=10)
"""So long a deployment is followed after it has gone well."""
LONGEST = timedelta(days=2)
"""So long one may take; then nobody waits for its end any more."""


def look(context: Context, pokes: Iterable[Poke]) -> None:
    """Observe every place that one of the messages is about, so that what began there is known of at once."""
    for place in dict.fromkeys(place for poke in pokes for place in places_of(context, poke)):
        try:
            state_of(context, place, context.deadline)
        except ProviderError:  # the round of all services comes to it anyway
            continue


def places_of(context: Context, poke: Poke) -> Iterator[Place]:
    """The services and environments that deploy through what changed."""
    for service in context.catalogue.services:
        for environment in context.catalogue.environments_of(service):
            delivery = context.catalogue.delivery(service, environment.name)
            here = delivery.values.get("observe.github_environment")
            if poke.where in _sources(delivery) and (not poke.environment or here in (None, poke.environment)):
                yield service, environment.name


def _sources(delivery: Delivery) -> set[str | None]:
    """The repositories and jobs that deploy it; ``owner/name/deploy.yml`` stands for its repository too."""
    names = ("start.workflow", "observe.runs_of", "start.job", "observe.builds_of")
    named = [delivery.values[name] for name in names if name in delivery.values]
    return {
        delivery.repository,
        *named,
        *(name.rpartition("/")[0] for name in named if name.endswith((".yml", ".yaml"))),
    }


def watch(context: Context, watches: Watches) -> tuple[Watched, ...]:
    """Begin to follow what was seen to be under way, and see how far everything is; all of it is kept.

    A provider that does not answer now is asked again by the next call. One that is over comes back until it is closed.
    """
    now = datetime.now(timezone.utc)
    known = {one.key: one for one in watches.open()}
    for gone in [one for one in known.values() if not _is_there(context, one)]:
        known[gone.key] = replace(gone, lost="the catalogue does not name the place any more", over=True)
    for begun in _begun(context, now):
        if begun.key not in known and not watches.known(begun.key):
            known[begun.key] = begun
    calls = {
        key: (_provider(context, one), partial(_follow, context, one, now))
        for key, one in known.items()
        if not one.over
    }
    answers = context.gather(calls, context.deadline)
    seen = {key: one for key, one in answers.items() if isinstance(one, Watched)}
    return tuple(_kept(watches, one) for one in _in_line({**known, **seen}))


def of_request(context: Context, request: ChangeRequest) -> Watched | None:
    """The run behind a request as it is right now, or as it was seen last when nobody tells; None before it has one."""
    if context.watches is None or not request.run_id or request.run_id.startswith("queue:"):
        return None
    now = datetime.now(timezone.utc)
    begun = _own(request, now)
    found = context.watches.get(begun.key)
    kept = found if isinstance(found, Watched) else begun
    try:
        return kept if kept.over else _follow(context, kept, now)
    except ProviderError:
        return kept


def _begun(context: Context, now: datetime) -> Iterator[Watched]:
    """Our own requests first, also those that ended before anybody looked, then whatever else the places show."""
    for request in context.keeping.requests.find([State.UNDER_WAY, State.SUCCEEDED], since=now - LONGEST):
        over = request.ended_at is not None and now - request.ended_at > STANDS_FOR
        if request.run_id and not request.run_id.startswith("queue:") and not over:
            yield _own(request, now)
    for known in context.recall_all(ServiceState).values():
        deployment = known.value.under_way
        if deployment is not None and deployment.run is not None:
            yield Watched(deployment, _first(deployment, deployment.run), now)


def _own(request: ChangeRequest, now: datetime) -> Watched:
    wish, begun = request.plan.wish, request.started_at or request.created_at
    deployment = Deployment(
        wish.service,
        wish.environment,
        request.target.version,
        Phase.WAITING,
        begun,
        begun,
        commit=request.target.commit,
        run=request.run_id,
        url=request.url,
    )
    return Watched(deployment, _first(deployment, request.run_id or ""), now, request.number)


def _first(deployment: Deployment, run: str) -> Progress:
    return Progress(deployment.phase, run, deployment.updated_at, step=deployment.step, url=deployment.url)


def _provider(context: Context, one: Watched) -> str:
    return context.catalogue.delivery(*one.place).provider or one.deployment.service


def _is_there(context: Context, one: Watched) -> bool:
    service, environment = one.place
    there = context.catalogue.environments_of(service) if service in context.catalogue.services else ()
    return environment in [each.name for each in there]


def _follow(context: Context, one: Watched, now: datetime) -> Watched:
    if one.ended_at is not None:
        return _after(context, one, now)
    delivery = context.catalogue.delivery(*one.place)
    try:
        progress = context.deployers(_provider(context, one)).progress(delivery, one.progress.run_id, context.deadline)
    except Missing as error:
        return replace(one, lost=str(error).rstrip("."), over=True)
    if progress.phase is Phase.SUCCEEDED:
        with suppress(ProviderError):  # what runs there is another version now, and answers go by what was seen last
            state_of(context, one.place, context.deadline)
        return _after(context, replace(one, progress=progress, ended_at=now), now)
    ended = progress.phase in (Phase.FAILED, Phase.CANCELLED)
    too_long = now - one.since > LONGEST
    lost = "it has been under way for two days" if too_long and not ended else None
    return replace(one, progress=progress, ended_at=now if ended else None, lost=lost, over=ended or too_long)


def _after(context: Context, one: Watched, now: datetime) -> Watched:
    """It went well: is the service healthy, and does this version still run?"""
    place, ended = one.place, one.ended_at or now
    told = health(context, place, context.gather(questions(context, [place], context.deadline), context.deadline))
    healthy = (one.healthy_since or now) if told.level is HealthLevel.HEALTHY else None
    state = last_known(context, place)
    newer = state.current if state else None
    other = (
        newer is not None and newer.version != one.deployment.version and newer.created_at > one.deployment.created_at
    )
    return replace(
        one,
        health=told,
        healthy_since=healthy,
        looked_at=now,
        replaced_by=newer.version if newer and other else None,
        over=other or now - ended >= STANDS_FOR,
    )


def _in_line(known: Mapping[str, Watched]) -> Iterator[Watched]:
    """With what each waits for: the run before it in the same place."""
    for one in known.values():
        rest = [other for other in known.values() if other.place == one.place and other.key != one.key]
        ahead = [other for other in rest if other.ended_at is None and other.since <= one.since]
        running = [other for other in ahead if other.progress.phase is Phase.RUNNING]
        waits = one.progress.phase is Phase.WAITING and bool(running)
        yield replace(one, behind=running[0].progress.run or running[0].progress.run_id if waits else None)


def _kept(watches: Watches, one: Watched) -> Watched:
    watches.keep(one)
    return one
