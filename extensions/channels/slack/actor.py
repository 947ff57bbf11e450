"""Whose words these are: a member of the company's own workspace, or a stranger who gets nothing."""

from __future__ import annotations

from assistant.bootstrap import Assistant, find_person
from assistant.contracts.actor import Actor
from assistant.contracts.errors import AssistantError
from assistant.contracts.messaging import Incoming
from assistant.safeguards.access import Decision
from assistant.safeguards.audit import refusal

_MEMBERS_ONLY = "I work for full members of this workspace only, so I can't answer you here."


class Stranger(AssistantError):
    """Somebody whom the assistant does not work for; the sentence is all that they get."""


def record(assistant: Assistant, incoming: Incoming, why: Stranger) -> None:
    """Note in the audit log that a stranger asked and was refused. Raises Unavailable when it cannot be noted."""
    refused = Decision(False, "ask", incoming.kind.value, str(why))
    assistant.records.audit.append(refusal(Actor(incoming.home, incoming.user), refused, incoming.id))


def speaker(assistant: Assistant, incoming: Incoming) -> Actor:
    """The verified speaker; blocking.

    Raises:
        Stranger: a guest, somebody of another organisation, or a workspace that is not the company's.
        Unavailable: Slack did not say who this is.
    """
    homes = assistant.source.current().slack_workspaces or assistant.workspaces.teams()
    if len(homes) > 1 and not assistant.source.current().slack_workspaces:
        raise Stranger(
            "I am installed in several workspaces and do not know which one is ours. Please ask the platform team to "
            "name it under slack.workspaces in the catalogue's platform.yaml."
        )
    if incoming.home not in homes:
        raise Stranger(_MEMBERS_ONLY)
    actor = Actor(incoming.home, incoming.user)
    if find_person(assistant.source.current(), actor) is None and not assistant.members.full_member(
        incoming.team, incoming.user
    ):
        raise Stranger(_MEMBERS_ONLY)
    return actor
