"""What is neither a deployment nor a rollback asks for exactly the gates that the table names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.contracts.change import ChangeRequest, State, Verb, Wish
from assistant.contracts.errors import AssistantError, Invalid, NotAllowed
from assistant.contracts.locks import Scope
from assistant.operations import approvals, deployments, locks, trigger
from assistant.operations.cancel import cancel
from assistant.operations.rerun import rerun
from assistant.safeguards.chain import FURTHER
from tests.operations.changing import Company

Attempt = Callable[[str], object]
QA = Scope(environment="qa")


def prepared(firm: Company) -> dict[str, Attempt]:
    """Something for every verb to work on, and how a person of that name attempts it."""
    waits, runs = (_asked(firm, place) for place in ("production", "staging"))
    firm.world.start_goes, firm.world.shows = "unheard", False
    lost = _asked(firm, "qa")
    assert (waits.state, runs.state, lost.state) == (State.WAITING, State.UNDER_WAY, State.UNCERTAIN)
    held = locks.lock(firm.seen_by("ana-duarte"), QA, "load test").locks[0]
    return {
        "cancel": lambda who: cancel(firm.seen_by(who), runs.number),
        "rerun": lambda who: rerun(firm.seen_by(who), "checkout", "build 1"),
        "lock": lambda who: locks.lock(firm.seen_by(who), Scope("checkout", "production"), "hotfix"),
        "unlock": lambda who: locks.unlock(firm.seen_by("ana-duarte"), QA),  # one's own, by no right at all
        "take over": lambda who: locks.take_over(firm.seen_by(who), held.number, "incident"),
        "approve": lambda who: approvals.approve(firm.seen_by(who), waits.number, waits.revision),
        "reject": lambda who: approvals.reject(firm.seen_by(who), waits.number, waits.revision, "no"),
        "settle": lambda who: trigger.settle(firm.seen_by(who), lost.number, lost.revision, None, "I looked"),
        "pause": lambda who: locks.pause(firm.seen_by(who), "incident"),
        "resume": lambda who: locks.resume(firm.seen_by(who)),
    }


def _asked(firm: Company, place: str) -> ChangeRequest:
    wish = Wish(Verb.DEPLOY, "checkout", place, "1.4.3")
    proposal = deployments.propose(firm.seen_by("ana-duarte"), [wish], "T1.C1.1")
    shown = [(request.number, request.revision) for request in proposal.requests]
    return deployments.confirm(firm.seen_by("ana-duarte"), shown)[0]


@pytest.mark.parametrize("what", FURTHER)
def test_the_gates_of_a_verb(what: str, firm: Company) -> None:
    attempt = prepared(firm)[what]
    if "access" in FURTHER[what]:
        with pytest.raises(NotAllowed):
            attempt("priya-raman")
    locks.pause(firm.seen_by("tomasz-nowak"), "an incident")
    try:
        attempt("tomasz-nowak")
        stopped = False
    except Invalid as error:
        stopped = "paused every change" in str(error)
    except AssistantError:
        stopped = False
    assert stopped == ("pause" in FURTHER[what])
