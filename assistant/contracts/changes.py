"""What is asked about the difference between two versions, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.contracts.errors import ProviderError
from assistant.contracts.interval import Interval


@dataclass(frozen=True)
class End:
    """One side of a comparison: a version (or branch, or commit), or what runs in an environment."""

    name: str
    is_environment: bool = False


@dataclass(frozen=True)
class ChangesRequest:
    """What is to be compared.

    ``ends`` are two at most; ``ordered`` says that the older one stands first because the words said so ("from ...
    to"). ``behind`` asks why the last environment is behind the one before it, ``unreleased`` for what was merged after
    the newest version, ``interval`` for what was merged in it, ``migrations`` for the files of those alone, ``author``
    (a name of the catalogue) for that person's commits alone.
    """

    services: tuple[str, ...] = ()
    ends: tuple[End, ...] = ()
    ordered: bool = False
    unreleased: bool = False
    behind: bool = False
    migrations: bool = False
    interval: Interval | None = None
    author: str | None = None


@dataclass(frozen=True)
class Change:
    """A commit. ``author`` is the login, or the name where the commit has no account; ``version`` the first with it."""

    commit: str
    title: str
    author: str
    at: datetime
    pull_request: str | None = None
    version: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Comparison:
    """What ``newer`` has that ``older`` lacks.

    ``changes`` are newest first, only those that touch the service's own paths when the catalogue declares them
    (``of_paths``); ``versions`` are those after ``older``, newest first; ``total`` counts the commits of the whole
    repository, ``missing`` those that only ``older`` has.
    ``warned`` are files that a rollback must heed (migrations); ``cut`` says that not everything could be read.
    """

    total: int
    changes: tuple[Change, ...]
    versions: tuple[str, ...] = ()
    missing: int = 0
    of_paths: bool = False
    warned: tuple[str, ...] = ()
    cut: bool = False
    url: str | None = None


@dataclass(frozen=True)
class Side:
    """One side as it was found: the version, and the environment where it runs if that was asked for.

    ``age`` is how long ago that was seen, when the provider does not answer now.
    """

    version: str
    environment: str | None = None
    age: timedelta | None = None


@dataclass(frozen=True)
class Compared:
    """One service: from ``older`` to ``newer``; ``problem`` says why there is no ``comparison``, or nothing at all."""

    service: str
    older: Side | None = None
    newer: Side | None = None
    comparison: Comparison | None = None
    problem: ProviderError | None = None


@dataclass(frozen=True)
class ChangesReport:
    """The answer: every service asked for once."""

    request: ChangesRequest
    services: tuple[Compared, ...]
    asked_at: datetime
