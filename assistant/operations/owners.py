"""Who owns a service, what a team owns, and how one reaches people."""

from __future__ import annotations

from datetime import datetime, timezone

from assistant.catalogue import Catalogue
from assistant.contracts.errors import NotFound
from assistant.contracts.owners import Colleague, Contact, Owner, Ownership, OwnersReport, OwnersRequest
from assistant.contracts.platform import Person, Team
from assistant.operations.context import Context

_PLATFORM = ("platform", "platform team", "platform-team", "team-platform")


def owners(context: Context, request: OwnersRequest) -> OwnersReport:
    """Owners of the services asked for, else what the teams asked for own, else what every owner owns.

    Raises:
        NotAllowed: the actor may not read owners.
        NotFound: the catalogue has no such service or team.
    """
    context.require("read", "owners")
    catalogue = context.catalogue
    if request.people:
        colleagues = (_colleague(catalogue, catalogue.people[name]) for name in request.people)
        return OwnersReport(request, (), (), tuple(colleagues), datetime.now(timezone.utc))
    if request.services:
        return OwnersReport(request, tuple(_ownership(catalogue, name) for name in request.services), ())
    names = request.teams
    if request.mine:
        names = (*context.person.teams, context.person.name) if context.person else ()
    elif not names:
        names = tuple(sorted({service.owner for service in catalogue.services.values()}))
    return OwnersReport(request, (), tuple(owner(catalogue, name) for name in names))


def contact(context: Context, teams: tuple[str, ...], services: tuple[str, ...]) -> Contact:
    """The team to talk to: the one named, else the owner of the service named, else the platform team.

    Raises:
        NotAllowed: the actor may not read owners.
        NotFound: there is no such team.
    """
    context.require("read", "owners")
    catalogue = context.catalogue
    owning = [
        catalogue.teams[one.owner]
        for one in map(catalogue.services.get, services)
        if one and _is_team(catalogue, one.owner)
    ]
    named = [catalogue.teams[name] for name in teams]
    team = next(iter([*named, *owning]), None) or platform_team(catalogue)
    if team is None:
        raise NotFound("team", "platform team", sorted(catalogue.teams)[:3])
    return Contact(team, _members(catalogue, team.name), datetime.now(timezone.utc))


def platform_team(catalogue: Catalogue) -> Team | None:
    """The team that looks after the platform, by its usual names; None when the catalogue has none."""
    for team in catalogue.teams.values():
        if any(name.casefold() in _PLATFORM for name in (team.name, team.display_name, *team.aliases)):
            return team
    return None


def called_with_channel(team: Team) -> str:
    """What a team is called, with where it is found: "the Platform Team in #platform"."""
    return f"the {team.display_name}" + (f" in {team.channel}" if team.channel else "")


def owner(catalogue: Catalogue, name: str) -> Owner:
    """A team or person by name, with the services that they own."""
    services = tuple(sorted(service.name for service in catalogue.services.values() if service.owner == name))
    if _is_team(catalogue, name):
        team = catalogue.teams[name]
        return Owner(team.display_name, team.channel, _members(catalogue, name), services)
    person = catalogue.people.get(name)
    if person is None:
        raise NotFound("team", name)
    return Owner(person.display_name, None, (person,), services)


def _colleague(catalogue: Catalogue, person: Person) -> Colleague:
    return Colleague(person, tuple(owner(catalogue, team) for team in person.teams if _is_team(catalogue, team)))


def _ownership(catalogue: Catalogue, name: str) -> Ownership:
    if name not in catalogue.services:
        raise NotFound("service", name)
    service = catalogue.services[name]
    needed_by = sorted(other.name for other in catalogue.services.values() if name in other.depends_on)
    return Ownership(service, owner(catalogue, service.owner), tuple(needed_by))


def _is_team(catalogue: Catalogue, name: str) -> bool:
    return name in catalogue.teams


def _members(catalogue: Catalogue, team: str) -> tuple[Person, ...]:
    members = (person for person in catalogue.people.values() if team in person.teams)
    return tuple(sorted(members, key=lambda person: person.display_name))
