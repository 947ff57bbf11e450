"""What a question is about when it names nothing known."""

from __future__ import annotations

import pytest

from assistant.language.subjects import unknown_subject


def named(text: str, *known: str) -> str | None:
    places = [(text.index(name), text.index(name) + len(name)) for name in known]
    found = unknown_subject(text, places)
    return text[slice(*found)] if found else None


@pytest.mark.parametrize(
    ("text", "known", "subject"),
    [
        ("how is the mobile app doing", (), "mobile app"),
        ("how's the kitchen doing in prod", ("prod",), "kitchen"),
        ("who deployed the mobile app last", (), "mobile app"),
        ("who shipped ledger to prod", ("prod",), "ledger"),
        ("any alerts for mobile app?", (), "mobile app"),
        ("who owns the data lake", (), "data lake"),
        ("what version of the mobile app is in prod", ("prod",), "mobile app"),
        ("is the mobile app healthy in staging?", ("staging",), "mobile app"),
        ("did the mobile app build pass", (), "mobile app"),
        ("pmts prd status", ("prd",), "pmts"),
        ("status prd pmts", ("prd",), "pmts"),
    ],
)
def test_it_is_found(text: str, known: tuple[str, ...], subject: str) -> None:
    assert named(text, *known) == subject


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("how is everything going", ()),
        ("how is the whole platform doing", ()),
        ("how is payments doing", ("payments",)),
        ("how are our services doing", ()),
        ("who deployed anything last", ()),
        ("who deployed to prod last", ("prod",)),
        ("alerts for my team", ()),
        ("who owns what", ()),
        ("is the last build green", ()),
        ("are the tests green", ()),
        ("did the last deployment work", ()),
        ("prd stauts", ("prd",)),
        ("gimme prod status", ("prod",)),
        ("status of the last deployment", ()),
        ("who deployed most recently", ()),
    ],
)
def test_general_words_are_no_subject(text: str, known: tuple[str, ...]) -> None:
    assert named(text, *known) is None
