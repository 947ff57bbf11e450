"""What comes in from chat, and the workspaces where the assistant is installed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

LATE = timedelta(minutes=2)
"""A change that was asked for longer ago is asked again before it is carried out."""


class Kind(str, Enum):
    """What somebody did in chat. The values are stored."""

    MESSAGE = "message"
    COMMAND = "command"
    ACTION = "action"
    VIEW = "view"
    SHORTCUT = "shortcut"
    HOME = "home"


class Stage(str, Enum):
    """How far the assistant is with it. The values are stored."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True)
class Incoming:
    """Something that somebody did in chat, once, however often it was delivered.

    Args:
        id: what deliveries of the same share (:func:`incoming_id`); also the reference that people are told, the id of
            the message in the dialogue and the idempotency key of whatever follows.
        kind: what was done.
        team: the workspace where it happened, as installed.
        user: who did it.
        home: the workspace that ``user`` belongs to; another one's are strangers.
        channel: where; "" for what happens nowhere (App Home, most submissions).
        thread: the thread to answer in, "" for none (direct messages, commands).
        conversation: what is worked off in order: one person in one thread or direct message.
        text: as written, in Slack's own escaped form.
        body: the platform's own body, for what the fields above leave out.
        sent_at: by the platform's clock.
        received_at: by ours.
        attempts: how often it was taken up, this time included.
        replayed: an operator asked for it again.
    """

    id: str
    kind: Kind
    team: str
    user: str
    home: str
    channel: str
    thread: str
    conversation: str
    text: str
    sent_at: datetime
    received_at: datetime
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    attempts: int = 0
    replayed: bool = False

    def late(self, now: datetime) -> bool:
        """Whether a change that it asks for has to be asked again."""
        return self.replayed or now - self.sent_at > LATE


@dataclass(frozen=True)
class Entry:
    """An incoming thing as the operator sees it: its stage, when it is due, and why it failed last."""

    incoming: Incoming
    stage: Stage
    due: datetime
    problem: str = ""


@dataclass(frozen=True)
class Workspace:
    """A workspace where the assistant is installed, with what it speaks there as.

    ``token`` is a bot token; ``refresh_token`` and ``expires_at`` are there where the platform rotates tokens.
    """

    team: str
    bot_user: str
    token: str = field(repr=False)
    name: str = ""
    bot_id: str = ""
    scopes: tuple[str, ...] = ()
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


def incoming_id(*parts: str) -> str:
    """The id of what these parts name, 16 hexadecimal digits: the same parts, the same id."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]
