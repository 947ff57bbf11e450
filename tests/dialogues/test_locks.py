"""Locks as people speak of them: giving one back, and asking whether the place just spoken of is free."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.dialogues.room import Room


def held(room: Room) -> list[str]:
    return [str(one.scope) for one in room.assistant.records.locks.active(datetime.now(timezone.utc))]


@pytest.mark.parametrize(
    "words",
    [
        "give payments qa back",
        "i give payments qa back",
        "give it back",
        "please hand payments in qa back",
        "hand back payments qa",
        "return payments qa",
        "I'm done with payments in qa",
        "you can have payments qa again",
        "I give payments qa back to the team, thanks",
    ],
)
def test_a_lock_is_given_back_in_the_documents_own_words(room: Room, words: str) -> None:
    room.say("tomasz-nowak", "lock payments qa, a load test", "^Payments in qa is yours")
    room.say("tomasz-nowak", words, "^Payments in qa is free again", without="Roll back")
    assert held(room) == [] and room.requests() == ()


@pytest.mark.parametrize("words", ["give checkout staging back", "give payments prod back", "give it back"])
def test_who_holds_nothing_there_is_told_so(room: Room, words: str) -> None:
    room.say("tomasz-nowak", words, "so there is nothing to give back", without=r"Roll back|\?$")
    assert room.requests() == ()


def test_what_somebody_else_holds_is_not_given_back(room: Room) -> None:
    room.say("lena-fischer", "lock checkout staging, a load test", "is yours")
    room.say("tomasz-nowak", "give checkout staging back", "it is Lena Fischer's lock", without="Roll back")
    assert held(room) == ["checkout/staging"]


@pytest.mark.parametrize("words", ["give payments 1.4.1 back in qa", "give payments its previous version back in qa"])
def test_a_version_that_is_wanted_back_is_no_lock(room: Room, words: str) -> None:
    room.say("tomasz-nowak", "lock payments qa, a load test", "^Payments in qa is yours")
    room.say("tomasz-nowak", words, without="free again")
    assert held(room) == ["payments/qa"]


def test_a_change_that_waits_for_a_yes_goes_on_waiting_when_a_lock_is_given_back(room: Room) -> None:
    room.say("tomasz-nowak", "lock payments qa, a load test", "^Payments in qa is yours")
    room.say("tomasz-nowak", "deploy checkout 1.4.4 to staging", r"\?$")
    room.say("tomasz-nowak", "give payments qa back", "is free again", "still waits for your yes")


def test_whether_it_is_free_is_asked_of_the_place_just_spoken_of(room: Room) -> None:
    room.say("lena-fischer", "lock checkout staging, a load test", "is yours")
    room.say("tomasz-nowak", "lock payments prod, an incident", "is yours")
    room.say("priya-raman", "tell me when payments in production is free", "number 1 in line")
    room.say(
        "tomasz-nowak", "is it free", "holds payments in production", "^ *In line: Priya Raman", without="checkout"
    )
    room.say("tomasz-nowak", "unlock payments prod", "^Payments in production is free", "I tell Priya Raman")
    room.say("tomasz-nowak", "is it free", "^Nobody holds payments in production", without="Lena|In line")


def test_a_line_is_of_the_lock_that_it_stands_under(room: Room) -> None:
    room.say("lena-fischer", "lock checkout staging, a load test", "is yours")
    room.say("tomasz-nowak", "lock payments prod, an incident", "is yours")
    room.say("priya-raman", "tell me when payments in production is free", "number 1 in line")
    room.say("ben-osei", "who holds checkout in staging?", "^Lena Fischer holds checkout", without="In line")
    room.say("ben-osei", "who holds what?", "^2 locks", "In line for payments in production: Priya Raman")
