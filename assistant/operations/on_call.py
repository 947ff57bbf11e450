"""Whose turn it is, by the rotations of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import count, pairwise, takewhile
from zoneinfo import ZoneInfo

from assistant.catalogue import Catalogue
from assistant.contracts.errors import Invalid
from assistant.contracts.on_call import OnCallReport, OnCallRequest, Rotation, Shift, TeamOnCall
from assistant.operations.context import Context

_WEEK = timedelta(days=7)
_AHEAD = timedelta(weeks=26)
"""How far ahead somebody's next turn is looked for."""
_MOST = 10
"""How many turns one answer lists."""


def on_call(context: Context, request: OnCallRequest) -> OnCallReport:
    """Whose turn it is in the teams asked for, or when one person's turns are.

    Raises:
        NotAllowed: the actor may not read who is on call.
        Invalid: somebody who is not in the catalogue asks for their own turns, or there are no rotations at all.
    """
    context.require("read", "on_call")
    now = datetime.now(timezone.utc)
    catalogue = context.catalogue
    if not catalogue.rotations:
        raise Invalid("The catalogue declares no rotation, so I don't know who is on call.")
    if request.person or request.mine:
        return _of_one(context, request, now)
    named = [*request.teams, *(catalogue.services[name].owner for name in request.services)]
    teams = tuple(dict.fromkeys(named)) or tuple(sorted(catalogue.rotations))
    return OnCallReport(request, tuple(_team(catalogue, team, request, now) for team in teams), now)


def _team(catalogue: Catalogue, team: str, request: OnCallRequest, now: datetime) -> TeamOnCall:
    rotation = catalogue.rotations.get(team)
    if rotation is None:
        return TeamOnCall(team)
    start, end = (request.when.start, request.when.end) if request.when else (now, now)
    found: list[Shift] = []
    turns = _shifts(rotation, start)
    shift = next(turns)
    while shift.start <= start or (shift.start < end and len(found) < _MOST):
        found.append(shift)
        shift = next(turns)
    return TeamOnCall(team, tuple(found), shift)


def _of_one(context: Context, request: OnCallRequest, now: datetime) -> OnCallReport:
    """Somebody's turns in the time asked for, and the next one; without a time, the turn under way and the next."""
    name = request.person or (context.person.name if context.person else None)
    if name is None:
        raise Invalid("I don't know which person of the catalogue you are, so I can't tell your turns.")
    start, end = (request.when.start, request.when.end) if request.when else (now, now)
    teams = []
    for team, rotation in sorted(context.catalogue.rotations.items()):
        soon = takewhile(lambda shift: shift.start < max(end, start + _AHEAD), _shifts(rotation, start))
        turns = [shift for shift in soon if shift.person == name]
        within = [shift for shift in turns if shift.start <= start or shift.start < end]
        after = next((shift for shift in turns if shift not in within), None)
        if turns:
            teams.append(TeamOnCall(team, tuple(within[:_MOST]), after))
    return OnCallReport(request, tuple(teams), now, name)


def _shifts(rotation: Rotation, at: datetime) -> Iterator[Shift]:
    """The turns from the one under way at ``at`` on, without end; turns of one person that meet are one."""
    pending: Shift | None = None
    for piece in _pieces(rotation, at):
        if piece.end <= at:
            continue
        if pending and pending.person == piece.person and len(rotation.people) > 1:
            same = pending.instead_of == piece.instead_of
            pending = replace(pending, end=piece.end, instead_of=pending.instead_of if same else None)
            continue
        if pending:
            yield pending
        pending = piece


def _pieces(rotation: Rotation, at: datetime) -> Iterator[Shift]:
    """The weeks from the one of ``at`` on, each cut where an override begins or ends."""
    zone = ZoneInfo(rotation.zone)
    first = datetime.combine(rotation.first, rotation.at)
    for week in count(max(0, (at.astimezone(zone).replace(tzinfo=None) - first) // _WEEK)):
        # By the clock on the wall: a handover at nine stays at nine when the clocks change.
        start, end = ((first + _WEEK * number).replace(tzinfo=zone) for number in (week, week + 1))
        regular = rotation.people[week % len(rotation.people)]
        marks = {mark for each in rotation.overrides for mark in (each.start, each.end) if start < mark < end}
        for left, right in pairwise([start, *sorted(marks), end]):
            others = [each.person for each in rotation.overrides if each.start <= left < each.end]
            person = others[-1] if others else regular
            utc = (left.astimezone(timezone.utc), right.astimezone(timezone.utc))
            yield Shift(rotation.team, person, *utc, regular if person != regular else None)
