"""What was deployed, by whom and when."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.request import HISTORY, history_request
from assistant.contracts.interval import BEGINNING
from assistant.operations.history import history
from assistant.presentation.cards.history import history_card


class ActionHistory(AssistantAction):
    """Answers ``ask_history``."""

    capability = "history"
    kinds = HISTORY

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_history"

    def answer(self, turn: Turn) -> Reply:
        """The newest deployments that fit; the only one with everything known about it."""
        context = turn.context
        request, values = history_request(turn.said, context.catalogue, context.person)
        report = history(context, request)
        if report.deployments:
            values["oldest"] = [report.deployments[-1].created_at.isoformat()]
        elif request.interval and request.interval.start > BEGINNING:
            values["oldest"] = [request.interval.start.isoformat()]
        if len(report.deployments) == 1:
            values["shown"] = [report.deployments[0].service, report.deployments[0].version]
        subject = {"capability": self.capability, "values": values}
        return Reply(history_card(report, turn.colleague, context.sandbox), subject=subject)
