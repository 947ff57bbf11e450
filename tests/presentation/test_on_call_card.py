"""What a person reads when they ask who is on call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from assistant.contracts.interval import Interval
from assistant.contracts.on_call import OnCallReport, OnCallRequest, Shift, TeamOnCall
from assistant.presentation.cards.on_call import on_call_card
from assistant.presentation.plain import render

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
WEEK = timedelta(days=7)
ADA = Shift("team-a", "ada", NOW - timedelta(days=1), NOW + timedelta(hours=2))
BO = Shift("team-a", "bo", ADA.end, ADA.end + WEEK)
TEAM = TeamOnCall("team-a", (ADA,), BO)


def shown(request: OnCallRequest, *teams: TeamOnCall) -> str:
    person = request.person or ("me" if request.mine else None)
    card = on_call_card(OnCallReport(request, teams, NOW, person), str.title)
    return render(card, ZoneInfo("Asia/Tokyo"), NOW)


def test_who_until_when_and_who_is_next_in_the_readers_zone() -> None:
    assert shown(OnCallRequest(teams=("team-a",)), TEAM).splitlines() == [
        "Ada is on call for Team-A.",
        "Until 20:30",
        "Next: Bo, from 20:30 to Mon 9 Mar 20:30",
    ]


def test_a_swapped_turn_says_so() -> None:
    swapped = replace(TEAM, shifts=(replace(ADA, instead_of="cy"),))
    assert shown(OnCallRequest(), swapped).startswith("Ada, instead of Cy, is on call for Team-A.")


def test_several_teams_are_a_list_and_no_rotation_is_said() -> None:
    text = shown(OnCallRequest(), TEAM, TeamOnCall("team-b"))
    assert text.splitlines() == [
        "On call now:",
        "  • Team-A: Ada until 20:30, then Bo",
        "  • Team-B: nobody that the catalogue knows of",
    ]
    assert shown(OnCallRequest(), TeamOnCall("team-b")) == "Team-B has no on-call rotation in the catalogue."


def test_my_turns_begin_with_yes_or_no() -> None:
    week = OnCallRequest(mine=True, when=Interval(NOW, NOW + WEEK, "next week"))
    assert shown(week, TeamOnCall("team-a", (BO,))).splitlines() == [
        "Yes, you are on call next week:",
        "  • Team-A: from 20:30 to Mon 9 Mar 20:30",
    ]
    no = shown(week, TeamOnCall("team-a", (), BO))
    assert no.startswith("No, you are not on call next week.\nYour next turn for Team-A: from 20:30")
    assert "No rotation of the catalogue" in shown(week)


def test_a_colleagues_turns_are_theirs() -> None:
    now = shown(OnCallRequest(person="bo"), TeamOnCall("team-a", (BO,)))
    assert now.startswith("Yes, Bo is on call now:\n  • Team-A: from 20:30")
    later = shown(OnCallRequest(person="bo"), TeamOnCall("team-a", (), BO))
    assert later.startswith("No, Bo is not on call now.\nThe next turn for Team-A: from 20:30")


def test_a_time_that_nobody_can_place_is_admitted() -> None:
    assert "I don't know when “the holidays” is" in shown(OnCallRequest(unclear="the holidays"), TEAM)
