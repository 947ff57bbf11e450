"""Who did what through the assistant."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.request.audit import asks_record, audit_request
from assistant.operations.audit import audit
from assistant.presentation.cards.audit import audit_card


class ActionAudit(AssistantAction):
    """Answers ``ask_audit``."""

    capability = "audit"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_audit"

    def takes(self, turn: Turn) -> bool:
        """Whether the log is asked for in so many words, or by somebody who may read it; others get what else fits."""
        asked = turn.said.intent == "ask_audit" or asks_record(turn.said.text)
        return asked or turn.context.may("read", "audit").allowed

    def answer(self, turn: Turn) -> Reply:
        """The records that were asked for, as a timeline."""
        request = audit_request(turn.said, turn.context.catalogue, turn.context.person)
        return Reply(audit_card(audit(turn.context, request), turn.colleague, turn.context.sandbox))
