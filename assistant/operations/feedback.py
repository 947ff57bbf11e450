"""What people say of an answer. Everybody may."""

from __future__ import annotations

import uuid

from assistant.contracts.post import Answered, Opinion
from assistant.operations.context import Context
from assistant.safeguards.redaction import redact


def judge(context: Context, words: str, good: bool, about: Answered | None) -> None:
    """Keep an opinion with the question and the answer that it is about, where there is one.

    Raises Unavailable when it cannot be kept.
    """
    id = about.id if about else f"none-{uuid.uuid4().hex[:16]}"
    context.judge(Opinion(id, context.actor.user, good, redact(words)), about)
