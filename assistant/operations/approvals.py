"""The second person: what waits for whom, their yes and their no."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial

from assistant.contracts.change import OPEN, ChangeRequest, Held, State, Waiting
from assistant.contracts.delivery import Deployment, Phase, ServiceState
from assistant.contracts.errors import Conflict, Invalid, NotAllowed
from assistant.contracts.platform import Person
from assistant.operations.chain import WAITS
from assistant.operations.context import Context
from assistant.operations.health import Place
from assistant.operations.people import called, decide
from assistant.operations.recording import note, require, require_unpaused
from assistant.operations.status import last_known, state_of
from assistant.operations.trigger import START_WITHIN, begin
from assistant.safeguards.access import Decision


def waiting(context: Context) -> Waiting:
    """What waits for the speaker, and what of theirs waits for others or is under way. Everybody may ask."""
    now, found = datetime.now(timezone.utc), context.keeping.requests.find(OPEN)
    mine = tuple(each for each in found if each.asker.identity == context.actor.identity)
    waits = [each for each in found if each.state is State.WAITING and each not in mine and not each.over(now)]
    return Waiting(
        to_confirm=tuple(each for each in mine if each.state is State.DRAFT and not each.over(now)),
        to_approve=tuple(each for each in waits if _may_approve(context, each)),
        of_mine=tuple(each for each in mine if each.state is not State.DRAFT),
        to_settle=to_settle(context),
    )


def waiting_everywhere(context: Context) -> Waiting:
    """The same, with what waits for an approval at GitHub or Jenkins: as seen last, else asked for now."""
    places = dict(_owned_elsewhere(context))
    known = {place: last_known(context, place) for place in places}
    unseen = [place for place, state in known.items() if state is None]
    calls = {
        place: (_provider(context, place), partial(state_of, context, place, context.deadline)) for place in unseen
    }
    told = {**known, **context.gather(calls, context.deadline)}
    held = tuple(
        _held(context, state.under_way, places[place])
        for place, state in told.items()
        if isinstance(state, ServiceState) and state.under_way and state.under_way.phase is Phase.WAITING
    )
    unread = tuple(" in ".join(place) for place, each in told.items() if not isinstance(each, ServiceState))
    return replace(waiting(context), elsewhere=held, unread=unread)


def _owned_elsewhere(context: Context) -> Iterator[tuple[Place, str]]:
    for service in context.catalogue.services:
        for environment in context.catalogue.environments_of(service):
            delivery = context.catalogue.delivery(service, environment.name)
            owner = WAITS.get(delivery.values.get("approval", ""))
            if owner and delivery.provider:
                yield (service, environment.name), owner


def _provider(context: Context, place: Place) -> str:
    return context.catalogue.delivery(*place).provider or place[0]


def _held(context: Context, deployment: Deployment, owner: str) -> Held:
    by, me = _approvers_of(context, deployment), context.person
    return Held(deployment, owner, by, me is not None and any(me.has_login(login) or _of(me, login) for login in by))


def _of(person: Person, login: str) -> bool:
    """Whether it is a team of theirs (``@team``), called there as in the catalogue."""
    return login.startswith("@") and login[1:] in person.teams


def _approvers_of(context: Context, deployment: Deployment) -> tuple[str, ...]:
    followed = context.watches.open() if context.watches else ()
    place = (deployment.service, deployment.environment)
    found = (one for one in followed if (one.deployment.service, one.deployment.environment) == place)
    return next((one.progress.waiting_for for one in found if one.deployment.run == deployment.run), ())


def to_settle(context: Context) -> tuple[ChangeRequest, ...]:
    """The uncertain requests on which the speaker's word counts: changes that they may make themselves."""
    found = context.keeping.requests.find((State.UNCERTAIN,))
    return tuple(one for one in found if decide(context, context.actor, one.plan.wish.verb.value, one.scope).allowed)


def approve(context: Context, number: int, revision: int) -> ChangeRequest:
    """A second person's yes to exactly what was shown; it is started at once.

    Raises:
        NotAllowed: the speaker has no right to, at this moment, or is the one who asked; recorded.
        Conflict: it changed, was approved already or has ended; nothing is done twice.
        Invalid: it expired, or everything is paused.
    """
    request, decision = _to_decide(context, number, revision, "approve")
    require_unpaused(context)
    now = datetime.now(timezone.utc)
    approved = replace(
        request, state=State.APPROVED, approver=context.actor, approved_at=now, expires_at=now + START_WITHIN
    )
    return begin(context, _save(context, approved, decision, "approved"))


def reject(context: Context, number: int, revision: int, reason: str = "") -> ChangeRequest:
    """A second person's no; it ends there. Raises as :func:`approve`."""
    request, decision = _to_decide(context, number, revision, "reject")
    because = f": {reason}" if reason else ""
    outcome = f"{called(context, context.actor.identity)} rejected it{because}."
    ended = replace(
        request,
        state=State.REJECTED,
        approver=context.actor,
        outcome=outcome,
        ended_at=datetime.now(timezone.utc),
        expires_at=None,
        ended_by=context.actor,
    )
    return _save(context, ended, decision, "rejected", reason=reason)


def _to_decide(context: Context, number: int, revision: int, verb: str) -> tuple[ChangeRequest, Decision]:
    request = context.keeping.requests.get(number)
    _refuse_own(context, request, verb)
    decision = require(context, "approve", request.scope, verb, request=str(number))
    if request.state is not State.WAITING:
        raise Conflict(request.too_late)
    if request.over(datetime.now(timezone.utc)):
        raise Invalid(f"Request {number} has expired, so nothing was started. It has to be asked for again.")
    if request.revision != revision:
        raise Conflict(f"Request {number} has changed since it was shown, so nothing was done. Please look again.")
    return request, replace(decision, verb=verb)


def _refuse_own(context: Context, request: ChangeRequest, verb: str) -> None:
    """Who asked is never the second person, whichever account they come with; nor is somebody nobody knows."""
    rule = None
    if request.asker.identity == context.actor.identity:
        rule = "who asks for a change is not the second person who agrees to it"
    elif context.actor.person is None:
        rule = "only people of the catalogue approve: an unknown account could be the asker's own"
    if rule:
        refused = Decision(False, verb, str(request.scope), rule)
        context.keeping.audit.append(
            note(context, refused, "nothing was done", request.correlation, request=str(request.number))
        )
        raise NotAllowed(verb, f"request {request.number}", rule, request.plan.approvers)


def approvers(context: Context, request: ChangeRequest) -> tuple[str, ...]:
    """The people of the catalogue, by name, who may approve it right now; never the one who asked."""
    people = (replace(request.asker, person=name) for name in context.catalogue.people)
    may = (each for each in people if decide(context, each, "approve", request.scope).allowed)
    return tuple(each.person for each in may if each.person and each.person != request.asker.person)


def _may_approve(context: Context, request: ChangeRequest) -> bool:
    known = context.actor.person is not None
    return known and decide(context, context.actor, "approve", request.scope).allowed


def _save(context: Context, request: ChangeRequest, decision: Decision, outcome: str, **more: str) -> ChangeRequest:
    about = {"request": str(request.number), "version": request.target.version, "commit": request.target.commit}
    entry = note(context, decision, outcome, request.correlation, **{**about, **more})
    return context.keeping.requests.save([request], [entry])[0]
