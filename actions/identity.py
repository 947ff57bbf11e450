"""Who the assistant is, and how it is doing itself."""

from __future__ import annotations

import re

from actions.base import AssistantAction, Reply, Turn
from actions.owners import ActionOwners
from actions.request import with_people
from assistant.contracts.card import Card
from assistant.operations.own_state import own_state
from assistant.presentation.cards.own_state import own_state_card

_HOW_ARE_YOU = re.compile(
    r"\b(?:are|r) (?:you|u) (?:still )?(?:ok|okay|alive|all right|alright|healthy|well|fine|up|there|broken|down"
    r"|working)|\bhow (?:are|r) (?:you|u)\b|\byour (?:own )?(?:status|state|health)\b"
    r"|\b(?:bot|assistant)\b.*\b(?:ok|okay|healthy|alive|up|down|broken|working)\b"
    r"|\b(?:status|state|health) of (?:the )?(?:bot|assistant)\b",
    re.IGNORECASE,
)


class ActionIdentity(AssistantAction):
    """Answers ``ask_identity``."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_identity"

    def answer(self, turn: Turn) -> Reply:
        """Who it is; its own state, when that is asked."""
        if _HOW_ARE_YOU.search(turn.said.text):
            return Reply(own_state_card(own_state(turn.context), turn.context.sandbox))
        if with_people(turn.said, turn.context.catalogue.people)[1]:
            return ActionOwners().reply(turn)  # "who is Ana?" is not asked of the assistant
        return Reply(
            Card(
                "I'm the Epetech assistant, a bot. I look up what runs where on our platform; say “help” for examples."
            )
        )
