"""The second person in a conversation: what waits for whom, their yes and their no."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.deployments import requests_reply
from actions.request.approvals import meant, reason_of
from assistant.contracts.change import State
from assistant.operations.approvals import approve, reject, waiting
from assistant.presentation.cards.approvals import waiting_card


class ActionApprovals(AssistantAction):
    """Answers ``ask_approvals``."""

    capability = "approvals"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_approvals"

    def answer(self, turn: Turn) -> Reply:
        """What waits for this person, and what of theirs waits for others."""
        return Reply(waiting_card(waiting(turn.context), turn.colleague, turn.context.sandbox))


class ActionApprove(AssistantAction):
    """Answers ``approve_request``."""

    capability = "approvals"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_approve"

    def answer(self, turn: Turn) -> Reply:
        """Starts what was approved, or shows what could be meant."""
        waits = waiting(turn.context)
        # One's own is passed on too: the refusal says why, and is recorded.
        own = [one for one in waits.of_mine if one.state is State.WAITING]
        chosen = meant(turn.said, waits.to_approve or own)
        if chosen is None:
            return Reply(waiting_card(waits, turn.colleague, turn.context.sandbox))
        approved = approve(turn.context, *chosen)
        return requests_reply(turn, [approved])


class ActionReject(AssistantAction):
    """Answers ``reject_request``."""

    capability = "approvals"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_reject"

    def answer(self, turn: Turn) -> Reply:
        """Ends what was rejected, or shows what could be meant."""
        waits = waiting(turn.context)
        # One's own is passed on too: the refusal says why, and is recorded.
        own = [one for one in waits.of_mine if one.state is State.WAITING]
        chosen = meant(turn.said, waits.to_approve or own)
        if chosen is None:
            return Reply(waiting_card(waits, turn.colleague, turn.context.sandbox))
        rejected = reject(turn.context, *chosen, reason_of(turn.said))
        return requests_reply(turn, [rejected])
