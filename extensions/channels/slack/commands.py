"""Slash commands: another way to ask what a mention can ask, answered by the same actions.

A command is a row of ``command_table.py``; its words become an intent with values, so nothing has to be understood.
https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.contracts.actor import Actor
from assistant.contracts.card import Card
from assistant.contracts.errors import Ambiguous, NotFound
from assistant.contracts.messaging import Incoming
from assistant.language import patterns
from assistant.language.names import Names
from assistant.language.typos import close
from assistant.language.values import normalise
from extensions.channels.slack import deploy_window
from extensions.channels.slack.command_table import COMMANDS, listed, usage
from extensions.channels.slack.desk import Desk, Wish
from extensions.channels.slack.normalise import written
from extensions.channels.slack.settings_window import open_settings

_SEVERITIES = ("critical", "warning", "info")
_FILLERS = frozenset(
    re.findall(r"\w+", "a all alerts and at for how in is latest newest of on please status the to what with")
)
_LONGEST_NAME = 4
_LONGEST_TEXT = 300
"""Characters after a command that names things; `/docs` and `/assistant` take whole questions."""
_LONGEST_ECHO = 40
_SUBCOMMANDS = ("help", "me", "settings", "health")


class Unreadable(ValueError):
    """Words of a command that name nothing; the sentence says which."""


async def handle(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Answer a command, or say how it is used."""
    prefix = desk.assistant.slack.command_prefix
    name = str(incoming.body["command"]).lstrip("/").removeprefix(prefix)
    text = written(incoming.text, "")
    command = COMMANDS.get(name)
    if command is None:
        await desk.say(incoming, Card(f"I know no command “/{prefix}{name}”. There are: {listed(prefix)}."))
    elif name == "assistant":
        await _assistant(desk, incoming, actor, text)
    elif name == "docs" and not text:
        await desk.say(incoming, usage("What are you looking for?", prefix, name))
    elif name == "docs":
        await desk.wish(incoming, actor, Wish(command.intent, {}, text))
    else:
        await _naming(desk, incoming, actor, name, text)


async def _naming(desk: Desk, incoming: Incoming, actor: Actor, name: str, text: str) -> None:
    command = COMMANDS[name]
    if len(text) > _LONGEST_TEXT:
        long = f"That is {len(text):,} characters; this command takes names, up to {_LONGEST_TEXT}. I did nothing."
        await desk.say(incoming, usage(long, desk.assistant.slack.command_prefix, name))
        return
    try:
        values = read(text, command.kinds, desk.assistant.names())
    except Unreadable as error:
        await desk.say(incoming, usage(str(error), desk.assistant.slack.command_prefix, name))
        return
    if name == "deploy" and len(values.get("service", ())) < 2 and not {"service", "environment"} <= set(values):
        await deploy_window.open_for(desk, incoming, actor, values)
        return
    if not values and name == "deploy-status":
        settings = await desk.run(desk.assistant.chat_settings, incoming.team, incoming.channel, incoming.user)
        values = {"service": [settings.service]} if settings.service else {}
    # In a change the words tell which version is whose; a default never stands for what was not said.
    changes = command.intent in ("deploy", "rollback")
    named = text if changes else " ".join(value for names in values.values() for value in names) or "everything"
    await desk.wish(incoming, actor, Wish(command.intent, values, command.sentence.format(named)))


def read(text: str, kinds: Sequence[str], names: Names) -> dict[str, list[str]]:
    """The values that a command's words name, by kind: in any order, with aliases and small typos.

    Raises Unreadable for a word that names nothing, or several things.
    """
    words = [word for word in re.split(r"[\s,]+", text) if word and word.lower() not in _FILLERS]
    values: dict[str, list[str]] = {}
    while words:
        kind, value, taken = _first(words, kinds, names)
        if value not in values.setdefault(kind, []):
            values[kind].append(value)
        words = words[taken:]
    return values


def _first(words: Sequence[str], kinds: Sequence[str], names: Names) -> tuple[str, str, int]:
    """What the first words name, and how many of them; the longest name wins, and exact ones before typos."""
    problem: Ambiguous | NotFound | None = None
    for size in range(min(_LONGEST_NAME, len(words)), 0, -1):
        typed = " ".join(words[:size])
        for kind in kinds:
            if (known := _CLOSED.get(kind)) and size == 1 and (value := known(typed)):
                return kind, value, 1
            if kind in _CLOSED:
                continue
            try:
                return kind, names.resolve(kind, typed), size
            except Ambiguous as error:
                problem = error
            except NotFound as error:
                problem = problem or (error if error.suggestions else None)
    raise Unreadable(str(problem) if problem else f"I don't know what “{_short(words[0])}” is.")


def _short(word: str) -> str:
    return word if len(word) <= _LONGEST_ECHO else f"{word[:_LONGEST_ECHO]}…"


def _severity(word: str) -> str | None:
    meant = normalise("severity", word)
    return meant if meant in _SEVERITIES else next(iter(close(meant, _SEVERITIES, strict=True)), None)


def _version(word: str) -> str | None:
    found = patterns.find(word)
    return normalise("version", word) if any(one.kind == "version" and one.text == word for one in found) else None


_CLOSED: dict[str, Callable[[str], str | None]] = {"severity": _severity, "version": _version}


async def _assistant(desk: Desk, incoming: Incoming, actor: Actor, text: str) -> None:
    typed = text.lower()
    word = typed if typed in _SUBCOMMANDS or " " in typed else next(iter(close(typed, _SUBCOMMANDS)), typed)
    if word == "settings":
        await open_settings(desk, incoming, actor)
    elif word == "me":
        await _me(desk, incoming, actor)
    elif word == "health":
        await desk.wish(incoming, actor, Wish("ask_identity", {}, "Are you ok?"))
    elif word == "help" or not text:
        await desk.wish(incoming, actor, Wish("ask_help", {}, "help"))
    else:
        await desk.ask(incoming, actor, text)


async def _me(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """How the asker is known, and what they may do by which rule."""
    person = await desk.run(desk.assistant.person, actor)
    known = f"In Slack you are {actor.user} of the workspace {actor.workspace}; "
    if person:
        known += f"the catalogue knows you as {person.name}."
    else:
        known += f"the catalogue does not know you. Its User needs the annotation assistant/slack: {actor.user}."
    for card in await desk.cards(incoming, actor, Wish("ask_permissions", {}, "What may I do?"), "me"):
        await desk.say(incoming, replace(card, lines=((known,), *card.lines)))
