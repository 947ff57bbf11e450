"""Answers out of the company's documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from actions.base import AssistantAction, Reply, Turn
from actions.request import DOCS, docs_request
from assistant.operations.docs import docs
from assistant.operations.owners import called_with_channel, platform_team
from assistant.presentation.cards.docs import docs_card


class ActionDocs(AssistantAction):
    """Answers ``ask_docs``."""

    capability = "docs"
    kinds = DOCS

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_docs"

    def answer(self, turn: Turn) -> Reply:
        """The best passage in the page's own words."""
        request, values = docs_request(turn.said)
        report = docs(turn.context, request, datetime.now(timezone.utc).date())
        values["shown"] = [str(request.skip + len(report.passages))]
        return Reply(
            docs_card(report, _names(turn), _whom_to_ask(turn)),
            subject={"capability": self.capability, "values": values},
        )


def _names(turn: Turn) -> Callable[[str], str]:
    catalogue = turn.context.catalogue
    known = {person.name: person.display_name for person in catalogue.people.values()}
    known |= {team.name: team.display_name for team in catalogue.teams.values()}
    return lambda name: known.get(name, name)


def _whom_to_ask(turn: Turn) -> str:
    team = platform_team(turn.context.catalogue)
    if team is None:
        return "a colleague"
    return called_with_channel(team)
