"""Only plain words settle something at once."""

from __future__ import annotations

import pytest

from assistant.language.consent import hedged, withheld


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "Yes, do it",
        "ok go ahead",
        "yes please",
        "sure, ship it!",
        "yes and ping me when it's done",
        "Yes please, and let me know when it is out",
        "yup, looks good, ship it",
        "yes i know the risk, continue",
        "yes 1.4.2 it is",
        "sure thing, carry on",
        "yes, because customers wait",
        "ok cool",
        "that is what I want",
        ":white_check_mark:",
    ],
)
def test_a_plain_yes(text: str) -> None:
    assert hedged(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("should I say yes?", "in a question"),
        ("why should I say yes?", "in a question"),
        ("ok?", "in a question"),
        ("yes, if the tests are green", "with a condition"),
        ("yes once it is through ci", "with a condition"),
        ("yes tomorrow morning", "for later"),
        ("sure, in an hour", "for later"),
        ("yes, after lunch", "with a condition"),
        ("I would say yes but I am afraid", "with a doubt"),
        ("> yes", "that is quoted"),
        ("[bot] yes", "that is quoted"),
        ("yes go ahead, but check with ben first", "with a condition"),
        ("yes go ahead, but tell ben first", "with a condition"),
        ("yes, let me ask ben first", "with a condition"),
        ("ok, checking with ben", "with a condition"),
        ("yes, but with ben watching", "with a condition"),
        ("yes, have ben look at it before", "with a condition"),
        ("yes, let lena decide", "with a condition"),
        ("yes go, after checking the db", "with a condition"),
        ("yes, need to check with ben", "with a condition"),
        ("yes but tell me first whether ci is green", "with a condition"),
        ("yes, ben is on it", "with more in it than a plain yes"),
        ("ok, in staging they will love it", "with more in it than a plain yes"),
        ("yes, ben knows", "with more in it than a plain yes"),
    ],
)
def test_a_yes_that_is_none(text: str, why: str) -> None:
    assert hedged(text) == why


@pytest.mark.parametrize(
    "text",
    [
        "approve 57",
        "can you rerun build 42?",
        "could we repeat the nightly of search?",
        "approve 57, needed for tomorrow's launch",
        "please unlock staging, will you?",
        "rerun it if you can",
        "unlock qa and tell me when it is done",
    ],
)
def test_a_plain_order(text: str) -> None:
    assert withheld(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "approve request 5, but only if the error rate is below 1%",
        "approve it tomorrow",
        "approve, but ask priya first",
        "approve, have mei look at it before",
        "approve it, let me check with lena first",
        "approve 57 after checking the db",
        "approve, pending ben's review",
        "if the tests were green I would approve it",
        "approve?",
        "unlock staging? hmm",
        "rerun the failed checkout build?",
        "resume in one hour",
        "pause everything because drill, from tomorrow if possible",
    ],
)
def test_an_order_that_is_none(text: str) -> None:
    assert withheld(text) is not None


def test_an_end_and_a_reason_belong_to_a_lock() -> None:
    assert withheld("lock staging until tomorrow, if it rains we stay longer", tells_more=True) is None
    assert withheld("lock dev? reason: tests", tells_more=True) == "in a question"
