"""Help, bare values, and everything that is said between the questions."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.request import continued
from actions.status import ActionStatus
from assistant.contracts.card import Button, Card

_CONTINUES = {ActionStatus.capability: ActionStatus}

# What help offers: the right that it needs, and an example that works as it stands.
_EXAMPLES = (
    ("status", "How's the staging environment doing?"),
    ("status", "where does checkout run, and which version?"),
    ("status", "is search 2.8.1 in production yet?"),
)

_TITLES = {
    "ask_status": "See how something is doing",
    "ask_help": "See what I can do",
}


class ActionHelp(AssistantAction):
    """Answers ``ask_help`` with examples of what this person may do and what is built."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_help"

    def answer(self, turn: Turn) -> Reply:
        """Examples that work as they stand."""
        return Reply(_help("I tell you how environments and services are doing. Try:", turn))


class ActionNotBuilt(AssistantAction):
    """Answers every intent whose capability does not exist yet."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_not_built"

    def answer(self, turn: Turn) -> Reply:
        """Says so, and what works instead."""
        return Reply(
            _help("I understand what you want, but I can't do that yet; nothing was changed. I can do this:", turn)
        )


class ActionOutOfScope(AssistantAction):
    """Answers what was not understood, or is nobody's business here."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_out_of_scope"

    def answer(self, turn: Turn) -> Reply:
        """Says so, and what works instead."""
        return Reply(_help("I can't help with that. I can do this:", turn))


class ActionInform(AssistantAction):
    """Answers bare values: they settle the open question, or change a value of the request before."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_inform"

    def answer(self, turn: Turn) -> Reply:
        """The continued request's answer, or the question what is wanted."""
        named = [name for names in turn.said.values.values() for name in names]
        if not named and not turn.said.unresolved:
            return Reply(_help("I didn't get that. What would you like to know? For example:", turn))
        capability = continued(turn.said)
        if capability in _CONTINUES:
            return _CONTINUES[capability]().reply(turn)
        values = {kind: names[0] for kind, names in turn.said.values.items()}
        button = Button(f"How {' '.join(named)} is doing", "ask_status", values)
        return Reply(Card(f"What would you like to know about {' and '.join(named)}?", buttons=(button,)))


class ActionDrop(AssistantAction):
    """Answers yes, no and never mind."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_drop"

    def answer(self, turn: Turn) -> Reply:
        """Drops the open question, or says that nothing waits for an answer."""
        if turn.said.question is None:
            return Reply(Card("Nothing is waiting for an answer from you. Ask me anything, or say “help”."))
        if turn.said.intent == "affirm":
            return Reply(Card("Yes to which one? Please name it, or say “never mind”."), question=turn.said.question)
        return Reply(Card("Fine, dropped."))


class ActionClarify(AssistantAction):
    """Asks which of two meanings is meant, when the words fit both."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_clarify"

    def answer(self, turn: Turn) -> Reply:
        """The two most likely meanings as buttons."""
        values = {kind: names[0] for kind, names in turn.said.values.items()}
        buttons = tuple(
            Button(_TITLES.get(intent, intent.replace("_", " ").capitalize()), intent, values)
            for intent in turn.said.ranking[:2]
        )
        return Reply(Card("I'm not sure what you mean. Is it one of these?", buttons=buttons))


def _help(title: str, turn: Turn) -> Card:
    access = turn.context.access
    lines = tuple(
        (f"  • {example}",)
        for resource, example in _EXAMPLES
        if access.decide(turn.context.actor, turn.context.person, "read", resource, turn.context.sandbox).allowed
    )
    if not lines:
        return Card(
            "I don't know who you are, so there is nothing I may show you. Talk to me in Slack or with `make chat`."
        )
    return Card(title, lines=lines)
