"""The second person in a conversation: what waits for whom, their yes and their no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from actions.base import AssistantAction, Reply, Turn
from actions.deployments import offered_to_stop, requests_reply
from actions.request.approvals import finding, meant, reason_of
from assistant.contracts.card import Button, Card
from assistant.contracts.change import ChangeRequest, State
from assistant.operations.approvals import approve, reject, to_settle, waiting, waiting_everywhere
from assistant.operations.trigger import settle
from assistant.presentation.cards.approvals import waiting_card

_FOR_ME = re.compile(r"\b(?:me|my|mine|i)\b", re.IGNORECASE)


class ActionApprovals(AssistantAction):
    """Answers ``ask_approvals``."""

    capability = "approvals"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_approvals"

    def answer(self, turn: Turn) -> Reply:
        """What waits for this person, and what of theirs waits for others."""
        waits = waiting_everywhere(turn.context)
        if _FOR_ME.search(turn.said.text):
            # What waits for others elsewhere, or may, is not asked about.
            waits = replace(waits, elsewhere=tuple(one for one in waits.elsewhere if one.yours), unread=())
        return Reply(waiting_card(waits, turn.colleague, turn.context.sandbox))


class ActionApprove(AssistantAction):
    """Answers ``approve_request``."""

    capability = "approvals"
    at_once = True

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
    at_once = True
    tells_more = True

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_reject"

    def answer(self, turn: Turn) -> Reply:
        """Ends what was rejected, or shows what could be meant."""
        waits = waiting(turn.context)
        # One's own is passed on too: the refusal says why, and is recorded.
        own = [one for one in waits.of_mine if one.state is State.WAITING]
        chosen = meant(turn.said, waits.to_approve or own)
        if chosen is None and not waits.to_approve and (too_late := offered_to_stop(turn)):
            return too_late
        if chosen is None:
            return Reply(waiting_card(waits, turn.colleague, turn.context.sandbox))
        rejected = reject(turn.context, *chosen, reason_of(turn.said))
        return requests_reply(turn, [rejected])


class ActionSettle(AssistantAction):
    """Takes a person's word on a request of which nobody knows whether it started: it never did, or it is that run."""

    capability = "approvals"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_settle"

    def takes(self, turn: Turn) -> bool:
        """Whether a button of such a request was clicked, or one waits for a word of this person's."""
        return bool(turn.said.values.get("shown")) or bool(to_settle(turn.context))

    def answer(self, turn: Turn) -> Reply:
        """Settles it, or asks for what is missing: which run, or how they know."""
        found, open_ones = finding(turn.said), to_settle(turn.context)
        shown = found.shown or meant(turn.said, open_ones)
        if shown is None:
            return Reply(_which(open_ones))
        if found.asks:
            values = {"shown": [f"{shown[0]}.{shown[1]}"], "asks": [found.asks]}
            return Reply(Card(found.question), question={"capability": self.capability, "values": values})
        settled = settle(turn.context, *shown, found.run, found.reason)
        return requests_reply(turn, [settled])


def _which(requests: Sequence[ChangeRequest]) -> Card:
    buttons = tuple(
        Button(f"Request {one.number} never started", "inform", {"shown": f"never {one.number}.{one.revision}"})
        for one in requests
    )
    return Card("Which request do you mean?", buttons=buttons)
