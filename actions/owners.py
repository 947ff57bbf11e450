"""Who owns what, and how one reaches people."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.request import OWNERS, owners_request, with_people
from assistant.contracts.owners import OwnersRequest
from assistant.operations.owners import contact, owners
from assistant.presentation.cards.owners import contact_card, owners_card


class ActionOwners(AssistantAction):
    """Answers ``ask_owner``."""

    capability = "owners"
    kinds = OWNERS

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_owners"

    def answer(self, turn: Turn) -> Reply:
        """The owner with people, channel, repository and what depends on what."""
        request = owners_request(turn.said, turn.context.catalogue.people)
        values = {"service": list(request.services), "team": list(request.teams)}
        subject = {"capability": self.capability, "values": {kind: names for kind, names in values.items() if names}}
        return Reply(owners_card(owners(turn.context, request)), subject=subject)


class ActionContact(AssistantAction):
    """Answers ``talk_to_human``."""

    capability = "owners"
    kinds = OWNERS

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_contact"

    def answer(self, turn: Turn) -> Reply:
        """Where the team is reached, and who is there; of a person who they are."""
        values = turn.said.values
        _, people = with_people(turn.said, turn.context.catalogue.people)
        if people and not values.get("team"):
            return Reply(owners_card(owners(turn.context, OwnersRequest(people=people))))
        reached = contact(turn.context, tuple(values.get("team", ())), tuple(values.get("service", ())))
        return Reply(contact_card(reached))
