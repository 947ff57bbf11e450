"""What the gates of a change have to know from the providers, asked in two rounds and all at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from assistant.contracts.change import Verb, Wish
from assistant.contracts.changes import Comparison
from assistant.contracts.delivery import Deployment, Health, Phase, ServiceState
from assistant.contracts.deployer import CiVerdict, Target
from assistant.contracts.errors import Invalid, Missing, NotConnected, ProviderError
from assistant.contracts.history import Past
from assistant.contracts.platform import Delivery
from assistant.operations.context import Context
from assistant.operations.health import Place, health, questions

READ = 30
"""So many past deployments are looked through for a version."""
_FIRST, _SECOND = 0.55, 0.95
"""The share of the time after which the first and the second round end; a margin is left for the answer."""

Calls = dict[tuple[Place, str], tuple[str, Callable[[], object]]]


@dataclass(frozen=True)
class Facts:
    """What was told about one wish; a ProviderError stands where nobody told.

    ``past`` are the deployments there, ``before`` those of the environment ``earlier`` that a version passes first
    (None when there is none). ``ahead`` counts by how many versions the wished one is older than what runs.
    """

    delivery: Delivery
    target: Target | ProviderError
    state: ServiceState | ProviderError
    past: Past | ProviderError
    defects: list[str] | ProviderError
    health: Health
    earlier: str | None = None
    before: Past | ProviderError | None = None
    verdict: CiVerdict | ProviderError | None = None
    comparison: Comparison | ProviderError | None = None
    ahead: int | ProviderError = 0

    @property
    def current(self) -> Deployment | None:
        """What runs there, None when nothing does or nobody told."""
        return self.state.current if isinstance(self.state, ServiceState) else None


def gather_facts(context: Context, wishes: tuple[Wish, ...]) -> dict[Wish, Facts]:
    """Ask for every wish at once, within the context's deadline.

    Raises NotFound for a version that does not exist, Invalid for a service that does not run there.
    """
    started, left = time.monotonic(), context.deadline - time.monotonic()
    first, second = started + left * _FIRST, started + left * _SECOND
    asked: Calls = {}
    for wish in wishes:
        asked.update(_first_round(context, wish, first))
    places = [(wish.service, wish.environment) for wish in wishes]
    signs = questions(context, places, first)
    answers = context.gather({**asked, **signs}, first)
    facts = {wish: _facts(context, wish, answers) for wish in wishes}
    later: Calls = {}
    for wish in wishes:
        later.update(_second_round(context, facts[wish], wish, second))
    more = context.gather(later, second)
    return {wish: _completed(facts[wish], wish, more) for wish in wishes}


def earlier_environment(context: Context, wish: Wish) -> str | None:
    """The nearest environment before the wished one that the service runs in."""
    there = {each.name for each in context.catalogue.environments_of(wish.service)}
    earlier = context.catalogue.previous(wish.environment)
    while earlier is not None and earlier.name not in there:
        earlier = context.catalogue.previous(earlier.name)
    return earlier.name if earlier else None


def _first_round(context: Context, wish: Wish, until: float) -> Calls:
    place = (wish.service, wish.environment)
    delivery = context.catalogue.delivery(*place)
    provider = delivery.provider or wish.service
    calls: dict[str, Callable[[], object]] = {
        "state": lambda: context.ci(provider).state(delivery, until),
        "past": lambda: context.history(provider).past(delivery, None, READ, until),
        "target": partial(_target, context, wish, delivery, until),
        "defects": lambda: context.deployers(provider).defects(delivery, until),
    }
    asked: Calls = {(place, name): (provider, call) for name, call in calls.items()}
    earlier = earlier_environment(context, wish)
    if earlier and wish.verb is Verb.DEPLOY:
        other = context.catalogue.delivery(wish.service, earlier)
        name = other.provider or wish.service
        asked[place, "before"] = (name, lambda: context.history(name).past(other, None, READ, until))
    return asked


def _target(context: Context, wish: Wish, delivery: Delivery, until: float) -> Target:
    """What is wished for, resolved; the newest version, or the one that ran there before, when none was said."""
    provider = delivery.provider
    if provider is None:
        raise NotConnected(wish.service, f"has no provider declared for {wish.environment}")
    version = wish.version
    if version is None and wish.verb is Verb.DEPLOY:
        versions = context.changes(provider).versions(delivery, until)
        if not versions:
            raise Invalid(f"{wish.service} has no versions that I could take the newest of. Which one do you mean?")
        version = versions[0]
    elif version is None:
        version = _one_before(context.history(provider).past(delivery, None, READ, until), wish, provider)
    return context.deployers(provider).target(delivery, version, until)


def _one_before(past: Past, wish: Wish, provider: str) -> str:
    succeeded = [one.version for one in past.deployments if one.phase is Phase.SUCCEEDED]
    older = next((version for version in succeeded if version != succeeded[0]), None)
    if older is None:
        why = f"knows of no version of {wish.service} that ran in {wish.environment} before this one"
        raise Missing(provider, why)
    return older


def _facts(context: Context, wish: Wish, answers: Mapping[object, object]) -> Facts:
    place = (wish.service, wish.environment)
    told = {name: answers.get((place, name)) for name in ("target", "state", "past", "defects", "before")}
    return Facts(
        delivery=context.catalogue.delivery(*place),
        health=health(context, place, answers),  # type: ignore[arg-type]
        earlier=earlier_environment(context, wish),
        **told,  # type: ignore[arg-type]
    )


def _second_round(context: Context, facts: Facts, wish: Wish, until: float) -> Calls:
    target, delivery, current = facts.target, facts.delivery, facts.current
    if not isinstance(target, Target):
        return {}
    place, provider = (wish.service, wish.environment), delivery.provider or wish.service
    calls: dict[str, Callable[[], object]] = {}
    if wish.verb is Verb.DEPLOY:
        calls["verdict"] = lambda: context.deployers(provider).verdict(delivery, target.commit, until)
    if current and not same_version(current.version, target.version):
        ends = (current.version, target.version) if wish.verb is Verb.DEPLOY else (target.version, current.version)
        calls["comparison"] = lambda: context.changes(provider).compare(delivery, *ends, until)
        calls["ahead"] = lambda: context.ci(provider).versions_between(
            delivery, target.version, current.version, until
        )[0]
    return {(place, name): (provider, call) for name, call in calls.items()}


def _completed(facts: Facts, wish: Wish, answers: Mapping[tuple[Place, str], object]) -> Facts:
    place = (wish.service, wish.environment)
    told = {name: answers[place, name] for name in ("verdict", "comparison", "ahead") if (place, name) in answers}
    return Facts(**{**vars(facts), **told})


def same_version(one: str, other: str) -> bool:
    """Whether two versions are one, with or without the ``v``."""
    return one.removeprefix("v") == other.removeprefix("v")
