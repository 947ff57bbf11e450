"""What a thread is about: the request or deployment that its messages show, whoever asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.contracts.ports import Outbox


def subject_of(outbox: Outbox, conversation: str, since: datetime | None) -> Mapping[str, Any] | None:
    """What “it” means first in somebody's conversation in a thread, None where their own talk says it.

    Args:
        conversation: ``WORKSPACE.PERSON.CHANNEL.THREAD``; others are nobody else's business.
        since: when this person was answered there last; what was shown before that is settled by it.
    """
    team, _, rest = conversation.partition(".")
    person, _, place = rest.partition(".")
    channel, _, thread = place.partition(".")
    found = outbox.in_thread(f"{team}.{channel}", thread) if thread else None
    if found is None or found.post.reader == person or (since is not None and found.put_at <= since):
        return None
    # Another person's change is never corrected or confirmed by going on with it.
    return {name: value for name, value in found.post.subject.items() if name != "change"} or None
