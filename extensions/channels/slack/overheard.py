"""Replies in a thread that do not name the assistant: which of them are for it, where a channel wants it to read all.

People talk to each other there. What is doubtful stays unanswered: whoever means the assistant can name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.contracts.as_json import from_json
from assistant.contracts.card import Card
from assistant.contracts.messaging import Incoming, Kind
from assistant.contracts.platform import Person
from assistant.contracts.post import Answered
from extensions.channels.slack.intents import NOT_UNDERSTOOD, SMALL_TALK, YES_OR_NO

_HAIL = (
    r"\s*(?:(?:hey|hi|hello|hallo|ok|okay|thanks|thank you|thx|cheers|sorry|yo|(?:good )?morning|and|but|so|please|pls)"
    r"\b[\s,]*)?"
)
_CALLS_ANOTHER = re.compile(rf"{_HAIL}(?:<[@!]|@\w)", re.IGNORECASE)
_BY_NAME = re.compile(rf"{_HAIL}(\w[\w-]*(?: \w[\w-]*)?)\s*[,:]", re.IGNORECASE)


def plain(incoming: Incoming, bot_user: str) -> bool:
    """Whether it is a message in a channel that does not call the assistant by name."""
    event = incoming.body
    direct, called = event.get("channel_type") == "im", event.get("type") == "app_mention"
    return incoming.kind is Kind.MESSAGE and not (direct or called or f"<@{bot_user}" in incoming.text)


def to_another(text: str, people: Iterable[Person]) -> bool:
    """Whether somebody else is spoken to: they, or a group, are named first ("<@U…> can you …", "Cid, is …")."""
    if _CALLS_ANOTHER.match(text):
        return True
    named = _BY_NAME.match(text)
    return named is not None and named[1].casefold() in {name for person in people for name in _called(person)}


def is_meant(text: str, intent: str, before: Answered | None) -> bool:
    """Whether words of this meaning are for the assistant; ``before`` is its last answer to this person here."""
    if intent in YES_OR_NO:
        return before is not None and _asks(before)
    if intent == "greet" and before is not None and text.endswith("?"):
        return True  # "how's it going?" after a deployment
    return intent not in {*SMALL_TALK, *NOT_UNDERSTOOD, "ask_identity"} and (intent != "inform" or before is not None)


def _asks(before: Answered) -> bool:
    return any(button.intent in ("", "inform", *YES_OR_NO) for button in from_json(Card, before.card).buttons)


def _called(person: Person) -> tuple[str, ...]:
    whole = person.display_name.casefold()
    return whole, whole.partition(" ")[0], person.name.casefold()
