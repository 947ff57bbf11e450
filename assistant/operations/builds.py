"""What questions about builds and logs share: which pipeline builds a service, and which run is meant."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from assistant.contracts.delivery import Deployment, Phase, ServiceState
from assistant.contracts.errors import Ambiguous, Invalid, NotConnected, NotFound, ProviderError
from assistant.contracts.pipelines import Run
from assistant.contracts.platform import Delivery
from assistant.operations.context import Context

_RUN = re.compile(r"(?:(build|deployment) )?(\d{1,20})", re.ASCII)
_BUILD = ("build.workflow", "build.job", "paths")


def build_delivery(context: Context, service: str) -> Delivery:
    """The mapping that says how a service is built: that of its first environment. Raises NotConnected."""
    environments = context.catalogue.environments_of(service)
    if not environments:
        raise NotConnected(service, "runs in no environment of the catalogue, so nothing says how it is built")
    return context.catalogue.delivery(service, environments[0].name)


def builder(context: Context, service: str) -> str:
    """The provider that builds a service. Raises NotConnected when none is declared."""
    delivery = build_delivery(context, service)
    provider = delivery.values.get("build.provider") or delivery.provider
    if provider is None:
        raise NotConnected(service, "has no provider declared that builds it")
    return provider


def built_with(context: Context, service: str) -> tuple[str, ...]:
    """The services whose builds the catalogue does not tell apart from this one's: same repository, same pipeline."""
    mine = build_delivery(context, service)
    if mine.repository is None:
        return ()
    others = [other for other in context.catalogue.services.values() if other.repository == mine.repository]
    return tuple(other.name for other in others if other.name != service and _same(context, mine, other.name))


def _same(context: Context, mine: Delivery, service: str) -> bool:
    if not context.catalogue.environments_of(service):
        return False
    other = build_delivery(context, service)
    return all(mine.values.get(name) == other.values.get(name) for name in (*_BUILD, "build.provider", "provider"))


def newest(runs: Sequence[Run], *phases: Phase) -> Run | None:
    """The newest of ``runs`` (newest first) in one of ``phases``."""
    return next((run for run in runs if run.phase in phases), None)


def find_run(context: Context, services: Sequence[str], name: str, deployment: bool = False) -> tuple[str, Run]:
    """The run that people call ``name`` ("17", "build 17", "deployment 17"), and its service; asks for all at once.

    Args:
        deployment: whether one that deploys is meant, whatever the name says.

    Raises:
        NotFound: nobody knows it.
        Ambiguous: several services have a run of that number, or one has a build and a deployment of it.
        ProviderError: it was not found where it could be looked for, and somebody did not answer.
    """
    named = _RUN.fullmatch(name)
    if named is None:
        raise Invalid(f"“{name[:40]}” is not the number of a run. One looks like #8841.")
    number, deployment = named[2], deployment or named[1] == "deployment"
    until = time.monotonic() + (context.deadline - time.monotonic()) / 2
    calls: dict[str, tuple[str, Callable[[], object]]] = {}
    for service in services:
        if context.catalogue.environments_of(service):
            calls[service] = (builder(context, service), _lookup(context, service, number, deployment, until))
    answers = context.gather(calls, until)
    found = {(run.source, run.id): (name, run) for name, run in reversed(answers.items()) if isinstance(run, Run)}
    problems = [answer for answer in answers.values() if isinstance(answer, ProviderError)]
    if not found and problems:
        raise problems[0]
    if not found:
        raise NotFound("run", f"#{number}")
    if len(found) > 1:
        raise Ambiguous("service", f"#{number}", sorted(name for name, _ in found.values()))
    service, run = next(iter(found.values()))
    if not deployment and not named[1] and number == run.number:
        _one_kind(context, service, run, until)
    return service, run


def newest_deployment(
    context: Context, service: str, environment: str | None, failed: bool
) -> tuple[Deployment, str, Run]:
    """The newest deployment of a service with its provider and its run, among all environments or in one.

    Args:
        failed: whether the newest that failed is meant, also when a later one did not; else whatever was last.

    Raises:
        NotFound: there is none, or nobody knows its run.
        Invalid: the service does not run in that environment.
        ProviderError: nobody answered.
    """
    states = _states(context, service, environment)
    found = _newest([state for state in states if isinstance(state, ServiceState)], failed)
    if found is None or found.run is None:
        raise next((one for one in states if isinstance(one, ProviderError)), NotFound("deployment", service))
    delivery = context.catalogue.delivery(service, found.environment)
    provider = delivery.provider or service
    run = context.pipelines(provider).run(delivery, found.run, context.deadline, deployment=True)
    if run is None:
        raise NotFound("run", f"#{found.run}")
    return found, provider, run


def _one_kind(context: Context, service: str, run: Run, until: float) -> None:
    """Raises Ambiguous when the number of a run is that of a build and of a deployment of the service."""
    call = (builder(context, service), _lookup(context, service, run.number, True, until))
    other = context.gather({"other": call}, until)["other"]
    if isinstance(other, Run) and (other.source, other.id) != (run.source, run.id) and other.number == run.number:
        raise Ambiguous("run", f"#{run.number}", [f"build {run.number}", f"deployment {run.number}"])


def _lookup(context: Context, service: str, number: str, deployment: bool, until: float) -> Callable[[], Run | None]:
    delivery, provider = build_delivery(context, service), builder(context, service)
    return lambda: context.pipelines(provider).run(delivery, number, until, deployment)


def _states(context: Context, service: str, environment: str | None) -> list[object]:
    there = [one.name for one in context.catalogue.environments_of(service)]
    if environment and environment not in there:
        raise Invalid(f"{service} does not run in {environment}. It runs in {', '.join(there)}.")
    until = time.monotonic() + (context.deadline - time.monotonic()) / 2
    calls: dict[str, tuple[str, Callable[[], object]]] = {}
    for name in [environment] if environment else there:
        delivery = context.catalogue.delivery(service, name)
        provider = delivery.provider or service
        calls[name] = (provider, lambda d=delivery, p=provider: context.ci(p).state(d, until))  # type: ignore[misc]
    return list(context.gather(calls, until).values())


def _newest(states: list[ServiceState], failed: bool) -> Deployment | None:
    bad = [one for state in states if (one := state.failed) and one.phase is Phase.FAILED and one.run]
    every = [one for state in states for one in (state.under_way, state.failed, state.current) if one and one.run]
    return max(bad if failed and bad else every, key=lambda one: one.updated_at, default=None)
