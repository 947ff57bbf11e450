"""``on_call`` in ``platform.yaml``: each team's rotation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assistant.catalogue.documents import Document, Place
from assistant.catalogue.schema import did_you_mean
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.on_call import Override, Rotation


def read_rotations(document: Document) -> dict[str, Rotation]:
    """The rotations of a platform document of valid shape, by team.

    Raises:
        CatalogueBroken: a date, an hour or a zone does not exist.
    """
    return {team: _rotation(document, team, each) for team, each in document.value.get("on_call", {}).items()}


def rotation_problems(
    document: Document, rotations: Mapping[str, Rotation], teams: Collection[str], people: Collection[str]
) -> Iterator[CatalogueBroken]:
    """Teams and people of rotations that the catalogue does not have."""
    for name, rotation in rotations.items():
        here: Place = ("on_call", name)
        if name not in teams:
            yield document.broken(here, f"there is no team “{name}”{did_you_mean(name, teams)}")
        named = [((*here, "people", index), person) for index, person in enumerate(rotation.people)]
        named += [((*here, "overrides", index), each.person) for index, each in enumerate(rotation.overrides)]
        for place, person in named:
            if person not in people:
                yield document.broken(place, f"there is no person “{person}”{did_you_mean(person, people)}")


def _rotation(document: Document, team: str, content: Mapping[str, Any]) -> Rotation:
    here: Place = ("on_call", team)
    handover, place = content["handover"], (*here, "handover")
    zone = time_zone(document, (*place, "zone"), handover["zone"])
    first = moment(document, (*place, "since"), handover["since"], time(), zone).date()
    at = moment(document, (*place, "at"), f"{first} {handover['at']}", time(), zone).time()
    overrides = []
    for index, each in enumerate(content.get("overrides", ())):
        there = (*here, "overrides", index)
        start, end = (moment(document, there, each[word], at, zone) for word in ("from", "until"))
        if start >= end:
            raise document.broken(there, "expected “from” to lie before “until”")
        overrides.append(Override(each["person"], start, end))
    return Rotation(team, tuple(content["people"]), first, at, handover["zone"], tuple(overrides))


def time_zone(document: Document, place: Place, name: str) -> ZoneInfo:
    """The zone of that name. Raises CatalogueBroken when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise document.broken(place, f"there is no time zone “{name}”") from error


def moment(document: Document, place: Place, text: str, otherwise: time, zone: ZoneInfo) -> datetime:
    """A date with a time, or a date alone, which means ``otherwise`` o'clock. Raises CatalogueBroken."""
    day, _, clock = text.partition(" ")
    try:
        at = time.fromisoformat(clock) if clock else otherwise
        return datetime.combine(date.fromisoformat(day), at, zone)
    except ValueError as error:
        expected = "expected a date such as 2026-01-05, with a time such as 09:00 where one is meant"
        raise document.broken(place, expected) from error
