"""Speaking of a change is not asking for it."""

from __future__ import annotations

import pytest

from assistant.language.negation import withholds


@pytest.mark.parametrize(
    "text",
    [
        "don't deploy payments",
        "please do not roll back checkout",
        "never deploy on fridays",
        "Request number 9 shall not be approved, the customer has an event tonight.",
        "payments mustn't get deployed before monday",
        "what would happen if we deployed 1.4.2",
        "what if I rolled back search",
        "should we deploy now",
        "suppose we ship payments",
        "```\ndeploy payments 1.4.2\n```",
        "2024-11-02 08:14:22 ERROR deploy failed",
        "how do I roll back?",
        "ok, how can we deploy to staging",
        "is HighErrorRate silenced?",
        "who approved 57",
        "is search 1.4.2 deployed to prod?",
        "until when is staging locked",
        "java.lang.IllegalStateException: rollback not possible",
        "why can't i roll back payments",
        "which requests did anyone approve?",
        "did anyone mute alerts on checkout around 3am",
        "we should deploy payments 1.4.3 to prod some day, but not today",
        "i'd like to roll back search at some point",
        "last week we wanted to deploy payments 1.4.3 to production and it failed",
        "I deployed payments 1.4.3 to staging, tell ben",
        "we've already rolled back checkout",
        "they tried to ship search yesterday",
    ],
)
def test_withheld(text: str) -> None:
    assert withholds(text)


@pytest.mark.parametrize(
    "text",
    [
        "deploy payments 1.4.2 to prod",
        "roll back checkout, it doesn't work",
        "approve 42, I don't see a risk",
        "can you deploy search",
        "I'd like you to silence HighLatency",
        "if you can, deploy search to qa",
        "is it possible to deploy search to qa",
        "are you able to roll back checkout",
        "who needs that build, cancel 42",
        "why is it red? rerun it please now",
        "what about rolling back search",
        "don't let anyone deploy to staging",
        "we deployed a bad version, roll back checkout",
        "I wanted to deploy payments 1.4.3 to staging please",
        "deploy payments, we tried to deploy it yesterday and it failed",
        "not now, cancel that deployment",
        "lock staging because we will need it some day",
    ],
)
def test_asked_for(text: str) -> None:
    assert not withholds(text)
