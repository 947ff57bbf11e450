"""What a pipeline that asks whether it may go on is told about what was started here, and about everything else."""

from __future__ import annotations

import pytest

from assistant.contracts.change import State
from assistant.contracts.errors import CatalogueBroken, Invalid
from assistant.contracts.locks import Scope
from assistant.operations import locks
from assistant.operations.gate import may_go_on
from tests.operations.changing import STAGING, Company, confirmed

PLACE = ("checkout", "staging")


@pytest.fixture
def token(firm: Company) -> str:
    """A deployment that was started here, and then somebody else held the place."""
    request = confirmed(firm, STAGING)
    assert request.state is State.UNDER_WAY
    locks.lock(firm.seen_by("lena-fischer"), Scope(environment="staging"), "load test")
    return request.token


def test_a_lock_holds_who_comes_from_elsewhere_and_not_what_was_asked_about_before(firm: Company, token: str) -> None:
    context = firm.seen_by("worker")
    assert may_go_on(context, *PLACE, token).allowed
    for foreign in ("", f"{token}0", "r0"):
        leave = may_go_on(context, *PLACE, foreign)
        assert not leave.allowed and "Lena Fischer holds staging" in leave.reason


def test_a_request_opens_no_other_place(firm: Company, token: str) -> None:
    assert not may_go_on(firm.seen_by("worker"), "payments", "staging", token).allowed


def test_a_pause_holds_everything(firm: Company, token: str) -> None:
    locks.pause(firm.seen_by("lena-fischer"), "incident 12")
    leave = may_go_on(firm.seen_by("worker"), *PLACE, token)
    assert not leave.allowed and "incident 12" in leave.reason


def test_nothing_goes_on_by_a_broken_catalogue(firm: Company, token: str) -> None:
    broken = firm.seen_by("worker", problem=CatalogueBroken("platform.yaml", 3, "expected a name"))
    with pytest.raises(Invalid, match="broken"):
        may_go_on(broken, *PLACE, token)
