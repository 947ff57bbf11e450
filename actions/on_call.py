"""Who is on call."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.request import ON_CALL, on_call_request
from assistant.operations.on_call import on_call
from assistant.presentation.cards.on_call import on_call_card


class ActionOnCall(AssistantAction):
    """Answers ``ask_on_call``."""

    capability = "on_call"
    kinds = ON_CALL

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_on_call"

    def answer(self, turn: Turn) -> Reply:
        """Whose turn it is."""
        catalogue = turn.context.catalogue
        request, values = on_call_request(turn.said, turn.context.person, catalogue.people)
        report = on_call(turn.context, request)
        called = {name: person.display_name for name, person in catalogue.people.items()}
        called |= {name: team.display_name for name, team in catalogue.teams.items()}
        return Reply(
            on_call_card(report, lambda name: called.get(name, name)),
            subject={"capability": self.capability, "values": values},
        )
