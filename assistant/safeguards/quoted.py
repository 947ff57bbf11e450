"""A message that somebody asks about is read, never obeyed: whoever wrote it did not say it to the assistant.

Everything that changes something goes through :class:`Records` or a :class:`Deployer`; what is read stays open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from assistant.contracts.errors import Invalid
from assistant.contracts.ports import Deployer
from assistant.contracts.records import AuditLog, Locks, Records, Requests

REFUSAL = (
    "That would change something, and a message that I am asked about is only read. Nothing was done. "
    "Say it yourself if you want it."
)
_READING = {"get", "find", "untold", "active", "waiting", "pause", "search", "records", "head"}
_LOOKING = {"target", "verdict", "defects", "find", "progress", "deployed", "again"}


class _ReadOnly:
    """A port of which only some methods can be called; the others raise Invalid."""

    def __init__(self, port: object, reads: set[str]) -> None:
        self._port, self._reads = port, reads

    def __getattr__(self, name: str) -> Any:
        if name not in self._reads:
            raise Invalid(REFUSAL)
        return getattr(self._port, name)


def only_read(records: Records) -> Records:
    """The records, closed for writing."""
    return Records(
        cast(Requests, _ReadOnly(records.requests, _READING)),
        cast(Locks, _ReadOnly(records.locks, _READING)),
        cast(AuditLog, _ReadOnly(records.audit, _READING)),
    )


def only_looking(deployers: Callable[[str], Deployer]) -> Callable[[str], Deployer]:
    """The same providers, which can start and stop nothing."""
    return lambda name: cast(Deployer, _ReadOnly(deployers(name), _LOOKING))


def refuse(*_: object) -> None:
    """What stands in place of keeping something. Raises Invalid."""
    raise Invalid(REFUSAL)
