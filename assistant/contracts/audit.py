"""The audit log: who wanted what, what was decided by which rule, and what came of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

from assistant.contracts.actor import Actor
from assistant.contracts.interval import Interval

ERASED = "somebody whose name was erased ({})"
"""What whoever was forgotten is called; takes the beginning of their key."""

KEY = re.compile(r"\{([0-9a-f]{32})\}")
"""A person in a text of the log."""


@dataclass(frozen=True)
class Entry:
    """What is to be recorded.

    Attributes:
        actor: who acts; recorded under a key that stands for them, the name in a table of its own.
        verb, resource: as the access rules write them: ``deploy`` of ``payments/production``.
        decision: ``allowed`` or ``refused``; ``rule`` is what decided.
        outcome: what came of it ("waiting for approval", "started as run 1204").
        parameters: everything else that says what was meant; redacted before it is hashed.
        message: the id of the message or click that set it off; empty for the worker.
        correlation: joins everything that belongs to one request.
        people: what people are called in the texts → who that is; recorded under their keys as well.
    """

    actor: Actor
    at: datetime
    verb: str
    resource: str
    decision: str
    rule: str
    outcome: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    correlation: str = ""
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """An entry as it stands in the log: numbered without gaps, chained to the one before by its digest (SHA-256).

    ``person`` is the pseudonym, ``name`` who that is, None once it was erased. Whoever is named in its texts stands
    there as ``{key}``; ``others`` are those of them who are still known.
    """

    number: int
    at: datetime
    person: str
    verb: str
    resource: str
    decision: str
    rule: str
    outcome: str
    parameters: Mapping[str, str]
    message: str
    correlation: str
    previous: str
    digest: str = ""
    name: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)

    def canonical(self) -> str:
        """What is hashed: every field but the digest and the names, as JSON with sorted keys and no spaces."""
        body = {key: value for key, value in vars(self).items() if key not in ("digest", "name", "others")}
        body["at"] = self.at.astimezone(timezone.utc).isoformat()
        body["parameters"] = dict(self.parameters)
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def seal(self) -> str:
        """The digest that this record must have: SHA-256 over :meth:`canonical`, in hexadecimal digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def named(self, text: str, called: Callable[[str], str] = str) -> str:
        """A text of this record with names in place of keys; ``called`` tells how somebody is called."""

        def name(key: re.Match[str]) -> str:
            known = self.others.get(key[1])
            return called(known) if known else ERASED.format(key[1][:8])

        return KEY.sub(name, text)


@dataclass(frozen=True)
class AuditRequest:
    """Which records are asked for, newest first; nothing named means all.

    ``people`` are names of the catalogue, ``number`` is a request's; ``refused`` asks for what was not allowed only.
    """

    verbs: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    interval: Interval | None = None
    correlation: str | None = None
    number: int | None = None
    refused: bool = False
    count: int = 20


@dataclass(frozen=True)
class AuditReport:
    """The records that were asked for, newest first; ``found`` counts them before the cut to ``request.count``.

    ``refused`` are those among all of them that were not allowed, ``broke`` the ones by which somebody did break the
    glass: said yes to it, which is more than to ask for it.
    """

    request: AuditRequest
    records: tuple[Record, ...]
    found: int
    refused: int = 0
    broke: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Anchor:
    """Number and digest of a record, noted outside of the database: what is cut off after it is missed."""

    number: int
    digest: str
