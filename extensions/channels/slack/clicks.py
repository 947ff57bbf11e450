"""Buttons and menus under answers, and the shortcut “Ask the assistant about this”.

A value tells an answer, its revision and the number of a choice; what the choice means is kept with the answer, so
nobody can change it on the way. A choice that answers a question is good once, and only while the question is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from assistant.contracts.actor import Actor
from assistant.contracts.as_json import from_json
from assistant.contracts.card import Button, Card
from assistant.contracts.messaging import Incoming, Kind
from assistant.contracts.post import Answered, Opinion, Post, PostKind
from assistant.presentation.blocks import note
from assistant.presentation.posts import filled
from extensions.channels.slack import deploy_window, home
from extensions.channels.slack.desk import Desk, Wish, answers_a_question
from extensions.channels.slack.intents import YES_OR_NO
from extensions.channels.slack.normalise import written
from extensions.channels.slack.output import addressed, is_for_one
from extensions.channels.slack.settings_window import open_settings
from extensions.channels.slack.views import ask_reason

_FORGOTTEN = Card("That answer is older than I can remember. Please ask me again.")
_OTHERS = Card("That question was asked of somebody else. Ask me yourself, I am glad to help.")
_TWICE = Card("You chose that already; it goes on where the question was.")
_OVER = Card("That question is no longer open, so I did nothing. Please ask me again.")


async def handle(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Do what was clicked."""
    if incoming.kind is Kind.SHORTCUT:
        await desk.ask(incoming, actor, written(incoming.text, ""))
        return
    clicked = incoming.body["actions"][0]
    verb, _, rest = str(clicked.get("action_id")).partition(".")
    if verb == "settings":
        await open_settings(desk, incoming, actor)
        return
    if verb == deploy_window.ACTION:
        await deploy_window.clicked(desk, incoming, actor)
        return
    value = str(clicked.get("value") or (clicked.get("selected_option") or {}).get("value") or "")
    answer_id, revision, number = [*value.split("."), "", ""][:3]
    answer = await desk.run(desk.assistant.answers.answer, answer_id)
    if answer is None:
        await desk.say(incoming, _FORGOTTEN)
    elif verb in ("choice", "choices"):
        await _choose(desk, incoming, actor, answer, _number(revision), _number(number))
        if (incoming.body.get("view") or {}).get("type") == "home":
            await home.handle(desk, incoming, actor)
    elif verb == "more":
        await _more(desk, incoming, answer, _number(rest))
    elif verb == "share":
        await _share(desk, incoming, actor, answer)
    elif verb in ("good", "bad"):
        await _judge(desk, incoming, answer, verb == "good")


async def _choose(desk: Desk, incoming: Incoming, actor: Actor, answer: Answered, revision: int, number: int) -> None:
    """Carry a choice over into the dialogue, or say why it counts no more."""
    card = from_json(Card, answer.card)
    if not 0 <= number < len(card.buttons):
        await desk.say(incoming, _FORGOTTEN)
        return
    button = card.buttons[number]
    answers, own = answers_a_question(button), answer.asked_by == incoming.user
    if answers and not own:
        await desk.say(incoming, _OTHERS)
        return
    newest = await desk.run(desk.assistant.answers.newest, answer.conversation) if answers else answer
    settles = answers or (own and button.intent in YES_OR_NO)
    if settles and (newest is None or newest.id != answer.id or not await _settled(desk, incoming, answer, revision)):
        await desk.say(incoming, _OVER if answers else _TWICE)
        if answers:
            await _refresh(desk, incoming, answer, "No longer open.")
        return
    if settles:
        await _refresh(desk, incoming, answer, f"You chose {button.title}.")
    here = replace(incoming, conversation=answer.conversation) if own else incoming
    if not button.intent:
        # What was asked too late is asked again, in the person's own words.
        await desk.ask(here, actor, button.values["text"])
        return
    await desk.wish(here, actor, _wish(button), settles=answers)


async def _settled(desk: Desk, incoming: Incoming, answer: Answered, revision: int) -> bool:
    """Whether a click is the first one; it still is when an attempt before this one ended with its process."""
    first = await desk.run(desk.assistant.answers.settle, answer.id, revision)
    return first or incoming.attempts > 1


async def _refresh(desk: Desk, incoming: Incoming, answer: Answered, why: str) -> None:
    # What one person alone sees gives its place to the answer; the App Home is put together anew.
    if not is_for_one(incoming) and incoming.channel:
        await desk.refresh(incoming, answer, why)


async def _more(desk: Desk, incoming: Incoming, answer: Answered, page: int) -> None:
    """The next page: beside the first one, and for nobody else than that one was for."""
    card = from_json(Card, answer.card)
    alone = answer.ephemeral and answer.asked_by == incoming.user
    hidden = await desk.run(desk.unshown, incoming.channel, answer.private)
    if hidden and not alone:
        return
    post = addressed(incoming, f"{incoming.id}-more", answer.ephemeral)
    await desk.put(filled(post, card, answer, page)[0])


async def _share(desk: Desk, incoming: Incoming, actor: Actor, answer: Answered) -> None:
    """Show an answer to everybody in the channel, where everybody there may see it."""
    hidden = await desk.run(desk.unshown, incoming.channel, answer.private)
    if answer.asked_by != incoming.user or hidden:
        what = " and ".join(hidden) or "somebody else's answer"
        why = f"I can't share this here: not everybody in this channel may read {what}. "
        await desk.say(incoming, Card(why + "The access file can list the channel under “channels”."))
        return
    thread = answer.thread
    shared = Post(f"{answer.id}-shared", PostKind.MESSAGE, answer.team, incoming.channel, thread=thread)
    url = str(incoming.body.get("response_url") or "")
    if url and thread is None:
        # Slack shows this in channels, too, where the assistant is no member.
        options = {"response_type": "in_channel", "replace_original": False}
        shared = replace(shared, kind=PostKind.RESPONSE, target=url, options=options)
    (full, *_) = filled(shared, from_json(Card, answer.card), replace(answer, intent=""))
    name = await desk.run(_name, desk, actor)
    blocks = [block for block in full.blocks if block.get("type") != "actions"]
    await desk.put(replace(full, reader=incoming.user, blocks=(*blocks, note(f"Shared by {name}."))))


def _name(desk: Desk, actor: Actor) -> str:
    person = desk.assistant.person(actor)
    return person.display_name if person else "a colleague"


async def _judge(desk: Desk, incoming: Incoming, answer: Answered, good: bool) -> None:
    opinion = Opinion(answer.id, incoming.user, good)
    await desk.run(desk.assistant.answers.judge, opinion, answer, datetime.now(timezone.utc))
    if good:
        await desk.say(incoming, Card("Thank you, noted."))
    else:
        await ask_reason(desk, incoming, answer)


def _wish(button: Button) -> Wish:
    values: Mapping[str, Any] = button.values
    return Wish(button.intent, {kind: [str(value)] for kind, value in values.items()}, button.title)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else -1
