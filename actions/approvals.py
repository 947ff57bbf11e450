"""The second person in a conversation: what waits for whom, their yes and their no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from actions.base import AssistantAction, Reply, Turn
from actions.deployments import offered_to_stop, requests_reply
from actions.request.approvals import meant, reason_of
from actions.request.settling import ENDS, finding, names_request, question, settled_request, settles_only
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
    bare = True

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
    """Takes a person's word on an uncertain request: it never started, it is that run, or that is how it ended."""

    capability = "approvals"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_settle"

    def takes(self, turn: Turn) -> bool:
        """Whether nothing else is meant, or one waits for a word of this person's."""
        if turn.said.values.get("shown"):
            return True
        found = finding(turn.said)
        of_build = (turn.said.subject or {}).get("capability") in ("pipelines", "logs") and found.shown is None
        if of_build and found.ended and not names_request(turn.said.text):  # "it failed" says it of the build
            return False
        return (settles_only(turn.said.text) and not of_build) or bool(to_settle(turn.context))

    def answer(self, turn: Turn) -> Reply:
        """Settles it, or asks for what is missing: which request, which run, or how they know."""
        found, open_ones = finding(turn.said), to_settle(turn.context)
        chosen = found.shown or settled_request(turn.said, open_ones)
        if chosen is None:
            return Reply(_which(open_ones))
        one = turn.context.keeping.requests.get(chosen[0])
        if found.asks and one in open_ones and not (found.asks == "never" and one.run_id):
            return self._asked(turn, one, chosen, found.asks)
        settled = settle(turn.context, *chosen, found.run, found.reason, found.ended)
        return requests_reply(turn, [settled])

    def _asked(self, turn: Turn, one: ChangeRequest, chosen: tuple[int, int], asks: str) -> Reply:
        if asks == "settle":
            return requests_reply(turn, [one])  # What may be said of it is what its buttons say.
        asks = "found" if asks in ENDS and one.run_id is None else asks
        values = {"shown": [f"{chosen[0]}.{chosen[1]}"], "asks": [asks]}
        return Reply(Card(question(asks)), question={"capability": self.capability, "values": values})


def _which(requests: Sequence[ChangeRequest]) -> Card:
    if not requests:
        return Card("No request waits for your word on what became of it, so nothing was changed.")
    title = "Which request do you mean? Say it with its number, for example"
    buttons = tuple(
        Button(f"Request {one.number}", "inform", {"shown": f"settle {one.number}.{one.revision}"}) for one in requests
    )
    return Card(f"{title} “request {requests[0].number} is run 18”.", buttons=buttons)
