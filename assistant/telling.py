"""What the assistant says by itself: results of operations as cards, given to whoever wants to read them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from hashlib import sha256

from assistant.contracts.as_json import to_json
from assistant.contracts.change import ChangeRequest, State
from assistant.contracts.notice import Notice, of_build, of_deployment, of_request
from assistant.contracts.ports import Notices, Watches
from assistant.contracts.watch import Watched, WatchedBuild
from assistant.operations.approvals import approvers
from assistant.operations.context import Context
from assistant.operations.locks import free_now
from assistant.operations.people import colleague
from assistant.presentation.cards.deployments import requests_card
from assistant.presentation.cards.watch import free_card, rebuilt_card, rebuilt_words, watched_card, with_progress

STALE = timedelta(days=1)
"""What ended so long ago is news to nobody, as when chat was connected only now."""


class NoNotices:
    """Where nobody reads messages: without a chat."""

    def tell(self, notice: Notice) -> None:
        """Nobody hears it."""


def tell(context: Context, watches: Watches, notices: Notices, followed: Sequence[Watched | WatchedBuild]) -> None:
    """Bring every message about what is followed up to date; said again after a crash it changes nothing.

    Args:
        followed: of :func:`assistant.operations.watch.watch` and :func:`assistant.operations.rebuilt.watch_builds`.
    """
    requests = context.keeping.requests
    runs = {one.request: one for one in followed if isinstance(one, Watched) and one.request is not None}
    for one in followed:
        notice = _notice_of(context, one)
        digest = sha256(json.dumps(to_json(notice), sort_keys=True).encode()).hexdigest()
        if digest != one.told:
            notices.tell(notice)
        if digest != one.told or one.over:
            watches.keep(replace(one, told=digest), closed=one.over)
    for request in requests.untold():
        if request.state is State.DRAFT:
            continue  # It is the asker's own question yet.
        if request.ended_at is None or datetime.now(timezone.utc) - request.ended_at < STALE:
            notices.tell(_notice(context, request, runs.get(request.number)))
        requests.told(request.number, request.revision)


def tell_free(context: Context, notices: Notices) -> None:
    """Ask everybody whose place is free by now whether they still want it. Nothing is deployed by itself."""
    for waiter in free_now(context):
        if waiter.person.person:
            key = f"free:{waiter.number}"
            card = free_card(waiter, context.sandbox)
            notices.tell(Notice(key, "", card, pinged=(waiter.person.person,), moment="free"))
        context.keeping.locks.told(waiter.number)


def _notice_of(context: Context, one: Watched | WatchedBuild) -> Notice:
    if isinstance(one, Watched):
        request = context.keeping.requests.get(one.request) if one.request is not None else None
        return _notice(context, request, one)
    about = {"service": [one.service], "run": [f"build {one.run.number}"]}
    return Notice(
        key=of_build(one.key),
        kind="",  # Nobody but who sees the answer to the asker.
        card=rebuilt_card(one, context.sandbox),
        pinged=(one.asker.person,) if one.over and one.asker.person else (),
        moment="end",
        call=f"{rebuilt_words(one)}.",
        subject={"capability": "pipelines", "values": about},
    )


def _notice(context: Context, request: ChangeRequest | None, run: Watched | None) -> Notice:
    """A run of ours and the request behind it are one message."""
    person = partial(colleague, context)
    if request is None:
        assert run is not None  # noqa: S101 - for the type checker: one of both is always there
        service = context.catalogue.services.get(run.deployment.service)
        card, key = watched_card(run, person, context.sandbox), of_deployment(run.key)
        about = {"service": [run.deployment.service], "environment": [run.deployment.environment]}
        notice = Notice(key, "deployments", card, teams=(service.owner,) if service else ())
        return replace(notice, subject={"capability": "status", "values": about})
    card = requests_card([request], person, context.sandbox)
    if run is not None:
        card = with_progress(card, request, run, person)
    wish = request.plan.wish
    if request.confirmed_at is None:
        # Nobody but the asker ever saw it: the card with the question is all that changes.
        return Notice(of_request(request.number), "", card, request=(request.number, request.revision))
    owner = context.catalogue.services.get(wish.service)
    return Notice(
        key=of_request(request.number),
        kind="deployments",
        card=card,
        also=("approvals",) if request.plan.needs_approval else (),
        teams=(owner.owner,) if owner else (),
        pinged=_pinged(context, request),
        moment=_moment(request),
        call=_call(request),
        subject={"capability": "status", "values": {"service": [wish.service], "environment": [wish.environment]}},
        request=(request.number, request.revision),
    )


def _pinged(context: Context, request: ChangeRequest) -> tuple[str, ...]:
    """Who may approve, while it waits for that; who asked, when it has ended or needs them; who approved too, when it
    did not go as they agreed to. Nobody is called for what they did themselves."""
    if request.state is State.WAITING:
        return approvers(context, request)
    if not _moment(request):
        return ()
    agreed = request.approver if request.approved_at and request.state is not State.SUCCEEDED else None
    people = [each.person for each in (request.asker, agreed) if each and each.person]
    own = request.ended_by.person if request.ended_by and request.state.ended else None
    return tuple(name for name in dict.fromkeys(people) if name != own)


def _moment(request: ChangeRequest) -> str:
    """What people are called for, once; nothing while it goes its way."""
    if request.state in (State.WAITING, State.UNCERTAIN):
        return request.state.name.lower()
    return "end" if request.state.ended else ""


def _call(request: ChangeRequest) -> str:
    """The line in which people are called."""
    wish = request.wish
    what = f"{wish.service} {wish.version} → {wish.environment}"
    if request.state is State.WAITING:
        return f"please approve {what} (request {request.number})"
    if request.state is State.UNCERTAIN:
        return f"{what}: {request.unknown}. Please look (request {request.number})"
    return f"{what}: {request.outcome or request.state.value}"
