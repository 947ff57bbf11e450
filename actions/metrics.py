"""A metric's value now, an hour and a week ago, or at the time that is asked for."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.request import METRICS, metrics_request
from assistant.operations.metrics import metrics
from assistant.presentation.cards.metrics import metrics_card


class ActionMetrics(AssistantAction):
    """Answers ``ask_metric``."""

    capability = "metrics"
    kinds = METRICS

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_metrics"

    def answer(self, turn: Turn) -> Reply:
        """Every metric asked for."""
        request, values = metrics_request(turn.said, turn.context.person)
        report = metrics(turn.context, request)
        subject = {"capability": self.capability, "values": values}
        return Reply(metrics_card(report, turn.context.sandbox), subject=subject)
