"""What one version has that another lacks."""

from __future__ import annotations

from dataclasses import replace

from actions.base import AssistantAction, Reply, Turn
from actions.request import CHANGES, changes_request
from actions.request.changes import asks_pull_request, author_of
from assistant.contracts.card import Card
from assistant.operations.changes import changes
from assistant.presentation.cards.changes import changes_card

_NO_PULL_REQUESTS = (
    "I can't look up a pull request by its number. Name the service and I show what was merged, with the numbers: for "
    "example “what's in staging but not in prod for checkout?”."
)


class ActionChanges(AssistantAction):
    """Answers ``ask_changes``."""

    capability = "changes"
    kinds = CHANGES

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_changes"

    def reply(self, turn: Turn) -> Reply:
        """As for any action; that it is about one's own commits outlasts the question of which service."""
        reply = super().reply(turn)
        if reply.question is None or not (mine := author_of(turn.said, turn.context.person)):
            return reply
        return replace(reply, question={**reply.question, "values": {**reply.question["values"], "author": [mine]}})

    def answer(self, turn: Turn) -> Reply:
        """The commits between two versions of a service, or how two environments differ."""
        if asks_pull_request(turn.said.text):
            return Reply(Card(_NO_PULL_REQUESTS))
        request, values = changes_request(turn.said, turn.context.person)
        report = changes(turn.context, request)
        subject = {"capability": self.capability, "values": values}
        return Reply(changes_card(report, turn.colleague, turn.context.sandbox), subject=subject)
