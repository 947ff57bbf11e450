"""What somebody may do. Everybody may ask: a refusal that cannot be looked up helps nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.contracts.access import AccessReport, AccessRequest, Holders, Ruling
from assistant.contracts.actor import Actor
from assistant.contracts.platform import Environment, Person
from assistant.operations.chain import WAITS
from assistant.operations.context import Context
from assistant.operations.owners import called_with_channel, platform_team
from assistant.operations.people import called
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
    keeper = platform_team(context.catalogue)
    report = AccessReport(request, who, rights, FILE, problem, keeper=called_with_channel(keeper) if keeper else None)
    if request.who:
        return replace(report, holders=tuple(_holders(context, request)))
    return replace(report, rulings=tuple(_rulings(context, request, actor, person)))


def _holders(context: Context, request: AccessRequest) -> Iterator[Holders]:
    """Who may, services with the same answer in one line."""
    access = context.access
    for word in request.readable:
        everybody = access.is_everybodys("read", word)
        yield Holders(
            f"read {word.replace('_', '-')}",
            ("everybody",) if everybody else tuple(called(context, one) for one in access.holders("read", word)),
        )
    for verb in request.verbs or (() if request.readable else ("deploy",)):
        groups: dict[Holders, list[str]] = {}
        for service in request.services or context.catalogue.services:
            for held in _held(context, request, verb, service):
                groups.setdefault(held, []).append(service)
        every = len(groups) == 1 and not request.services
        for held, services in groups.items():
            what = "any service" if every else _listed(services)
            yield replace(held, what=f"{_SAID.get(verb, verb)} {what}{held.what}")


def _held(context: Context, request: AccessRequest, verb: str, service: str) -> Iterator[Holders]:
    """Who may in which environments of a service (``what``), said only where it matters."""
    there = context.catalogue.environments_of(service)
    places: dict[Holders, list[str]] = {}
    asking = [each for each in there if verb == "approve" and each.protected] or there
    for environment in there:
        if environment.name in request.environments if request.environments else environment in asking:
            places.setdefault(_who(context, verb, service, environment), []).append(environment.name)
    for held, environments in places.items():
        every = environments == [each.name for each in there]
        yield held if every else replace(held, what=f" in {_listed(environments)}")


def _who(context: Context, verb: str, service: str, environment: Environment) -> Holders:
    if verb == "approve" and not environment.protected:
        return Holders("", (), needed=False)
    owner = context.catalogue.delivery(service, environment.name).values.get("approval", "")
    if verb == "approve" and owner in WAITS:
        return Holders("", (f"whoever {WAITS[owner]} asks",))
    names = context.access.holders(verb, f"{service}/{environment.name}", context.catalogue.services[service].owner)
    return Holders("", tuple(called(context, one) for one in names))


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
    instead = tuple(called(context, name) for name in decision.instead)
    return Ruling(what, decision.allowed, decision.rule, instead)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
