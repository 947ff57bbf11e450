"""What the audit log tells afterwards, as people read it, and what stays in it for ever."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from assistant.contracts.audit import AuditRequest
from assistant.contracts.change import ChangeRequest, State, Verb, Wish
from assistant.contracts.errors import Conflict, Invalid, NotAllowed, Unavailable
from assistant.contracts.locks import Scope
from assistant.operations import approvals, deployments, locks, trigger
from assistant.operations.audit import audit
from assistant.operations.cancel import cancel
from assistant.operations.people import colleague
from assistant.operations.rerun import rerun
from assistant.presentation.cards.audit import audit_card
from assistant.presentation.plain import render
from assistant.safeguards.audit import defects
from assistant.settings import PROJECT
from tests.operations.changing import Company
from tests.operations.fake_pipelines import FakePipelines, run

PRODUCTION = Wish(Verb.DEPLOY, "checkout", "production", "1.4.3")
ELSEWHERE = Wish(Verb.DEPLOY, "payments", "staging", "1.4.3")
STAGING = Wish(Verb.DEPLOY, "checkout", "staging", "1.4.3")
PLACE = Scope(environment="staging")
JARGON = re.compile(r"\*|access\.yml|\bgate\b|unsaid|[a-z]+/[a-z]+|\b\w+:\w+/")


def told(firm: Company, **asked: object) -> list[str]:
    """The answer's lines, without numbers and times."""
    context = firm.seen_by("lena-fischer")
    report = audit(context, AuditRequest(**asked))  # type: ignore[arg-type]
    card = audit_card(report, lambda name: colleague(context, name), sandbox=False)
    lines = render(card, timezone.utc, datetime.now(timezone.utc)).splitlines()
    return [_bare(line) for line in lines]


def _bare(line: str) -> str:
    return re.sub(r"^ (.) \d+ +\d\d:\d\d  ", r"\1 ", line)


def waiting(firm: Company) -> ChangeRequest:
    made = deployments.propose(firm.seen_by("ana-duarte"), [PRODUCTION], "T1.C1.1", "customers wait").requests[0]
    return deployments.confirm(firm.seen_by("ana-duarte"), [(made.number, made.revision)])[0]


def test_a_request_is_told_from_the_wish_to_its_end(firm: Company) -> None:
    request = waiting(firm)
    approvals.approve(firm.seen_by("ben-osei"), request.number, request.revision)
    firm.world.finish("1000")
    trigger.advance(firm.seen_by("worker"), firm.get(request.number))
    deployments.propose(firm.seen_by("ana-duarte"), [STAGING], "T1.C1.1")  # another one, which is not told
    page = (PROJECT / "docs" / "audit.md").read_text(encoding="utf-8")
    shown = page[page.index("> what happened with request 57?") :].split("```")[0].strip().splitlines()[1:]
    documented = [_bare(line).replace("57", str(request.number)) for line in shown]
    assert told(firm, number=request.number) == documented and len(documented) == 7
    assert told(firm, number=99) == ["The audit log has nothing about request 99."]


def test_a_rejection_says_by_whom_and_why(firm: Company) -> None:
    request = waiting(firm)
    approvals.reject(firm.seen_by("ben-osei"), request.number, request.revision, "too late today")
    place = "(checkout 1.4.3 in production)"
    assert told(firm, number=request.number)[-1] == f"✓ Ben Osei rejected request {request.number}: too late today"
    assert told(firm, verbs=("reject",))[-1] == f"✓ Ben Osei rejected request {request.number} {place}: too late today"
    assert told(firm, verbs=("approve",)) == ["The audit log has nothing like that."]


def test_refusals_are_sentences_and_can_be_asked_for(firm: Company) -> None:
    deployments.propose(firm.seen_by("ana-duarte"), [ELSEWHERE], "T1.C1.1")
    request = waiting(firm)
    locks.lock(firm.seen_by("ana-duarte"), PLACE, "load test")
    refused: list[Callable[[], object]] = [
        lambda: approvals.approve(firm.seen_by("ana-duarte"), request.number, request.revision),
        lambda: cancel(firm.seen_by("priya-raman"), request.number),
        lambda: approvals.reject(firm.seen_by("priya-raman"), request.number, request.revision),
        lambda: locks.unlock(firm.seen_by("ben-osei"), PLACE),
        lambda: locks.pause(firm.seen_by("ana-duarte"), "incident"),
        lambda: locks.resume(firm.seen_by("ana-duarte")),
        lambda: audit(firm.seen_by("ana-duarte"), AuditRequest()),
        lambda: rerun(firm.seen_by("priya-raman"), "checkout", "17"),
    ]
    for act in refused:
        with pytest.raises(NotAllowed):
            act()
    lines = told(firm, refused=True)
    assert lines == [
        "9 refused attempts in the audit log:",
        "✗ Ana Duarte wanted to deploy payments 1.4.3 to staging and was refused: no access rule allows it. "
        "Team Payments or Platform Team may",
        f"✗ Ana Duarte wanted to approve request {request.number} and was refused: "
        "who asks for a change is not the second person who agrees to it",
        f"✗ Priya Raman wanted to stop request {request.number} and was refused: no access rule allows it",
        f"✗ Priya Raman wanted to reject request {request.number} and was refused: no access rule allows it",
        "✗ Ben Osei wanted to unlock staging and was refused: it is Ana Duarte's lock; "
        "who may take it over can do that",
        "✗ Ana Duarte wanted to pause every change and was refused: no access rule allows it",
        "✗ Ana Duarte wanted to end the pause and was refused: no access rule allows it",
        "✗ Ana Duarte wanted to read the audit log and was refused: no access rule allows it",
        "✗ Priya Raman wanted to run checkout #17 again and was refused: no access rule allows it",
    ]
    assert not any(JARGON.search(line) for line in lines)


def test_what_a_gate_stopped_is_a_refusal_too_also_at_the_yes(firm: Company) -> None:
    made = deployments.propose(firm.seen_by("ana-duarte"), [STAGING], "T1.C1.1").requests[0]
    locks.lock(firm.seen_by("lena-fischer"), PLACE, "load test")
    with pytest.raises(Invalid):
        deployments.confirm(firm.seen_by("ana-duarte"), [(made.number, made.revision)])
    deployments.propose(firm.seen_by("ben-osei"), [replace(STAGING, version=None)], "T1.C2.1")
    first, second = told(firm, refused=True)[1:]
    assert first.startswith("✗ Ana Duarte wanted to deploy checkout 1.4.3 to staging and was refused: Lena Fischer")
    assert re.match(r"✗ Ben Osei wanted to deploy checkout \d\S+ to staging and was refused: Lena Fischer", second)


def test_locks_pauses_and_broken_glass_are_sentences(firm: Company) -> None:
    pipelines = FakePipelines(built={"checkout": [run(17)]}, deployed={})
    lena, ana = firm.seen_by("lena-fischer"), firm.seen_by("ana-duarte", pipelines=lambda name: pipelines)
    held = locks.lock(ana, PLACE, "load test", datetime.now(timezone.utc) + timedelta(days=400)).locks[0]
    locks.wait_for(firm.seen_by("ben-osei"), PLACE, "T1.C1.1")
    locks.take_over(lena, held.number, "incident 12")
    locks.unlock(lena, PLACE)
    locks.pause(lena, "incident 12")
    locks.resume(lena)
    locks.resume(lena)
    rerun(ana, "checkout", "17", agreed=True)
    broken = deployments.propose(lena, [STAGING], "T1.C3.1", "shop is down", break_glass=True).requests[0]
    deployments.confirm(lena, [(broken.number, broken.revision)])
    lines = told(firm)
    until = re.search(r"✓ Ana Duarte locked staging until .*\d{4}: load test", lines[1])
    assert until, lines
    assert lines[2:10] == [
        "✓ Ben Osei asked to be told when staging is free",
        "✓ Lena Fischer took the lock on staging over from Ana Duarte: incident 12",
        "✓ Lena Fischer unlocked staging",
        "✓ Lena Fischer paused every change: incident 12",
        "✓ Lena Fischer ended the pause",
        "✓ Lena Fischer ended the pause, but nothing was paused",
        "✓ Ana Duarte ran checkout #17 again",
        f"✓ Lena Fischer asked to deploy checkout 1.4.3 to staging (request {broken.number}), breaking the glass: "
        "shop is down",
    ]
    assert len(told(firm, verbs=("break_glass",))) == 5 and not any(JARGON.search(line) for line in lines)


def test_who_stops_or_settles_anothers_request_stands_there_by_name(firm: Company) -> None:
    request = waiting(firm)
    cancel(firm.seen_by("lena-fischer"), request.number)
    assert (
        told(firm, number=request.number)[-1] == f"✓ Lena Fischer took request {request.number} back before it started"
    )
    firm.world.start_goes, firm.world.shows = "unheard", False
    made = deployments.propose(firm.seen_by("ana-duarte"), [STAGING], "T1.C1.1").requests[0]
    (lost,) = deployments.confirm(firm.seen_by("ana-duarte"), [(made.number, made.revision)])
    assert lost.state is State.UNCERTAIN
    assert told(firm, number=lost.number)[-1].startswith(f"? Request {lost.number}: Nobody knows whether it started")
    trigger.settle(firm.seen_by("ben-osei"), lost.number, lost.revision, "1000", "its page says so")
    found = f"✓ Ben Osei found that request {lost.number} is run 1000: its page says so"
    assert told(firm, number=lost.number)[-1] == found
    with suppress(Conflict):
        cancel(firm.seen_by("ben-osei"), lost.number)
    assert told(firm, number=lost.number)[-1] == f"✓ Ben Osei asked for request {lost.number} to be stopped"


def test_what_ends_after_the_right_was_taken_is_no_refusal(firm: Company) -> None:
    made = deployments.propose(firm.seen_by("ana-duarte"), [STAGING], "T1.C1.1").requests[0]
    deployments.confirm(firm.seen_by("ana-duarte"), [(made.number, made.revision)])
    firm.access = replace(firm.access, groups={})
    firm.world.finish("1000")
    assert trigger.advance(firm.seen_by("worker"), firm.get(made.number)).state is State.SUCCEEDED
    assert all(record.decision == "allowed" for record in firm.records.audit.records())


def test_the_log_itself_names_nobody(firm: Company) -> None:
    request = waiting(firm)
    approvals.approve(firm.seen_by("ben-osei"), request.number, request.revision)
    deployments.propose(firm.seen_by("ana-duarte"), [ELSEWHERE], "T1.C1.1")
    held = locks.lock(firm.seen_by("ana-duarte"), PLACE, "Ben Osei asked me to").locks[0]
    locks.take_over(firm.seen_by("lena-fischer"), held.number, "ana-duarte is away")
    names = re.compile("|".join(("ana-duarte", "Ana Duarte", "ben-osei", "Ben Osei", "lena-fischer")))
    records = list(firm.records.audit.records())
    kept = [record.canonical().replace(record.message, "").replace(record.correlation, "") for record in records]
    assert not [text for text in kept if names.search(text)]
    assert told(firm, verbs=("lock",))[-1] == "✓ Ana Duarte locked staging: Ben Osei asked me to"
    firm.records.audit.forget("ana-duarte")
    lines = told(firm, verbs=("take_over",))
    gone = r"somebody whose name was erased \([0-9a-f]{8}\)"
    assert re.fullmatch(rf"✓ Lena Fischer took the lock on staging over from {gone}: {gone} is away", lines[-1])
    assert not list(defects(firm.records.audit.records()))


def test_what_cannot_be_recorded_does_not_happen(firm: Company) -> None:
    pipelines = FakePipelines(built={"checkout": [run(17)]}, deployed={})
    ana, lena = firm.seen_by("ana-duarte", pipelines=lambda name: pipelines), firm.seen_by("lena-fischer")
    request = waiting(firm)
    made = deployments.propose(ana, [STAGING], "T1.C1.1").requests[0]
    with firm.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE audit RENAME TO elsewhere"))
    acts: list[Callable[[], object]] = [
        lambda: deployments.confirm(ana, [(made.number, made.revision)]),
        lambda: approvals.approve(firm.seen_by("ben-osei"), request.number, request.revision),
        lambda: approvals.reject(firm.seen_by("ben-osei"), request.number, request.revision),
        lambda: cancel(ana, request.number),
        lambda: locks.lock(ana, PLACE, "load test"),
        lambda: locks.pause(lena, "incident"),
        lambda: rerun(ana, "checkout", "17", agreed=True),
    ]
    for act in acts:
        with pytest.raises(Unavailable):
            act()
    assert (firm.get(request.number).state, firm.get(made.number).state) == (State.WAITING, State.DRAFT)
    assert not firm.world.runs and not firm.world.reruns
    assert (
        firm.records.locks.pause(datetime.now(timezone.utc)) is None
        and firm.records.locks.active(datetime.now(timezone.utc)) == ()
    )


def test_a_secret_in_a_lock_is_kept_nowhere(firm: Company) -> None:
    locks.lock(firm.seen_by("lena-fischer"), PLACE, "testing with token=abcdefgh12345")
    deployments.propose(firm.seen_by("ana-duarte"), [STAGING], "T1.C1.1")
    assert "holds" in told(firm, refused=True)[-1]
    assert not any("abcdefgh12345" in record.canonical() for record in firm.records.audit.records())


def test_what_was_only_played_is_told_as_that_once_it_is_real(firm: Company) -> None:
    locks.lock(firm.seen_by("ana-duarte", sandbox=True), PLACE, "load test")
    locks.lock(firm.seen_by("lena-fischer"), Scope(environment="qa"), "load test")
    assert told(firm)[1:] == [
        "✓ Ana Duarte locked staging: load test (played in the sandbox)",
        "✓ Lena Fischer locked qa: load test",
    ]
