"""What is done at a provider: not without its record, and a run that was seen did start, whatever is found later."""

from __future__ import annotations

import pytest

from assistant.contracts.audit import AuditRequest
from assistant.contracts.change import ChangeRequest, State
from assistant.contracts.errors import Invalid, NotAllowed, Unavailable
from assistant.operations.cancel import cancel
from assistant.operations.trigger import settle
from tests.operations.changing import STAGING, Company, advance, ask, confirmed, stopped_at


def lost(firm: Company) -> ChangeRequest:
    """A request whose run was started, and is gone."""
    request = advance(firm, confirmed(firm, STAGING).number)
    firm.world.runs.clear()
    return advance(firm, request.number)


def test_what_was_started_as_a_run_did_not_never_start_and_a_person_says_how_it_ended(firm: Company) -> None:
    unsure = lost(firm)
    words = "it was started as run 1000, and nobody knows how it ended"
    assert unsure.unknown == words
    with pytest.raises(Invalid, match=words):
        settle(firm.seen_by("ben-osei"), unsure.number, unsure.revision, None, "I looked")
    with pytest.raises(Invalid, match="how you know"):
        settle(firm.seen_by("ben-osei"), unsure.number, unsure.revision, None, "", State.FAILED)
    with pytest.raises(NotAllowed, match=r"^You may not settle checkout"):
        settle(firm.seen_by("priya-raman"), unsure.number, unsure.revision, None, "I looked", State.FAILED)
    ended = settle(firm.seen_by("ben-osei"), unsure.number, unsure.revision, None, "its log says so", State.FAILED)
    assert (ended.state, ended.outcome) == (State.FAILED, "Ben Osei looked: run 1000 failed (its log says so).")
    newest = firm.records.audit.search(AuditRequest())[0]
    assert (newest.verb, newest.name, newest.parameters["why"]) == ("settle", "ben-osei", "its log says so")
    assert confirmed(firm, STAGING).state is State.UNDER_WAY  # The place is free again.


def test_what_nobody_saw_start_did_not_end(firm: Company) -> None:
    firm.world.start_goes = "lost"
    unsure = confirmed(firm, STAGING)
    with pytest.raises(Invalid, match=r"nobody knows whether it started\. Please say which run it is"):
        settle(firm.seen_by("ben-osei"), unsure.number, unsure.revision, None, "I looked", State.FAILED)
    assert firm.get(unsure.number).state is State.UNCERTAIN


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
