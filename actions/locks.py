"""Locks in a conversation: holding a place, giving it back, who holds it, and being told when it is free."""

from __future__ import annotations

import re

from actions.base import AssistantAction, Reply, Turn
from actions.request.locks import Unexplained, lock_request, lock_values, scope_of
from actions.request.said import require_known
from assistant.contracts.card import Card
from assistant.contracts.errors import Invalid
from assistant.operations.locks import holders, lock, take_over, unlock, wait_for
from assistant.presentation.cards.locks import locked_card, locks_card, released_card, waiting_card

_TELL = re.compile(
    r"\b(?:tell|ping|notify|let|message|alert) (?:me|us)\b|\bwhen (?:it'?s|its|it is) free\b", re.IGNORECASE
)
_TAKE_OVER = re.compile(r"\b(?:take|taking|took) (?:it |\w+ )?over\b|\btakeover\b", re.IGNORECASE)


class ActionLock(AssistantAction):
    """Answers ``lock_environment``, and takes a lock over when the words say so."""

    capability = "locks"
    kinds = ("service", "environment")

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_lock"

    def reply(self, turn: Turn) -> Reply:
        """The answer, or the question why it is needed."""
        try:
            return super().reply(turn)
        except Unexplained as missing:
            values = {**lock_values(turn.said), "asks": ["reason"]}
            return Reply(Card(str(missing)), question={"capability": self.capability, "values": values})

    def answer(self, turn: Turn) -> Reply:
        """Holds the place."""
        wish = lock_request(turn.said, turn.context.person)
        if _TAKE_OVER.search(turn.said.text) or "take over" in turn.said.values.get("shown", ()):
            held = holders(turn.context, wish.scope).locks
            if not held:
                raise Invalid("Nobody holds that, so there is nothing to take over.")
            return Reply(
                locked_card(take_over(turn.context, held[0].number, wish.reason), turn.colleague, turn.context.sandbox)
            )
        zone = turn.context.person.timezone if turn.context.person else "UTC"
        report = lock(turn.context, wish.scope, wish.reason, wish.until, zone)
        return Reply(locked_card(report, turn.colleague, turn.context.sandbox))


class ActionUnlock(AssistantAction):
    """Answers ``unlock_environment``."""

    capability = "locks"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_unlock"

    def answer(self, turn: Turn) -> Reply:
        """Gives back what is named, or the only lock that this person holds."""
        require_known(turn.said, ("service", "environment"))
        scope = scope_of(
            {
                kind: list(turn.said.values.get(kind, ()))
                for kind in ("service", "environment")
                if turn.said.values.get(kind)
            }
        )
        return Reply(released_card(unlock(turn.context, scope), turn.colleague, turn.context.sandbox))


class ActionLocks(AssistantAction):
    """Answers ``ask_locks``: who holds what, and the wish to be told when it is free."""

    capability = "locks"
    kinds = ("service", "environment")

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_locks"

    def answer(self, turn: Turn) -> Reply:
        """Who holds it; in line for it when the words ask for that."""
        require_known(turn.said, self.kinds)
        named = {kind: turn.said.values[kind] for kind in self.kinds if turn.said.values.get(kind)}
        scope = scope_of(named)
        if _TELL.search(turn.said.text) or "tell" in turn.said.values.get("shown", ()):
            held = holders(turn.context, scope).locks
            if len(held) == 1 and scope is None:
                scope = held[0].scope
            if scope is not None and held:
                return Reply(
                    waiting_card(wait_for(turn.context, scope, turn.conversation), turn.colleague, turn.context.sandbox)
                )
        subject = {"capability": "status", "values": named} if named else None
        me = turn.colleague(turn.context.actor.identity)
        return Reply(
            locks_card(holders(turn.context, scope), turn.colleague, me, turn.context.sandbox), subject=subject
        )
