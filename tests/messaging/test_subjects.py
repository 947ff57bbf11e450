"""What "it" means in a thread that several people talk in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from assistant.contracts.post import Post, PostKind
from assistant.integrations.store.outbox import SqlOutbox
from assistant.messaging.subjects import subject_of

NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
SUBJECT = {"capability": "status", "values": {"service": ["payments"], "environment": ["production"]}}
SHOWN = Post("a-1", PostKind.MESSAGE, "T1", "C1", "Request 2 waits", thread="5.5", reader="U1", shows="request:2")
MINE, THEIRS = "T1.U1.C1.5.5", "T1.U2.C1.5.5"


@pytest.fixture
def outbox(engine: Engine) -> SqlOutbox:
    outbox = SqlOutbox(engine)
    outbox.put(replace(SHOWN, subject={**SUBJECT, "change": True}), now=NOW)
    return outbox


def test_others_in_the_thread_mean_what_it_shows_and_can_change_nothing_by_it(outbox: SqlOutbox) -> None:
    assert subject_of(outbox, THEIRS, None) == SUBJECT
    assert subject_of(outbox, THEIRS, NOW - timedelta(seconds=1)) == SUBJECT


def test_what_somebody_talked_of_since_goes_first(outbox: SqlOutbox) -> None:
    assert subject_of(outbox, THEIRS, NOW + timedelta(seconds=1)) is None


def test_ones_own_conversation_knows_it_anyway(outbox: SqlOutbox) -> None:
    assert subject_of(outbox, MINE, None) is None


@pytest.mark.parametrize("conversation", ["T1.U2.C1.6.6", "T1.U2.C2.5.5", "T1.U2.D9", "local-1", ""])
def test_elsewhere_nothing_is_shared(outbox: SqlOutbox, conversation: str) -> None:
    assert subject_of(outbox, conversation, None) is None
