"""Yes, no, never mind, and "don't": what is dropped by it, or what it may have been meant for."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.base import AssistantAction, Reply, Turn
from actions.deployments import offered_to_stop
from actions.request.phrases import not_wanted, two_orders
from assistant.contracts.card import Card
from assistant.contracts.locks import ANY, Scope
from assistant.language.consent import nods
from assistant.operations.approvals import waiting
from assistant.operations.deployments import drafts_of_others, record_others_yes
from assistant.operations.locks import can_lock
from assistant.operations.progress import open_at
from assistant.presentation.cards.approvals import waiting_card
from assistant.presentation.cards.second_thoughts import left_alone_card

_ORDERS_TOO = re.compile(
    r"[,;.]\s+(?:(?:but|just|please|instead|rather)\s+)*(?:deploy|ship|release|promote|roll|revert|lock|cancel)\b",
    re.IGNORECASE,
)


class ActionDrop(AssistantAction):
    """Answers yes, no and never mind, and what shall not be done."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_drop"

    def answer(self, turn: Turn) -> Reply:
        """Drops the open question; without one it says what the word may have been meant for."""
        said = turn.said
        if not_wanted(said):
            return _left_alone(turn)
        if orders := two_orders(said.text):
            return Reply(
                Card(f"One change at a time, please: “{orders[0]}”, then “{orders[1]}”. Nothing was done yet.")
            )
        if said.question is None:
            return _unasked(turn)
        if said.intent == "affirm":
            again = turn.before.card["title"] if turn.before and said.question["values"].get("asks") else ""
            words = f"A yes alone does not answer that. {again}" if again else "Yes to which one? Please name it."
            return Reply(Card(f"{words} Or say “never mind”."), question=said.question)
        return Reply(Card("Fine, dropped. Nothing was changed."))


def _unasked(turn: Turn) -> Reply:
    """What a yes or no may have been meant for when no question is open here."""
    agrees = turn.said.intent == "affirm" or nods(turn.said.text)
    nothing = Reply(Card("Nothing is waiting for an answer from you. Ask me anything, or say “help”."))
    if not agrees:  # a no is about nothing that was not asked here
        return offered_to_stop(turn) or nothing
    others = drafts_of_others(turn.context, turn.conversation)
    if others:
        who = turn.colleague(others[0].asker.identity)
        record_others_yes(turn.context, others[0])
        whose = f"Request {others[0].number} waits for {who}'s own yes, and only {who} can give it. Nothing happened."
        return Reply(Card(whose))
    waits = waiting(turn.context)
    if waits.to_approve:
        return Reply(waiting_card(replace(waits, of_mine=()), turn.colleague, turn.context.sandbox))
    return nothing


def _left_alone(turn: Turn) -> Reply:
    """ "Don't ship payments yet": nothing is started, what runs there already, and how others are kept from it."""
    named = turn.said.values
    scope = Scope((named.get("service") or [ANY])[0], (named.get("environment") or [ANY])[0])
    running = open_at(turn.context, scope)
    lockable = scope if scope != Scope() and can_lock(turn.context, scope) else None
    return Reply(left_alone_card(running, lockable, bool(_ORDERS_TOO.search(turn.said.text)), turn.context.sandbox))
