"""The training phrases of this project are sound, and the check that says so finds what is not."""

from __future__ import annotations

from learning.corpora import Example, load
from learning.model import DATA, domain_entities
from learning.phrases import problems


def test_our_own_phrases_are_sound() -> None:
    assert list(problems(load(DATA), domain_entities())) == []


def test_doubles_held_out_phrases_and_unknown_entities_are_found() -> None:
    training = [
        Example("ship it!", "deploy"),
        Example("Ship it", "use_template"),
        Example("GOOD bot", "thank"),
        Example("good bot", "thank"),
        Example("on mars", "inform", (("planet", "mars"),)),
    ]
    found = list(problems(training, {"service"}, [Example("Good bot.", "thank")]))
    assert len(found) == 5
    assert "deploy and use_template" in found[0]
    assert "measuring set" in found[1]
    assert "twice under thank" in found[2]
    assert "unknown entity planet" in found[4]
