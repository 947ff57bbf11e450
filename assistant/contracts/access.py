"""What a person may do with the assistant, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AccessRequest:
    """What is asked: everything, or whether these verbs (``deploy``, ``rollback`` ...) are granted."""

    verbs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Right:
    """A right with the rule that grants it: ``read`` and ``logs`` by ``role “engineer” of team-checkout``.

    ``resource`` is ``*`` for any.
    """

    verb: str
    resource: str
    rule: str


@dataclass(frozen=True)
class AccessReport:
    """The rights of the asker; ``problem`` says why the rules could not be read."""

    request: AccessRequest
    who: str
    rights: tuple[Right, ...]
    file: str
    problem: str | None = None
