"""The slash commands: what they are called, what they take, and how they are told of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.contracts.card import Card

_ABOUT_THEM = re.compile(r"\bcommands?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Command:
    """A slash command.

    Attributes:
        usage, example: what follows its name.
        does: what it is for, in a few words.
        intent: what it asks for.
        kinds: of the values that its words may name.
        sentence: the same in words, with the values in place of ``{}``.
    """

    usage: str
    example: str
    does: str
    intent: str
    kinds: tuple[str, ...]
    sentence: str


COMMANDS = {
    "deploy-status": Command(
        "[service] [environment]",
        "checkout staging",
        "how they are doing",
        "ask_status",
        ("service", "environment", "team", "version"),
        "How is {} doing?",
    ),
    "alerts": Command(
        "[severity] [environment]",
        "critical production",
        "what is firing",
        "list_alerts",
        ("severity", "environment", "service", "team"),
        "Which alerts are firing for {}?",
    ),
    "deploy": Command(
        "[service] [version] [environment]",
        "checkout 1.4.3 staging",
        "with a window when something is missing",
        "deploy",
        ("service", "environment", "version"),
        "Deploy {}",
    ),
    "rollback": Command(
        "SERVICE ENVIRONMENT [version]",
        "checkout staging",
        "to what ran there before, or a version",
        "rollback",
        ("service", "environment", "version"),
        "Roll back {}",
    ),
    "docs": Command(
        "QUERY", "how do I get access to a database", "an answer out of the documents", "ask_docs", (), "{}"
    ),
    "assistant": Command(
        "[help|me|settings|health]", "me", "examples, how I know you, settings, how I am", "ask_help", (), "{}"
    ),
}


def usage(problem: str, prefix: str, name: str) -> Card:
    """A problem with a command's words, with how it is used."""
    command, full = COMMANDS[name], f"/{prefix}{name}"
    return Card(problem, lines=((f"Usage: {full} {command.usage}",), (f"For example: {full} {command.example}",)))


def listed(prefix: str) -> str:
    """All of them, for a sentence."""
    return ", ".join(f"/{prefix}{name}" for name in COMMANDS)


def with_commands(card: Card, question: str, prefix: str) -> Card:
    """An answer to a call for help, with the commands in a line; only them, where they were asked for."""
    if _ABOUT_THEM.search(question):
        lines = (f"  • /{prefix}{name} {each.usage}: {each.does}" for name, each in COMMANDS.items())
        return Card(
            "My commands; a message that names me does the same in words:", lines=tuple((one,) for one in lines)
        )
    return replace(card, lines=(*card.lines, (f"Commands: {listed(prefix)}.",)))
