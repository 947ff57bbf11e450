"""What becomes of something that came in: the speaker is found out, what came too late is asked again, and then it is
a turn of the dialogue or one of the things that people click."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from assistant.bootstrap import Assistant
from assistant.contracts.actor import Actor
from assistant.contracts.card import Button, Card
from assistant.contracts.errors import NotConnected
from assistant.contracts.messaging import Incoming, Kind, Workspace
from extensions.channels.slack import clicks, commands, home, views
from extensions.channels.slack.actor import Stranger, record, speaker
from extensions.channels.slack.desk import Desk
from extensions.channels.slack.intents import changing_intents
from extensions.channels.slack.normalise import written
from extensions.channels.slack.overheard import is_meant, plain, to_another

_MANY_MINUTES = 120
_LONGEST_REPEAT = 1500
"""Characters that a button can carry with ease."""

Parse = Callable[[str], Awaitable[Mapping[str, Any]]]

_CLICKED = {
    Kind.COMMAND: commands.handle,
    Kind.ACTION: clicks.handle,
    Kind.SHORTCUT: clicks.handle,
    Kind.VIEW: views.handle,
    Kind.HOME: home.handle,
}


class Dispatch:
    """The work of the drain."""

    def __init__(self, assistant: Assistant, desk: Desk, parse: Parse) -> None:
        self._assistant, self._desk, self._parse = assistant, desk, parse

    async def work(self, incoming: Incoming) -> None:
        """Do what was asked for. Raises whatever goes wrong; the drain tries again."""
        here = await self._here(incoming)
        if here is None or incoming.user == here.bot_user:  # its own words are answered by nobody
            return
        overheard = plain(incoming, here.bot_user)
        if overheard and not await self._for_me(incoming):
            return
        try:
            actor = await asyncio.to_thread(speaker, self._assistant, incoming)
        except Stranger as stranger:
            if incoming.kind is not Kind.HOME:
                await asyncio.to_thread(record, self._assistant, incoming, stranger)
                if not overheard:
                    await self._desk.say(incoming, Card(str(stranger)))
            return
        if incoming.kind is Kind.MESSAGE:
            await self._message(incoming, actor, written(incoming.text, here.bot_user), overheard)
        elif incoming.late(_now()) and incoming.kind is not Kind.HOME:
            await self._desk.say(incoming, _repeat_click(incoming))
        else:
            await _CLICKED[incoming.kind](self._desk, incoming, actor)

    async def _here(self, incoming: Incoming) -> Workspace | None:
        """The workspace that it comes from, None where the assistant cannot speak."""
        try:
            return await asyncio.to_thread(self._assistant.workspaces.workspace, incoming.team)
        except NotConnected as error:
            if not incoming.body.get("response_url"):
                raise
            # Commands and clicks can be answered without a token: somebody learns why everything else stays silent.
            why = Card(f"I can't answer anybody here now: {error} Please tell the platform team.")
            await self._desk.say(incoming, why)
            return None

    async def give_up(self, incoming: Incoming) -> None:
        """Tell the person that nothing comes of it."""
        if incoming.kind is not Kind.HOME:
            # It may be replayed; what is said of it then must not be taken for this.
            await self._desk.say(incoming, _given_up(incoming), "given-up")

    async def _for_me(self, incoming: Incoming) -> bool:
        """Whether a reply that does not name the assistant is meant for it all the same."""
        if to_another(incoming.text, self._assistant.source.current().people.values()):
            return False
        before = await asyncio.to_thread(self._assistant.answers.newest, incoming.conversation)
        text = written(incoming.text, "")
        return is_meant(text, await self._intent(text), before)

    async def _message(self, incoming: Incoming, actor: Actor, text: str, overheard: bool) -> None:
        if incoming.late(_now()) and await self._changes(text):
            await self._desk.say(incoming, _still_wanted(incoming, text))
        else:
            await self._desk.ask(incoming, actor, text, overheard)

    async def _changes(self, text: str) -> bool:
        """Whether the words may change something: a request for it, or a yes to one."""
        return await self._intent(text) in {*changing_intents(), "affirm"}

    async def _intent(self, text: str) -> str:
        return str(((await self._parse(text)).get("intent") or {}).get("name"))


def _still_wanted(incoming: Incoming, text: str) -> Card:
    asked = f"You wrote this {_ago(incoming)}, and I could not answer then: “{text}”. I did nothing yet."
    if len(text) > _LONGEST_REPEAT:
        return Card(f"{asked} If it is still wanted, please write it again.")
    return Card(f"{asked} Is it still wanted?", buttons=(Button("Yes, go on", "", {"text": text}),))


def _repeat_click(incoming: Incoming) -> Card:
    late = f"This reached me only now (you did it {_ago(incoming)}), so I did nothing."
    return Card(f"{late} If it is still wanted, do it again.")


def _given_up(incoming: Incoming) -> Card:
    return Card(
        "I tried several times and could not finish this. Please ask me again later; if it stays so, tell the "
        f"platform team: reference {incoming.id}"
    )


def _ago(incoming: Incoming) -> str:
    minutes = max(1, round((_now() - incoming.sent_at).total_seconds() / 60))
    if minutes >= _MANY_MINUTES:
        return f"{round(minutes / 60)} hours ago"
    return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"


def _now() -> datetime:
    return datetime.now(timezone.utc)
