"""Whom a message names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.contracts.errors import Invalid, NotFound
from assistant.language.people import people
from tests.operations.platform import CATALOGUE

KNOWN = CATALOGUE.people
ANA = KNOWN["ana-duarte"]


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("has Priya ever deployed anything to live", ["priya-raman"]),
        ("show Mei Tanaka's releases", ["mei-tanaka"]),
        ("deployments by jonas yesterday", ["jonas-weber"]),
        ("what did @ben-osei ship", ["ben-osei"]),
        ("<@U0MEITANAKA> deployments", ["mei-tanaka"]),
        ("did Ben or Priya release something", ["priya-raman", "ben-osei"]),
        ("when did i last touch production", ["ana-duarte"]),
        ("my last deploys", ["ana-duarte"]),
        ("who deployed payments to prod last?", []),
        ("has anybody deployed auth today", []),
        ("releases by hand last week", []),
    ],
)
def test_people_are_found_by_any_of_their_names(said: str, named: list[str]) -> None:
    assert sorted(people(said, KNOWN, ANA)) == sorted(named)


@pytest.mark.parametrize("said", ["did Anna deploy anything", "deploys of checkout by Zoe", "was it shipped by zoe?"])
def test_a_stranger_is_not_taken_for_everybody(said: str) -> None:
    with pytest.raises(NotFound, match="person"):
        people(said, KNOWN, ANA)


def test_a_service_is_no_stranger() -> None:
    assert people("did checkout deploy fine?", KNOWN, ANA, ["checkout"]) == []


def test_a_first_name_of_two_people_is_asked_about() -> None:
    known = {**KNOWN, "ana-lima": replace(ANA, name="ana-lima", display_name="Ana Lima", github="ana-lima", slack=None)}
    with pytest.raises(Invalid, match="Ana Duarte or Ana Lima"):
        people("what did Ana deploy", known, None)
    assert people("what did Ana Lima deploy", known, None) == ["ana-lima"]


def test_i_is_nobody_when_the_speaker_is_unknown() -> None:
    with pytest.raises(Invalid, match="who you are"):
        people("what did I deploy yesterday", KNOWN, None)
