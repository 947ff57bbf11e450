"""Locks in a conversation: holding a place, giving it back, who holds it, and being told when it is free."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.base import AssistantAction, Reply, Turn
from actions.request.change import kept
from actions.request.later import time_ahead
from actions.request.locks import Unexplained, lock_request, lock_values, pause_wish, scope_of
from actions.request.phrases import asks_whether_paused, ends_pause, question_answered, takes_over
from actions.request.reasons import without_ends
from actions.request.said import handed_over, require_known
from assistant.contracts.card import Card
from assistant.contracts.errors import Invalid
from assistant.contracts.locks import ANY, Lock, Scope
from assistant.language.consent import order_of
from assistant.operations.locks import (
    holders,
    lock,
    may_lock,
    may_pause,
    pause,
    paused,
    resume,
    take_over,
    unlock,
    wait_for,
)
from assistant.presentation.cards.locks import (
    locked_card,
    locks_card,
    paused_card,
    released_card,
    resumed_card,
    waiting_card,
)

_TELL = re.compile(
    r"\b(?:tell|ping|notify|let|message|alert) (?:me|us)\b|\bwhen (?:it'?s|its|it is) free\b", re.IGNORECASE
)


_OF_IT = re.compile(r"\b(?:is|was) (?:it|that|this)\b|\b(?:holds?|locked|has|have) (?:it|that|this)\b", re.IGNORECASE)


class ActionLock(AssistantAction):
    """Answers ``lock_environment``, and takes a lock over when the words say so."""

    capability = "locks"
    at_once = True
    tells_more = True
    kinds = ("service", "environment")

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_lock"

    def not_plain(self, turn: Turn) -> Reply | None:
        """A lock begins when it is asked for; its end and its reason may name times to come."""
        answers = question_answered(turn.said)
        when = None if answers else time_ahead(turn.said, order_of(turn.said.text), turn.context.person)
        later = f"I lock from now on, not ahead: ask me again {when}. Nothing was locked."
        return Reply(Card(later)) if when else super().not_plain(turn)

    def takes(self, turn: Turn) -> bool:
        """Whether anybody else holds anything that could be taken over; any other wish for a lock is taken."""
        return not takes_over(turn.said) or bool(_of_others(turn))

    def reply(self, turn: Turn) -> Reply:
        """The answer, or the question why it is needed."""
        try:
            return super().reply(turn)
        except Unexplained as missing:
            values = lock_values(turn.said)
            place = {kind: values[kind] for kind in self.kinds if values.get(kind)}
            question = {"capability": self.capability, "values": {**values, "asks": ["reason"]}}
            return Reply(Card(str(missing)), {"capability": "status", "values": place}, question)

    def answer(self, turn: Turn) -> Reply:
        """Holds the place."""
        if "take over" in lock_values(turn.said).get("shown", ()):
            return self._taken_over(turn)
        wish = lock_request(turn.said, turn.context.person)
        may_lock(turn.context, wish.scope)  # whoever may not, is not asked for what it is needed
        held = holders(turn.context, wish.scope)
        if any(one.owner.identity != turn.context.actor.identity for one in held.locks):
            card = locks_card(held, turn.colleague, turn.colleague(turn.context.actor.identity), turn.context.sandbox)
            return Reply(replace(card, title=f"{card.title} Nothing was locked."))
        if not wish.reason:
            raise Unexplained(wish.scope)
        zone = turn.context.person.timezone if turn.context.person else "UTC"
        report = lock(turn.context, wish.scope, wish.reason, wish.until, zone)
        return Reply(locked_card(report, turn.colleague, turn.context.sandbox), _spoken_of(wish.scope))

    def _taken_over(self, turn: Turn) -> Reply:
        values = lock_values(turn.said)
        scope, held = scope_of(values), _of_others(turn)
        meant = [one for one in held if scope is None or _meets(one.scope, scope)]
        if len(meant) != 1:
            raise Invalid(
                "Which lock do you want to take over? Name its service or environment."
                if meant
                else "Nobody else holds that, so there is nothing to take over."
            )
        may_lock(turn.context, meant[0].scope, "take_over")
        if not values.get("reason"):
            raise Unexplained(meant[0].scope)
        taken = take_over(turn.context, meant[0].number, values["reason"][0])
        return Reply(locked_card(taken, turn.colleague, turn.context.sandbox), _spoken_of(meant[0].scope))


class ActionPause(AssistantAction):
    """Pauses every change, ends the pause, or says whether there is one: by phrase and by button."""

    capability = "locks"
    at_once = True

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_pause"

    def not_plain(self, turn: Turn) -> Reply | None:
        """Whether anything is paused may be asked, of course; an end ("for 10 minutes") is no later time."""
        if asks_whether_paused(turn.said) or question_answered(turn.said):
            return None
        return super().not_plain(replace(turn, said=replace(turn.said, text=without_ends(turn.said))))

    def answer(self, turn: Turn) -> Reply:
        """What holds from now on; a pause needs a reason, which everybody who is stopped will read."""
        context, sandbox = turn.context, turn.context.sandbox
        if asks_whether_paused(turn.said):
            return Reply(paused_card(paused(context), turn.colleague, sandbox))
        if ends_pause(turn.said):
            return Reply(resumed_card(resume(context), turn.colleague, sandbox))
        held, wish = paused(context), pause_wish(turn.said, context.person)
        if held and wish.until is None:
            return Reply(paused_card(held, turn.colleague, sandbox))
        may_pause(context)
        why = wish.reason or (held.why if held else "")
        if not why:
            values = {"asks": ["pause"], "duration": turn.said.values.get("duration", [])}
            question = {"capability": self.capability, "values": values}
            return Reply(Card("Why? Everybody who is stopped will read it."), question=question)
        zone = context.person.timezone if context.person else "UTC"
        return Reply(paused_card(pause(context, why, wish.until, zone), turn.colleague, sandbox))


class ActionUnlock(AssistantAction):
    """Answers ``unlock_environment``."""

    capability = "locks"
    at_once = True

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
        report = unlock(turn.context, scope)
        subject = _spoken_of(report.released.scope) if report.released else None
        return Reply(released_card(report, turn.colleague, turn.context.sandbox), subject)


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
        if not named and _OF_IT.search(turn.said.text):
            named = handed_over(turn.said, self.kinds)
            named = named if all(len(names) == 1 for names in named.values()) else {}
        scope = scope_of(named)
        if _TELL.search(turn.said.text) or "tell" in turn.said.values.get("shown", ()):
            place, version = _wished_there(turn)
            held = holders(turn.context, scope or place).locks
            scope = scope or place or (held[0].scope if len(held) == 1 else None)
            if scope is not None and held:
                version = next(iter(turn.said.values.get("version", ())), version if scope == place else None)
                line = wait_for(turn.context, scope, turn.conversation, version)
                return Reply(waiting_card(line, turn.colleague, turn.context.sandbox))
        subject = {"capability": "status", "values": named} if named else None
        me = turn.colleague(turn.context.actor.identity)
        return Reply(
            locks_card(holders(turn.context, scope), turn.colleague, me, turn.context.sandbox), subject=subject
        )


def _spoken_of(scope: Scope) -> dict[str, object]:
    """What “it” means from now on: the place itself."""
    named = {"service": scope.service, "environment": scope.environment}
    return {"capability": "status", "values": {kind: [name] for kind, name in named.items() if name != ANY}}


def _of_others(turn: Turn) -> list[Lock]:
    me = turn.context.actor.identity
    return [one for one in holders(turn.context).locks if one.owner.identity != me]


def _meets(one: Scope, other: Scope) -> bool:
    """Whether a lock is the one that a place names: as it was said, or the wider one that holds it."""
    return one == other or one.covers(other.service, other.environment)


def _wished_there(turn: Turn) -> tuple[Scope | None, str | None]:
    """Where the speaker wanted to change something last, and to which version: what they wait for."""
    asked = kept(turn.said)
    if asked is None or asked.is_open or asked.environment is None or len(asked.parts) != 1:
        return None, None
    return Scope(asked.parts[0].service, asked.environment), asked.parts[0].version
