"""How an environment, a service or a version is doing."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.request import STATUS, complete, status_request
from assistant.operations.status import status
from assistant.presentation.cards.status import status_card


class ActionStatus(AssistantAction):
    """Answers ``ask_status``."""

    capability = "status"
    kinds = STATUS

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_status"

    def answer(self, turn: Turn) -> Reply:
        """Every place asked for, worst first."""
        report = status(turn.context, status_request(turn.said))
        subject = {"capability": self.capability, "values": complete(turn.said, self.capability, self.kinds)}
        return Reply(status_card(report, turn.colleague, turn.context.sandbox), subject=subject)
