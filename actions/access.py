"""What somebody may do."""

from __future__ import annotations

from dataclasses import replace

from actions.base import AssistantAction, Reply, Turn
from actions.request import access_request
from actions.request.access import asks_who_am_i
from assistant.operations.access import access
from assistant.presentation.cards.access import access_card


class ActionAccess(AssistantAction):
    """Answers ``ask_permissions``."""

    capability = "access"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_access"

    def answer(self, turn: Turn) -> Reply:
        """The asker's or a colleague's rights, with the rules that grant or lack them."""
        request, values = access_request(turn.said, turn.context.catalogue.people)
        subject = {"capability": self.capability, "values": values}
        report = access(turn.context, request)
        card = access_card(report)
        if asks_who_am_i(turn.said.text):
            card = replace(card, title=f"You are {report.who}. {card.title}", notes=card.notes[1:])
        return Reply(card, subject=subject)
