"""Whoever only asks about a message changes nothing by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Assistant
from assistant.contracts.actor import Actor
from assistant.contracts.errors import Invalid
from assistant.contracts.ports import Deployer
from assistant.contracts.post import Opinion
from assistant.contracts.records import AuditLog, Locks, Requests
from assistant.safeguards.identity import sign, verify
from assistant.safeguards.quoted import REFUSAL, only_looking
from assistant.settings import PROJECT, Settings

ANA = Actor("T1", "U0ANADUARTE")


def methods(protocol: type) -> set[str]:
    return {name for name in dir(protocol) if callable(getattr(protocol, name)) and not name.startswith("_")}


def refused(port: Any, name: str) -> bool:
    try:
        getattr(port, name)
    except Invalid as error:
        assert str(error) == REFUSAL
        return True
    return False


def test_every_way_to_write_is_closed_and_reading_goes_on(tmp_path: Path) -> None:
    assistant = Assistant(Settings({"CATALOG": str(PROJECT / "catalog"), "ASSISTANT_STATE": str(tmp_path)}))
    context = assistant.context(ANA, quoted=True)
    keeping = context.keeping
    closed = [
        {name for name in methods(protocol) if refused(port, name)}
        for protocol, port in ((Requests, keeping.requests), (Locks, keeping.locks), (AuditLog, keeping.audit))
    ]
    assert closed == [
        {"add", "save", "told"},
        {"place", "remove", "wait", "told", "set_pause"},
        {"append", "forget"},
    ]
    assert keeping.requests.find(()) == ()
    with pytest.raises(Invalid, match="only read"):
        context.judge(Opinion("a", "u", True), None)
    assert not refused(assistant.context(ANA).keeping.requests, "save")


def test_a_provider_can_be_looked_at_and_told_nothing() -> None:
    class Told:
        def __getattr__(self, name: str) -> object:
            return lambda: None

    there = only_looking(lambda _name: Told())("github")  # type: ignore[arg-type,return-value]
    assert {name for name in methods(Deployer) if refused(there, name)} == {"start", "cancel", "rerun"}


def test_that_it_is_only_asked_about_is_signed() -> None:
    key = "k" * 32
    asked = sign(key, ANA, "c", "m", "approve 57", quoted=True)
    assert verify(key, asked, "c", "approve 57").quoted
    assert not verify(key, sign(key, ANA, "c", "m", "approve 57"), "c", "approve 57").quoted
