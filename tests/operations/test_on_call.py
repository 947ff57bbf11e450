"""Whose turn it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.contracts.errors import Invalid, NotAllowed
from assistant.contracts.interval import Interval
from assistant.contracts.on_call import OnCallReport, OnCallRequest, Override, Rotation, Shift
from assistant.contracts.platform import Person
from assistant.operations.on_call import on_call
from assistant.safeguards.access import Access
from tests.operations.platform import CATALOGUE, FakeCi, context

BERLIN = ZoneInfo("Europe/Berlin")
READER = Access(members=("read:on_call",))
ROTATION = Rotation("platform", ("ada", "bo"), date(2026, 3, 2), time(9), "Europe/Berlin")


def at(day: int, hour: int = 12, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=BERLIN)


def duty(moment: datetime, rotation: Rotation = ROTATION) -> Shift | None:
    reading = replace(context(FakeCi(), access=READER), catalogue=replace(CATALOGUE, rotations={"platform": rotation}))
    (team,) = on_call(reading, OnCallRequest(when=Interval(moment, moment))).teams
    return next(iter(team.shifts), None)


@pytest.mark.parametrize(
    ("moment", "person"),
    [
        (at(2, 9), "ada"),
        (at(9, 8), "ada"),
        (at(9, 9), "bo"),
        (at(16, 9), "ada"),
        (at(29, 9), "bo"),
        (at(30, 8), "bo"),
        (at(30, 9), "ada"),
    ],
    ids=["first", "before handover", "handover", "round", "summer time", "before nine by the wall", "nine by the wall"],
)
def test_turns_change_at_the_handover(moment: datetime, person: str) -> None:
    shift = duty(moment)
    assert shift is not None and shift.person == person
    assert shift.start <= moment < shift.end


def test_a_turn_ends_at_nine_by_the_wall_also_when_the_clocks_change() -> None:
    shift = duty(at(28))
    assert shift is not None
    assert (shift.start.astimezone(BERLIN).hour, shift.end.astimezone(BERLIN)) == (9, at(30, 9))
    assert shift.end - shift.start == timedelta(days=7) - timedelta(hours=1)


def test_before_the_first_handover_nobody_is_on_call() -> None:
    assert duty(at(1)) is None


def test_an_override_cuts_the_turn_of_another() -> None:
    swapped = replace(ROTATION, overrides=(Override("cy", at(4, 18), at(5, 8)),))
    people = [duty(moment, swapped) for moment in (at(4, 17), at(4, 18), at(5, 7), at(5, 8))]
    assert [shift and (shift.person, shift.instead_of) for shift in people] == [
        ("ada", None),
        ("cy", "ada"),
        ("cy", "ada"),
        ("ada", None),
    ]
    assert people[0] and people[0].end == at(4, 18)


def test_turns_of_one_person_that_meet_are_one() -> None:
    covered = replace(ROTATION, overrides=(Override("ada", at(9, 9), at(11, 9)),))
    shift = duty(at(5), covered)
    assert shift is not None and (shift.end, shift.instead_of) == (at(11, 9), None)


def test_a_rotation_of_one_ends_each_week() -> None:
    shift = duty(at(5), replace(ROTATION, people=("ada",)))
    assert shift is not None and shift.end == at(9, 9)


def asked(
    request: OnCallRequest, person: str | None = None, rights: tuple[str, ...] = ("read:on_call",)
) -> OnCallReport:
    rotations = {"platform": ROTATION, "team-payments": replace(ROTATION, team="team-payments", people=("cy", "ada"))}
    catalogue = replace(CATALOGUE, rotations=rotations)
    who = Person(person, person.title()) if person else None
    return on_call(replace(context(FakeCi(), access=Access(members=rights)), catalogue=catalogue, person=who), request)


def people(report: OnCallReport) -> dict[str, list[str]]:
    return {team.team: [shift.person for shift in team.shifts] for team in report.teams}


WEEK = Interval(at(9, 0), at(16, 0), "next week")


def test_a_service_has_its_owners_rotation_and_nobody_named_means_all() -> None:
    assert people(asked(OnCallRequest(services=("payments",), when=WEEK))) == {"team-payments": ["cy", "ada"]}
    assert sorted(people(asked(OnCallRequest()))) == ["platform", "team-payments"]


def test_who_comes_next() -> None:
    (team,) = asked(OnCallRequest(teams=("platform",), when=Interval(at(10), at(10, 13)))).teams
    assert [shift.person for shift in team.shifts] == ["bo"]
    assert team.following is not None and (team.following.person, team.following.start) == ("ada", at(16, 9))


def test_a_team_without_a_rotation_is_said_so() -> None:
    (team,) = asked(OnCallRequest(services=("search",))).teams
    assert (team.team, team.shifts, team.following) == ("team-discovery", (), None)


def test_my_own_turns_in_a_time() -> None:
    report = asked(OnCallRequest(mine=True, when=WEEK), "ada")
    assert people(report) == {"platform": ["ada"], "team-payments": ["ada"]}
    bo = asked(OnCallRequest(mine=True, when=Interval(at(2, 10), at(3), "today")), "bo")
    assert people(bo) == {"platform": []}
    assert bo.teams[0].following is not None and bo.teams[0].following.start == at(9, 9)


def test_the_turns_of_a_colleague() -> None:
    report = asked(OnCallRequest(person="bo", when=WEEK), "ada")
    assert (report.person, people(report)) == ("bo", {"platform": ["bo"]})


def test_a_stranger_has_no_turns() -> None:
    with pytest.raises(Invalid, match="which person"):
        asked(OnCallRequest(mine=True))
    assert people(asked(OnCallRequest(mine=True), "zoe")) == {}


def test_on_call_needs_the_right_to_read_it() -> None:
    with pytest.raises(NotAllowed, match="read:on_call"):
        asked(OnCallRequest(), rights=("read:status",))


def test_the_example_company_always_has_somebody_on_call() -> None:
    report = on_call(context(FakeCi(), access=READER), OnCallRequest(teams=tuple(CATALOGUE.teams)))
    assert report.teams and all(team.shifts for team in report.teams)
