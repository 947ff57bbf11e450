"""What is done at a provider: not without its record, and a run that was seen did start, whatever is found later."""

from __future__ import annotations

import pytest

from assistant.contracts.audit import AuditRequest
from assistant.contracts.change import State
from assistant.contracts.errors import Unavailable
from assistant.operations.cancel import cancel
from tests.operations.changing import STAGING, Company, advance, ask, confirmed, stopped_at


def test_a_run_that_is_gone_is_uncertain_and_never_proved_away(firm: Company) -> None:
    request = confirmed(firm, STAGING)
    assert advance(firm, request.number).run == "1000"
    gone = firm.world.runs.pop("1000")
    unsure = advance(firm, request.number)
    assert unsure.state is State.UNCERTAIN
    assert unsure.outcome.startswith("Run 1000 was started, and nobody knows how it goes on")
    assert advance(firm, request.number).state is State.UNCERTAIN and not firm.world.runs
    assert stopped_at(ask(firm, STAGING)) == ["busy"]
    firm.world.runs["1000"] = gone
    assert advance(firm, request.number).state is State.UNDER_WAY


def test_nothing_is_stopped_without_its_record(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    running = advance(firm, confirmed(firm, STAGING).number)
    full = Unavailable("the assistant's database", "is full")
    monkeypatch.setattr("assistant.integrations.store.requests.record", lambda *_: (_ for _ in ()).throw(full))
    with pytest.raises(Unavailable):
        cancel(firm.seen_by("ana-duarte"), running.number)
    assert not firm.world.cancelled
    monkeypatch.undo()
    cancel(firm.seen_by("ana-duarte"), running.number)
    newest = firm.records.audit.search(AuditRequest())[0]
    assert firm.world.cancelled == ["1000"] and newest.parameters["run"] == "1000"
