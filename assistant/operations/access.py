"""What the asker may do. Everybody may ask: a refusal that cannot be looked up helps nobody."""

from __future__ import annotations

from assistant.contracts.access import AccessReport, AccessRequest
from assistant.operations.context import Context
from assistant.safeguards.access import FILE


def access(context: Context, request: AccessRequest) -> AccessReport:
    """The asker's own rights with their rules; nobody else's are told."""
    person = context.person
    teams = f" ({', '.join(person.teams)})" if person and person.teams else ""
    who = f"{person.display_name}{teams}" if person else "no person of the catalogue"
    rights = context.access.rights(context.actor, person, context.sandbox)
    problem = str(context.access.problem) if context.access.problem else None
    return AccessReport(request, who, rights, FILE, problem)
