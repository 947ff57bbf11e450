"""A change from the wish to its end: what is shown, whose yes counts, what stops it, and that it happens once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from assistant.contracts.audit import AuditRequest
from assistant.contracts.change import ChangeRequest, State, Verb, Verdict, Wish
from assistant.contracts.delivery import Deployment, Phase
from assistant.contracts.deployer import CiLevel
from assistant.contracts.errors import CatalogueBroken, Conflict, Invalid, NotAllowed, NotFound, Unavailable
from assistant.contracts.locks import Scope
from assistant.contracts.platform import Freeze
from assistant.operations import approvals, deployments, locks, trigger
from assistant.operations.cancel import cancel, leave_behind
from assistant.presentation.cards.deployments import proposal_card
from assistant.presentation.plain import render
from tests.operations.changing import (
    BACK,
    CHAT,
    PRODUCTION,
    STAGING,
    THEN,
    Company,
    Killed,
    World,
    advance,
    ask,
    commit,
    confirmed,
    stopped_at,
    whole,
    yes,
)
from tests.operations.platform import CATALOGUE

# What is shown


def test_the_card_has_what_a_decision_needs(firm: Company) -> None:
    plan = ask(firm, PRODUCTION).plans[0]
    assert plan.target and plan.target.commit == commit("1.4.3") and plan.from_version == "1.4.2"
    assert plan.comparison and plan.comparison.changes[0].author == "ana-duarte"
    assert plan.needs_approval and plan.approvers == ("Team Checkout", "Platform Team")
    asked = [
        "access",
        "pause",
        "rate",
        "lock",
        "freeze",
        "busy",
        "set-up",
        "order",
        "freshness",
        "CI",
        "risk",
        "approver",
    ]
    assert [finding.gate for finding in plan.findings] == asked


def test_what_would_happen_leaves_no_request(firm: Company) -> None:
    proposal = deployments.would(firm.seen_by("ana-duarte"), [PRODUCTION])
    assert proposal.plans[0].target and not proposal.requests
    assert firm.records.requests.find(tuple(State)) == ()


def test_latest_is_said_as_a_version(firm: Company) -> None:
    firm.world.ran["checkout", "qa"] = ["1.4.4"]
    plan = ask(firm, replace(STAGING, version=None)).plans[0]
    assert plan.target and plan.target.version == "1.4.4"


def test_a_version_that_does_not_exist_comes_with_suggestions(firm: Company) -> None:
    with pytest.raises(NotFound, match=r"1\.4\.3"):
        ask(firm, replace(STAGING, version="${jndi:x}"))


def test_two_services_are_confirmed_together_and_none_is_dropped(firm: Company) -> None:
    both = [replace(STAGING, service="payments"), STAGING]
    proposal = deployments.propose(firm.seen_by("lena-fischer"), both, CHAT)
    assert [request.plan.wish.service for request in proposal.requests] == ["payments", "checkout"]
    done = yes(firm, proposal, "lena-fischer")
    assert [request.state for request in done] == [State.UNDER_WAY, State.UNDER_WAY]
    assert len({request.correlation for request in done}) == 1 and len(firm.world.runs) == 2


def test_one_of_two_that_is_stopped_holds_both_back(firm: Company) -> None:
    proposal = ask(firm, STAGING, replace(STAGING, service="payments"))
    assert not proposal.requests and stopped_at(proposal) == ["access"]


# Whose yes, and to what


def test_the_askers_yes_starts_what_needs_nobody_else(firm: Company) -> None:
    request = confirmed(firm, STAGING)
    assert request.state is State.UNDER_WAY and firm.world.starts_of(request.token) == 1


def test_another_persons_yes_is_not_the_askers(firm: Company) -> None:
    proposal = ask(firm, STAGING)
    with pytest.raises(NotAllowed, match="only Ana Duarte"):
        yes(firm, proposal, "ben-osei")
    assert not firm.world.runs and firm.get(proposal.requests[0].number).state is State.DRAFT
    newest = firm.records.audit.search(AuditRequest())[0]
    assert (newest.verb, newest.decision, newest.name) == ("confirm", "refused", "ben-osei")


def test_a_second_yes_does_nothing(firm: Company) -> None:
    proposal = ask(firm, STAGING)
    yes(firm, proposal)
    with pytest.raises(Conflict, match="already"):
        yes(firm, proposal)
    assert len(firm.world.runs) == 1


def test_a_newer_card_voids_the_old_one(firm: Company) -> None:
    old = ask(firm, STAGING)
    new = ask(firm, replace(STAGING, version="1.4.2"))
    assert new.replaced == (old.requests[0].number,)
    with pytest.raises(Conflict, match=r"has ended: A newer question"):
        yes(firm, old)
    assert [each.number for each in deployments.open_drafts(firm.seen_by("ana-duarte"), CHAT)] == [
        new.requests[0].number
    ]


def test_a_card_in_another_conversation_stays(firm: Company) -> None:
    old = ask(firm, STAGING)
    deployments.propose(firm.seen_by("ana-duarte"), [replace(STAGING, service="storefront")], "elsewhere")
    assert firm.get(old.requests[0].number).state is State.DRAFT


def test_a_yes_after_five_minutes_is_asked_again(firm: Company) -> None:
    proposal = ask(firm, STAGING)
    firm.let_time_pass(proposal.requests[0].number, 301)
    with pytest.raises(Invalid, match="expired"):
        yes(firm, proposal)
    assert advance(firm, proposal.requests[0].number).state is State.EXPIRED and not firm.world.runs


def test_never_mind_drops_everything(firm: Company) -> None:
    proposal = ask(firm, STAGING)
    assert [each.state for each in deployments.withdraw(firm.seen_by("ana-duarte"), CHAT)] == [State.CANCELLED]
    with pytest.raises(Conflict):
        yes(firm, proposal)


# The gates


@pytest.mark.parametrize(
    ("prepare", "wish", "gate"),
    [
        (lambda firm: setattr(firm.world, "ci", CiLevel.FAILED), PRODUCTION, "CI"),
        (lambda firm: setattr(firm.world, "ci", CiLevel.UNKNOWN), PRODUCTION, "CI"),
        (lambda firm: firm.world.ran.update({("checkout", "staging"): ["1.4.2"]}), PRODUCTION, "order"),
        (lambda firm: None, replace(PRODUCTION, version="1.4.1"), "freshness"),
        (lambda firm: setattr(firm.world, "defective", ["deploy.yml declares no input request"]), STAGING, "set-up"),
        (lambda firm: None, replace(PRODUCTION, service="payments"), "access"),
        (lambda firm: None, replace(BACK, version="1.4.4"), "known"),
    ],
)
def test_a_gate_that_stops_leaves_nothing_to_confirm(firm: Company, prepare: object, wish: Wish, gate: str) -> None:
    prepare(firm)  # type: ignore[operator]
    proposal = ask(firm, wish)
    assert stopped_at(proposal) == [gate] and not proposal.requests
    newest = firm.records.audit.search(AuditRequest())[0]
    assert newest.decision == "refused" and gate in newest.rule


def test_what_stops_production_only_warns_in_staging(firm: Company) -> None:
    firm.world.ci = CiLevel.FAILED
    proposal = ask(firm, STAGING)
    warned = {finding.gate for finding in proposal.plans[0].findings if finding.verdict is Verdict.WARNED}
    assert warned == {"CI", "freshness"} and proposal.requests


def test_a_provider_that_does_not_answer_stops_it(firm: Company) -> None:
    firm.world.down = True
    proposal = ask(firm, STAGING)
    assert proposal.plans[0].target is None and "set-up" in stopped_at(proposal) and not proposal.requests


def test_nothing_is_asked_of_providers_for_who_may_not(firm: Company) -> None:
    firm.world.down = True
    proposal = ask(firm, replace(STAGING, service="payments"))
    assert stopped_at(proposal) == ["access"]
    assert "Team Payments or Platform Team may." in proposal.plans[0].findings[0].sentence


def test_another_ones_deployment_comes_first(firm: Company) -> None:
    running = Deployment("checkout", "staging", "1.4.9", Phase.RUNNING, THEN, THEN, run="88")
    firm.world.foreign["checkout", "staging"] = running
    assert stopped_at(ask(firm, STAGING)) == ["busy"]


def test_a_freeze_stops_deploying_and_not_rolling_back(firm: Company) -> None:
    now = datetime.now(timezone.utc)
    frozen = replace(CATALOGUE, freezes=(Freeze("Year end", now, now + timedelta(days=1), ("production",)),))
    context = firm.seen_by("ana-duarte", catalogue=frozen)
    assert stopped_at(deployments.propose(context, [PRODUCTION], CHAT)) == ["freeze"]
    assert deployments.propose(context, [BACK], CHAT).requests


def test_somebody_elses_lock_stops_a_deployment_and_is_told_at_a_rollback(firm: Company) -> None:
    locks.lock(firm.seen_by("lena-fischer"), Scope(environment="production"), "load test")
    assert stopped_at(ask(firm, PRODUCTION)) == ["lock"]
    lock = next(each for each in ask(firm, BACK).plans[0].findings if each.gate == "lock")
    assert lock.verdict is Verdict.WARNED and "Lena Fischer holds production" in lock.sentence


def test_ones_own_lock_does_not(firm: Company) -> None:
    locks.lock(firm.seen_by("ana-duarte"), Scope(environment="staging"), "load test")
    assert ask(firm, STAGING).requests


def test_a_pause_stops_everything(firm: Company) -> None:
    waiting = confirmed(firm)
    draft = ask(firm, STAGING)
    locks.pause(firm.seen_by("lena-fischer"), "incident 12")
    assert stopped_at(ask(firm, replace(STAGING, service="storefront"))) == ["pause"]
    for act in (
        lambda: yes(firm, draft),
        lambda: approvals.approve(firm.seen_by("ben-osei"), waiting.number, waiting.revision),
        lambda: locks.lock(firm.seen_by("ana-duarte"), Scope(environment="qa"), "x"),
    ):
        with pytest.raises((Invalid, Conflict)):
            act()
    assert not firm.world.runs
    locks.resume(firm.seen_by("lena-fischer"))
    assert approvals.approve(firm.seen_by("ben-osei"), waiting.number, waiting.revision).state is State.UNDER_WAY


def test_more_changes_than_allowed_within_an_hour(firm: Company) -> None:
    firm.access = replace(firm.access, changes_per_hour=1)
    confirmed(firm, STAGING)
    assert stopped_at(ask(firm, replace(STAGING, environment="qa"))) == ["rate"]


def test_a_broken_catalogue_lets_nobody_change_anything(firm: Company) -> None:
    context = firm.seen_by("ana-duarte", problem=CatalogueBroken("platform.yaml", 3, "expected a name"))
    proposal = deployments.propose(context, [STAGING], CHAT)
    assert stopped_at(proposal) == ["access"] and "broken" in proposal.plans[0].findings[0].sentence


def test_breaking_the_glass_takes_a_reason_and_a_right(firm: Company) -> None:
    firm.world.ci = CiLevel.FAILED
    with pytest.raises(Invalid, match="reason"):
        ask(firm, PRODUCTION, person="lena-fischer", break_glass=True)
    assert stopped_at(ask(firm, PRODUCTION, break_glass=True, reason="down")) == ["access"]
    proposal = ask(firm, PRODUCTION, person="lena-fischer", break_glass=True, reason="down, token=abcdefgh12345")
    request = yes(firm, proposal, "lena-fischer")[0]
    assert request.state is State.UNDER_WAY and request.break_glass
    kept = firm.records.audit.search(AuditRequest())
    assert all("abcdefgh12345" not in str(record.parameters) for record in kept)


def test_the_second_person_whom_the_broken_glass_passes_is_told_as_passed_by_it(firm: Company) -> None:
    plan = ask(firm, PRODUCTION, person="lena-fischer", break_glass=True, reason="down").plans[0]
    approver = next(each for each in plan.findings if each.gate == "approver")
    assert (approver.verdict, approver.forced, plan.needs_approval) == (Verdict.WARNED, True, False)
    assert [each.gate for each in plan.findings if each.forced] == ["approver"]


# Rolling back


def test_a_rollback_goes_to_the_version_before_without_a_second_person(firm: Company) -> None:
    firm.world.ci = CiLevel.FAILED
    proposal = ask(firm, BACK)
    plan = proposal.plans[0]
    assert plan.target and (plan.target.version, plan.from_version) == ("1.4.1", "1.4.2") and not plan.needs_approval
    assert yes(firm, proposal)[0].state is State.UNDER_WAY


def test_a_rollback_to_what_runs_there_is_pointed_out(firm: Company) -> None:
    plan = ask(firm, Wish(Verb.ROLLBACK, "checkout", "production", "1.4.2")).plans[0]
    (known,) = [one for one in plan.findings if one.gate == "known"]
    assert (known.verdict, known.sentence) == (Verdict.WARNED, "1.4.2 runs in production already.")


def test_a_rollback_across_a_migration_needs_a_second_person(firm: Company) -> None:
    firm.world.warned = ("db/migrations/7.sql",)
    proposal = ask(firm, BACK)
    plan = proposal.plans[0]
    risk = next(each for each in plan.findings if each.gate == "risk")
    assert risk.verdict is Verdict.WARNED and "migration" in risk.sentence
    assert plan.needs_approval and plan.approvers == ("Team Checkout", "Platform Team")
    text = render(proposal_card(proposal, str, False), None, THEN)
    assert "a second person has to approve it, because it goes back across a migration: Team Checkout" in text
    request = yes(firm, proposal)[0]
    assert request.state is State.WAITING and not firm.world.runs
    started = approvals.approve(firm.seen_by("ben-osei"), request.number, request.revision)
    assert started.state is State.UNDER_WAY


def test_a_rollback_whose_migrations_nobody_can_tell_needs_a_second_person(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    unread = Unavailable("github", "did not answer in time")
    monkeypatch.setattr(World, "compare", lambda *_: (_ for _ in ()).throw(unread))
    proposal = ask(firm, BACK)
    assert proposal.plans[0].needs_approval
    assert "in case it crosses a migration" in render(proposal_card(proposal, str, False), None, THEN)


def test_a_migration_that_came_between_since_the_yes_makes_a_rollback_void(firm: Company) -> None:
    proposal = ask(firm, BACK)
    firm.world.warned = ("db/migrations/7.sql",)
    ended = yes(firm, proposal)[0]
    assert ended.state is State.VOID and "By now a second person has to agree" in ended.outcome
    assert not firm.world.runs


def test_a_rollback_offers_to_cancel_what_runs_first(firm: Company) -> None:
    running = confirmed(firm, STAGING)
    proposal = ask(firm, replace(BACK, environment="staging"))
    assert stopped_at(proposal) == ["busy"] and proposal.plans[0].under_way == running.number
    cancel(firm.seen_by("ana-duarte"), running.number)
    assert firm.world.cancelled == [running.run_id]
    firm.world.finish(running.run_id or "", Phase.CANCELLED)
    assert advance(firm, running.number).state is State.CANCELLED
    assert ask(firm, replace(BACK, environment="staging")).requests


# The second person


def test_a_second_person_starts_it_once(firm: Company) -> None:
    request = confirmed(firm)
    assert request.state is State.WAITING and not firm.world.runs
    assert [each.number for each in approvals.waiting(firm.seen_by("ben-osei")).to_approve] == [request.number]
    started = approvals.approve(firm.seen_by("ben-osei"), request.number, request.revision)
    assert started.state is State.UNDER_WAY and started.approver and started.approver.person == "ben-osei"
    with pytest.raises(Conflict, match="under way"):
        approvals.approve(firm.seen_by("lena-fischer"), request.number, request.revision)
    assert firm.world.starts_of(request.token) == 1


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ("ana-duarte", "who asks"),
        ("priya-raman", "no rule in access.yml grants approve:checkout/production"),
        ("U0STRANGER", "only people of the catalogue"),
    ],
)
def test_the_wrong_second_person_is_refused_and_recorded(firm: Company, person: str, why: str) -> None:
    request = confirmed(firm)
    with pytest.raises(NotAllowed, match=why):
        approvals.approve(firm.seen_by(person), request.number, request.revision)
    newest = firm.records.audit.search(AuditRequest())[0]
    assert newest.verb == "approve" and newest.decision == "refused" and why in newest.rule
    assert firm.get(request.number).state is State.WAITING and not firm.world.runs


def test_the_asker_is_known_whichever_account_they_come_with(firm: Company) -> None:
    request = confirmed(firm)
    elsewhere = firm.seen_by("ana-duarte")
    with pytest.raises(NotAllowed, match="who asks"):
        approvals.approve(
            replace(elsewhere, actor=replace(elsewhere.actor, workspace="T2", user="U2")), request.number, 2
        )


def test_a_rejection_ends_it_with_its_reason(firm: Company) -> None:
    request = confirmed(firm)
    ended = approvals.reject(firm.seen_by("ben-osei"), request.number, request.revision, "not before lunch")
    assert ended.state is State.REJECTED and ended.outcome == "Ben Osei rejected it: not before lunch."
    with pytest.raises(Conflict):
        approvals.approve(firm.seen_by("lena-fischer"), request.number, ended.revision)


def test_nobody_approves_what_has_expired(firm: Company) -> None:
    request = confirmed(firm)
    firm.let_time_pass(request.number, 5 * 3600)
    with pytest.raises(Invalid, match="expired"):
        approvals.approve(firm.seen_by("ben-osei"), request.number, request.revision)
    assert advance(firm, request.number).state is State.EXPIRED


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (lambda firm: firm.world.moved.update({"1.4.3": "d" * 40}), "ddddddd now"),
        (lambda firm: setattr(firm.world, "workflow", "w2"), "workflow"),
        (lambda firm: setattr(firm, "access", replace(firm.access, groups={"platform": ("platform",)})), "Not allowed"),
        (lambda firm: setattr(firm.world, "ci", CiLevel.FAILED), "failed"),
        (lambda firm: firm.world.ran.update({("checkout", "production"): ["1.4.4"]}), "older than 1.4.4"),
        (
            lambda firm: locks.lock(firm.seen_by("tomasz-nowak"), Scope(service="checkout"), "incident"),
            "Tomasz Nowak holds checkout",
        ),
    ],
    ids=["moved tag", "changed workflow", "role removed", "build red", "overtaken", "locked"],
)
def test_what_changed_since_it_was_agreed_to_makes_it_void(firm: Company, happens: object, said: str) -> None:
    request = confirmed(firm)
    happens(firm)  # type: ignore[operator]
    ended = approvals.approve(firm.seen_by("lena-fischer"), request.number, request.revision)
    assert ended.state is State.VOID and said in ended.outcome and "Nothing was started" in ended.outcome
    assert not firm.world.runs


def test_where_github_owns_the_approval_nobody_approves_twice(firm: Company) -> None:
    plan = deployments.would(firm.seen_by("lena-fischer"), [replace(PRODUCTION, service="notifications")]).plans[0]
    assert plan.wait == "GitHub" and not plan.needs_approval


# At most once


def test_the_record_comes_before_the_start(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = ask(firm, STAGING)
    monkeypatch.setattr(
        "assistant.integrations.store.requests.record", lambda *_: (_ for _ in ()).throw(Unavailable("db", "is full"))
    )
    with pytest.raises(Unavailable):
        yes(firm, proposal)
    monkeypatch.undo()
    assert not firm.world.runs and firm.get(proposal.requests[0].number).state is State.DRAFT


def crashed(firm: Company, goes: str) -> ChangeRequest:
    firm.world.start_goes = goes
    proposal = ask(firm, STAGING)
    with pytest.raises(Killed):
        yes(firm, proposal)
    firm.world.start_goes = "well"
    return firm.get(proposal.requests[0].number)


def test_after_a_crash_a_run_that_started_is_adopted(firm: Company) -> None:
    request = crashed(firm, "killed after")
    assert request.state is State.STARTING
    assert advance(firm, request.number).state is State.STARTING  # somebody may be at it right now
    firm.let_time_pass(request.number, 30)
    found = advance(firm, request.number)
    assert found.state is State.UNDER_WAY and found.run == "1000" and len(firm.world.runs) == 1


def test_after_a_crash_what_is_proved_absent_is_started(firm: Company) -> None:
    request = crashed(firm, "killed before")
    firm.let_time_pass(request.number, 30)
    assert advance(firm, request.number).state is State.UNDER_WAY and len(firm.world.runs) == 1


def test_what_cannot_be_proved_is_uncertain_and_never_started_again(firm: Company) -> None:
    request = crashed(firm, "killed before")
    firm.world.shows = False
    firm.let_time_pass(request.number, 30)
    assert advance(firm, request.number).state is State.STARTING
    firm.let_time_pass(request.number, 200)
    unsure = advance(firm, request.number)
    assert unsure.state is State.UNCERTAIN and "Nobody knows whether it started" in unsure.outcome
    assert advance(firm, request.number).state is State.UNCERTAIN
    assert stopped_at(ask(firm, STAGING)) == ["busy"] and not firm.world.runs


@pytest.mark.parametrize(("goes", "state"), [("unheard", State.UNDER_WAY), ("lost", State.FAILED)])
def test_an_answer_that_got_lost_is_looked_for(firm: Company, goes: str, state: State) -> None:
    firm.world.start_goes = goes
    request = confirmed(firm, STAGING)
    assert request.state is State.UNCERTAIN
    assert advance(firm, request.number).state is state
    assert len(firm.world.runs) == (goes == "unheard")


def test_a_start_without_an_id_is_found(firm: Company) -> None:
    firm.world.start_goes = "accepted"
    request = confirmed(firm, STAGING)
    assert request.state is State.UNDER_WAY and request.run_id is None
    assert advance(firm, request.number).run == "1000"


def test_a_refused_start_says_so(firm: Company) -> None:
    firm.world.start_goes = "refused"
    request = confirmed(firm, STAGING)
    assert request.state is State.FAILED and "It was not started" in request.outcome


def test_a_provider_that_is_down_is_waited_for_and_not_for_ever(firm: Company) -> None:
    proposal = ask(firm, STAGING)
    firm.world.down = True
    request = yes(firm, proposal)[0]
    assert request.state is State.APPROVED and advance(firm, request.number).state is State.APPROVED
    firm.let_time_pass(request.number, 400)
    firm.world.down = False
    assert advance(firm, request.number).state is State.EXPIRED and not firm.world.runs


def test_a_person_settles_what_nobody_could_find_out(firm: Company) -> None:
    firm.world.start_goes = "lost"
    request = confirmed(firm, STAGING)
    with pytest.raises(NotAllowed):
        trigger.settle(firm.seen_by("priya-raman"), request.number, request.revision, None, "I looked")
    with pytest.raises(Invalid, match="how you know"):
        trigger.settle(firm.seen_by("ben-osei"), request.number, request.revision, None, " ")
    assert [each.number for each in approvals.waiting(firm.seen_by("ben-osei")).to_settle] == [request.number]
    ended = trigger.settle(firm.seen_by("ben-osei"), request.number, request.revision, None, "no run in Actions")
    assert ended.state is State.FAILED
    assert firm.records.audit.search(AuditRequest())[0].parameters["why"] == "no run in Actions"


# To the end


def test_it_is_followed_to_its_end(firm: Company) -> None:
    request = confirmed(firm, STAGING)
    assert advance(firm, request.number).run == "1000"
    firm.world.finish("1000")
    ended = advance(firm, request.number)
    assert (ended.state, ended.outcome) == (State.SUCCEEDED, "Done (run 1000).")
    assert ended.number in {each.number for each in firm.records.requests.untold()}
    firm.records.requests.told(ended.number, ended.revision)
    assert firm.records.requests.untold() == () and whole(firm)


def test_a_failed_run_says_where(firm: Company) -> None:
    request = confirmed(firm, STAGING)
    firm.world.finish("1000", Phase.FAILED)
    assert advance(firm, request.number).outcome == "It failed at Smoke test (run 1000)."


def test_another_commit_than_was_agreed_to_is_no_success(firm: Company) -> None:
    request = confirmed(firm, STAGING)
    firm.world.finish("1000", deployed="e" * 40)
    ended = advance(firm, request.number)
    assert ended.state is State.FAILED and "eeeeeee, but" in ended.outcome


def test_who_asked_takes_it_back(firm: Company) -> None:
    request = confirmed(firm)
    with pytest.raises(NotAllowed):
        cancel(firm.seen_by("priya-raman"), request.number)
    assert cancel(firm.seen_by("ana-duarte"), request.number).state is State.CANCELLED
    with pytest.raises(Conflict):
        cancel(firm.seen_by("ana-duarte"), request.number)


def test_every_step_is_recorded_under_one_correlation(firm: Company) -> None:
    request = confirmed(firm)
    approvals.approve(firm.seen_by("ben-osei"), request.number, request.revision)
    firm.world.finish("1000")
    advance(firm, request.number)
    steps = firm.records.audit.search(AuditRequest(correlation=request.correlation))
    assert [(record.name, record.outcome) for record in reversed(steps)] == [
        ("ana-duarte", "shown, waits for the asker's yes"),
        ("ana-duarte", "confirmed: waiting for approval"),
        ("ben-osei", "approved"),
        ("ana-duarte", "It is being started."),
        ("ana-duarte", "It was started."),
        ("ana-duarte", "Done (run 1000)."),
    ]
    starts = [record for record in steps if record.parameters.get("approver")]
    assert {record.named(record.parameters["approver"]) for record in starts} == {"ben-osei"} and len(starts) == 3
    assert {each.parameters["request"] for each in steps} == {str(request.number)}
    assert steps == firm.records.audit.search(AuditRequest(number=request.number))
    assert whole(firm)


# A person's word on what nobody could find out


def uncertain(firm: Company) -> ChangeRequest:
    firm.world.start_goes, firm.world.shows = "unheard", False
    request = confirmed(firm, STAGING)
    assert request.state is State.UNCERTAIN
    return request


def test_whoever_may_do_it_settles_what_is_uncertain(firm: Company) -> None:
    request = uncertain(firm)
    assert approvals.to_settle(firm.seen_by("priya-raman")) == ()
    (waits,) = approvals.waiting(firm.seen_by("ben-osei")).to_settle
    settled = trigger.settle(firm.seen_by("ben-osei"), waits.number, waits.revision, "1000", "its page says so")
    assert settled.state is State.UNDER_WAY and settled.outcome == "Ben Osei says that it is run 1000."
    newest = firm.records.audit.search(AuditRequest())[0]
    assert newest.parameters["why"] == "its page says so" and newest.name == "ben-osei"
    firm.world.shows = True
    firm.world.finish("1000")
    assert advance(firm, request.number).state is State.SUCCEEDED and len(firm.world.runs) == 1


def test_a_run_that_does_not_exist_settles_nothing(firm: Company) -> None:
    request = uncertain(firm)
    with pytest.raises(Invalid, match=r"does not know the run 99 .*still uncertain"):
        trigger.settle(firm.seen_by("ana-duarte"), request.number, request.revision, "99", "I guess")
    assert firm.get(request.number).state is State.UNCERTAIN


def test_a_second_word_on_it_changes_nothing(firm: Company) -> None:
    request = uncertain(firm)
    ended = trigger.settle(firm.seen_by("ana-duarte"), request.number, request.revision, None, "no run there")
    assert ended.state is State.FAILED and ended.outcome == "Ana Duarte looked: it never started (no run there)."
    with pytest.raises(Conflict, match="has ended"):
        trigger.settle(firm.seen_by("ben-osei"), request.number, request.revision, "1000", "there it is")


def test_where_nobody_else_may_approve_it_is_said_when_asked(firm: Company) -> None:
    firm.access = replace(firm.access, groups={"team-checkout": ("engineer",)}, people={"ana-duarte": ("approver",)})
    proposal = ask(firm, PRODUCTION)
    assert stopped_at(proposal) == ["approver"] and not proposal.requests
    said = proposal.plans[0].findings[-1].sentence
    assert "nobody but you approve checkout in production. Ask Team Checkout" in said
    assert ask(firm, PRODUCTION, person="ben-osei").requests  # Ana may approve his


def test_another_request_that_waits_there_is_told(firm: Company) -> None:
    first = confirmed(firm)
    busy = next(each for each in ask(firm, PRODUCTION, person="ben-osei").plans[0].findings if each.gate == "busy")
    assert busy.sentence == f"Request {first.number} (1.4.3, Ana Duarte) waits for approval there too."
    assert busy.verdict is Verdict.WARNED


def test_when_the_made_up_company_begins_anew_nothing_of_the_old_one_stays_open(firm: Company) -> None:
    lost = uncertain(firm)
    waiting = confirmed(firm, PRODUCTION)
    leave_behind(firm.seen_by("ana-duarte"))
    ended = [firm.get(each.number) for each in (lost, waiting)]
    assert all(each.state.ended and "began anew" in each.outcome for each in ended)
    assert whole(firm)
