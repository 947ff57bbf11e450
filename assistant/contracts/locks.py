"""Locks: who holds an environment or a service still, until when and why; and the pause that stops everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from assistant.contracts.actor import Actor
from assistant.contracts.platform import Freeze

ANY = "*"


@dataclass(frozen=True)
class Scope:
    """What is held: a service, an environment, or one in the other; ``*`` stands for any."""

    service: str = ANY
    environment: str = ANY

    def covers(self, service: str, environment: str) -> bool:
        """Whether a change of ``service`` in ``environment`` is held by this."""
        return self.service in (ANY, service) and self.environment in (ANY, environment)

    def meets(self, other: Scope) -> bool:
        """Whether two places have something in common."""
        pairs = ((self.service, other.service), (self.environment, other.environment))
        return all(ANY in pair or pair[0] == pair[1] for pair in pairs)

    @property
    def words(self) -> str:
        """As people say it: “search in staging”, “staging”, “everything”."""
        return " in ".join(name for name in (self.service, self.environment) if name != ANY) or "everything"

    def __str__(self) -> str:
        return f"{self.service}/{self.environment}"


@dataclass(frozen=True)
class Lock:
    """A lock; ``number`` is 0 until it is stored. ``until`` is aware, None when it has no end.

    ``zone`` is the IANA name of the zone in which the end was said.
    """

    number: int
    scope: Scope
    owner: Actor
    reason: str
    since: datetime
    until: datetime | None = None
    zone: str = "UTC"


@dataclass(frozen=True)
class Waiter:
    """Somebody who wants to be told when a place is free. They are asked then; nothing is done by itself."""

    number: int
    scope: Scope
    person: Actor
    since: datetime
    conversation: str = ""
    version: str | None = None


@dataclass(frozen=True)
class Pause:
    """Everybody's changes are stopped: by whom, why and since when.

    ``until`` is aware, None when it lasts until somebody ends it; ``zone`` as in :class:`Lock`.
    """

    who: Actor
    why: str
    since: datetime
    until: datetime | None = None
    zone: str = "UTC"


def end_words(until: datetime | None, zone: str) -> str:
    """ " until 17:00 (Europe/Berlin)", with its day when that is another one; nothing for what has no end.

    It is told in the zone in which it was said, which is named: the reader may sit in another one.
    """
    if until is None:
        return ""
    end = until.astimezone(ZoneInfo(zone))
    day = "" if end.date() == datetime.now(end.tzinfo).date() else f"{end:%a} {end.day} {end:%b} "
    return f" until {day}{end:%H:%M} ({zone})"


@dataclass(frozen=True)
class LockReport:
    """The answer to a lock, its end, or the question who holds what.

    Attributes:
        locks: those that are in force and were asked about or just made.
        released: the lock that was given back or taken over just now.
        waiting: who waits for these, in line.
        position: the asker's own place in that line, 1-based.
        running: what runs in the locked places: service, environment, version.
        on_merge: services that deploy when something is merged; a lock here does not stop those.
        freezes: those that are on, or to come, where that was asked.
        pause: what stops every change everywhere.
        asked: the place that was asked about, None for all of them.
        may_take_over: the numbers of those that the asker may make their own.
    """

    locks: tuple[Lock, ...]
    asked_at: datetime
    released: Lock | None = None
    waiting: tuple[Waiter, ...] = ()
    position: int | None = None
    running: tuple[tuple[str, str, str], ...] = ()
    on_merge: tuple[str, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    pause: Pause | None = None
    asked: Scope | None = None
    may_take_over: tuple[int, ...] = ()
