"""Who is on call: the rotations of the catalogue, what is asked, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from assistant.contracts.interval import Interval


@dataclass(frozen=True)
class Override:
    """Somebody else's turn from ``start`` up to but without ``end`` (aware): a swapped shift, a holiday."""

    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Rotation:
    """A team's rotation, in weeks: ``people`` take turns in this order, the first at the handover on ``first``.

    The handover is every week on that day's weekday at ``at`` o'clock in the IANA zone ``zone``. An override counts
    over a regular turn, a later one in the list over an earlier one.
    """

    team: str
    people: tuple[str, ...]
    first: date
    at: time
    zone: str
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True)
class Shift:
    """A person's turn; ``instead_of`` is whose regular one it would have been."""

    team: str
    person: str
    start: datetime
    end: datetime
    instead_of: str | None = None


@dataclass(frozen=True)
class OnCallRequest:
    """Whose turn it is: of teams (none: of all), at a time (None: now), or one person's turns.

    The person is the asker (``mine``) or somebody of the catalogue (``person``).

    ``unclear`` are the words of a time that nobody here can place.
    """

    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    when: Interval | None = None
    mine: bool = False
    person: str | None = None
    unclear: str | None = None


@dataclass(frozen=True)
class TeamOnCall:
    """A team's turns in the time asked for, in order, and the one after them; none when it has no rotation."""

    team: str
    shifts: tuple[Shift, ...] = ()
    following: Shift | None = None


@dataclass(frozen=True)
class OnCallReport:
    """The answer. For one person's turns each team has theirs only; ``person`` is whose these are."""

    request: OnCallRequest
    teams: tuple[TeamOnCall, ...]
    asked_at: datetime
    person: str | None = None
