"""Who did what through the assistant."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.request.audit import asks_record, audit_request, names_request
from assistant.operations.audit import audit
from assistant.presentation.cards.audit import audit_card


class ActionAudit(AssistantAction):
    """Answers ``ask_audit``."""

    capability = "audit"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_audit"

    def takes(self, turn: Turn) -> bool:
        """Whether the log is asked for in so many words, or by somebody who may read it.

        Others get what else fits: how a request stands, or what was deployed.
        """
        text = turn.said.text
        asked = asks_record(text) or (turn.said.intent == "ask_audit" and not names_request(text))
        return asked or turn.context.may("read", "audit").allowed

    def answer(self, turn: Turn) -> Reply:
        """The records that were asked for, as a timeline."""
        request = audit_request(turn.said, turn.context.catalogue, turn.context.person)
        return Reply(audit_card(audit(turn.context, request), turn.colleague, turn.context.sandbox))
