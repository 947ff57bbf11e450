"""Changes in conversation, by several people: through the model, the action server, the worker and the sandbox."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assistant.contracts.change import State
from tests.dialogues.room import STARTED, Room

SHIP = "deploy payments 1.4.2 to production"


def waiting_for_approval(room: Room) -> None:
    room.say("priya-raman", SHIP, r"^Deploy payments 1\.4\.2 to production \(now 1\.4\.1\)\?")
    room.say("priya-raman", "yes", r"^Request \d+, .*, waits for approval by Team Payments, Platform Team")


# The dialogues by which the assistant is judged


def test_a_deployment_to_production_with_mistakes(room: Room) -> None:
    room.say(
        "priya-raman",
        "ship paymets 1.4.3 to prd",
        r"^Deploy payments 1\.4\.3 to production \(now 1\.4\.1\)\?",
        r"• Refund partial captures .* \(Priya Raman, ",
        "order \\(1\\.4\\.3 ran in staging\\)",
        "Careful, migrations: migrations/141\\.sql",
        "a second person has to approve it: Team Payments, Platform Team",
    )
    first = room.newest()
    room.say("priya-raman", "wait no 1.4.2", r"^Deploy payments 1\.4\.2 to production", "takes the place of request")
    assert room.assistant.records.requests.get(first.number).state is State.VOID
    room.say(
        "priya-raman",
        "whats alerting on payments",
        "HighErrorRate",
        r"payments 1\.4\.2 to production still waits for your yes, 5 min left\.",
    )
    room.say("priya-raman", "who owns search?", "Team Discovery", r"production still waits for your yes, \d min left")
    room.say("jonas-weber", "yes", "Priya Raman's own yes, and only Priya Raman can give it. Nothing happened")
    assert (room.audit("confirm")[0].name, room.audit("confirm")[0].decision) == ("jonas-weber", "refused")
    assert room.triggers() == []
    room.say("priya-raman", "yes", r"^Request \d+, .*, waits for approval by Team Payments, Platform Team")
    room.say("priya-raman", "Approve", "who asks for a change is not the second person")
    assert room.audit("approve")[0].decision == "refused"
    room.say("jonas-weber", "approve it", r"^Request \d+, .*, is under way", "Approved by Jonas", r"The run: \d+ http")
    room.say(
        "jonas-weber", "hows it going", r"payments 1\.4\.2 → production: (queued|being deployed)", r"The run: \d+ h"
    )
    room.hurry(100)
    room.eventually("priya-raman", "hows it going", r"being deployed \(.+, step \d of 6\)")
    who, number = r"Priya Raman, request \d+, approved by Jonas Weber", room.newest().number
    room.eventually("jonas-weber", "how is payments in prod?", rf"1\.4\.2 deploying.*\({who}\)")
    room.say("priya-raman", "is it healthy?", "^payments in production: ", rf"Request {number}, .*, is under way")
    room.hurry(600)
    room.eventually("priya-raman", "hows it going", r"payments 1\.4\.2 → production: deployed")
    room.say("cid-romero", "how is payments in prod?", rf"1\.4\.2 since .*\({who}\)", without="epetech-assistant")
    room.say(
        "cid-romero",
        "who deployed payments to prod last?",
        r"^Priya Raman deployed payments 1\.4\.2 to production\.",
        f", request {number}, approved by Jonas Weber",
        without="by hand",
    )
    room.say("cid-romero", "what did priya deploy to prod?", rf"1\.4\.2 .*\({who}\)")
    assert room.triggers() == [room.newest().token]


def test_a_deployment_is_followed_until_it_was_healthy_for_ten_minutes(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.2 to qa", r"^Deploy checkout 1\.4\.2 to qa \(now 1\.4\.3\)\?")
    room.say("ana-duarte", "yes", STARTED)
    room.hurry(700)
    room.eventually("ana-duarte", "how's it going?", "deployed, healthy")
    room.eventually("ana-duarte", "how's it going?", r"healthy for 1\d min", lambda: room.let_time_pass(5))


def test_how_it_ended_is_news_at_the_console(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.2 to qa", r"\?$")
    room.say("ana-duarte", "yes", STARTED)
    room.say("ana-duarte", "who owns search?", "Team Discovery", without="By the way")
    room.hurry(700)
    room.eventually(
        "ana-duarte", "who owns search?", r"By the way: request \d+, Deploy checkout 1\.4\.2 to qa .*: Done"
    )
    room.say("ana-duarte", "who owns search?", "Team Discovery", without="By the way")


def test_a_locked_environment(room: Room) -> None:
    room.say(
        "lena-fischer",
        "lock staging until 5pm, load test",
        "^Staging is yours",
        r"until .*17:00: load test",
        r"Running there now: .*search 2\.",
        "search and storefront deploy on merge; I cannot stop those",
    )
    room.hurry(900)  # what deploys there ends
    room.say(
        "cid-romero",
        "deploy search 2.8.1 to staging",
        r"Lena Fischer holds staging until 17:00 \(Europe/Berlin\)",
        "load test",
        "Ask Lena Fischer",
        r"1\) Tell me when it's free",
        without="Take it over",
    )
    room.say("cid-romero", "tell me when its free", "number 1 in line", "I will ask you then; I don't deploy by myself")
    room.say("mei-tanaka", "tell me when staging is free", "number 2 in line, after Cid Romero|number 1 in line")
    room.say("lena-fischer", "done early", "^Staging is free again", "I tell Cid Romero")
    room.say("cid-romero", "hi", "By the way: search in staging is free now", r"1\) Deploy 2\.8\.1")
    room.say("cid-romero", "hi", without="By the way")
    assert room.triggers() == []


def test_the_button_of_a_place_that_is_free_again_runs_the_chain_afresh(room: Room) -> None:
    room.say("mei-tanaka", "lock inventory in qa because of a load test", "is yours")
    room.say("cid-romero", "deploy inventory 4.4.0 to qa", "Mei Tanaka holds inventory in qa")
    room.say("cid-romero", "Tell me when it's free", "number 1 in line")
    room.say("mei-tanaka", "unlock inventory in qa", "free again")
    room.say("cid-romero", "hi", r"1\) Deploy 4\.4\.0")
    room.rewrite("access.yml", "deploy:own/*", "deploy:own/staging")
    room.say("cid-romero", "1", "no rule in access.yml grants deploy:inventory/qa", "Nothing was started")
    assert room.triggers() == []


def test_who_may_not_lock_is_told_the_rule_before_being_asked_why(room: Room) -> None:
    room.say(
        "cid-romero",
        "lock prod for an hour",
        r"You may not lock production: no rule .* lock:\*/production",
        "Platform Team may",
    )


def test_which_of_several_locks_is_given_back_is_asked_in_words(room: Room) -> None:
    room.say("ana-duarte", "lock qa, load test", "^Qa is yours")
    room.say("ana-duarte", "lock staging, load test", "^Staging is yours")
    room.say("ana-duarte", "unlock", r"^You hold several\. Which one", r"\) qa$", r"\) staging$", without=r"\*/")
    room.say("ana-duarte", "qa", "^Qa is free again")
    room.say("ana-duarte", "who holds staging", "^Ana Duarte holds staging")


def test_a_lock_is_taken_over_with_a_reason(room: Room) -> None:
    room.say("mei-tanaka", "lock inventory in qa because of a load test", "is yours")
    room.say("tomasz-nowak", "deploy inventory 4.4.0 to qa", "Mei Tanaka holds", r"2\) Take it over")
    room.say("tomasz-nowak", "2", r"What do you need .* for\?")
    room.say("tomasz-nowak", "an incident", "^Inventory in qa is yours, which Mei Tanaka held", "an incident")
    room.say("cid-romero", "take over inventory in qa", "You may not take over inventory in qa")


def test_hostile_and_odd(room: Room) -> None:
    room.say(
        "cid-romero",
        "don't deploy search, what would happen if we did",
        r"^Deploy search 2\.9\.0 to production .*: not possible right now\. 2\.9\.0 has not run in staging yet",
        "Nothing was requested",
        "You named no environment, so this is for production",
        "order",
        without=r"\?$",
    )
    assert room.requests() == ()
    room.say(
        "tomasz-nowak",
        "ok payments and checkout to staging, latest",
        r"^Deploy payments 1\.4\.3 to staging .* and Deploy checkout 1\.4\.4 to staging .*\?$",
        "1\\) Yes, both",
    )
    room.say("tomasz-nowak", "never mind", "Nothing was started", r"Requests \d+ and \d+ closed")
    assert [each.state for each in room.requests()] == [State.CANCELLED, State.CANCELLED]
    room.say("tomasz-nowak", '/approve_request{"run":"57"}', "I don't know a request called “57”")
    room.say(
        "ana-duarte",
        "deploy checkout ${jndi:x} to prod",
        r"don't know a version called “\$\{jndi:x\}”",
        r"Did you mean 1\.4\.4, 1\.4\.3 or 1\.4\.2",
    )
    assert room.triggers() == []


def test_the_rest_of_the_red_build(room: Room) -> None:
    room.say("ana-duarte", "why is checkouts build red", "Unit tests", "1 value hidden")
    room.say("ana-duarte", "rerun it", "^Running checkout #18 again")
    room.say("ana-duarte", "btw who owns identity", "Platform Team")
    room.say("ana-duarte", "did it pass?", r"^Run #18 of checkout on main, attempt 2")
    assert "asked the provider to run it again" in room.audit("rerun")[0].outcome
    room.hurry(600)
    news = r"By the way: Run #18 of checkout, attempt 2: passed\."
    room.eventually("ana-duarte", "who owns search?", news)
    room.say("ana-duarte", "who owns search?", "Team Discovery", without="By the way")
    room.say(
        "ana-duarte",
        "rerun the last prod deploy of checkout",
        r"deployed checkout 1\.4\.2 to production",
        "Nothing was started",
        "Deploy the newest instead",
        "Roll back instead",
    )
    assert room.triggers() == []


# Values are only those said for it


def test_an_environment_that_was_only_asked_about_is_none_that_was_said(room: Room) -> None:
    room.say("priya-raman", "how is production doing", "^production: ")
    room.say("priya-raman", "deploy payments 1.4.2", r"^Where shall I deploy payments 1\.4\.2\?")


def test_a_question_is_no_answer_to_which_environment(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.2", r"^Where shall I deploy payments 1\.4\.2\?")
    room.say("priya-raman", "how is staging doing?", "^staging: ", "Still open: Where shall I deploy payments")
    assert room.requests() == ()


def test_two_environments_are_a_question(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to staging production", "One environment at a time")
    assert room.requests() == ()


def test_same_for_prod_is_offered_and_never_assumed(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.2 to qa", r"\?$")
    room.say("ana-duarte", "yes", STARTED)
    room.say("ana-duarte", "same for prod", r"^Deploy checkout 1\.4\.2 to production .*\?$")
    assert room.newest().state is State.DRAFT and len(room.triggers()) == 1


def test_a_correction_after_the_card_makes_a_new_one(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.3 to production", r"\?$")
    room.say("priya-raman", "no, 1.4.2", r"^Deploy payments 1\.4\.2 to production .*\?$")
    assert [(each.target.version, each.state) for each in room.requests()] == [
        ("1.4.3", State.VOID),
        ("1.4.2", State.DRAFT),
    ]


def test_another_persons_value_and_yes_are_theirs(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.2", r"^Where shall I deploy payments")
    room.say("jonas-weber", "to production", without="Deploy payments")
    room.say("priya-raman", "to production", r"^Deploy payments 1\.4\.2 to production")
    room.say("jonas-weber", "yes", "only Priya Raman can give it")
    assert room.newest().state is State.DRAFT


@pytest.mark.parametrize(
    "words", ["don't deploy payments 1.4.2 to production", "what if we deploy payments to staging?"]
)
def test_what_is_not_wanted_or_only_imagined_makes_no_request(room: Room, words: str) -> None:
    room.say("priya-raman", words)
    assert room.requests() == () and room.triggers() == []


def test_a_yes_that_names_something_else_corrects(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.3 to production", r"\?$")
    room.say("priya-raman", "yes 1.4.2", r"^Deploy payments 1\.4\.2 to production .*\?$")
    assert room.triggers() == []


# What else may happen to a request


def test_rejected(room: Room) -> None:
    waiting_for_approval(room)
    room.say("jonas-weber", "reject it, we are in the middle of a migration", "Jonas Weber rejected it: we are in the")
    room.say("priya-raman", "hows it going", r"^Request \d+, .*, is rejected")


def test_a_rejection_by_button_makes_up_no_reason(room: Room) -> None:
    waiting_for_approval(room)
    room.say("jonas-weber", "whats waiting for me", "^1 request waits for you", r"2\) Reject")
    room.say("jonas-weber", "2", r"Jonas Weber rejected it\.")


def test_a_yes_that_comes_too_late(room: Room) -> None:
    room.say("priya-raman", SHIP, r"\?$")
    room.let_time_pass(6)
    room.eventually("priya-raman", "yes", "expired|more than five minutes ago|Nothing is waiting")
    assert room.triggers() == []


def test_an_approval_that_comes_too_late(room: Room) -> None:
    waiting_for_approval(room)
    room.let_time_pass(5 * 60)
    number = room.newest().number
    room.say("jonas-weber", f"approve {number}", "expired")
    assert room.triggers() == []


def test_the_wrong_person(room: Room) -> None:
    waiting_for_approval(room)
    room.say(
        "ben-osei",
        f"approve {room.newest().number}",
        "no rule in access.yml grants approve:payments/production",
        "Team Payments or Platform Team may",
    )
    assert room.audit("approve")[0].decision == "refused" and room.triggers() == []


def test_a_tag_that_moved(room: Room) -> None:
    waiting_for_approval(room)
    room.move_tag("payments", "v1.4.2")
    room.say(
        "jonas-weber",
        "approve it",
        r"is void",
        r"1\.4\.2 was \w{7} when it was agreed to and is \w{7} now",
        "Nothing was started",
    )
    assert room.triggers() == []


def test_a_role_that_is_gone_meanwhile(room: Room) -> None:
    waiting_for_approval(room)
    room.rewrite("access.yml", "team-payments: [engineer, approver]", "team-payments: [approver]")
    room.say(
        "jonas-weber", "approve it", r"is void", "Not allowed: no rule in access.yml grants deploy:payments/production"
    )
    assert room.triggers() == []


def test_who_may_approve_a_request_is_told_of_that_request(room: Room) -> None:
    waiting_for_approval(room)
    number = room.newest().number
    room.say(
        "cid-romero", f"who can approve {number}?", f"^Request {number}, .*, waits for approval by Team Payments, Plat"
    )


def test_approved_twice(room: Room) -> None:
    waiting_for_approval(room)
    number = room.newest().number
    room.say("jonas-weber", f"approve {number}", STARTED)
    room.say("tomasz-nowak", f"approve {number}", f"Request {number} is under way already", "Nothing was done")
    assert len(room.triggers()) == 1


def test_a_stale_button_of_an_answer(room: Room) -> None:
    waiting_for_approval(room)
    room.say("jonas-weber", "whats waiting for me", "^1 request waits", r"1\) Approve")
    room.say("tomasz-nowak", f"reject {room.newest().number}, not today", "rejected it: not today")
    room.talk.speak_as("jonas-weber")
    room.say("jonas-weber", "Approve", "has ended: Tomasz Nowak rejected it: not today", without="under way")
    assert room.triggers() == []


def test_frozen_meanwhile(room: Room) -> None:
    waiting_for_approval(room)
    today, then = date.today() - timedelta(days=1), date.today() + timedelta(days=2)
    freeze = f"  - {{reason: Year end, environments: [production], from: {today}, until: {then}, zone: UTC}}\n"
    begins = "freezes: # nothing is deployed meanwhile; rolling back is always possible\n"
    room.rewrite("platform.yaml", begins, begins + freeze)
    room.eventually("tomasz-nowak", "what if we deploy checkout 1.4.3 to production", "frozen until")
    room.say("jonas-weber", "approve it", "is void", "production is frozen until .*: Year end", "Nothing was started")
    room.say("priya-raman", "rollback payments in production", r"^Roll back payments in production .*\?$")
    room.rewrite("platform.yaml", freeze, "")
    room.eventually("tomasz-nowak", "what if we deploy checkout 1.4.3 to production", "passed .*freeze")


def test_what_waits_for_approval_is_taken_back_in_words(room: Room) -> None:
    waiting_for_approval(room)
    room.say("priya-raman", "actually cancel that", r"^Request \d+, .*, is cancelled", "Nothing was started")
    room.say("jonas-weber", "whats waiting for me", "Nothing waits for you")


def test_it_stops_only_what_was_spoken_of_last(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.2 to qa", r"\?$")
    room.say("ana-duarte", "yes", STARTED)
    room.say("ana-duarte", "deploy checkout 1.4.4 to production", "Nothing was started")
    room.say("ana-duarte", "take it back", r"^Which request: \d+ \(checkout in qa\)\? .*Nothing was stopped")
    number = room.newest().number
    room.say("ana-duarte", f"cancel request {number}", r"^Request \d+ is being stopped", without="Stop it")
    room.eventually("ana-duarte", "how's it going", "was cancelled")


def test_what_waits_at_github_is_among_what_waits(room: Room) -> None:
    room.say(
        "ana-duarte",
        "what's waiting for approval?",
        "notifications 2\\.3\\.1 → production  waits for approval",
        "at GitHub since .* http",
    )
    room.eventually("tomasz-nowak", "whats waiting for me", "^1 deployment waits for you")
    room.say("tomasz-nowak", "what waits for me?", "waits for your approval at GitHub", without="Nothing")
    room.say("ana-duarte", "what waits for me?", "^Nothing waits for you", without="notifications")


def test_a_pause_by_phrase_and_button(room: Room) -> None:
    room.say("cid-romero", "pause everything, we have an incident", "You may not pause everything", "Platform Team may")
    room.say("tomasz-nowak", "make yourself read-only", r"^Why\? ")
    room.say("tomasz-nowak", "an incident", "^Every change is paused", "Tomasz Nowak paused it .*: an incident")
    room.say("priya-raman", SHIP, "Tomasz Nowak paused every change: an incident", "Nothing was started")
    room.say("priya-raman", "is everything paused?", "^Every change is paused")
    room.say("priya-raman", "resume", "You may not resume everything")
    room.say("tomasz-nowak", "are you paused?", "^Every change is paused")
    room.say("tomasz-nowak", "Go on with changes", "^Changes are possible again")
    room.say("priya-raman", SHIP, r"\?$")


def test_nobody_else_who_may_approve_is_said_at_once(room: Room) -> None:
    room.rewrite("access.yml", 'approver: ["approve:own/production"]', "approver: []")
    room.rewrite("access.yml", '"approve:*/production", ', "")
    room.say(
        "priya-raman",
        SHIP,
        "needs a second person, and the access rules let nobody but you approve payments in",
        "Ask Team Payments",
        "approve:payments/production in access.yml",
    )
    assert room.requests() == ()


def test_a_rollback_across_a_migration_waits_for_a_second_person(room: Room) -> None:
    room.say(
        "priya-raman",
        "rollback payments in prod",
        r"^Roll back payments in production \(now 1\.4\.1\) to 1\.4\.0\?",
        "Careful, migrations: migrations/126\\.sql\\. A rollback does not undo them",
        "a second person has to approve it, because it goes back across a migration",
    )
    room.say("priya-raman", "yes", r"^Request \d+, .*, waits for approval by Team Payments, Platform Team")
    assert room.triggers() == []


def test_the_glass_is_broken_with_a_reason_and_a_right(room: Room) -> None:
    words = "break glass: deploy checkout 1.4.4 to production because customers can't pay"
    room.say("ana-duarte", words, "no rule in access.yml grants break_glass", "Nothing was started")
    room.say("tomasz-nowak", words, r"^Deploy checkout 1\.4\.4 to production .*\?$", "Passed by breaking the glass")
    room.say("tomasz-nowak", "yes", STARTED, "The glass was broken for this; the owners are told")
    assert room.audit("deploy")[0].parameters["reason"] == "customers can't pay"


def test_the_card_says_that_the_glass_is_broken_when_only_the_second_person_is_passed(room: Room) -> None:
    words = "break glass: deploy search 2.8.2 to prod, because customers wait"
    card = room.say(
        "lena-fischer",
        words,
        r"^Deploy search 2\.8\.2 to production .*\?$",
        "The glass is broken for this: nobody else will approve it",
        r"It passes: .*approver\. The reason, as it is recorded: customers wait",
        without=r"passed.*\bapprover",
    )
    assert card.index("The glass is broken") < card.index("passed")
    room.say("lena-fischer", "is it safe?", "The reason, as it is recorded: customers wait")
    room.say("lena-fischer", "yes", "The glass was broken for this", "customers wait")


def test_an_order_with_its_reason_is_one(room: Room) -> None:
    words = "deploy payments v1.4.2 to prod because the refund bug hurts customers"
    room.say("jonas-weber", words, r"^Deploy payments 1\.4\.2 to production .*\?$")
    assert room.newest().reason == "the refund bug hurts customers"


def test_an_order_of_its_own_takes_nothing_from_the_card_before(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.3 to production", r"^Deploy checkout 1\.4\.3 to production .*\?$")
    room.say("ana-duarte", "deploy checkout tomorrow at 9", "I can't plan ahead", "Nothing was started")
    room.say("ana-duarte", "deploy checkout 1.4.2", r"^Where shall I deploy checkout 1\.4\.2\?")
    assert [each.environment for each in (one.wish for one in room.requests())] == ["production"]


def test_pausing_one_place_is_a_lock(room: Room) -> None:
    room.say("lena-fischer", "pause deployments to staging, load test", "^Staging is yours", "load test")
    room.say("lena-fischer", "unlock production", "Nobody holds production, so there is nothing to give back")


# Last: a provider that failed several times in a row is left alone for a while


def test_an_answer_that_was_lost_is_settled_by_a_person(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.2 to qa", r"\?$")
    room.bot.fault(path="/dispatches", method="POST", kind="status", status=502)
    room.bot.fault(path="/actions/(workflows/deploy.yml/)?runs", kind="status", status=500)
    room.say("ana-duarte", "yes", "nobody knows whether it started", "1\\) It never started", "2\\) I found its run")
    room.say("ana-duarte", "deploy checkout 1.4.3 to qa", "Nothing was started", without=r"\?$")
    room.say("priya-raman", "it never started", without="looked")
    room.say("ana-duarte", "whats waiting for me", "nobody knows whether it started")
    room.say("ana-duarte", "it never started", r"^How do you know that it never started\?")
    room.say(
        "ana-duarte", "I looked at its page of runs", r"^Request \d+, .*, has failed", "Duarte looked: it never started"
    )
    settled = room.audit("settle")[0]
    assert settled.parameters["why"] == "I looked at its page of runs" and room.triggers() == []


def test_its_run_is_told_by_number_and_a_refused_word_names_its_own_right(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.2 to qa", r"\?$")
    room.bot.fault(path="/dispatches", method="POST", kind="status", status=502)
    room.bot.fault(path="/actions/(workflows/deploy.yml/)?runs", kind="status", status=500)
    room.say("ana-duarte", "yes", "nobody knows whether it started")
    number = room.newest().number
    room.say("ana-duarte", "deploy checkout 1.4.3 to qa", f"Settle request {number}", without="Stop request")
    room.say("ana-duarte", "nevermind", "I found its run", without="Stop it|stop it")
    room.say("ana-duarte", "stop it", f"nothing to stop.*settle request {number}")
    rejected = room.audit("reject")  # The log keeps what other tests did.
    room.say(
        "priya-raman", f"settle request {number} as failed", "You may not settle checkout in qa", without="approve"
    )
    assert room.audit("settle")[0].decision == "refused" and room.audit("reject") == rejected
    room.say("ana-duarte", f"request {number}", "nobody knows whether it started")
    room.bot.no_faults()
    room.say("ana-duarte", "it is run 999999", "999999", f"request {number} is still uncertain")
    room.say("ana-duarte", f"request {number}: it is run 999999, i checked", f"request {number} is still uncertain")
    room.say("ana-duarte", f"request {number} is run 999999", f"request {number} is still uncertain")


def test_how_a_run_ended_that_was_lost_is_told_by_a_person(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.2 to qa", r"\?$")
    room.say("ana-duarte", "yes", STARTED)
    room.bot.fault(path=r"/actions/runs/\d+", kind="status", status=404)
    room.eventually("ana-duarte", "how's it going?", r"it was started as run \d+, and nobody knows how it ended")
    room.say("ana-duarte", "whats waiting for me", "started as run .*nobody knows how it ended")
    room.say("ana-duarte", "it never started, I looked", "Nothing was changed", "started as run", "how it ended")
    room.say("ana-duarte", "how's it going?", r"1\) It succeeded", r"2\) It failed", without="never started")
    room.say("ana-duarte", "deploy checkout 1.4.3 to qa", "Settle request", without="Stop request")
    room.say("ana-duarte", "don't deploy checkout to qa", "nobody knows how it ended", "Settle request")
    room.say("ana-duarte", "did the last checkout build pass?", "build")
    room.say("ana-duarte", "it failed", without="How do you know")  # the build
    room.say("ana-duarte", "how's my deploy going?", "nobody knows how it ended")
    room.say("ana-duarte", "it failed", r"^How do you know that it failed\?")
    room.say("ana-duarte", "its log ends with an error", "has failed", r"Duarte looked: run \d+ failed \(its log ends")
    assert room.audit("settle")[0].parameters["why"] == "its log ends with an error"
    room.say("lena-fischer", f"audit log of request {room.newest().number}", "found that request .* failed: its log")


def test_a_provider_that_is_down(room: Room) -> None:
    room.bot.fault(path="/repos/epetech/payments/commits/", kind="status", status=503)
    room.say("priya-raman", SHIP, "Nothing was started", "not known|did not answer|answered 503")
    assert room.requests() == () and room.triggers() == []


@pytest.mark.parametrize(
    "told",
    [
        "we should deploy checkout 1.4.4 to staging some day, but not today",
        "last week we wanted to deploy checkout 1.4.4 to staging and it failed",
        "I deployed checkout 1.4.4 to staging, tell ben",
    ],
)
def test_what_is_only_told_asks_for_no_yes(room: Room, told: str) -> None:
    assert "Your yes counts" not in room.say("ana-duarte", told)


def test_an_open_question_is_dropped_by_a_no_and_heeds_what_is_ruled_out(room: Room) -> None:
    room.say("ana-duarte", "deploy", "^Which service")
    room.say("ana-duarte", "don't deploy payments to prod", "^Dropped", "Nothing was started")
    room.say("ana-duarte", "deploy checkout 1.4.4", "^Where shall I deploy checkout")
    assert "production" not in room.say("ana-duarte", "not to prod", "^Where shall I deploy checkout", "staging")
    room.say("ana-duarte", "staging", r"^Deploy checkout 1\.4\.4 to staging")
    room.say("ana-duarte", "don't deploy checkout to staging", "^Dropped: checkout 1.4.4 to staging")
    assert room.triggers() == []
