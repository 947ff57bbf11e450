"""What the assistant sends into a chat, as it waits in the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class PostKind(Enum):
    """What is done with a post."""

    MESSAGE = "message"
    """A message in a channel or thread; ``channel`` may be a person's id, which means a direct message."""
    UPDATE = "update"
    """New content for the message that the post ``of`` made. (A message with ``of`` stands in that one's thread.)"""
    EPHEMERAL = "ephemeral"
    """A message that ``reader`` alone sees."""
    RESPONSE = "response"
    """The answer to a command or click, at its address ``target``; ``options`` may say ``replace_original``."""
    REACT = "react"
    UNREACT = "unreact"
    """A sign under the message ``target``; ``text`` is the emoji's name."""
    FILE = "file"
    """``text`` as a file called ``title``."""
    VIEW = "view"
    """A window, for the click ``target``, which is good for three seconds; ``options`` is the view. With ``of`` it is
    new content for the window that that post opened."""
    HOME = "home"
    """The App Home of ``reader``; ``options`` is the view."""


@dataclass(frozen=True)
class Post:
    """One thing to send. Posts of a ``queue`` are sent one after the other, in the order in which they were put.

    Attributes:
        id: ours, for ever; putting the same id twice sends once, and Slack keeps it with the message.
        team, channel: where; a post without a place of its own leaves ``channel`` empty.
        text: what shows where blocks do not: notifications, screen readers.
        thread: the message that it answers.
        reader: who sees it, and who is told when it cannot be sent.
        critical: told twice rather than never, when nobody knows whether it arrived.
        shows: the key of what it shows (``Notice.key``); the newest message of a channel that shows it is kept current.
        subject: what “it” means in its thread, as a conversation's slot has it.
        see: the post whose message it ends with a link to.
        calls: the moment of a notice that it told its reader of by itself.
    """

    id: str
    kind: PostKind
    team: str
    channel: str = ""
    text: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()
    thread: str | None = None
    reader: str | None = None
    of: str | None = None
    target: str = ""
    title: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    critical: bool = False
    shows: str = ""
    subject: Mapping[str, Any] = field(default_factory=dict)
    see: str = ""
    calls: str = ""

    @property
    def queue(self) -> str:
        """Which posts it must not overtake: those of its channel; a window waits for nobody."""
        if self.kind is PostKind.VIEW:
            return f"view.{self.of or self.id}"
        return f"{self.team}.{self.channel or self.reader or ''}"


@dataclass(frozen=True)
class Place:
    """Where a message stands: its channel, and the time stamp that is its name there."""

    channel: str
    ts: str


@dataclass(frozen=True)
class Waiting:
    """A post that was taken to be sent now.

    ``doubtful`` means that an earlier attempt may have arrived; ``at`` is where the message stands that an update is
    for, None when it was never sent; ``seen`` is where the one stands that it links to.
    """

    post: Post
    attempts: int
    doubtful: bool
    put_at: datetime
    at: Place | None = None
    seen: Place | None = None


@dataclass(frozen=True)
class Backlog:
    """How much waits in a queue, since when the oldest, and how much was given up within a day.

    ``problem`` is why the newest that was tried did not arrive, "" when it did, None when nothing was ever sent.
    """

    waiting: int
    oldest: datetime | None
    failed: int
    problem: str | None = None


@dataclass(frozen=True)
class Answered:
    """An answer as it was given, for its buttons, the sharing of it and what people say of it.

    Attributes:
        id: of the post that carried it.
        asked_by: the user id of whose question it is.
        card: as JSON.
        private: the resources that more than a member's right was needed for.
        intent, confidence, model: how the question was understood, and by which model.
        revision: counts what became of its choices; a click with an older one is stale.
        of: the post that made the message, where this is new content for it.
    """

    id: str
    team: str
    channel: str
    thread: str | None
    conversation: str
    asked_by: str
    question: str
    card: Mapping[str, Any]
    private: tuple[str, ...] = ()
    intent: str = ""
    confidence: float = 0.0
    model: str = ""
    ephemeral: bool = False
    revision: int = 0
    of: str | None = None

    @property
    def message(self) -> str:
        """The post that made the message which shows it."""
        return self.of or self.id


@dataclass(frozen=True)
class Opinion:
    """What somebody says of an answer: ``good`` or not, and why."""

    answer: str
    user: str
    good: bool
    reason: str = ""


@dataclass(frozen=True)
class ChatSettings:
    """What a channel or a person has chosen; None is “as the catalogue says”.

    Attributes:
        kinds: of messages that the assistant sends by itself (:data:`KINDS`).
        replies: ``always`` reads plain replies in threads where it takes part, ``mentions`` only what names it.
        service: what is meant when none is named.
        zone: an IANA time zone, of a person.
    """

    kinds: tuple[str, ...] | None = None
    replies: str | None = None
    service: str | None = None
    zone: str | None = None


KINDS = ("deployments", "approvals")
"""What may be switched on; nothing of it is on by itself."""

REPLIES = ("mentions", "always")


def settled(layers: Sequence[ChatSettings | None]) -> ChatSettings:
    """For each setting the first layer that says anything; nothing is on that nobody switched on."""
    said = [layer for layer in layers if layer is not None]

    def first(name: str) -> Any:
        return next((value for layer in said if (value := getattr(layer, name)) is not None), None)

    return ChatSettings(first("kinds") or (), first("replies") or REPLIES[0], first("service"), first("zone"))
