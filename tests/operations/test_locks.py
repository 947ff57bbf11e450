"""Holding a place still: who may, who is told what, and the line of those who wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from assistant.contracts.actor import GUEST
from assistant.contracts.audit import AuditRequest
from assistant.contracts.delivery import Deployment, Phase, ServiceState, Start
from assistant.contracts.errors import Conflict, Invalid, NotAllowed, NotFound
from assistant.contracts.locks import LockReport, Scope
from assistant.contracts.platform import Freeze
from assistant.operations import locks
from assistant.presentation.cards.locks import locks_card
from assistant.presentation.plain import render
from tests.operations.changing import THEN, Company
from tests.operations.platform import Memory

STAGING = Scope(environment="staging")


def lock(firm: Company, person: str = "ana-duarte", scope: Scope = STAGING, hours: float = 2) -> LockReport:
    end = datetime.now(timezone.utc) + timedelta(hours=hours)
    return locks.lock(firm.seen_by(person), scope, "load test", end, "Europe/Lisbon")


def test_a_lock_tells_what_runs_and_what_it_cannot_stop(firm: Company) -> None:
    def seen(service: str, start: Start) -> ServiceState:
        current = Deployment(service, "staging", "2.9.0", Phase.SUCCEEDED, THEN, THEN, start=start)
        return ServiceState(service, "staging", "github", THEN, current=current)

    memory = Memory().states(seen("search", Start.ON_MERGE), seen("checkout", Start.BY_HAND))
    report = locks.lock(firm.seen_by("ana-duarte", observations=memory), STAGING, "load test", zone="Europe/Lisbon")
    assert report.running == (("checkout", "staging", "2.9.0"), ("search", "staging", "2.9.0"))
    assert report.on_merge == ("search",) and report.locks[0].zone == "Europe/Lisbon"


@pytest.mark.parametrize(("reason", "hours", "said"), [(" ", 1, "reason"), ("x", -1, "over already")])
def test_a_lock_needs_a_reason_and_an_end_to_come(firm: Company, reason: str, hours: float, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        locks.lock(firm.seen_by("ana-duarte"), STAGING, reason, datetime.now(timezone.utc) + timedelta(hours=hours))


def test_who_may_not_is_told_the_rule_and_recorded(firm: Company) -> None:
    with pytest.raises(
        NotAllowed,
        match=r"production: no rule in access.yml grants lock:\*/production to cid-romero\. Platform Team may",
    ):
        lock(firm, "cid-romero", Scope(environment="production"))
    assert firm.records.audit.search(AuditRequest())[0].decision == "refused"


def test_somebody_elses_lock_is_respected_also_where_it_only_overlaps(firm: Company) -> None:
    lock(firm)
    for scope in (STAGING, Scope("search", "staging")):
        with pytest.raises(Conflict, match="Ana Duarte holds that already: load test"):
            lock(firm, "lena-fischer", scope)
    assert lock(firm, "lena-fischer", Scope(environment="qa")).locks


def test_ones_own_lock_is_prolonged(firm: Company) -> None:
    lock(firm, hours=1)
    longer = lock(firm, hours=3).locks[0]
    assert firm.records.locks.active(datetime.now(timezone.utc)) == (longer,)


def test_done_early_frees_it_and_those_who_wait_are_told_once(firm: Company) -> None:
    lock(firm)
    place = Scope("search", "staging")
    first = locks.wait_for(firm.seen_by("ben-osei"), place, "T1.C1.1", "2.9.1")
    second = locks.wait_for(firm.seen_by("cid-romero"), place, "T1.C1.2")
    assert (first.position, second.position) == (1, 2)
    assert locks.wait_for(firm.seen_by("ben-osei"), place, "T1.C1.1").position == 1
    assert locks.free_now(firm.seen_by("worker")) == ()
    done = locks.unlock(firm.seen_by("ana-duarte"))
    assert done.released and [each.person.person for each in done.waiting] == ["ben-osei", "cid-romero"]
    told = locks.free_now(firm.seen_by("worker"))
    assert [(each.person.person, each.version) for each in told] == [("ben-osei", "2.9.1"), ("cid-romero", None)]
    for each in told:
        firm.records.locks.told(each.number)
    assert locks.free_now(firm.seen_by("worker")) == ()


def test_an_end_that_came_frees_it_too(firm: Company) -> None:
    lock(firm, hours=0.0001)
    locks.wait_for(firm.seen_by("ben-osei"), STAGING, "T1.C1.1")
    end = firm.records.locks.active(datetime.now(timezone.utc))[0].until
    while end and datetime.now(timezone.utc) < end:
        assert locks.free_now(firm.seen_by("worker")) == () or datetime.now(timezone.utc) >= end
    assert len(locks.free_now(firm.seen_by("worker"))) == 1


def test_nobody_waits_for_what_is_free_and_no_guest_at_all(firm: Company) -> None:
    with pytest.raises(NotFound, match="it is free"):
        locks.wait_for(firm.seen_by("ben-osei"), STAGING, "T1.C1.1")
    with pytest.raises(NotAllowed):
        locks.wait_for(firm.seen_by("ben-osei", actor=GUEST), STAGING, "T1.C1.1")


def test_nobody_unlocks_for_another(firm: Company) -> None:
    lock(firm)
    with pytest.raises(NotAllowed, match="Ana Duarte's lock"):
        locks.unlock(firm.seen_by("ben-osei"), STAGING)
    with pytest.raises(Invalid, match="You hold nothing"):
        locks.unlock(firm.seen_by("ben-osei"))


def test_which_of_several_is_asked(firm: Company) -> None:
    lock(firm)
    lock(firm, scope=Scope(environment="qa"))
    which = locks.unlock(firm.seen_by("ana-duarte"))
    assert which.released is None and {one.scope.words for one in which.locks} == {"staging", "qa"}
    assert locks.unlock(firm.seen_by("ana-duarte"), STAGING).released


def test_taking_over_is_a_right_with_a_reason(firm: Company) -> None:
    number = lock(firm).locks[0].number
    with pytest.raises(NotAllowed, match="take over"):
        locks.take_over(firm.seen_by("ben-osei"), number, "incident")
    with pytest.raises(Invalid, match="Ana Duarte will want to know"):
        locks.take_over(firm.seen_by("lena-fischer"), number, "")
    report = locks.take_over(firm.seen_by("lena-fischer"), number, "incident")
    assert report.released and report.released.owner.person == "ana-duarte"
    assert report.locks[0].owner.person == "lena-fischer" and report.locks[0].until == report.released.until
    with pytest.raises(Conflict, match="not there any more"):
        locks.take_over(firm.seen_by("tomasz-nowak"), number, "incident")


def test_who_holds_what(firm: Company) -> None:
    lock(firm)
    lock(firm, "lena-fischer", Scope("payments", "production"))
    context = firm.seen_by("ben-osei")
    assert len(locks.holders(context).locks) == 2
    assert [each.owner.person for each in locks.holders(context, Scope("search", "staging")).locks] == ["ana-duarte"]


def test_pausing_is_a_right_with_a_reason(firm: Company) -> None:
    with pytest.raises(NotAllowed):
        locks.pause(firm.seen_by("ana-duarte"), "incident")
    with pytest.raises(Invalid):
        locks.pause(firm.seen_by("lena-fischer"), " ")
    locks.pause(firm.seen_by("lena-fischer"), "incident")
    was = locks.resume(firm.seen_by("tomasz-nowak"))
    assert was and was.why == "incident" and locks.resume(firm.seen_by("tomasz-nowak")) is None


def test_who_asks_what_is_held_hears_of_freezes_and_the_pause_too(firm: Company) -> None:
    now, day = datetime.now(timezone.utc), timedelta(days=1)
    on = Freeze("Stocktaking", now - day, now + day, ("production",))
    coming, over = Freeze("Holidays", now + 9 * day, now + 20 * day), Freeze("Gone", now - 9 * day, now - day)
    world = firm.seen_by("ana-duarte")
    world = replace(world, catalogue=replace(world.catalogue, freezes=(coming, on, over)))

    def told(scope: Scope | None) -> str:
        return render(locks_card(locks.holders(world, scope), str, "x", sandbox=False), timezone.utc, now)

    assert told(None).startswith("Nobody holds anything anywhere, but:\nA freeze is on for production until ")
    assert "The next freeze is for everything from " in told(None) and "Gone" not in told(None)
    assert told(STAGING).startswith("Nobody holds staging and no freeze is on: it is free.\nThe next freeze")
    locks.pause(firm.seen_by("lena-fischer"), "database move")
    assert "Every change is paused by " in told(STAGING) and ": database move" in told(STAGING)


def test_a_pause_ends_by_itself_at_the_end_that_was_said(firm: Company) -> None:
    boss, soon = firm.seen_by("lena-fischer"), datetime.now(timezone.utc) + timedelta(minutes=10)
    locks.pause(boss, "incident", soon, "Europe/Lisbon")
    with pytest.raises(Invalid, match=r"Lena Fischer paused every change until .*\(Europe/Lisbon\): incident"):
        lock(firm)
    assert firm.records.locks.pause(soon) is None
    with pytest.raises(Invalid, match="over already"):
        locks.pause(boss, "incident", datetime.now(timezone.utc) - timedelta(minutes=1))
