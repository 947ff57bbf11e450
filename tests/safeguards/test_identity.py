"""Nobody speaks in somebody else's name."""

from __future__ import annotations

import pytest

from assistant.contracts.actor import GUEST, Actor
from assistant.safeguards.identity import LIFETIME, sign, verify

ANA = Actor("T1", "U1")
KEY = "k" * 32
SIGNED = sign(KEY, ANA, "c1", "m1", "how's staging", now=1000.0)


def test_a_signed_speaker_is_believed() -> None:
    claim = verify(KEY, SIGNED, "c1", "how's staging", now=1010.0)
    assert claim.actor == ANA
    assert claim.correlation == "m1"


@pytest.mark.parametrize(
    ("key", "signed", "conversation", "text", "now"),
    [
        ("x" * 32, SIGNED, "c1", "how's staging", 1010.0),
        (None, SIGNED, "c1", "how's staging", 1010.0),
        (KEY, SIGNED, "c2", "how's staging", 1010.0),
        (KEY, SIGNED, "c1", "deploy to prod", 1010.0),
        (KEY, SIGNED, "c1", "how's staging", 1000.0 + LIFETIME + 1),
        (KEY, SIGNED[:-2] + "xx", "c1", "how's staging", 1010.0),
        (KEY, {"workspace": "T1", "user": "U1"}, "c1", "how's staging", 1010.0),
        (KEY, "", "c1", "how's staging", 1010.0),
        (KEY, None, "c1", "how's staging", 1010.0),
    ],
    ids=["other key", "no key", "other conversation", "other text", "expired", "tampered", "unsigned", "empty", "none"],
)
def test_anything_else_is_a_guest(key: str | None, signed: object, conversation: str, text: str, now: float) -> None:
    assert verify(key, signed, conversation, text, now=now).actor == GUEST
