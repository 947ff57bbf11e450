"""App Home: what waits for me, my services, what alerts, what was deployed last, and things to try.

It is put together from the answers to ordinary questions, asked in the person's name with the person's rights.
https://docs.slack.dev/surfaces/app-home
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.contracts.actor import Actor
from assistant.contracts.card import Card
from assistant.contracts.messaging import Incoming
from assistant.contracts.post import Post, PostKind
from assistant.presentation.blocks import SANDBOX, controls, note, pages
from extensions.channels.slack import deploy_window
from extensions.channels.slack.desk import Desk, Wish
from extensions.channels.slack.output import Answer

_MOST_BLOCKS = 100
"""Blocks that Slack takes in a view."""
_MOST_EACH = 20
_WAITING = Wish("ask_approvals", {}, "What waits for me?")
_TRY = ("How's staging doing?", "What's firing in production?", "How do I get access to a database?")


async def handle(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Publish the home of whoever opened it, or clicked in it."""
    person = await desk.run(desk.assistant.person, actor)
    teams = list(person.teams) if person else []
    wishes = [_WAITING, *_wishes(teams)]
    waiting, *found = await asyncio.gather(
        *(desk.cards(incoming, actor, wish, f"home-{number}") for number, wish in enumerate(wishes))
    )
    blocks = [block for card in waiting if card.rows for block in await _to_decide(desk, incoming, card)]
    blocks += _greeting(teams)
    cards = [card for some in found for card in some]
    blocks += [block for card in cards for block in _section(card, incoming.id, choices=False)]
    blocks += _tries(bool(person))
    blocks += [note(SANDBOX)] if any(card.sandbox for card in cards) else []
    view = {"type": "home", "blocks": blocks[:_MOST_BLOCKS]}
    await desk.put(Post(f"{incoming.id}-home", PostKind.HOME, incoming.team, reader=incoming.user, options=view))


def _wishes(teams: Sequence[str]) -> list[Wish]:
    if not teams:
        return [Wish("ask_status", {"environment": ["production"]}, "How is production doing?")]
    mine = {"team": teams}
    return [
        Wish("ask_status", mine, "How are my team's services doing?"),
        Wish("list_alerts", mine, "Which alerts are firing for my team?"),
        Wish("ask_history", mine, "What was deployed last?"),
    ]


def _greeting(teams: Sequence[str]) -> list[Mapping[str, Any]]:
    if teams:
        return [_header("Your services")]
    text = "I don't know your team: ask the platform team to add your Slack id to the catalogue. This is production:"
    return [_header("Production"), note(text)]


async def _to_decide(desk: Desk, incoming: Incoming, card: Card) -> list[Mapping[str, Any]]:
    """What waits for this person, with the buttons to decide it here."""
    post = Post(f"{incoming.id}-waiting", PostKind.HOME, incoming.team, reader=incoming.user)
    await desk.keep(incoming, Answer(card), post, _WAITING.words)
    heading = "Your requests" if card.title.startswith("Nothing") else "Waits for you"
    return [_header(heading), *_section(card, post.id, choices=True)]


def _section(card: Card, answer: str, choices: bool) -> list[Mapping[str, Any]]:
    """A card; what does not fit is said, and can be asked for."""
    card = replace(card, sandbox=False)  # said once, at the end
    every = [block for page in pages(card, answer) for block in page if choices or block["type"] != "actions"]
    more = [note("There is more: ask me for all of it.")] if len(every) > _MOST_EACH else []
    return [*every[:_MOST_EACH], *more, {"type": "divider"}]


def _tries(known: bool) -> list[Mapping[str, Any]]:
    lines = [{"type": "text", "text": "\n".join(f"• {each}" for each in _TRY)}]
    section = {"type": "rich_text_section", "elements": lines}
    buttons = {**({deploy_window.ACTION: "Deploy …"} if known else {}), "settings": "Settings"}
    row = controls(buttons, "home")
    return [_header("Try, in a message to me"), {"type": "rich_text", "elements": [section]}, row]


def _header(text: str) -> Mapping[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}
