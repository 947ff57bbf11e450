"""Who is behind the deployments that the assistant started: a provider knows no more than the assistant's account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from assistant.contracts.change import State
from assistant.contracts.delivery import Asked, Deployment, ServiceState
from assistant.contracts.errors import Unavailable
from assistant.operations.context import Context

_BEFORE = timedelta(days=1)
"""A request is made so long before its run at most: it expires when nobody confirms, approves or can start it."""


def with_askers(context: Context, deployments: Iterable[Deployment]) -> tuple[Deployment, ...]:
    """Deployments of one place, those of ours with who asked for them; an answer never fails for that."""
    those = tuple(deployments)
    if context.records is None or not those:
        return those
    place, oldest = (those[0].service, those[0].environment), min(one.created_at for one in those)
    try:
        ours = context.records.requests.find(tuple(State), place=place, since=oldest - _BEFORE)
    except Unavailable:
        return those
    known = {
        request.run_id: Asked(
            request.number, request.asker.identity, request.approver.identity if request.approver else None
        )
        for request in ours
        if request.run_id
    }
    return tuple(replace(one, asked=known.get(one.run or "")) for one in those)


def state_with_askers(context: Context, state: ServiceState) -> ServiceState:
    """The same for what a place was observed to be."""
    told = [one for one in (state.current, state.under_way, state.failed) if one]
    known = dict(zip(told, with_askers(context, told), strict=True))
    return replace(
        state,
        current=known.get(state.current) if state.current else None,
        under_way=known.get(state.under_way) if state.under_way else None,
        failed=known.get(state.failed) if state.failed else None,
    )
