"""What fires, and the runbook for it."""

from __future__ import annotations

from dataclasses import replace

from actions.base import AssistantAction, Reply, Turn
from actions.docs import ActionDocs
from actions.request import ALERTS, alerts_request, runbook_request, wants_remedy
from assistant.contracts.alerts import AlertsRequest
from assistant.operations.alerts import alerts, named_alerts, runbook
from assistant.presentation.cards.alerts import alerts_card, runbook_card

_FEW = 3
"""How many alerts an answer may show for "this alert" to mean them."""


class ActionAlerts(AssistantAction):
    """Answers ``list_alerts``."""

    capability = "alerts"
    kinds = ALERTS

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_alerts"

    def answer(self, turn: Turn) -> Reply:
        """What fires, worst first within a service."""
        if wants_remedy(turn.said):
            return ActionRunbook().answer(turn)
        request, values = alerts_request(turn.said, turn.context.person, turn.context.catalogue.people)
        report = alerts(turn.context, request)
        shown = list(dict.fromkeys(one.alert.name for one in (*report.firing, *report.unmapped)))
        values["shown"] = shown if len(shown) <= _FEW else []
        return Reply(
            alerts_card(report, turn.context.sandbox), subject={"capability": self.capability, "values": values}
        )


class ActionRunbook(AssistantAction):
    """Answers ``find_runbook``."""

    capability = "alerts"
    kinds = ALERTS

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_runbook"

    def answer(self, turn: Turn) -> Reply:
        """The runbook of an alert or a service; a question that names neither goes to the documents."""
        request = runbook_request(turn.said)
        if request is None or not request.alerts:
            names = named_alerts(turn.context, turn.said.bare)
            request = replace(request or AlertsRequest(), alerts=names) if names else request
        if request is None:
            return ActionDocs().reply(turn)
        report = runbook(turn.context, request)
        teams = turn.context.catalogue.teams
        values = {"service": list(request.services), "shown": list(request.alerts)}
        return Reply(
            runbook_card(report, lambda name: teams[name].display_name, turn.context.sandbox),
            subject={"capability": self.capability, "values": {kind: names for kind, names in values.items() if names}},
        )
