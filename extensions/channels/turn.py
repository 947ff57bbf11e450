"""One turn of the dialogue: what is unreadable is refused with a reason, and nobody is left without an answer.

Rasa says nothing when the action server is stopped, hangs or fails (``rasa/core/processor.py`` logs it and goes on);
the person would wait for ever.
"""

from __future__ import annotations

import asyncio
import unicodedata
import uuid
from collections.abc import Awaitable, Callable
from copy import copy
from typing import Any

import structlog
from rasa.core.channels.channel import OutputChannel, UserMessage

from assistant.contracts.actor import Actor
from assistant.observability import bind_correlation
from assistant.safeguards.identity import CLAIM, sign
from extensions.channels.several import Parse, questions

LONGEST_MESSAGE = 4000
TURN_SECONDS = 12.0
"""Seconds after which the person is told that no answer comes; the action server gives up well before."""
MESSAGE_SECONDS = 24.0
"""The same for a message of several questions, all of them together."""

Handler = Callable[[UserMessage], Awaitable[Any]]

_log = structlog.get_logger(__name__)


class Watched(OutputChannel):
    """An output channel that remembers how much was said, and all the buttons in their order."""

    def __init__(self, inner: OutputChannel) -> None:
        self._inner = inner
        self.said = 0
        self.buttons: list[dict[str, str]] = []

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Pass a message on; every message of a turn comes through here."""
        self.said += 1
        self.buttons += message.get("buttons") or []
        await self._inner.send_response(recipient_id, message)


def plain_text(typed: str) -> str:
    """What a person typed, without control characters and never a command: only buttons carry intents.

    Rasa takes a leading slash for an intent of that name, whoever typed it.
    """
    kept = "".join(" " if one in "\n\r\t" else one for one in typed if one in "\n\r\t" or not _hidden(one))
    return " ".join(kept.split()).lstrip("/ ")


async def take_turn(
    handle: Handler,
    message: UserMessage,
    actor: Actor,
    key: str | None,
    parse: Parse | None = None,
    quoted: bool = False,
) -> list[dict[str, str]]:
    """Let Rasa handle one message of a verified speaker.

    Args:
        handle: Rasa's handler.
        message: with clean text and the conversation's id.
        actor: who the channel verified.
        key: signs the claim; without one the speaker is a guest.
        parse: Rasa's parser; with it a message of several questions is handled as several, one after the other.
        quoted: the speaker only asks about the words.

    Returns:
        The buttons that the answer showed.
    """
    bind_correlation(message.message_id)
    output = Watched(message.output_channel)
    refusal = _refusal(message.text)
    if refusal:
        await output.send_response(message.sender_id, {"text": refusal})
        return []
    texts = await questions(message.text, parse) if parse else [message.text]
    for text in texts:
        part = copy(message)
        part.text, part.output_channel = text, output
        part.metadata = _claim(part, actor, key, quoted)
        before = output.said
        await _finish(asyncio.ensure_future(handle(part)), min(TURN_SECONDS, MESSAGE_SECONDS / len(texts)))
        if output.said == before:
            sorry = {"text": _sorry(message.message_id), "custom": {"answered": False}}
            await output.send_response(message.sender_id, sorry)
    return output.buttons


def new_message_id() -> str:
    """An id for a message whose channel gives it none; the correlation id of everything that follows."""
    return uuid.uuid4().hex[:12]


async def _finish(task: asyncio.Future[Any], seconds: float) -> None:
    """Wait for Rasa, but not for ever; how it ended is for the log."""
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.cancel()
        _log.error("turn.timeout", seconds=seconds)
    elif task.exception():
        _log.error("turn.failed", exc_info=task.exception())


def _claim(message: UserMessage, actor: Actor, key: str | None, quoted: bool) -> dict[str, str]:
    if key is None:
        return {}
    return {CLAIM: sign(key, actor, message.sender_id, message.message_id, message.text, quoted=quoted)}


def _refusal(text: str) -> str | None:
    if not text:
        return "I got nothing that I can read. Ask me something, for example: How's staging doing?"
    if len(text) > LONGEST_MESSAGE:
        return (
            f"That is {len(text):,} characters; I read up to {LONGEST_MESSAGE:,}, so I did nothing with it. "
            "Please send me the lines that matter."
        )
    return None


def _sorry(reference: str) -> str:
    return (
        "I could not look that up: the part of me that asks GitHub and the other systems does not answer. "
        "If you asked for a change or said yes to one, I do not know whether that arrived: ask “how's it going?” "
        "in a minute, before you ask for it again. If it stays so, tell the platform team: "
        f"reference {reference}"
    )


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") and character != "\u200d"
