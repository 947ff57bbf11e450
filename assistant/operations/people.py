"""Who may change what, decided for whoever asked, and what people are called."""

from __future__ import annotations

from assistant.contracts.actor import Actor
from assistant.contracts.locks import Scope
from assistant.operations.context import Context
from assistant.safeguards.access import Decision


def decide(context: Context, actor: Actor, verb: str, scope: Scope) -> Decision:
    """Decide about a verb that changes something, by the rules and the catalogue as they are this moment.

    Args:
        actor: who wants it; need not be the context's, as when the worker carries out what somebody asked for.
    """
    resource = "*" if verb == "pause" else str(scope)
    if context.problem:
        why = f"the catalogue on disk is broken ({context.problem}), so nobody changes anything until it is repaired"
        return Decision(False, verb, resource, why)
    service = context.catalogue.services.get(scope.service)
    person = context.catalogue.people.get(actor.person or "")
    return context.access.decide(actor, person, verb, resource, context.sandbox, service.owner if service else None)


def called(context: Context, name: str) -> str:
    """What colleagues call a person or a team of the catalogue; the name itself for a stranger."""
    known = context.catalogue.people.get(name) or context.catalogue.teams.get(name)
    return known.display_name if known else name.rpartition("/")[2]


def colleague(context: Context, login: str) -> str:
    """What colleagues call whoever has this login at a provider, or this name in the catalogue."""
    person = context.catalogue.person(github=login) or context.catalogue.person(jenkins=login)
    return person.display_name if person else called(context, login)
