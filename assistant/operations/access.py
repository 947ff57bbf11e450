"""What somebody may do. Everybody may ask: a refusal that cannot be looked up helps nobody."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.contracts.access import AccessReport, AccessRequest, Ruling
from assistant.contracts.actor import Actor
from assistant.contracts.platform import Person
from assistant.operations.context import Context
from assistant.safeguards.access import FILE, Decision

_SAID = {"rollback": "roll back", "rerun": "re-run"}
_ELSEWHERE = "catalogue"
"""The workspace of a colleague who is asked about: neither a guest's nor this machine's console."""


def access(context: Context, request: AccessRequest) -> AccessReport:
    """The rights of the asker, or of the colleague asked about, with their rules.

    What is told is what would be decided: by the very same rules, and at the local console with the sandbox by its own.
    """
    actor, person = context.actor, context.person
    if request.person:
        person = context.catalogue.people[request.person]
        actor = Actor(_ELSEWHERE, person.name, person.name)
    teams = f" ({', '.join(person.teams)})" if person and person.teams else ""
    who = f"{person.display_name}{teams}" if person else "no person of the catalogue"
    rights = context.access.rights(actor, person, context.sandbox)
    problem = str(context.access.problem) if context.access.problem else None
    return AccessReport(request, who, rights, FILE, problem, tuple(_rulings(context, request, actor, person)))


def _rulings(context: Context, request: AccessRequest, actor: Actor, person: Person | None) -> Iterator[Ruling]:
    for word in request.readable:
        decision = context.access.decide(actor, person, "read", word, context.sandbox)
        yield _ruling(context, f"read {word.replace('_', '-')}", decision)
    # Without any place the rights themselves tell best.
    services = request.services or (tuple(context.catalogue.services) if request.environments else ())
    for verb in request.verbs:
        for service in services:
            yield from _in_places(context, request, actor, person, verb, service)


def _in_places(
    context: Context, request: AccessRequest, actor: Actor, person: Person | None, verb: str, service: str
) -> Iterator[Ruling]:
    """What is decided in each environment asked about; one ruling when none is named and it is the same in all."""
    owner = context.catalogue.services[service].owner
    said = _SAID.get(verb, verb)
    decided = {
        each.name: context.access.decide(actor, person, verb, f"{service}/{each.name}", context.sandbox, owner)
        for each in context.catalogue.environments_of(service)
        if each.name in request.environments or not request.environments
    }
    if not request.environments and len({decision.allowed for decision in decided.values()}) == 1:
        yield _ruling(context, f"{said} {service}", list(decided.values())[-1])
        return
    for environment, decision in decided.items():
        yield _ruling(context, f"{said} {service} in {environment}", decision)


def _ruling(context: Context, what: str, decision: Decision) -> Ruling:
    catalogue = context.catalogue
    called = {name: team.display_name for name, team in catalogue.teams.items()}
    called |= {name: person.display_name for name, person in catalogue.people.items()}
    instead = tuple(called.get(name, name) for name in decision.instead)
    return Ruling(what, decision.allowed, decision.rule, instead)
