"""A turn's answer on its way to Slack: a card, where it goes, and who may see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import OutputChannel

from assistant.contracts.as_json import from_json
from assistant.contracts.card import Card
from assistant.contracts.messaging import Incoming, Kind
from assistant.contracts.post import Post, PostKind
from assistant.safeguards.redaction import redact
from extensions.channels.slack.intents import NOT_UNDERSTOOD, SMALL_TALK, YES_OR_NO, changing_intents

_TELL_NOTHING = frozenset({*SMALL_TALK, *NOT_UNDERSTOOD, *YES_OR_NO})


@dataclass(frozen=True)
class Answer:
    """What an action, or Rasa itself, says.

    ``private`` are the resources that more than a member's right was needed for; ``understood`` tells intent,
    confidence and model, and is empty for what no action says. ``shows`` is the key of what is kept current in it,
    ``subject`` what “it” means after it, ``see`` the key of what is kept current in another message.
    ``meant`` is False where the words meant nothing to the assistant, ``answered`` also for its questions and refusals;
    ``refused`` is True for the latter.
    """

    card: Card
    private: tuple[str, ...] = ()
    understood: Mapping[str, Any] | None = None
    shows: str = ""
    subject: Mapping[str, Any] = field(default_factory=dict)
    see: str = ""
    meant: bool = True
    answered: bool = True
    refused: bool = False

    @property
    def judged(self) -> bool:
        """Whether people may say how good it is; what is kept current changes under their words."""
        return self._tells and not self.shows and self._intent not in changing_intents()

    @property
    def shareable(self) -> bool:
        """Whether others may want to see it: an answer, or what a change would mean."""
        asks_yes = any(button.intent == "affirm" for button in self.card.buttons)
        return self._tells and (asks_yes or self._intent not in changing_intents())

    @property
    def _intent(self) -> str:
        return str((self.understood or {}).get("intent") or "")

    @property
    def _tells(self) -> bool:
        return self.answered and bool(self._intent) and self._intent not in _TELL_NOTHING


class SlackOutput(OutputChannel):
    """Passes every message of a turn on as an :class:`Answer`."""

    def __init__(self, answer: Callable[[Answer], Awaitable[None]]) -> None:
        self._answer = answer
        self.said = 0

    @classmethod
    def name(cls) -> str:
        """As the input channel is called."""
        return "slack"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Every message of a turn comes through here."""
        self.said += 1
        body = message.get("custom") or {}
        if "card" not in body:
            await self._answer(Answer(Card(redact(str(message.get("text") or "")))))
            return
        card = from_json(Card, body["card"])
        private, shows, see = tuple(body.get("private") or ()), str(body.get("shows") or ""), str(body.get("see") or "")
        how = {name: bool(body[name]) for name in ("meant", "answered", "refused") if name in body}
        await self._answer(Answer(card, private, body.get("understood"), shows, body.get("subject") or {}, see, **how))


def addressed(incoming: Incoming, id: str, private: bool, replace: bool = False) -> Post:
    """An empty post to whoever did something, where they did it.

    A command, a form, and a click on what one person alone sees are answered for that person alone; a private answer is
    too. What came from nowhere (the App Home, a form of it) is answered in the direct message.

    Args:
        private: nobody else may see it.
        replace: it takes the place of the message that was clicked, where one person alone sees that.
    """
    team, user = incoming.team, incoming.user
    private = private or incoming.kind is Kind.VIEW
    url = str(incoming.body.get("response_url") or "")
    if url and (is_for_one(incoming) or (private and not incoming.channel.startswith("D"))):
        options = {"response_type": "ephemeral", "replace_original": replace and is_for_one(incoming)}
        return Post(id, PostKind.RESPONSE, team, incoming.channel, reader=user, target=url, options=options)
    if not incoming.channel:
        return Post(id, PostKind.MESSAGE, team, user, reader=user)
    thread = incoming.thread or None
    if private and not incoming.channel.startswith("D"):
        return Post(id, PostKind.EPHEMERAL, team, incoming.channel, thread=thread, reader=user)
    return Post(id, PostKind.MESSAGE, team, incoming.channel, thread=thread, reader=user)


def clicked_id(incoming: Incoming) -> str:
    """The id of the answer under which something was clicked, "" for everything else."""
    clicked = incoming.body["actions"][0] if incoming.kind is Kind.ACTION else {}
    value = str(clicked.get("value") or (clicked.get("selected_option") or {}).get("value") or "")
    return value.partition(".")[0]


def nearest(shown: Sequence[Post], post: Post) -> str:
    """The id of the message to link to: one of the same channel, else of the same reader, else of another channel.

    None in other people's direct messages; "" when there is no other.
    """
    ways: tuple[Callable[[Post], bool], ...] = (
        lambda each: each.queue == post.queue,
        lambda each: each.reader == post.reader,
        lambda each: each.channel.startswith("C"),
    )
    return next((each.id for way in ways for each in shown if way(each)), "")


def is_for_one(incoming: Incoming) -> bool:
    """Whether it was done where only its doer looks: a command, a shortcut, a button of an ephemeral message."""
    if incoming.kind in (Kind.COMMAND, Kind.SHORTCUT):
        return True
    container = incoming.body.get("container") or {}
    return incoming.kind is Kind.ACTION and bool(container.get("is_ephemeral"))
