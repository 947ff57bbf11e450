"""Who owns what, and whom to talk to, as a card."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from assistant.contracts.card import Button, Card, Line
from assistant.contracts.owners import Colleague, Contact, Owner, Ownership, OwnersReport
from assistant.contracts.platform import Person

_MOST_PEOPLE = 12


def owners_card(report: OwnersReport) -> Card:
    """The answer to a question about ownership."""
    if report.people:
        return _colleagues(report)
    if report.request.relation:
        return _dependencies(report)
    if len(report.services) == 1:
        return _one_service(report, report.services[0])
    if report.services:
        lines = tuple((f"  • {one.service.name}: {_reached(one.owner)}",) for one in report.services)
        return Card("These services belong to:", lines=lines)
    if report.request.mine:
        return _mine(report.owners)
    if len(report.owners) == 1:
        owner = report.owners[0]
        return Card(f"{_reached(owner)} owns {_owned(owner)}.", lines=_people(owner.people))
    lines = tuple((f"  • {_reached(owner)}: {_owned(owner)}",) for owner in report.owners)
    return Card("Every service has an owner:", lines=lines)


def contact_card(contact: Contact) -> Card:
    """Where a team is reached and who is there; nobody is called by this."""
    team = contact.team
    where = f"in {team.channel}" if team.channel else "through its people: the catalogue names no channel"
    lines = [(f"  • {person.display_name} (it is {_clock(person, contact)} there)",) for person in contact.people]
    notes = ("I have not written to anybody: say what it is about there, with a link if there is one.",)
    return Card(f"You reach {_team(team.display_name)} {where}.", lines=tuple(lines[:_MOST_PEOPLE]), notes=notes)


def _colleagues(report: OwnersReport) -> Card:
    """Who somebody is: the team, its channel, what it owns, and what time it is there."""
    lines: list[Line] = []
    for one in report.people:
        lines += [(f"  • {_reached(team)} owns {_owned(team)}.",) for team in one.teams]
        if report.asked_at:
            clock = report.asked_at.astimezone(ZoneInfo(one.person.timezone))
            lines.append((f"It is {clock:%H:%M} for {one.person.display_name}.",))
    return Card(" ".join(map(_who, report.people)), lines=tuple(lines))


def _who(one: Colleague) -> str:
    known = (("GitHub", one.person.github), ("Slack", one.person.slack))
    logins = ", ".join(f"{login} {'on' if place == 'GitHub' else 'in'} {place}" for place, login in known if login)
    login = f" ({logins})" if logins else ""
    teams = " and ".join(team.name for team in one.teams) or "no team of the catalogue"
    return f"{one.person.display_name}{login} is in {teams}."


def _dependencies(report: OwnersReport) -> Card:
    """What a service needs, or what needs it; about two services: whether the first needs the second."""
    first, *others = report.services
    name, needs, needed_by = first.service.name, first.service.depends_on, first.needed_by
    if others:
        other = others[0].service.name
        title = f"Yes, {name} needs {other}." if other in needs else f"No, {name} does not need {other}"
        if other not in needs:
            title += f"; {other} needs {name}." if other in needed_by else ", as far as the catalogue knows."
        return Card(title)
    lines: tuple[Line, ...]
    if report.request.relation == "needs":
        title = f"{name} needs {_listed(needs)}." if needs else f"{name} needs no other service of the catalogue."
        lines = ((f"Needed by: {', '.join(needed_by)}",),) if needed_by else ()
    else:
        verb = "need" if len(needed_by) > 1 else "needs"
        title = f"{_listed(needed_by)} {verb} {name}." if needed_by else f"No service of the catalogue needs {name}."
        lines = ((f"{name} itself needs: {', '.join(needs)}",),) if needs else ()
    return Card(title, lines=lines)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _one_service(report: OwnersReport, one: Ownership) -> Card:
    service, owner = one.service, one.owner
    lines = [*_people(owner.people)]
    if service.repository:
        lines.append((f"Repository: {service.repository}",))
    if service.depends_on:
        lines.append((f"Needs: {', '.join(service.depends_on)}",))
    if one.needed_by:
        lines.append((f"Needed by: {', '.join(one.needed_by)}",))
    answer = ""
    if report.request.teams:
        answer = "Yes, " if service.owner in report.request.teams else "No, "
    buttons = (
        Button(f"Who is on call for {service.name}", "ask_on_call", {"service": service.name}),
        Button(f"How {service.name} is doing", "ask_status", {"service": service.name}),
    )
    return Card(f"{answer}{service.name} belongs to {_reached(owner)}.", lines=tuple(lines), buttons=buttons)


def _mine(owners: Sequence[Owner]) -> Card:
    owning = [owner for owner in owners if owner.services]
    if not owning:
        return Card("As far as the catalogue knows, you own no service, and no team of yours does.")
    return Card(
        "You are among the owners of " + ", ".join(_owned(owner) for owner in owning) + ".",
        lines=tuple((f"  • {_reached(owner)}: {_owned(owner)}",) for owner in owning),
    )


def _owned(owner: Owner) -> str:
    return ", ".join(owner.services) or "no service of the catalogue"


def _reached(owner: Owner) -> str:
    return f"{owner.name} ({owner.channel})" if owner.channel else owner.name


def _people(people: Sequence[Person]) -> tuple[tuple[str, ...], ...]:
    if not people:
        return (("People: the catalogue names nobody.",),)
    more = f" and {len(people) - _MOST_PEOPLE} more" if len(people) > _MOST_PEOPLE else ""
    return ((f"People: {', '.join(person.display_name for person in people[:_MOST_PEOPLE])}{more}",),)


def _team(name: str) -> str:
    if name.casefold().startswith("team "):
        return name
    return f"the {name}" if "team" in name.casefold() else f"the {name} team"


def _clock(person: Person, contact: Contact) -> str:
    return f"{contact.asked_at.astimezone(ZoneInfo(person.timezone)):%H:%M}"
