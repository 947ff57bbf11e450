"""What one version has that another lacks."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.request import CHANGES, changes_request
from assistant.operations.changes import changes
from assistant.presentation.cards.changes import changes_card


class ActionChanges(AssistantAction):
    """Answers ``ask_changes``."""

    capability = "changes"
    kinds = CHANGES

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_changes"

    def answer(self, turn: Turn) -> Reply:
        """The commits between two versions of a service, or how two environments differ."""
        request, values = changes_request(turn.said, turn.context.person)
        report = changes(turn.context, request)
        subject = {"capability": self.capability, "values": values}
        return Reply(changes_card(report, turn.colleague, turn.context.sandbox), subject=subject)
