"""What a yes is worth: to the card that was shown, as long as nothing has come between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.contracts.audit import AuditRequest
from assistant.contracts.change import State
from assistant.contracts.errors import Conflict, Invalid
from assistant.contracts.locks import Scope
from assistant.operations import approvals, deployments, locks, trigger
from tests.operations.changing import PRODUCTION, STAGING, Company, advance, ask, confirmed, yes

Happening = Callable[[Company], object]


def test_a_yes_to_a_card_that_is_not_the_newest_counts_for_nothing(firm: Company) -> None:
    (draft,) = ask(firm, PRODUCTION).requests
    with pytest.raises(Conflict, match="changed since it was shown"):
        deployments.confirm(firm.seen_by("ana-duarte"), [(draft.number, draft.revision - 1)])
    assert firm.get(draft.number).state is State.DRAFT


@pytest.mark.parametrize("verb", [approvals.approve, approvals.reject])
def test_so_does_a_second_persons_word(firm: Company, verb: Callable[..., object]) -> None:
    waiting = confirmed(firm)
    with pytest.raises(Conflict, match="changed since it was shown"):
        verb(firm.seen_by("ben-osei"), waiting.number, waiting.revision - 1)
    assert firm.get(waiting.number).state is State.WAITING


def test_so_does_a_word_on_what_was_uncertain_in_another_way(firm: Company) -> None:
    firm.world.start_goes = "lost"
    lost = confirmed(firm, STAGING)
    with pytest.raises(Conflict, match="uncertain already"):
        trigger.settle(firm.seen_by("ben-osei"), lost.number, lost.revision - 1, None, "I looked")
    assert firm.get(lost.number).state is State.UNCERTAIN


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (lambda firm: locks.pause(firm.seen_by("lena-fischer"), "incident 12"), "paused every change: incident 12"),
        (lambda firm: locks.lock(firm.seen_by("lena-fischer"), Scope("checkout"), "load test"), "holds checkout"),
        (lambda firm: setattr(firm, "access", replace(firm.access, groups={})), "Not allowed"),
    ],
    ids=["paused", "locked", "role removed"],
)
def test_what_came_between_card_and_yes_stops_it_and_is_recorded(firm: Company, happens: Happening, said: str) -> None:
    proposal = ask(firm, PRODUCTION)
    happens(firm)
    with pytest.raises(Invalid, match=f"Nothing was started.*{said}"):
        yes(firm, proposal)
    closed = firm.get(proposal.requests[0].number)
    assert closed.state is State.VOID and said in closed.outcome
    with pytest.raises(Conflict, match="Ask again"):
        yes(firm, proposal)
    newest = firm.records.audit.search(AuditRequest())[0]
    assert "nothing was started" in newest.outcome and said in f"{newest.outcome} {newest.rule}"


def test_what_was_approved_is_not_started_late(firm: Company) -> None:
    waiting = confirmed(firm)
    firm.world.down = True
    approved = approvals.approve(firm.seen_by("ben-osei"), waiting.number, waiting.revision)
    assert approved.state is State.APPROVED
    firm.let_time_pass(waiting.number, 400)
    firm.world.down = False
    assert advance(firm, waiting.number).state is State.EXPIRED and not firm.world.runs


def test_a_change_that_broke_the_glass_is_recorded_by_that_right(firm: Company) -> None:
    """Whoever has it needs no right to deploy."""
    roles = {**firm.access.roles, "fire brigade": ("break_glass:*/production",)}
    firm.access = replace(firm.access, roles=roles, groups={}, people={"lena-fischer": ("fire brigade",)})
    assert not ask(firm, PRODUCTION, person="lena-fischer").requests
    proposal = ask(firm, PRODUCTION, person="lena-fischer", break_glass=True, reason="production is down")
    assert yes(firm, proposal, "lena-fischer")[0].state is State.UNDER_WAY
    records = firm.records.audit.search(AuditRequest(correlation=proposal.requests[0].correlation))
    started = [record for record in records if record.parameters.get("request")]
    assert len(started) >= 4 and all("fire brigade" in record.rule for record in started), [r.rule for r in started]
