"""Who owns what, who can be asked, and what depends on what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.contracts.platform import Person, Service, Team


@dataclass(frozen=True)
class OwnersRequest:
    """Whose something is: services, what teams own, ``mine`` what the asker owns; nothing of it means everything.

    ``people`` asks who somebody is. ``relation`` asks about the first of the services what it "needs", or by what it
    is "needed_by".
    """

    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    mine: bool = False
    people: tuple[str, ...] = ()
    relation: str | None = None


@dataclass(frozen=True)
class Owner:
    """A team or a person who owns services, with the people to talk to."""

    name: str
    channel: str | None
    people: tuple[Person, ...]
    services: tuple[str, ...]


@dataclass(frozen=True)
class Ownership:
    """A service with its owner, and what it needs and is needed by."""

    service: Service
    owner: Owner
    needed_by: tuple[str, ...]


@dataclass(frozen=True)
class Colleague:
    """A person with their teams."""

    person: Person
    teams: tuple[Owner, ...]


@dataclass(frozen=True)
class OwnersReport:
    """The services asked for, the teams with what they own, or the people; ``asked_at`` is for their clocks."""

    request: OwnersRequest
    services: tuple[Ownership, ...]
    owners: tuple[Owner, ...]
    people: tuple[Colleague, ...] = ()
    asked_at: datetime | None = None


@dataclass(frozen=True)
class Contact:
    """Whom to talk to: a team of the catalogue with its people; ``asked_at`` gives their time of day."""

    team: Team
    people: tuple[Person, ...]
    asked_at: datetime
