"""Rotations, metrics and instances of providers, as the catalogue reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.reading import read
from assistant.contracts.on_call import Override, Rotation
from assistant.contracts.platform import Provider

Write = Callable[[str, str], Path]
ROTATION = """\
on_call:
  team-a:
    people: [ada]
    handover: {since: 2026-01-05, at: "09:00", zone: Europe/Berlin}
    overrides:
      - {person: ada, from: 2026-12-24, until: 2026-12-27 18:00}
"""
ADA = "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: ada}\nspec: {memberOf: [team-a]}\n"


@pytest.fixture
def with_rotation(write: Write, folder: Path) -> Callable[[str], Path]:
    """The small catalogue with this text at the end of its platform file."""

    def build(text: str) -> Path:
        write("platform.yaml", (folder / "platform.yaml").read_text(encoding="utf-8") + text)
        write("people.yaml", ADA)
        return folder

    return build


def loaded(folder: Path) -> Catalogue:
    reading = read(folder)
    assert reading.problems == () and reading.catalogue is not None
    return reading.catalogue


def test_a_rotation_is_read_with_its_overrides(with_rotation: Callable[[str], Path]) -> None:
    zone = ZoneInfo("Europe/Berlin")
    override = Override("ada", datetime(2026, 12, 24, 9, tzinfo=zone), datetime(2026, 12, 27, 18, tzinfo=zone))
    rotation = Rotation("team-a", ("ada",), date(2026, 1, 5), time(9), "Europe/Berlin", (override,))
    assert loaded(with_rotation(ROTATION)).rotations == {"team-a": rotation}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("team-a:", "team-b:", "there is no team “team-b”; did you mean “team-a”?"),
        ("people: [ada]", "people: [bo]", "there is no person “bo”"),
        ("people: [ada]", "people: []", "a list of people in the order of their turns"),
        ("person: ada", "person: adda", "did you mean “ada”"),
        ("2026-01-05", "2026-13-05", "expected a date such as 2026-01-05"),
        ('"09:00"', '"9 am"', "with a time such as 09:00"),
        ("Europe/Berlin", "Europe/Berlinn", "there is no time zone “Europe/Berlinn”"),
        ("Europe/Berlin", "../etc/passwd", "there is no time zone"),
        ("until: 2026-12-27 18:00", "until: 2026-12-23", "expected “from” to lie before “until”"),
        ("since: 2026-01-05, ", "", "“since”, which is missing"),
    ],
)
def test_what_cannot_be_is_said_with_its_place(
    with_rotation: Callable[[str], Path], old: str, new: str, expected: str
) -> None:
    assert old in ROTATION
    (problem,) = read(with_rotation(ROTATION.replace(old, new, 1))).problems
    assert problem.file == "platform.yaml" and problem.line > 1
    assert expected in str(problem)


def test_names_stay_inside_the_quotes_of_a_query(with_rotation: Callable[[str], Path]) -> None:
    catalogue = loaded(with_rotation(""))
    plan = catalogue.plans["shop"]
    tag = plan.layers[0]["version.tag"]
    queries = {
        "metrics.cpu": replace(tag, text='cpu{s="{service}"}'),
        "running": replace(tag, text='up{s="{service}"}'),
    }
    evil = 'a"} or up{b="'
    service = replace(catalogue.services["shop"], name=evil)
    hostile = replace(catalogue, services={evil: service}, plans={evil: replace(plan, layers=(queries,))})
    values = hostile.delivery(evil, "staging").values
    assert values["metrics.cpu"] == 'cpu{s="a\\"} or up{b=\\""}'
    assert values["running"] == 'up{s="a\\"} or up{b=\\""}'


def test_an_instance_serves_the_environments_that_it_names_or_all(with_rotation: Callable[[str], Path]) -> None:
    catalogue = loaded(with_rotation(""))
    named = Provider("prd", "prometheus", "http://x", None, ("production",))
    every = Provider("all", "prometheus", "http://x")
    several = replace(catalogue, providers={"prd": named, "all": every, **catalogue.providers})
    assert several.serving("prometheus", "production") == (named, every)
    assert several.serving("prometheus", "staging") == (every,)
    assert several.serving("alertmanager", "staging") == ()
