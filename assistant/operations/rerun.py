"""Running a build again. A run that deployed is never run again: it would put an old commit over a newer one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import structlog

from assistant.contracts.change import Rerun
from assistant.contracts.delivery import Deployment, Phase
from assistant.contracts.errors import Invalid, ProviderError, Unavailable
from assistant.contracts.history import Past
from assistant.contracts.locks import ANY, Scope
from assistant.contracts.pipelines import Run
from assistant.contracts.watch import WatchedBuild
from assistant.operations.builds import build_delivery, builder, find_run
from assistant.operations.context import Context
from assistant.operations.facts import READ
from assistant.operations.recording import note, require, require_unpaused

_LOOKED_THROUGH = 100

_log = structlog.get_logger(__name__)


def rerun(context: Context, service: str, run: str, deployment: bool = False, agreed: bool = False) -> Rerun:
    """Run a build again, its failed jobs only where the provider can.

    Args:
        run: as people call it: ``8841``, ``build 8841``.
        deployment: whether one that deploys is meant; then nothing is started, and the answer says what it would do.
        agreed: whether a person said yes to running this very build again though it passed.

    Raises:
        NotAllowed: recorded, with the rule.
        Invalid: it still runs, it is no build of the service, or everything is paused.
        NotFound, Ambiguous: see ``find_run``.
        ProviderError: who would have to start it, or to say what it is, did not answer.
    """
    scope = Scope(service, ANY)
    decision = require(context, "rerun", scope, run=run)
    require_unpaused(context)
    _, found = find_run(context, (service,), run, deployment)
    deployed = _deployment_of(context, service, found)
    if deployed:
        return Rerun(service, found, deployment=deployed, current=_current(context, deployed))
    if deployment or not _is_build(context, service, found):
        raise Invalid(f"#{found.number} is no build of {service} that I know of, so I don't run it again.")
    if found.phase.under_way:
        raise Invalid(f"#{found.number} is still running. Cancel it there, or wait for its end.")
    if found.phase is Phase.SUCCEEDED and not agreed:
        return Rerun(service, found)
    context.keeping.audit.append(note(context, decision, "asked the provider to run it again", run=found.number))
    started = context.deployers(builder(context, service)).rerun(found, context.deadline)
    return Rerun(service, found, started, followed=_followed(context, service, found, started))


def _followed(context: Context, service: str, run: Run, started: str) -> str:
    """From now on the worker follows it. It runs, whether or not that can be written down."""
    if context.watches is None:
        return ""
    one = WatchedBuild(service, run, started, context.actor, datetime.now(timezone.utc))
    try:
        context.watches.keep(one)
    except Unavailable as error:
        _log.error("rerun.not_followed", run=run.id, reason=str(error), details=error.details)
        return ""
    return one.key


def _is_build(context: Context, service: str, run: Run) -> bool:
    runs = context.pipelines(builder(context, service)).runs(
        build_delivery(context, service), run.branch, context.deadline, _LOOKED_THROUGH
    )
    return any(each.id == run.id for each in runs)


def _deployment_of(context: Context, service: str, run: Run) -> Deployment | None:
    """The deployment that a run made, in any environment. Raises ProviderError when that cannot be told."""
    calls: dict[str, tuple[str, Callable[[], object]]] = {}
    for environment in context.catalogue.environments_of(service):
        delivery = context.catalogue.delivery(service, environment.name)
        name = delivery.provider or service
        calls[environment.name] = (
            name,
            lambda d=delivery, n=name: context.history(n).past(d, None, READ, context.deadline),  # type: ignore[misc]
        )
    for answer in context.gather(calls, context.deadline).values():
        if isinstance(answer, ProviderError):
            raise answer
        assert isinstance(answer, Past)  # noqa: S101 - for the type checker: a call gives nothing else
        made = next((one for one in answer.deployments if _made_by(run, one)), None)
        if made:
            return made
    return None


def _made_by(run: Run, one: Deployment) -> bool:
    """Numbers alone may meet by chance: each workflow counts its own runs."""
    same_commit = one.commit is None or run.commit is None or one.commit == run.commit
    return one.run in (run.number, run.id) and same_commit


def _current(context: Context, deployed: Deployment) -> str | None:
    delivery = context.catalogue.delivery(deployed.service, deployed.environment)
    try:
        past = context.history(delivery.provider or deployed.service).past(delivery, None, READ, context.deadline)
    except ProviderError:
        return None
    return next((one.version for one in past.deployments if one.phase is Phase.SUCCEEDED), None)
