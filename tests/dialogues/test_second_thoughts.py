"""People who hesitate, ask back, correct themselves or say "no" late: nothing wrong starts, and each gets an answer."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from assistant.contracts.change import State
from assistant.contracts.locks import Pause
from tests.dialogues.room import STARTED, Room

CARD = r"^Deploy payments 1\.4\.2 to production \(now 1\.4\.1\)\?"


def locked(room: Room) -> list[str]:
    """What is held, with its reason."""
    return [f"{one.scope}: {one.reason}" for one in room.assistant.records.locks.active(datetime.now(timezone.utc))]


def pause(room: Room) -> Pause | None:
    return room.assistant.records.locks.pause(datetime.now(timezone.utc))


def both(room: Room) -> None:
    room.say(
        "tomasz-nowak", "deploy checkout and identity to staging, latest", r"checkout .* and Deploy identity .*\?$"
    )


def under_way(room: Room) -> int:
    """Something of Ana's runs; its number."""
    room.say("ana-duarte", "deploy checkout 1.4.2 to qa", r"\?$")
    room.say("ana-duarte", "yes", STARTED)
    return room.newest().number


def approved(room: Room) -> int:
    """Something of Priya's runs, which Jonas has approved a moment ago; its number."""
    room.say("priya-raman", "deploy payments 1.4.2 to production", CARD)
    room.say("priya-raman", "yes", "waits for approval")
    room.say("jonas-weber", "approve it", STARTED)
    return room.newest().number


# A pause with an end


@pytest.mark.parametrize(
    "turns",
    [
        ("pause everything for 10 minutes", "because of an incident"),
        ("pause everything for 10 minutes because of an incident",),
        ("pause all deployments for 10 min, an incident",),
        ("pause everything pls for 10 minutes, an incident",),
        ("pause everything", "for 10 minutes, an incident"),
    ],
)
def test_a_pause_takes_its_end_and_ends_by_itself(room: Room, turns: tuple[str, ...]) -> None:
    for turn in turns[:-1]:
        room.say("tomasz-nowak", turn, r"^Why\? ")
    room.say(
        "tomasz-nowak", turns[-1], "^Every change is paused", r": an incident\.", r"It ends by itself at \d\d:\d\d"
    )
    until = r"paused every change until \d\d:\d\d \(.+\): an incident"
    room.say("priya-raman", "deploy payments 1.4.2 to production", until, "Nothing was started")
    made = pause(room)
    assert made and made.until and 540 < (made.until - made.since).total_seconds() <= 600
    assert room.assistant.records.locks.pause(made.until) is None


def test_an_end_that_nobody_can_know_does_not_hold_up_a_pause(room: Room) -> None:
    room.say("tomasz-nowak", "pause everything until the incident is over", "It lasts until somebody ends it")
    room.say("tomasz-nowak", "pause everything until 23:59", "the incident is over", "It ends by itself at 23:59")
    room.say("tomasz-nowak", "pause everything tomorrow")
    assert pause(room)


# The question what for


def test_the_glass_is_broken_with_a_reason_that_comes_after(room: Room) -> None:
    room.say("tomasz-nowak", "break glass: deploy checkout 1.4.4 to production", r"^Why\? The owners are told")
    room.say(
        "tomasz-nowak", "customers can't pay", r"^Deploy checkout 1\.4\.4 to production .*\?$", "breaking the glass"
    )
    room.say("tomasz-nowak", "yes", STARTED, "The glass was broken for this")
    assert room.audit("deploy")[0].parameters["reason"] == "customers can't pay"


def test_who_may_not_break_the_glass_is_not_asked_why(room: Room) -> None:
    words = "break glass: deploy checkout 1.4.4 to production"
    room.say("ana-duarte", words, "no rule in access.yml grants break_glass", "Nothing was started", without="Why")


def test_what_a_gate_stopped_is_passed_by_breaking_the_glass(room: Room) -> None:
    room.say("tomasz-nowak", "deploy checkout 1.4.4 to production", "not possible right now", "break glass")
    room.say("tomasz-nowak", "break glass, customers can't pay", r"^Deploy checkout 1\.4\.4 to production .*\?$")
    assert room.newest().reason == "customers can't pay" and room.triggers() == []


def test_an_open_question_swallows_no_order_of_its_own(room: Room) -> None:
    room.say("tomasz-nowak", "deploy payments 1.4.2", "^Where shall I deploy payments")
    words = "break glass: deploy checkout 1.4.4 to production because customers can't pay"
    room.say("tomasz-nowak", words, r"^Deploy checkout 1\.4\.4 to production .*\?$", "Passed by breaking the glass")


@pytest.mark.parametrize("words", ["take over the lock on staging.", "i need to take staging over"])
def test_a_lock_is_taken_over_in_two_sentences(room: Room, words: str) -> None:
    room.say("lena-fischer", "lock staging until 23:59, load test", "^Staging is yours")
    room.say("tomasz-nowak", words, r"What do you need staging for\?")
    room.say("tomasz-nowak", "an incident", "^Staging is yours, which Lena Fischer held", "23:59: an incident")


def test_who_may_take_it_over_is_offered_that_before_being_asked_why(room: Room) -> None:
    room.say("lena-fischer", "lock staging until 23:59, load test", "^Staging is yours")
    room.say("tomasz-nowak", "lock staging", "Lena Fischer holds staging. Nothing was locked", r"2\) Take it over")
    room.say("ben-osei", "who holds staging?", "Lena Fischer holds staging", without="Take it over")


@pytest.mark.parametrize(
    ("words", "shows"),
    [
        ("who is on call for search?", "Mei Tanaka"),
        ("deploy checkout 1.4.4 to staging", r"^Deploy checkout 1\.4\.4 to staging .*\?$"),
        ("show me the logs of checkout in prod", "log of"),
        ("what is running there", "production"),
        ("dont lock it", "start nothing|dropped"),
        ("never mind", "dropped"),
        ("payments", "payments"),
    ],
)
def test_a_question_or_an_order_is_no_reason_for_a_lock(room: Room, words: str, shows: str) -> None:
    room.say("tomasz-nowak", "lock prod", r"What do you need production for\?")
    room.say("tomasz-nowak", words, shows, without="is yours")
    assert locked(room) == []


@pytest.mark.parametrize(
    "why",
    [
        "checkout is broken in production",
        "we move the database of payments, nobody deploys meanwhile",
        "load test",
        "deploy freeze",
        "staging is out of sync with prod, looking into it",
    ],
)
def test_a_reason_is_kept_as_it_was_said(room: Room, why: str) -> None:
    room.say("tomasz-nowak", "lock prod", r"What do you need production for\?")
    room.say("tomasz-nowak", why, "^Production is yours")
    assert locked(room) == [f"*/production: {why}"]


def test_an_end_may_come_with_the_reason(room: Room) -> None:
    room.say("tomasz-nowak", "lock prod", r"What do you need production for\?")
    room.say("tomasz-nowak", "until 23:59, load test", r"until 23:59: load test\.")


# What waits for a yes


@pytest.mark.parametrize(
    "words", ["no identity", "not identity", "without identity", "skip identity", "leave identity out", "only checkout"]
)
def test_one_of_two_is_taken_out(room: Room, words: str) -> None:
    both(room)
    room.say(
        "tomasz-nowak", words, r"^Deploy checkout 1\.4\.4 to staging \(now 1\.4\.3\)\?$", without="Deploy identity"
    )
    assert [one.state for one in room.requests()] == [State.VOID, State.VOID, State.DRAFT]
    room.say("tomasz-nowak", "yes", r"^Request \d+, .* is (under way|starting)")
    assert [one.wish.service for one in room.requests() if one.state is not State.VOID] == ["checkout"]


def test_a_yes_to_one_of_two_is_no_yes_to_both(room: Room) -> None:
    both(room)
    room.say(
        "tomasz-nowak", "yes to checkout", r"^Deploy checkout 1\.4\.4 to staging \(.*\?$", without="Deploy identity"
    )
    assert room.triggers() == []


def test_another_version_for_one_of_two_keeps_the_other(room: Room) -> None:
    both(room)
    room.say("tomasz-nowak", "checkout 1.4.3 instead", r"^Deploy checkout 1\.4\.3 .* and Deploy identity 5\.1\.1 .*\?$")


def test_one_of_three_is_taken_out_while_its_version_is_asked_for(room: Room) -> None:
    room.say("tomasz-nowak", "deploy payments 1.4.2, checkout 1.4.4 and search to qa", "^Which version of search")
    room.say("tomasz-nowak", "except search", r"^Deploy payments 1\.4\.2 .* and Deploy checkout 1\.4\.4 .*\?$")


def test_taking_both_out_drops_them(room: Room) -> None:
    both(room)
    room.say("tomasz-nowak", "no checkout and identity", "^Dropped", "Nothing was started")


@pytest.mark.parametrize(
    "words",
    [
        "are you sure?",
        "is that safe?",
        "what will happen?",
        "who needs to approve this?",
        "really?",
        "what's the risk",
        "what does it change",
        "what would happen if i say yes",
        "who can approve it?",
        "hmm is this a good idea?",
        "which version is that",
    ],
)
def test_a_question_about_what_waits_for_a_yes_is_answered_about_it(room: Room, words: str) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to production", CARD)
    room.say(
        "priya-raman",
        words,
        "payments is not healthy in production.* after your yes, Team Payments, Platform Team must approve it",
        "It is payments 1.4.2 → production",
        r"1\) Yes, do it",
        "still waits for your yes, 5 min left",
    )
    assert room.newest().state is State.DRAFT


def test_a_yes_is_to_the_question_that_was_asked_last(room: Room) -> None:
    room.say("tomasz-nowak", "deploy checkout 1.4.3 to production", r"\?$")
    room.say("tomasz-nowak", "rerun the last identity build", r"passed.*\?$", without="still waits")
    room.say("tomasz-nowak", "yes", "^Running identity", "checkout 1.4.3 to production still waits for your yes")
    room.say("tomasz-nowak", "lock qa", "What do you need qa for", without="still waits")
    room.say("tomasz-nowak", "yes", "A yes alone does not answer that. What do you need qa for")
    room.say("tomasz-nowak", "never mind", "dropped", "checkout 1.4.3 to production still waits for your yes")
    assert room.newest().state is State.DRAFT and locked(room) == []


def test_a_yes_comes_after_what_it_confirms_was_named(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.3 to production", r"\?$")
    for words in ("who owns search?", "same for staging", "who owns identity?"):
        room.say("ana-duarte", words, r"checkout 1\.4\.3 to production still waits for your yes, 5 min left")


def test_a_question_is_not_repeated_for_ever(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.3", "^Where shall I deploy checkout")
    room.say("ana-duarte", "who owns search?", "Still open: Where shall I deploy checkout")
    room.say("ana-duarte", "who owns identity?", without="Still open")
    room.say("ana-duarte", "qa", without="Deploy checkout")
    assert room.requests() == ()


# A no that comes late, and "don't"


def test_cancel_it_asks_which_when_it_may_be_two_things(room: Room) -> None:
    number = under_way(room)
    room.say("ana-duarte", "deploy checkout 1.4.4", "^Where shall I deploy")
    asks = rf"^Which do you mean: checkout 1\.4\.4, .* or request {number}, checkout .*, which is under way\?"
    room.say("ana-duarte", "cancel it", asks, "1\\) Drop checkout 1.4.4", rf"2\) Stop request {number}")
    room.say("ana-duarte", "1", r"^Dropped: checkout 1\.4\.4\. Nothing was started")
    room.say("ana-duarte", "deploy checkout 1.4.4 to staging", r"\?$")
    room.say("ana-duarte", "stop it", "^Which do you mean: checkout 1.4.4 to staging")
    room.say("ana-duarte", "2", rf"^Request {number} is being stopped", "checkout 1.4.4 to staging still waits")
    room.say("ana-duarte", "never mind", r"^Dropped: checkout 1\.4\.4 to staging")


@pytest.mark.parametrize("words", ["reject it", "no wait", "no wait, wrong one", "no!"])
def test_a_no_of_the_approver_offers_to_stop_what_was_started(room: Room, words: str) -> None:
    number = approved(room)
    started = rf"^Request {number}, payments 1\.4\.2 → production, is under way already and goes on\. Say “stop it”"
    room.say("jonas-weber", words, started, r"1\) Stop it")
    room.say("jonas-weber", "stop it", rf"^Request {number} is being stopped")


def test_a_no_of_the_asker_after_the_yes_offers_to_take_it_back(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to production", CARD)
    room.say("priya-raman", "yes", "waits for approval")
    room.say("priya-raman", "no wait", "payments 1.4.2 → production, waits for approval already", r"1\) Withdraw it")
    room.say("priya-raman", "withdraw it", r"^Request \d+, .* is cancelled", "Nothing was started")


@pytest.mark.parametrize(
    "words",
    ["dont deploy payments yet", "do not ship payments yet", "hold the payments deploy", "hold off on payments"],
)
def test_what_shall_not_start_is_left_alone(room: Room, words: str) -> None:
    room.say("priya-raman", words, "^Fine, I start nothing: ", "A lock keeps others from it", r"1\) Lock payments")
    number = approved(room)
    room.say(
        "priya-raman",
        words,
        "I start nothing more",
        rf"{number}: Deploy payments .* under way",
        rf"1\) Stop request {number}",
    )
    assert locked(room) == [] and len(room.triggers()) == 1


# Yes and no in other words


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("yes if ci is green", "with a condition"),
        ("yes, but only after lunch", "with a condition"),
        ("yes tomorrow", "for later"),
        ("maybe yes", "with a doubt"),
        ("jonas said yes", "of somebody else's"),
        ("my boss says ok", "of somebody else's"),
        ("\U0001f44d", "in passing"),
        ("lgtm", "in passing"),
        ("yes?", "in a question"),
        ("> yes", "that is quoted"),
        ("yes go ahead, but tell ben first", "with a condition"),
        ("ok, checking with ben", "with a condition"),
        ("yes, have ben look at it before", "with a condition"),
        ("yes go, after checking the db", "with a condition"),
        ("yes, ben is on it", "with more in it than a plain yes"),
    ],
)
def test_a_yes_that_is_no_plain_one_starts_nothing(room: Room, words: str, why: str) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to production", CARD)
    room.say("priya-raman", words, f"^I take no yes {why}, so nothing was started: payments 1.4.2 to production still")
    assert room.newest().state is State.DRAFT


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("jonas-weber", "approve payments but not before 23:59"),
        ("jonas-weber", "approve it at 23:59"),
        ("jonas-weber", "approve it if the alert is gone"),
        ("tomasz-nowak", "remind jonas to approve it"),
        ("tomasz-nowak", "jonas, please approve it"),
        ("tomasz-nowak", "jonas should approve it"),
        ("jonas-weber", "tomasz said approve it"),
    ],
)
def test_an_approval_for_later_or_for_somebody_else_is_none(room: Room, who: str, words: str) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to production", CARD)
    room.say("priya-raman", "yes", "waits for approval")
    room.say(who, words, "I take no order .*so nothing was done")
    assert room.newest().state is State.WAITING and room.triggers() == []


@pytest.mark.parametrize("words", ["yes", "ok", "lgtm"])
def test_a_bare_word_of_who_may_approve_shows_what_waits(room: Room, words: str) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to production", CARD)
    room.say("priya-raman", "yes", "waits for approval")
    room.say("jonas-weber", words, "^1 request waits for you", r"1\) Approve", r"2\) Reject")
    assert room.newest().state is State.WAITING and room.triggers() == []


# What is asked for, in the words of tired people


@pytest.mark.parametrize(
    ("who", "turns", "shows"),
    [
        ("tomasz-nowak", ["promote checkout to production"], r"^Deploy checkout 1\.4\.3 to production \(now 1\.4\.2\)"),
        ("tomasz-nowak", ["promote what's on staging to prod", "checkout"], r"^Deploy checkout 1\.4\.3 to production"),
        (
            "tomasz-nowak",
            ["put whatever is on staging for checkout into prod"],
            r"^Deploy checkout 1\.4\.3 to production",
        ),
        (
            "tomasz-nowak",
            ["ship the version of checkout that qa has to staging"],
            r"^Deploy checkout 1\.4\.3 to staging",
        ),
        ("tomasz-nowak", ["deploy the latest checkout to staging"], r"^Deploy checkout 1\.4\.4 to staging"),
        (
            "tomasz-nowak",
            ["redeploy payments in production"],
            r"^Deploy payments 1\.4\.1 to production \(now 1\.4\.1\)",
        ),
        ("priya-raman", ["deploy payments previous to staging"], r"^Roll back payments in staging .* to 1\.4\.2\?"),
        (
            "priya-raman",
            ["deploy the one before to payments staging"],
            r"^Roll back payments in staging .* to 1\.4\.2\?",
        ),
        ("priya-raman", ["roll payments back", "prod"], r"^Roll back payments in production .* to 1\.4\.0\?"),
        ("priya-raman", ["deploy", "payments", "1.4.2", "staging"], r"^Deploy payments 1\.4\.2 to staging"),
        ("priya-raman", ["deploy 1.4.2 to staging", "payments"], r"^Deploy payments 1\.4\.2 to staging"),
        ("priya-raman", ["deploy payments 1.4.3 to prod", "hmm no 1.4.2 after all"], CARD),
        (
            "priya-raman",
            ["rollback payments from 1.4.3 to 1.4.2 in staging"],
            r"^Roll back payments in staging .*1\.4\.2\?",
        ),
        ("priya-raman", ["yo put v1.4.2 on stagign for paymnets asap"], r"^Deploy payments 1\.4\.2 to staging"),
        ("priya-raman", ["deploy payments 1.4.2 to staging", "yes but to qa"], r"^Deploy payments 1\.4\.2 to qa"),
        (
            "tomasz-nowak",
            ["deploy payments 1.4.2 to qa", "and checkout too"],
            r"^Deploy payments 1\.4\.2 .* Deploy checkout",
        ),
        (
            "priya-raman",
            ["deploy payments 1.4.3 to staging if ci is green"],
            "I wait for no condition: your yes starts it",
        ),
        (
            "priya-raman",
            ["deploy payments 1.4.2 to production because we reverted 1.4.1 in staging and checkout needs it"],
            CARD,
        ),
    ],
)
def test_what_was_meant_is_shown_with_its_version(room: Room, who: str, turns: list[str], shows: str) -> None:
    for turn in turns[:-1]:
        room.say(who, turn)
    room.say(who, turns[-1], shows)
    assert room.newest().state is State.DRAFT and room.triggers() == []


@pytest.mark.parametrize(
    ("words", "shows"),
    [
        ("deploy payments 1.4.2 no wait 1.4.1 to staging", "^Which version: 1.4.2 or 1.4.1"),
        ("deploy payments 1.4.2 to prod, sorry staging", "^One environment at a time, please: production or staging"),
        ("deploy payments 1.4.2 to staging once the tests pass", "I can't plan ahead.* again once the tests pass"),
        ("ship payments 1.4.2 to staging at 23:59", "I can't plan ahead.* again at 23:59"),
        ("deploy payments 1.4.2 to staging after lunch", "I can't plan ahead.* again after lunch"),
        ("deploy checkout to staging and roll back payments in production", "^One change at a time"),
        ("deploy payments and lock staging", "^One change at a time, please: “deploy payments”, then “lock staging”"),
        ("deploy everything to prod", "I change what is named, not everything at once. Which service"),
        ("rollback everything", "I change what is named, not everything at once. Which service"),
        ("restart payments in prod", "I can't restart what runs.*Nothing was started"),
        ("deploy payments 9.9.9 to staging", r"version called “9\.9\.9”.*Nothing was started"),
        ("deploy payments 1.4.2rc to staging", r"version called “1\.4\.2rc”.*Nothing was started"),
        ("deploy payments abc1234 to staging", "version called “abc1234”.*Nothing was started"),
        ("deploy the version before 1.4.3 of payments to staging", "name the version that you want"),
        ("deploy payments 142 to staging", "version called “142”.*Nothing was started"),
        ("deploy checkout 1.4.4 to dev and qa", "^One environment at a time, please: development or qa"),
        ("> deploy payments 1.4.2 to staging", "I take no order that is quoted"),
        ("priya wrote: deploy payments 1.4.2 to staging", "I take no order that is quoted"),
        ("don't deploy payments 1.4.3 to staging, deploy 1.4.2", "say in a message of its own"),
        ("deploy mailer 1.2 to prod", "don't know a service called “mailer”"),
        ("lock qa tomorrow", "^I lock from now on, not ahead: ask me again tomorrow"),
    ],
)
def test_what_is_not_clear_makes_no_request(room: Room, words: str, shows: str) -> None:
    room.say("tomasz-nowak", words, shows)
    assert room.requests() == () and locked(room) == []


def test_everything_is_no_answer_to_where(room: Room) -> None:
    room.say("tomasz-nowak", "deploy checkout 1.4.4", "^Where shall I deploy checkout 1.4.4")
    room.say("tomasz-nowak", "deploy everything to prod", "not everything at once", without="Deploy checkout")


def test_a_further_environment_waits_until_the_first_is_settled(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to staging", r"\?$")
    room.say("priya-raman", "also qa", "^One environment at a time: say yes or no to payments 1.4.2 to staging first")
    assert [one.wish.environment for one in room.requests()] == ["staging"]


def test_an_unknown_version_in_a_correction_asks_for_another(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to staging", r"\?$")
    room.say("priya-raman", "no, 9.9.9", "version called “9.9.9”", "Nothing was started")
    room.say("priya-raman", "1.4.1", r"^Deploy payments 1\.4\.1 to staging .*\?$")


@pytest.mark.parametrize("words", ["undo", "revert that", "undo that", "roll it back"])
def test_undoing_what_was_done_last_is_offered(room: Room, words: str) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to staging", r"\?$")
    room.say("priya-raman", "yes", STARTED)
    number = room.newest().number
    room.say("priya-raman", words, "^Roll back payments in staging", f"Request {number}, 1.4.2, comes first")
    assert len(room.triggers()) == 1


def test_a_lock_is_asked_for_anew_while_its_question_is_open(room: Room) -> None:
    room.say("tomasz-nowak", "lock qa", r"What do you need qa for\?")
    room.say("tomasz-nowak", "lock staging for 2h", r"What do you need staging for\?")
    room.say("tomasz-nowak", "cuz of the reindex", "^Staging is yours", ": the reindex")
    assert locked(room) == ["*/staging: the reindex"]


@pytest.mark.parametrize(
    "words",
    [
        "approve, but ask priya first",
        "approve it, have mei look at it before",
        "approve it, let me check with lena first",
        "approve it after checking the db",
        "approve it, mei should look at it",
    ],
)
def test_an_approval_that_hangs_on_something_starts_nothing(room: Room, words: str) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to production", CARD)
    room.say("priya-raman", "yes", "waits for approval")
    room.say(
        "jonas-weber", words, "^I take no order (with a condition|for later|with more in it|meant for somebody else)"
    )
    assert room.triggers() == []
    room.say("jonas-weber", "approve it", STARTED)


@pytest.mark.parametrize("words", ["is it paused? until when?", "who owns search?"])
def test_a_question_is_answered_and_the_reason_still_asked_for(room: Room, words: str) -> None:
    room.say("tomasz-nowak", "pause everything for 2 minutes", r"^Why\? ")
    room.say("tomasz-nowak", words, "Nothing is paused|search", "Still open: Why", without="did not say what for")
    assert pause(room) is None
    room.say("tomasz-nowak", "an incident", "^Every change is paused", r": an incident\.", "It ends by itself")


def test_the_reason_is_asked_for_again_only_once(room: Room) -> None:
    room.say("tomasz-nowak", "pause everything", r"^Why\? ")
    room.say("tomasz-nowak", "who owns search?", "Still open: Why")
    room.say("tomasz-nowak", "who owns identity?", "You did not say what for, so nothing is paused")
    room.say("tomasz-nowak", "an incident")
    assert pause(room) is None


@pytest.mark.parametrize("words", ["stop it, who did this?", "stop it! who did that?", "stop it. why does it run?"])
def test_a_question_behind_the_order_does_not_hold_up_a_stop(room: Room, words: str) -> None:
    number = under_way(room)
    room.say("ana-duarte", words, rf"^Request {number} is being stopped")


def test_what_somebody_else_started_is_stopped_after_a_choice(room: Room) -> None:
    number = under_way(room)
    room.say(
        "tomasz-nowak", "stop it, who did this?", "^Which request", "asked for by Ana Duarte", "Nothing was stopped"
    )
    room.say("tomasz-nowak", "1", rf"^Request {number} is being stopped")


def test_stop_means_what_runs_before_what_only_waits(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to production", CARD)
    room.say("priya-raman", "yes", "waits for approval")
    room.say("priya-raman", "deploy payments 1.4.2 to qa", r"\?$")
    room.say("priya-raman", "yes", STARTED)
    number = room.newest().number
    room.say("priya-raman", "stop the payments deployment", rf"^Request {number} is being stopped")


def test_which_of_several_is_stopped_is_a_choice(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to qa", r"\?$")
    room.say("priya-raman", "yes", STARTED)
    first = room.newest().number
    room.say("priya-raman", "deploy payments 1.4.2 to staging", r"\?$")
    room.say("priya-raman", "yes", STARTED)
    second = room.newest().number
    which = rf"^Which request: {first} \(payments in qa\) or {second} \(payments in staging\)\? Nothing was stopped"
    room.say("priya-raman", "stop the payments deployment", which, rf"2\) Stop request {second}")
    room.say("priya-raman", "2", rf"^Request {second} is being stopped")


# How far back a no reaches


@pytest.mark.parametrize("words", ["no", "nevermind", "never mind", "nope"])
def test_a_no_is_about_nothing_that_was_not_asked_here(room: Room, words: str) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to production", CARD)
    room.say("priya-raman", "yes", "waits for approval")
    room.say("jonas-weber", words, "^Nothing is waiting for an answer from you", without="Approve|request")
    elsewhere = Room(room.bot)
    elsewhere.say("priya-raman", "deploy payments 1.4.2 to qa", r"\?$")
    elsewhere.say("priya-raman", "cancel", "^Dropped")
    elsewhere.say("priya-raman", words, "^Nothing is waiting for an answer from you", without="payments")


def test_a_no_does_not_reach_back_further_than_ten_minutes(room: Room) -> None:
    room.say("priya-raman", "deploy payments 1.4.2 to production", CARD)
    room.say("priya-raman", "yes", "waits for approval")
    room.let_time_pass(minutes=11)
    room.say("priya-raman", "no wait", "^Nothing is waiting for an answer from you")


# What is on the table


@pytest.mark.parametrize(
    "words", ["what's in it?", "which commits", "which commits are in it?", "what changed", "what would that bring?"]
)
def test_what_is_in_it_is_asked_of_exactly_the_versions_on_the_card(room: Room, words: str) -> None:
    card = room.say("tomasz-nowak", "deploy checkout 1.4.3 to production", r"\(now 1\.4\.2\)\?$")
    room.say("tomasz-nowak", words, r"^checkout: \d+ commits? from 1\.4\.2 to 1\.4\.3", "still waits for your yes")
    assert "commit" in card and room.newest().state is State.DRAFT
    room.say("tomasz-nowak", "yes", r"^Request \d+, .* (is under way|waits for approval)")


def test_a_yes_that_was_refused_is_used_up(room: Room) -> None:
    room.say("ana-duarte", "deploy checkout 1.4.2 to qa", r"\?$")
    as_it_was = (room.catalog / "platform.yaml").read_text(encoding="utf-8")
    (room.catalog / "platform.yaml").write_text("environments: [\n", encoding="utf-8")
    room.eventually("ana-duarte", "who owns search?", "the catalogue on disk is broken")
    room.say("ana-duarte", "yes", "^Nothing was started", "ask again")
    (room.catalog / "platform.yaml").write_text(as_it_was, encoding="utf-8")
    room.eventually("ana-duarte", "who owns search?", r"\A(?![\s\S]*broken)")
    wanted = room.newest()
    assert wanted.state is State.VOID
    room.say("ana-duarte", "yes", without="under way")
    assert room.triggers() == []
