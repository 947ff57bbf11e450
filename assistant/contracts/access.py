"""What a person may do with the assistant, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass


def readable(word: str) -> str:
    """What can be read, as people call it."""
    return {"on_call": "who is on call", "audit": "the audit log"}.get(word, word)


@dataclass(frozen=True)
class AccessRequest:
    """What is asked: everything, or whether these verbs (``deploy``, ``rollback`` ...) are granted, in these places.

    ``readable`` are what somebody wants to read (``logs``); ``person`` is somebody else than the asker. ``who`` asks
    who may, whoever it is; ``why`` is asked by somebody who believes to be refused.
    """

    verbs: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    person: str | None = None
    who: bool = False
    why: bool = False


@dataclass(frozen=True)
class Right:
    """A right with the rule that grants it: ``read`` and ``logs`` by ``role “engineer” of team-checkout``.

    ``resource`` is ``*`` for any.
    """

    verb: str
    resource: str
    rule: str


@dataclass(frozen=True)
class Ruling:
    """Whether one thing that was asked about is allowed: what, why, and who may ``instead`` (by the names people know).

    ``what`` is ``deploy checkout in production`` or ``read logs``.
    """

    what: str
    allowed: bool
    rule: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Holders:
    """Who may do something (by the names people know, nobody when empty); ``what`` is as in :class:`Ruling`.

    ``needed`` is False for an approval that nothing there asks for.
    """

    what: str
    names: tuple[str, ...]
    needed: bool = True


@dataclass(frozen=True)
class AccessReport:
    """The rights of the asker, or of the colleague asked about; ``problem`` says why the rules could not be read.

    ``rulings`` answer what was asked about certain things, one by one, ``holders`` who may do them. ``keeper`` is whom
    to ask for a right.
    """

    request: AccessRequest
    who: str
    rights: tuple[Right, ...]
    file: str
    problem: str | None = None
    rulings: tuple[Ruling, ...] = ()
    holders: tuple[Holders, ...] = ()
    keeper: str | None = None
