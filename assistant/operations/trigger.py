"""Carrying out what was agreed to, at most once, and following it to its end.

``advance`` takes one step and may be called by anybody, as often as they like, at the same time: every step is
written under the revision that it was based on, so of two only one is taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from assistant.contracts.change import ChangeRequest, Plan, State, Verdict
from assistant.contracts.delivery import Phase
from assistant.contracts.deployer import Progress
from assistant.contracts.errors import Conflict, Invalid, Missing, NotConnected, NotFound, NotStarted, ProviderError
from assistant.contracts.platform import Delivery
from assistant.contracts.ports import Deployer
from assistant.operations.chain import examine
from assistant.operations.context import Context
from assistant.operations.people import called
from assistant.operations.recording import require, step

START_WITHIN = timedelta(minutes=5)
"""What could not be started by then, because a provider did not answer, is asked again instead of done late."""
GRACE = timedelta(seconds=20)
"""So long another process may be about to start what is written down as starting; longer than any deadline here."""
LOOK_FOR = timedelta(minutes=3)
"""So long a run is looked for before it is called uncertain."""
_IN_THE_AIR = (State.STARTING, State.UNDER_WAY)
_SHARE = 0.5
"""How much of the time goes to asking the chain again; the rest is for the start itself."""


def advance(context: Context, request: ChangeRequest) -> ChangeRequest:
    """Take the next step of a request, if there is one to take now; gives the request as it is afterwards.

    Never raises because of a provider: what it does not tell now is asked again at the next call.
    """
    try:
        return _STEPS[request.state](context, request)
    except Conflict:  # somebody else took the step
        return context.keeping.requests.get(request.number)
    except (NotFound, Invalid) as error:  # the catalogue does not know the place any more
        return _uncertain(context, request, str(error)) if request.state in _IN_THE_AIR else request


def begin(context: Context, request: ChangeRequest) -> ChangeRequest:
    """Start what was agreed to, and see which run that made, so that the answer can show its page."""
    started = advance(context, request)
    return advance(context, started) if started.state is State.UNDER_WAY and started.run_id else started


def settle(
    context: Context, number: int, revision: int, run: str | None, reason: str, ended: State | None = None
) -> ChangeRequest:
    """A person's word on what nobody could find out: it is that run, or (None) it never started.

    Args:
        ended: how the run ended that it was started as, where that run tells it no more.

    Raises:
        NotAllowed: the actor may not do that change themselves.
        Conflict: it is not uncertain (any more).
        Invalid: without a reason, there is no such run, or the record says otherwise: what never started did not end,
            and what has a run did start.
    """
    request = context.keeping.requests.get(number)
    require(context, request.plan.wish.verb.value, request.scope, "settle", request=str(number))
    if request.state is not State.UNCERTAIN or request.revision != revision:
        raise Conflict(request.too_late)
    if run is None and bool(ended) != bool(request.run_id):
        how = "say how it ended, or which other run it is" if request.run_id else "say which run it is"
        raise Invalid(f"Nothing was changed: of request {number} the record says that {request.unknown}. Please {how}.")
    if not reason.strip():
        raise Invalid("Please say how you know: it stays in the audit log.")
    return _told_by(context, request, run, reason.strip(), ended)


def _told_by(
    context: Context, request: ChangeRequest, run: str | None, reason: str, ended: State | None
) -> ChangeRequest:
    who = called(context, context.actor.identity)
    if run is not None:
        _refuse_unknown(context, request, run)
        said = f"{who} says that it is run {run}."
        return _adopted(context, request, run, None, None, said, verb="settle", why=reason)
    if ended is None:
        looked = f"{who} looked: it never started ({reason})."
        return _end(context, request, State.FAILED, looked, verb="settle", why=reason)
    how = "was cancelled" if ended is State.CANCELLED else ended.value
    looked = f"{who} looked: run {request.run or request.run_id} {how} ({reason})."
    return _end(context, request, ended, looked, verb="settle", why=reason, ended=how)


def _refuse_unknown(context: Context, request: ChangeRequest, run: str) -> None:
    """A slip of the finger is no run; a provider that does not answer now is asked while the run is followed."""
    deployer, delivery = _deployer(context, request)
    try:
        deployer.progress(delivery, run, context.deadline)
    except Missing as error:
        raise Invalid(f"{error} Nothing was changed: request {request.number} is still uncertain.") from error
    except ProviderError:
        return


def _keep(context: Context, request: ChangeRequest, outcome: str, **more: str) -> ChangeRequest:
    changed = replace(request, outcome=outcome)
    return context.keeping.requests.save([changed], [step(context, changed, outcome, **more)])[0]


def _end(context: Context, request: ChangeRequest, state: State, outcome: str, **more: str) -> ChangeRequest:
    ended = replace(request, state=state, ended_at=datetime.now(timezone.utc), expires_at=None)
    return _keep(context, ended, outcome, **more)


def _wait(context: Context, request: ChangeRequest) -> ChangeRequest:
    """A draft or what waits for approval: nothing to do but to notice that its time is over."""
    if not request.over(datetime.now(timezone.utc)):
        return request
    what = "nobody confirmed it" if request.state is State.DRAFT else "nobody approved it"
    return _end(context, request, State.EXPIRED, f"It expired: {what} in time. Nothing was started.")


def _start(context: Context, request: ChangeRequest) -> ChangeRequest:
    """Ask the whole chain again, write down that it starts, and only then start it."""
    if request.over(datetime.now(timezone.utc)):
        return _end(
            context, request, State.EXPIRED, "It could not be started in time, so nothing was started. Ask again."
        )
    left = context.deadline - time.monotonic()
    looking = replace(context, deadline=time.monotonic() + left * _SHARE)
    try:
        plan = examine(looking, (request.wish,), request.asker, request.break_glass, request.number)[0]
    except (NotFound, Invalid) as error:
        return _end(context, request, State.VOID, f"It cannot be done any more: {error} Nothing was started.")
    problem = _moved(request, plan)
    if problem:
        return _end(context, request, State.VOID, f"{problem} Nothing was started; ask again if you still want it.")
    if plan.stopped or _lacks_approval(request, plan):  # something could not be found out right now
        return request
    started = replace(request, state=State.STARTING, started_at=datetime.now(timezone.utc))
    return _trigger(context, _keep(context, started, "It is being started."))


def _moved(request: ChangeRequest, plan: Plan) -> str | None:
    """What is not as it was agreed to, None when all of it is."""
    stopped = next((each for each in plan.findings if each.stops and each.verdict is Verdict.STOPPED), None)
    if stopped:
        return stopped.sentence
    agreed, now = request.target, plan.target
    if now is None or now == agreed:
        needs_more = _lacks_approval(request, plan) and plan.comparison is not None
        return "By now a second person has to agree." if needs_more else None
    if now.commit != agreed.commit:
        return f"{agreed.version} was {agreed.commit[:7]} when it was agreed to and is {now.commit[:7]} now."
    return "The workflow that would deploy it was changed since it was agreed to."


def _lacks_approval(request: ChangeRequest, plan: Plan) -> bool:
    return plan.needs_approval and request.approver is None


def _trigger(context: Context, request: ChangeRequest) -> ChangeRequest:
    try:
        deployer, delivery = _deployer(context, request)
        run_id = deployer.start(delivery, request.target, request.token, context.deadline)
    except (NotStarted, NotConnected) as error:
        return _end(context, request, State.FAILED, f"It was not started: {error}")
    except ProviderError as error:
        return _uncertain(context, request, str(error))
    return _adopted(context, request, run_id, None, None, "It was started.")


def _uncertain(context: Context, request: ChangeRequest, why: str) -> ChangeRequest:
    lost = f"Run {request.run or request.run_id} was started, and nobody knows how it goes on"
    what = lost if request.run_id else "Nobody knows whether it started"
    outcome = f"{what}: {why} I keep looking for it and start nothing by myself."
    return _keep(context, replace(request, state=State.UNCERTAIN, expires_at=None), outcome)


def _adopted(
    context: Context,
    request: ChangeRequest,
    run_id: str | None,
    run: str | None,
    url: str | None,
    outcome: str,
    **more: str,
) -> ChangeRequest:
    known = replace(request, state=State.UNDER_WAY, run_id=run_id, run=run, url=url, expires_at=None)
    return _keep(context, known, outcome, run=run or run_id or "not told", **more)


def _recover(context: Context, request: ChangeRequest) -> ChangeRequest:
    """Written down as starting, and whoever wrote it is gone: look for the run before anything else."""
    if _age(request) < GRACE:
        return request
    try:
        found = _find(context, request)
    except ProviderError as error:
        return _uncertain(context, request, str(error)) if _age(request) > LOOK_FOR else request
    return _found(context, request, found) if found else _start(context, request)


def _look(context: Context, request: ChangeRequest) -> ChangeRequest:
    """Uncertain: a run that carries it settles it, and so does the proof that there is none.

    A run that was seen is not proved away by not being found: it did start.
    """
    try:
        found = _find(context, request)
    except ProviderError:
        return request
    if request.run_id and not found:
        return request
    if found:
        return _found(context, request, found)
    return _end(context, request, State.FAILED, "It never started: no run carries it. Ask again if you still want it.")


def _found(context: Context, request: ChangeRequest, found: Progress) -> ChangeRequest:
    return _adopted(context, request, found.run_id, found.run, found.url, "It was found and is followed.")


def _follow(context: Context, request: ChangeRequest) -> ChangeRequest:
    try:
        deployer, delivery = _deployer(context, request)
        if request.run_id is None:
            now = _find(context, request)
        else:
            now = deployer.progress(delivery, request.run_id, context.deadline)
    except Missing as error:
        return _uncertain(context, request, str(error))
    except ProviderError as error:
        lost = request.run_id is None and _age(request) > LOOK_FOR
        return _uncertain(context, request, str(error)) if lost else request
    if now is None:
        return _uncertain(context, request, "it was taken, but no run carries it.")
    known = replace(request, run_id=now.run_id, run=now.run or request.run, url=now.url or request.url)
    if now.phase.under_way or now.phase is Phase.UNKNOWN:
        return known if known == request else context.keeping.requests.save([known], [])[0]
    return _ended(context, known, now, lambda: deployer.deployed(delivery, now.run_id, context.deadline))


def _ended(
    context: Context, request: ChangeRequest, now: Progress, deployed: Callable[[], str | None]
) -> ChangeRequest:
    run = f"run {now.run or now.run_id}"
    if now.phase is Phase.FAILED:
        where = f" at {now.failed_step}" if now.failed_step else ""
        return _end(context, request, State.FAILED, f"It failed{where} ({run}).")
    if now.phase is Phase.CANCELLED:
        why = f"run {now.superseded_by} took its place" if now.superseded_by else f"{run} was cancelled"
        return _end(context, request, State.CANCELLED, f"{why[0].upper()}{why[1:]}.")
    try:
        commit = deployed()
    except ProviderError:
        commit = None
    if commit is None:
        return _end(context, request, State.SUCCEEDED, f"Done ({run}); which commit went out could not be read.")
    agreed = request.target.commit
    if commit != agreed:
        wrong = f"{run} deployed {commit[:7]}, but {agreed[:7]} was agreed to. Please look at it now."
        return _end(context, request, State.FAILED, f"{wrong[0].upper()}{wrong[1:]}", deployed=commit)
    return _end(context, request, State.SUCCEEDED, f"Done ({run}).")


def _find(context: Context, request: ChangeRequest) -> Progress | None:
    deployer, delivery = _deployer(context, request)
    return deployer.find(delivery, request.token, request.started_at or request.created_at, context.deadline)


def _age(request: ChangeRequest) -> timedelta:
    return datetime.now(timezone.utc) - (request.started_at or request.created_at)


def _deployer(context: Context, request: ChangeRequest) -> tuple[Deployer, Delivery]:
    delivery = context.catalogue.delivery(request.plan.wish.service, request.plan.wish.environment)
    return context.deployers(delivery.provider or delivery.service), delivery


def _nothing(context: Context, request: ChangeRequest) -> ChangeRequest:
    return request


_STEPS: dict[State, Callable[[Context, ChangeRequest], ChangeRequest]] = {
    **{state: _nothing for state in State if state.ended},
    State.DRAFT: _wait,
    State.WAITING: _wait,
    State.APPROVED: _start,
    State.STARTING: _recover,
    State.UNDER_WAY: _follow,
    State.UNCERTAIN: _look,
}
