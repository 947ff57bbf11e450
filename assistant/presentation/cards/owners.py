"""Who owns what, and whom to talk to, as a card."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from assistant.contracts.card import Button, Card
from assistant.contracts.owners import Contact, Owner, Ownership, OwnersReport
from assistant.contracts.platform import Person

_MOST_PEOPLE = 12


def owners_card(report: OwnersReport) -> Card:
    """The answer to a question about ownership."""
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
    return Card(f"You reach the {_team(team.display_name)} {where}.", lines=tuple(lines[:_MOST_PEOPLE]), notes=notes)


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
    return name if "team" in name.casefold() else f"{name} team"


def _clock(person: Person, contact: Contact) -> str:
    return f"{contact.asked_at.astimezone(ZoneInfo(person.timezone)):%H:%M}"
