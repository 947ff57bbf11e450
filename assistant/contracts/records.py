"""The ports of the assistant's own records: requests, locks and the audit log.

Whatever writes takes the entry of the audit log along and writes both or neither. Every call raises Unavailable when
the database does not answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assistant.contracts.actor import Actor
from assistant.contracts.audit import Anchor, AuditRequest, Entry, Record
from assistant.contracts.change import ChangeRequest, State, Verdict, Wish
from assistant.contracts.changes import Comparison
from assistant.contracts.delivery import Health
from assistant.contracts.locks import Lock, Pause, Scope, Waiter


class Risk(Protocol):
    """How risky a change is."""

    def __call__(self, wish: Wish, comparison: Comparison | None, health: Health | None) -> tuple[Verdict, str]:
        """A verdict that never stops, with its reasons in a sentence. Both facts may be missing."""


class Requests(Protocol):
    """The requests for changes."""

    def add(self, requests: Sequence[ChangeRequest], entries: Sequence[Entry]) -> tuple[ChangeRequest, ...]:
        """Store new requests, all or none, each with its entry; they come back with their numbers, which it names."""

    def save(self, requests: Sequence[ChangeRequest], entries: Sequence[Entry]) -> tuple[ChangeRequest, ...]:
        """Write these in place of what is stored under the same revision, all or none; their revisions go up by one.

        Raises Conflict when one was changed meanwhile, when its new state cannot follow the stored one, or when
        another one is under way in the same place.
        """

    def get(self, number: int) -> ChangeRequest:
        """The request with that number. Raises NotFound."""

    def find(
        self,
        states: Sequence[State],
        *,
        asker: Actor | None = None,
        place: tuple[str, str] | None = None,
        since: datetime | None = None,
    ) -> tuple[ChangeRequest, ...]:
        """The requests in these states, oldest first; of one asker, one service and environment, made since then."""

    def untold(self) -> tuple[ChangeRequest, ...]:
        """Requests that changed since people were last told (drafts are told by the answer that made them)."""

    def told(self, number: int, revision: int) -> None:
        """People have been told about this revision."""


class Switch(Protocol):
    """The pause: one for everything, whatever is connected."""

    def pause(self, now: datetime) -> Pause | None:
        """The pause that is in force."""

    def set_pause(self, pause: Pause | None, entry: Entry) -> None:
        """Begin or end the pause."""


class Locks(Switch, Protocol):
    """Locks, those who wait for them, and the pause."""

    def active(self, now: datetime) -> tuple[Lock, ...]:
        """The locks in force, oldest first."""

    def place(self, lock: Lock, entry: Entry, now: datetime, instead_of: int | None = None) -> Lock:
        """Put a lock in force, in place of the one with that number. Raises Conflict when its scope is held."""

    def remove(self, number: int, entry: Entry) -> None:
        """End a lock. Raises Conflict when it is not there any more."""

    def wait(self, waiter: Waiter, entry: Entry) -> Waiter:
        """Put somebody in line for a scope; who is in it already keeps their place."""

    def waiting(self, scope: Scope | None = None) -> tuple[Waiter, ...]:
        """Who waits (for exactly this scope), in line."""

    def told(self, number: int) -> None:
        """Take somebody who was told out of the line."""


class AuditLog(Protocol):
    """The audit log: nothing in it is ever changed or deleted."""

    def append(self, entry: Entry) -> Record:
        """Record what has no other write to go with."""

    def search(self, request: AuditRequest) -> tuple[Record, ...]:
        """Every record that is asked for, newest first, with names where they are still known."""

    def records(self) -> Iterator[Record]:
        """All of it, oldest first."""

    def head(self) -> Anchor | None:
        """The newest record's number and digest."""

    def forget(self, person: str) -> int:
        """Erase who stands behind the keys of a person of the catalogue; how many keys there were."""


@dataclass(frozen=True)
class Records:
    """The three of them, over one database."""

    requests: Requests
    locks: Locks
    audit: AuditLog
