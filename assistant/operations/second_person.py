"""Whether a change needs a second person, and who that may be."""

from __future__ import annotations

from assistant.contracts.actor import Actor
from assistant.contracts.change import Verb, Verdict, Wish
from assistant.contracts.changes import Comparison
from assistant.contracts.locks import Scope
from assistant.contracts.platform import Environment
from assistant.operations.context import Context
from assistant.operations.facts import Facts
from assistant.operations.people import called, decide

_ANYWHERE = "catalogue"
"""The workspace of a colleague whose rights are looked up: neither a guest's nor this machine's console."""


def needs_second_person(context: Context, wish: Wish, facts: Facts) -> bool:
    """A second person agrees unless the catalogue says otherwise: who declares no owner of approvals gets ours."""
    values = facts.delivery.values
    if values.get("approval", "assistant") != "assistant" or not environment_of(context, wish).protected:
        return False
    rule = values.get("rollback.second_person")
    if wish.verb is Verb.DEPLOY or rule == "true":
        return True
    return rule == "over_migrations" and _may_cross_migrations(facts)


def _may_cross_migrations(facts: Facts) -> bool:
    """Whether a migration lies between what runs and what is wished for; what nobody could read may hold one."""
    found = facts.comparison
    if isinstance(found, Comparison):
        return bool(found.warned) or found.cut
    return found is not None or facts.current is None


def approvers(context: Context, wish: Wish) -> tuple[str, ...]:
    """Who may approve it, as colleagues call them: teams and people."""
    owner = context.catalogue.services[wish.service].owner
    holders = context.access.holders("approve", f"{wish.service}/{wish.environment}", owner)
    return tuple(called(context, name) for name in holders)


def somebody_else(context: Context, wish: Wish, asker: Actor) -> tuple[Verdict, str]:
    """Whether anybody but the asker may approve it: else it would wait for nothing until it expires."""
    scope = Scope(wish.service, wish.environment)
    people = (Actor(_ANYWHERE, name, name) for name in context.catalogue.people if name != asker.person)
    if any(decide(context, one, "approve", scope).allowed for one in people):
        return Verdict.PASSED, "Somebody else may approve it."
    owner = called(context, context.catalogue.services[wish.service].owner)
    why = f"It needs a second person, and the access rules let nobody but you approve {scope.words}"
    return Verdict.STOPPED, f"{why}. Ask {owner} for somebody who may: approve:{scope} in access.yml."


def environment_of(context: Context, wish: Wish) -> Environment:
    """The environment of a wish, which the catalogue has."""
    return next(each for each in context.catalogue.environments if each.name == wish.environment)
