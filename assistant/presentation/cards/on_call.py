"""Who is on call, as a card."""

from __future__ import annotations

from collections.abc import Callable

from assistant.contracts.card import Card, Line, Moment, Part
from assistant.contracts.on_call import OnCallReport, Shift, TeamOnCall

Called = Callable[[str], str]
"""From a name of the catalogue to the one that colleagues know."""


def on_call_card(report: OnCallReport, called: Called) -> Card:
    """The answer to a question about who is on call."""
    unclear = report.request.unclear
    notes = (f"I don't know when “{unclear}” is, so this is about now.",) if unclear else ()
    if report.person:
        return Card(*_of_one(report, report.person, called), notes=notes)
    if len(report.teams) == 1 and not report.request.when:
        return Card(*_one_team(report.teams[0], called), notes=notes)
    when = report.request.when.words if report.request.when else "now"
    return Card(f"On call {when}:", lines=tuple(_line(team, called) for team in report.teams), notes=notes)


def _one_team(team: TeamOnCall, called: Called) -> tuple[str, tuple[()], tuple[Line, ...]]:
    if not team.shifts:
        return f"{called(team.team)} has no on-call rotation in the catalogue.", (), _following(team, called)
    shift = team.shifts[0]
    instead = f", instead of {called(shift.instead_of)}," if shift.instead_of else ""
    title = f"{called(shift.person)}{instead} is on call for {called(team.team)}."
    return title, (), (("Until ", Moment(shift.end)), *_following(team, called))


def _following(team: TeamOnCall, called: Called) -> tuple[Line, ...]:
    if team.following is None:
        return ()
    return ((f"Next: {called(team.following.person)}, ", *_span(team.following)),)


def _line(team: TeamOnCall, called: Called) -> Line:
    if not team.shifts:
        return (f"  • {called(team.team)}: nobody that the catalogue knows of",)
    parts: list[Part] = [f"  • {called(team.team)}: "]
    for number, shift in enumerate(team.shifts):
        parts += [", then " if number else "", f"{called(shift.person)} until ", Moment(shift.end)]
        parts += [f" (instead of {called(shift.instead_of)})"] if shift.instead_of else []
    if len(team.shifts) == 1 and team.following:
        parts.append(f", then {called(team.following.person)}")
    return tuple(parts)


def _of_one(report: OnCallReport, person: str, called: Called) -> tuple[str, tuple[()], tuple[Line, ...]]:
    who, are, whose = ("you", "are", "Your") if report.request.mine else (called(person), "is", "The")
    when = report.request.when.words if report.request.when else "now"
    turns = [(team, shift) for team in report.teams for shift in team.shifts]
    after = [(team, team.following) for team in report.teams if team.following]
    lines: list[Line] = [(f"  • {called(team.team)}: ", *_span(shift)) for team, shift in turns]
    lines += [(f"{whose} next turn for {called(team.team)}: ", *_span(shift)) for team, shift in after]
    if turns:
        return f"Yes, {who} {are} on call {when}:", (), tuple(lines)
    of_them = "of yours" if report.request.mine else "of theirs"
    never = "" if after else f" No rotation of the catalogue has a turn {of_them} in the coming half year."
    return f"No, {who} {are} not on call {when}.{never}", (), tuple(lines)


def _span(shift: Shift) -> Line:
    return ("from ", Moment(shift.start), " to ", Moment(shift.end))
