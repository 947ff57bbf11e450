"""What the audit log is asked in conversation: by request, by what was refused, by what was just done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.safeguards.audit import defects
from tests.dialogues.room import Room
from tests.running import Bot

SHIP = "deploy payments 1.4.2 to production"


@pytest.fixture
def room(bot: Bot) -> Iterator[Room]:
    day = Room(bot)
    day.new_day()
    yield day
    day.new_day()
    assert list(defects(day.assistant.records.audit.records())) == []


def rejected(room: Room) -> int:
    room.say("priya-raman", SHIP)
    room.say("priya-raman", "yes", "waits for approval")
    room.say("jonas-weber", "reject it, too late today", "is rejected")
    return room.newest().number


@pytest.mark.parametrize(
    "asked",
    [
        "what happened with request {}?",
        "audit of request {}",
        "show me the log of request {}",
        "who rejected request {} and why?",
        "request {} timeline please",
        "what is the paper trail for request #{}",
        "why was request {} rejected?",
        "who rejected {}?",
        "list the log entries of request {}",
    ],
)
def test_a_request_is_asked_for_by_its_number(room: Room, asked: str) -> None:
    number = rejected(room)
    room.talk = room.bot.console()
    room.say(
        "lena-fischer",
        asked.format(number),
        rf"Priya Raman asked to deploy payments 1\.4\.2 to production \(request {number}\)",
        rf"Priya Raman said yes to request {number}; a second person has to approve it",
        rf"Jonas Weber rejected request {number}: too late today",
        without=r"approve payments|✓: rejected",
    )


def test_what_was_started_names_who_asked_and_who_approved(room: Room) -> None:
    room.say("priya-raman", SHIP)
    room.say("priya-raman", "yes", "waits for approval")
    room.say("jonas-weber", "approve it", "under way")
    number = room.newest().number
    started = rf"Request {number} .*was started for Priya Raman, approved by Jonas Weber"
    room.talk = room.bot.console()
    room.say("lena-fischer", f"what happened to request {number}", started)
    room.say("lena-fischer", "what did we just do?", started, "in the last two hours")
    room.say(
        "lena-fischer",
        "who approved the last payments deploy?",
        rf"Jonas Weber approved request {number} \(payments 1\.4\.2 in production\)",
        without="asked to deploy|deployed payments",
    )


def test_refused_attempts_are_told_apart(room: Room) -> None:
    room.say("ana-duarte", "deploy payments 1.4.3 to staging", "Nothing was started")
    room.say("ana-duarte", "lock staging, load test", "is yours")
    room.talk = room.bot.console()
    refused = "Ana Duarte wanted to deploy payments 1.4.3 to staging and was refused: no access rule allows it"
    room.say("lena-fischer", "were there any refused attempts?", refused, without="locked staging")


def test_who_only_tried_to_break_the_glass_did_not(room: Room) -> None:
    before = len(room.audit("break_glass"))
    room.say("ana-duarte", "break glass: deploy inventory 4.4.1 to prod, because customers wait", "Nothing was started")
    room.talk = room.bot.console()
    words = r"^Nobody broke the glass for inventory in production today; 1 attempt was refused\."
    tried = "Ana Duarte wanted to deploy inventory .*, breaking the glass, and was refused"
    room.say("lena-fischer", "who broke the glass for inventory in production today?", words, tried)
    assert len(room.audit("break_glass")) == before + 1


def test_who_paused_and_who_broke_the_glass_is_in_the_log(room: Room) -> None:
    room.say("lena-fischer", "pause everything, we have an incident", "Every change is paused")
    room.say("lena-fischer", "resume deployments")
    room.say("lena-fischer", "break glass: deploy search 2.8.2 to production, because customers can't search")
    room.say("lena-fischer", "yes", "under way")
    room.talk = room.bot.console()
    room.say("lena-fischer", "who paused everything today?", r"Lena Fischer paused every change: .*incident")
    glass = r"Lena Fischer asked to deploy search .*, breaking the glass: customers can't search"
    room.say(
        "lena-fischer", "who broke the glass today?", "Lena Fischer broke the glass today", glass, without="paused"
    )
    room.say("lena-fischer", "audit log", without=r"pause \*|\*/|version unsaid")


def test_what_others_broke_is_no_matter_of_the_log(room: Room) -> None:
    room.say("lena-fischer", "who broke checkout?", without="audit log")
    room.say("lena-fischer", "who deployed checkout last monday?", without="audit log")


def test_what_waits_is_still_asked_of_the_request(room: Room) -> None:
    number = rejected(room)
    room.say("priya-raman", f"request {number}?", rf"^Request {number}, .*, is rejected")
    room.say("lena-fischer", f"who can approve request {number}?", rf"^Request {number}, .*, is rejected")
