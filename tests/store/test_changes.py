"""Requests, locks and the audit log in the database: the same on SQLite and PostgreSQL, also when many act at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from assistant.contracts.actor import Actor
from assistant.contracts.audit import Anchor, AuditRequest, Entry
from assistant.contracts.change import State, Verb, Wish
from assistant.contracts.errors import Conflict, NotFound
from assistant.contracts.interval import Interval
from assistant.contracts.locks import Lock, Scope, Waiter
from assistant.integrations.store.audit import SqlAuditLog, audit
from assistant.integrations.store.locks import SqlLocks
from assistant.integrations.store.requests import SqlRequests
from assistant.operations import approvals, deployments, trigger
from assistant.safeguards.audit import defects
from tests.operations.changing import Company

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone.utc)
ANA, BEN = Actor("T1", "U1", "ana-duarte"), Actor("T1", "U2", "ben-osei")
STAGING = Wish(Verb.DEPLOY, "checkout", "staging", "1.4.3")
PRODUCTION = Wish(Verb.DEPLOY, "checkout", "production", "1.4.3")
CHAT = "T1.C1.1"


def entry(actor: Actor = ANA, **more: Any) -> Entry:
    whole = {"verb": "deploy", "resource": "checkout/staging", "decision": "allowed", "rule": "r", "outcome": "o"}
    return Entry(actor=actor, **{"at": NOW, **whole, **more})


def at_once(act: Callable[[], object], times: int = 6) -> list[object]:
    """What came of doing it several times at the same moment; a Conflict is an outcome."""

    def one(_: int) -> object:
        try:
            return act()
        except Conflict as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


# Requests


def test_a_request_survives_a_restart_as_it_was(engine: Engine, database_url: str) -> None:
    firm = Company(engine)
    made = deployments.propose(firm.seen_by("ana-duarte"), [PRODUCTION], CHAT).requests[0]
    again = SqlRequests(sa.create_engine(database_url), "test").get(made.number)
    assert again == made and again.plan.comparison == made.plan.comparison


def test_what_was_asked_of_other_providers_is_never_carried_out_here(engine: Engine) -> None:
    made = deployments.propose(Company(engine).seen_by("ana-duarte"), [STAGING], CHAT).requests[0]
    elsewhere = SqlRequests(engine, "https://api.github.com")
    assert elsewhere.find(tuple(State)) == ()
    with pytest.raises(NotFound):
        elsewhere.get(made.number)


def test_of_two_writers_one_is_told_that_it_was_too_late(engine: Engine) -> None:
    store = SqlRequests(engine, "test")
    made = deployments.propose(Company(engine).seen_by("ana-duarte"), [STAGING], CHAT).requests[0]
    cancelled = replace(made, state=State.CANCELLED)
    assert store.save([cancelled], [entry()])[0].revision == made.revision + 1
    with pytest.raises(Conflict, match="changed meanwhile"):
        store.save([replace(made, state=State.APPROVED)], [entry()])
    assert store.get(made.number).state is State.CANCELLED


def test_consent_to_an_older_revision_is_refused_also_where_the_state_would_allow_it(engine: Engine) -> None:
    store = SqlRequests(engine, "test")
    made = deployments.propose(Company(engine).seen_by("ana-duarte"), [PRODUCTION], CHAT).requests[0]
    store.save([replace(made, state=State.WAITING)], [entry()])
    with pytest.raises(Conflict, match="changed meanwhile"):
        store.save([replace(made, state=State.APPROVED)], [entry()])
    assert store.get(made.number).state is State.WAITING


def test_a_state_that_cannot_follow_is_refused(engine: Engine) -> None:
    store = SqlRequests(engine, "test")
    made = deployments.propose(Company(engine).seen_by("ana-duarte"), [STAGING], CHAT).requests[0]
    with pytest.raises(Conflict):
        store.save([replace(made, state=State.UNDER_WAY)], [entry()])


def test_clicks_at_the_same_moment_start_one_deployment(engine: Engine) -> None:
    firm = Company(engine)
    made = deployments.propose(firm.seen_by("ana-duarte"), [PRODUCTION], CHAT).requests[0]
    at_once(lambda: deployments.confirm(firm.seen_by("ana-duarte"), [(made.number, made.revision)]))
    waiting = firm.get(made.number)
    at_once(lambda: approvals.approve(firm.seen_by("ben-osei"), waiting.number, waiting.revision))
    assert firm.world.starts_of(made.token) == 1 and firm.get(made.number).state is State.UNDER_WAY
    assert not list(defects(firm.records.audit.records()))


def test_two_changes_of_one_place_are_never_under_way_at_once(engine: Engine) -> None:
    firm = Company(engine)
    first = deployments.propose(firm.seen_by("ana-duarte"), [STAGING], CHAT).requests[0]
    second = deployments.propose(firm.seen_by("ben-osei"), [STAGING], CHAT).requests[0]
    store, now = firm.records.requests, datetime.now(timezone.utc)
    approved = store.save(
        [replace(each, state=State.APPROVED, confirmed_at=now) for each in (first, second)], [entry()]
    )
    waiting = list(approved)
    at_once(lambda: trigger.advance(firm.seen_by("worker"), waiting.pop()), 2)
    states = sorted(firm.get(each.number).state.value for each in (first, second))
    assert len(firm.world.runs) == 1 and "under way" in states


def test_people_are_told_of_each_change_once(engine: Engine) -> None:
    firm = Company(engine)
    made = deployments.propose(firm.seen_by("ana-duarte"), [PRODUCTION], CHAT).requests[0]
    store = firm.records.requests
    assert store.untold() == ()
    waiting = deployments.confirm(firm.seen_by("ana-duarte"), [(made.number, made.revision)])[0]
    assert [each.revision for each in store.untold()] == [waiting.revision]
    store.told(waiting.number, waiting.revision)
    store.told(waiting.number, waiting.revision - 1)
    assert store.untold() == ()


# Locks


def lock(until: datetime | None = None) -> Lock:
    return Lock(0, Scope(environment="staging"), ANA, "load test", NOW, until, "Europe/Lisbon")


def test_of_two_who_lock_one_place_the_first_has_it(engine: Engine) -> None:
    store = SqlLocks(engine, "test")
    outcomes = at_once(lambda: store.place(lock(), entry(), NOW))
    assert sum(isinstance(each, Lock) for each in outcomes) == 1 and len(store.active(NOW)) == 1


def test_a_lock_ends_by_itself_and_makes_room(engine: Engine) -> None:
    store = SqlLocks(engine, "test")
    placed = store.place(lock(until=NOW + timedelta(hours=1)), entry(), NOW)
    later = NOW + timedelta(hours=2)
    assert store.active(NOW) == (placed,) and store.active(later) == ()
    assert store.place(lock(), entry(), later).number != placed.number
    with pytest.raises(Conflict):
        store.remove(placed.number, entry())


def test_a_lock_of_other_providers_holds_nothing_here(engine: Engine) -> None:
    SqlLocks(engine, "test").place(lock(), entry(), NOW)
    elsewhere = SqlLocks(engine, "https://api.github.com")
    assert elsewhere.active(NOW) == () and elsewhere.place(lock(), entry(), NOW)


def test_what_is_done_to_a_lock_and_the_pause_stands_in_the_log(engine: Engine) -> None:
    store = SqlLocks(engine, "test")
    placed = store.place(lock(), entry(outcome="locked"), NOW)
    store.remove(placed.number, entry(outcome="unlocked"))
    store.wait(Waiter(0, Scope(environment="staging"), BEN, NOW), entry(outcome="waits"))
    store.set_pause(None, entry(outcome="resumed"))
    assert [each.outcome for each in SqlAuditLog(engine).records()] == ["locked", "unlocked", "waits", "resumed"]


def test_who_waits_twice_keeps_their_place(engine: Engine) -> None:
    store = SqlLocks(engine, "test")
    scope = Scope("search", "staging")
    first = store.wait(Waiter(0, scope, BEN, NOW), entry())
    store.wait(Waiter(0, scope, ANA, NOW), entry())
    assert store.wait(Waiter(0, scope, BEN, NOW), entry()) == first
    assert [each.person for each in store.waiting(scope)] == [BEN, ANA]
    store.told(first.number)
    assert [each.person for each in store.waiting()] == [ANA]


# The audit log


def test_records_written_at_the_same_moment_stand_in_one_chain(engine: Engine) -> None:
    log = SqlAuditLog(engine)
    at_once(lambda: log.append(entry()), 8)
    assert [each.number for each in log.records()] == list(range(1, 9)) and not list(defects(log.records()))


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET outcome = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE number = 1"]
)
def test_the_database_refuses_to_change_a_record(engine: Engine, statement: str) -> None:
    log = SqlAuditLog(engine)
    log.append(entry())
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert len(list(log.records())) == 1


def test_the_database_refuses_to_replace_or_empty_it(engine: Engine) -> None:
    SqlAuditLog(engine).append(entry())
    statement = "TRUNCATE audit" if engine.dialect.name == "postgresql" else "REPLACE INTO audit SELECT * FROM audit"
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_the_name_is_erased_and_the_record_stays_whole(engine: Engine) -> None:
    log = SqlAuditLog(engine)
    log.append(entry())
    log.append(entry(Actor("T2", "U9", "ana-duarte")))
    assert {each.name for each in log.records()} == {"ana-duarte"} and len({each.person for each in log.records()}) == 1
    assert log.forget("ana-duarte") == 1
    assert {each.name for each in log.records()} == {None} and not list(defects(log.records()))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (AuditRequest(), [4, 3, 2, 1]),
        (AuditRequest(services=("checkout",)), [4, 3, 1]),
        (AuditRequest(environments=("staging",)), [4, 3, 1]),
        (AuditRequest(people=("ben-osei",)), [2]),
        (AuditRequest(verbs=("lock",)), [3]),
        (AuditRequest(interval=Interval(NOW, NOW + timedelta(hours=1))), [4, 2, 1]),
        (AuditRequest(correlation="c1"), [1]),
    ],
)
def test_what_is_asked_for_is_found(engine: Engine, asked: AuditRequest, found: list[int]) -> None:
    log = SqlAuditLog(engine)
    log.append(entry(correlation="c1"))
    log.append(entry(BEN, resource="payments/production"))
    log.append(entry(verb="lock", resource="*/staging", at=NOW + timedelta(days=1)))
    log.append(entry(verb="rerun", resource="checkout/*"))
    assert [each.number for each in log.search(asked)] == found


@pytest.mark.parametrize("column", [column.name for column in audit.c if column.name != "digest"])
def test_nothing_in_a_record_changes_unseen(engine: Engine, column: str) -> None:
    log = SqlAuditLog(engine)
    kept = [log.append(entry(parameters={"version": "1.4.3"})) for _ in range(2)][-1]
    value = getattr(kept, column)
    other: dict[type, Any] = {
        str: f"{value}x",
        int: 7,
        dict: {"version": "1.4.4"},
        datetime: NOW + timedelta(seconds=1),
    }
    assert kept.seal() == kept.digest != replace(kept, **{column: other[type(value)]}).seal()


def tampered(engine: Engine, statement: str) -> list[str]:
    """What is found after somebody with the database's own rights has taken the triggers away."""
    log = SqlAuditLog(engine)
    for outcome in ("a", "b", "c", "d"):
        log.append(entry(outcome=outcome))
    head = log.head()
    assert head
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            for name in ("audit_update", "audit_delete", "audit_insert"):
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        for each in statement.split(";"):
            connection.execute(sa.text(each))
    return list(defects(log.records(), [Anchor(head.number, head.digest)]))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET outcome = 'x' WHERE number = 2", "Record 2 was changed"),
        ("DELETE FROM audit WHERE number = 2", "Between record 1 and record 3"),
        (
            "UPDATE audit SET number = 9 WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 3;"
            "UPDATE audit SET number = 3 WHERE number = 9",
            "Record 2 does not follow",
        ),
        ("DELETE FROM audit WHERE number > 3", "The end is missing"),
        ("DELETE FROM audit", "The end is missing"),
    ],
    ids=["changed", "gap", "reordered", "cut tail", "emptied"],
)
def test_what_was_done_to_the_log_is_found(engine: Engine, statement: str, said: str) -> None:
    found = tampered(engine, statement)
    assert any(said in each for each in found), found


def test_a_forged_record_with_a_digest_of_its_own_does_not_fit_the_note(engine: Engine) -> None:
    log = SqlAuditLog(engine)
    sealed = log.append(entry())
    forged = replace(sealed, outcome="nothing")
    forged = replace(forged, digest=forged.seal())
    assert list(defects([forged])) == []
    assert list(defects([forged], [Anchor(sealed.number, sealed.digest)])) == [
        "Record 1 is not the one that was noted in the worker's log."
    ]
