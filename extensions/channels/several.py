"""A message with several questions: each is answered in a turn of its own, so that none is dropped in silence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from assistant.language.questions import halves

MOST = 3
"""Questions of one message; what is beyond stays with the last of them."""
CLEAR = 0.5
"""The confidence from which a half is a request of its own."""

Parse = Callable[[str], Awaitable[Mapping[str, Any]]]
"""From a text to what Rasa parses it as (``Agent.parse_message``)."""

# What looks something up is called so; these alone may be read out of a half sentence together with another.
_READING = ("ask_", "list_", "fetch_", "find_")
_NO_REQUEST = frozenset(
    {
        *("inform", "affirm", "deny", "stop", "greet", "goodbye", "thank", "give_feedback"),
        *("ask_help", "ask_identity", "out_of_scope", "nlu_fallback"),
    }
)


async def questions(text: str, parse: Parse) -> list[str]:
    """The requests that a message holds, in the order in which to answer them; mostly the message itself.

    Parts are requests when each is understood, and as another one than the part before. One that changes something
    comes last: what it asks back must stay the last word of the answer. Two such are left to people: one at a time.
    """
    parts = await _parts(text, parse, MOST)
    changing = [part for part, intent in parts if not _reads(intent)]
    if len(parts) < 2 or len(changing) > 1:
        return [text]
    return [*(part for part, _ in parts if part not in changing), *changing]


async def _parts(text: str, parse: Parse, most: int) -> list[tuple[str, str]]:
    """The parts with their intents; none when the text, or a part of it, is not understood."""
    for first, second in halves(text) if most > 1 else ():
        intent = await _intent(first, parse)
        rest = await _parts(second, parse, most - 1) if intent else []
        if intent and rest and rest[0][1] != intent:
            return [(first, intent), *rest]
    intent = await _intent(text, parse)
    return [(text, intent)] if intent else []


async def _intent(text: str, parse: Parse) -> str | None:
    """What a part asks for; None when it asks for nothing that is clear."""
    found: Mapping[str, Any] = (await parse(text)).get("intent") or {}
    name, confidence = str(found.get("name")), float(found.get("confidence") or 0)
    return None if name in _NO_REQUEST or confidence < CLEAR else name


def _reads(intent: str) -> bool:
    return intent.startswith(_READING)
