"""A run that was seen did start, whatever can be found of it later."""

from __future__ import annotations

from assistant.contracts.change import State
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
