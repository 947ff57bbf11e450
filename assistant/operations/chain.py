"""The chain for one wish or several: every gate of ``safeguards/chain.py`` in its order, without an effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from assistant.contracts.actor import Actor
from assistant.contracts.change import HOLDING, ChangeRequest, Finding, Plan, State, Verdict, Wish
from assistant.contracts.changes import Comparison
from assistant.contracts.delivery import Phase, ServiceState
from assistant.contracts.deployer import CiLevel, CiVerdict, Target
from assistant.contracts.errors import Invalid, NotConnected, ProviderError
from assistant.contracts.history import Past
from assistant.contracts.locks import Lock, Scope, end_words
from assistant.operations.context import Context
from assistant.operations.facts import Facts, gather_facts, same_version
from assistant.operations.people import called, decide
from assistant.operations.second_person import approvers, environment_of, needs_second_person, somebody_else
from assistant.safeguards.chain import judge, pass_by_force

Said = tuple[str, Verdict, str]
"""A gate, its verdict and the sentence for people."""

WAITS = {"github": "GitHub", "jenkins-input": "Jenkins"}
"""Who else may own an approval, as ``approval`` in the catalogue has it, and what people call them."""


@dataclass(frozen=True)
class Asking:
    """Who wishes, at which moment, how many changes at once, and whether they break the glass."""

    actor: Actor
    now: datetime
    break_glass: bool = False
    besides: int | None = None
    more: int = 1


def examine(
    context: Context, wishes: tuple[Wish, ...], asker: Actor, break_glass: bool = False, besides: int | None = None
) -> tuple[Plan, ...]:
    """What each wish comes to right now, by every gate of the chain; nothing is stored, nothing started.

    Providers are only asked about what the access rules allow.

    Args:
        asker: whose right counts.
        besides: a request that does not count as another change under way: the one that this is about.

    Raises:
        NotFound: a version that does not exist, with those that come near.
        Invalid: a service that does not run there, or two wishes for one place.
    """
    if len({(wish.service, wish.environment) for wish in wishes}) < len(wishes):
        raise Invalid("That names two versions for one service in one environment. Which one is meant?")
    asking = Asking(asker, datetime.now(timezone.utc), break_glass, besides, len(wishes))
    for wish in wishes:
        context.catalogue.delivery(wish.service, wish.environment)
    local = {wish: first_gates(context, wish, asking) for wish in wishes}
    allowed = tuple(wish for wish in wishes if not any(_hides(finding) for finding in local[wish]))
    facts = gather_facts(context, allowed) if allowed else {}
    return tuple(_plan(context, wish, asking, local[wish], facts.get(wish)) for wish in wishes)


def first_gates(context: Context, wish: Wish, asking: Asking) -> tuple[Finding, ...]:
    """The gates that need no provider: access, pause, rate, lock, freeze."""
    return _judged(context, wish, asking, _local(context, wish, asking))


def _under_way(context: Context, wish: Wish, asking: Asking) -> ChangeRequest | None:
    """Our own request that is starting, under way or uncertain there."""
    found = context.keeping.requests.find(HOLDING, place=(wish.service, wish.environment))
    return next((each for each in found if each.number != asking.besides), None)


def _waiting_there(context: Context, wish: Wish, asking: Asking) -> ChangeRequest | None:
    """Another request for that place that a second person may approve any moment."""
    found = context.keeping.requests.find((State.WAITING,), place=(wish.service, wish.environment))
    return next((each for each in found if not each.over(asking.now)), None)


def _hides(finding: Finding) -> bool:
    return finding.stops and finding.gate in ("access", "pause")


def _judged(context: Context, wish: Wish, asking: Asking, said: Iterator[Said]) -> tuple[Finding, ...]:
    protected = environment_of(context, wish).protected
    found = (judge(gate, wish.verb, verdict, text, protected=protected) for gate, verdict, text in said)
    kept = (finding for finding in found if finding is not None)
    return tuple(pass_by_force(finding) if asking.break_glass else finding for finding in kept)


def _plan(context: Context, wish: Wish, asking: Asking, local: tuple[Finding, ...], facts: Facts | None) -> Plan:
    held = _held_by_others(context, wish, asking)
    free = bool(held) and decide(context, asking.actor, "take_over", held[0].scope).allowed
    holder = held[0].owner.identity if held else None
    if facts is None:
        return Plan(wish, None, local, holder=holder, may_take_over=free)
    findings = (*local, *_judged(context, wish, asking, _told(context, wish, asking, facts)))
    target = facts.target if isinstance(facts.target, Target) else None
    if target is None:
        assert isinstance(facts.target, ProviderError)  # noqa: S101 - for the type checker
        verdict = Verdict.STOPPED if isinstance(facts.target, NotConnected) else Verdict.UNKNOWN
        sentence = f"What it would deploy is not known: {facts.target}"
        findings = (*findings, Finding("set-up", verdict, sentence, stops=True))
    approval = facts.delivery.values.get("approval", "assistant")
    ours = _under_way(context, wish, asking)
    needs = needs_second_person(context, wish, facts)
    if needs:
        # Who breaks the glass asks nobody, even where somebody could be asked: that gate is never just passed.
        alone = (Verdict.STOPPED, "Nobody else will approve it.")
        said = ("approver", *(alone if asking.break_glass else somebody_else(context, wish, asking.actor)))
        findings = (*findings, *_judged(context, wish, asking, iter([said])))
    needs = needs and not asking.break_glass
    return Plan(
        wish=wish,
        target=target,
        findings=findings,
        from_version=facts.current.version if facts.current else None,
        comparison=facts.comparison if isinstance(facts.comparison, Comparison) else None,
        needs_approval=needs,
        approvers=approvers(context, wish) if needs else (),
        wait=WAITS.get(approval),
        under_way=ours.number if ours else None,
        unsettled=ours is not None and ours.state is State.UNCERTAIN,
        holder=holder,
        may_take_over=free,
    )


def _local(context: Context, wish: Wish, asking: Asking) -> Iterator[Said]:
    """The gates that need no provider."""
    yield "access", *_access(context, wish, asking)
    pause = context.keeping.locks.pause(asking.now)
    if pause:
        who = called(context, pause.who.identity)
        yield "pause", Verdict.STOPPED, f"{who} paused every change{end_words(pause.until, pause.zone)}: {pause.why}."
    else:
        yield "pause", Verdict.PASSED, "Nothing is paused."
    yield "rate", *_rate(context, asking)
    yield "lock", *_lock(context, wish, asking)
    freeze = next(
        (each for each in context.catalogue.freezes if each.covers(wish.service, wish.environment, asking.now)), None
    )
    if freeze:
        until = freeze.end.strftime("%Y-%m-%d %H:%M (%Z)")
        yield "freeze", Verdict.STOPPED, f"{wish.environment} is frozen until {until}: {freeze.reason}."
    else:
        yield "freeze", Verdict.PASSED, "There is no freeze."


def _access(context: Context, wish: Wish, asking: Asking) -> tuple[Verdict, str]:
    scope = Scope(wish.service, wish.environment)
    decision = decide(context, asking.actor, "break_glass" if asking.break_glass else wish.verb.value, scope)
    if decision.allowed:
        return Verdict.PASSED, f"Allowed: {decision.rule}."
    who = " or ".join(called(context, name) for name in decision.instead)
    return Verdict.STOPPED, f"Not allowed: {decision.rule}." + (f" {who} may." if who else "")


def _rate(context: Context, asking: Asking) -> tuple[Verdict, str]:
    hour = asking.now - timedelta(hours=1)
    found = context.keeping.requests.find(tuple(State), asker=asking.actor, since=hour)
    recent = sum(request.confirmed_at is not None for request in found)
    most = context.access.changes_per_hour
    if asking.besides is not None:
        return Verdict.PASSED, "Counted when it was confirmed."
    if recent + asking.more > most:
        return Verdict.STOPPED, f"{recent} changes within the hour; {most} is the limit."
    return Verdict.PASSED, f"{recent} of {most} changes within the hour."


def _lock(context: Context, wish: Wish, asking: Asking) -> tuple[Verdict, str]:
    others = _held_by_others(context, wish, asking)
    return (Verdict.STOPPED, _held(context, others[0])) if others else (Verdict.PASSED, "Nobody else holds it.")


def _held_by_others(context: Context, wish: Wish, asking: Asking) -> list[Lock]:
    locks = context.keeping.locks.active(asking.now)
    here = (lock for lock in locks if lock.scope.covers(wish.service, wish.environment))
    return [lock for lock in here if lock.owner.identity != asking.actor.identity]


def _held(context: Context, lock: Lock) -> str:
    until = end_words(lock.until, lock.zone)
    return f"{called(context, lock.owner.identity)} holds {lock.scope.words}{until}: {lock.reason}."


def _told(context: Context, wish: Wish, asking: Asking, facts: Facts) -> Iterator[Said]:
    """The gates that look at what the providers told."""
    yield "busy", *_busy(context, wish, asking, facts)
    if isinstance(facts.defects, ProviderError):
        yield "set-up", Verdict.UNKNOWN, f"Whether it can be started is not known: {facts.defects}"
    elif facts.defects:
        yield "set-up", Verdict.STOPPED, f"It cannot be started: {'; '.join(facts.defects)}"
    else:
        yield "set-up", Verdict.PASSED, "Everything that a start needs is declared."
    if isinstance(facts.target, Target):
        yield "known", *_known(wish, facts.target, facts)
        yield "order", *_order(facts.target, facts)
        yield "freshness", *_freshness(wish, facts.target, facts)
        yield "CI", *_ci(facts.verdict)
    comparison = facts.comparison if isinstance(facts.comparison, Comparison) else None
    unchanged = isinstance(facts.target, Target) and facts.comparison is None
    yield "risk", *context.risk(wish, Comparison(0, ()) if unchanged else comparison, facts.health)


def _busy(context: Context, wish: Wish, asking: Asking, facts: Facts) -> tuple[Verdict, str]:
    ours, waits = _under_way(context, wish, asking), _waiting_there(context, wish, asking)
    if ours:
        said = ours.unknown if ours.state is State.UNCERTAIN else ours.state.value
        return Verdict.STOPPED, f"Request {ours.number}, {ours.target.version}, comes first: {said}."
    if isinstance(facts.state, ProviderError):
        return Verdict.UNKNOWN, f"Whether something else is under way is not known: {facts.state}"
    running = facts.state.under_way if isinstance(facts.state, ServiceState) else None
    if waits and running is None:
        who = called(context, waits.asker.identity)
        return Verdict.WARNED, f"Request {waits.number} ({waits.target.version}, {who}) waits for approval there too."
    if running:
        run = f" (run {running.run})" if running.run else ""
        return Verdict.STOPPED, f"{running.version} is being deployed there right now{run}; one change at a time."
    return Verdict.PASSED, "Nothing else is under way there."


def _ran(target: Target, past: Past) -> bool:
    return any(
        one.phase is Phase.SUCCEEDED and (one.commit == target.commit or same_version(one.version, target.version))
        for one in past.deployments
    )


def _known(wish: Wish, target: Target, facts: Facts) -> tuple[Verdict, str]:
    if isinstance(facts.past, ProviderError):
        return Verdict.UNKNOWN, f"Which versions ran there is not known: {facts.past}"
    if facts.current and same_version(facts.current.version, target.version):
        return Verdict.WARNED, f"{target.version} runs in {wish.environment} already."
    if _ran(target, facts.past):
        return Verdict.PASSED, f"{target.version} ran in {wish.environment} before."
    return Verdict.STOPPED, f"{target.version} did not run in {wish.environment} lately: deploy it instead."


def _order(target: Target, facts: Facts) -> tuple[Verdict, str]:
    if facts.earlier is None:
        return Verdict.PASSED, "No environment comes before this one."
    if not isinstance(facts.before, Past):
        return Verdict.UNKNOWN, f"Whether it ran in {facts.earlier} is not known: {facts.before}"
    if _ran(target, facts.before):
        return Verdict.PASSED, f"{target.version} ran in {facts.earlier}."
    return Verdict.STOPPED, f"{target.version} has not run in {facts.earlier} yet."


def _freshness(wish: Wish, target: Target, facts: Facts) -> tuple[Verdict, str]:
    if isinstance(facts.state, ProviderError):
        return Verdict.UNKNOWN, f"What runs there is not known: {facts.state}"
    if facts.current is None:
        return Verdict.PASSED, "Nothing runs there yet."
    runs = facts.current.version
    if isinstance(facts.ahead, ProviderError):
        return Verdict.UNKNOWN, f"Whether {target.version} is newer than {runs} is not known: {facts.ahead}"
    if facts.ahead:
        return Verdict.STOPPED, f"{target.version} is older than {runs}, which runs there: that would be a rollback."
    if same_version(runs, target.version):
        return Verdict.WARNED, f"{runs} runs in {wish.environment} already."
    return Verdict.PASSED, f"It is newer than {runs}, which runs there."


def _ci(verdict: CiVerdict | ProviderError | None) -> tuple[Verdict, str]:
    if not isinstance(verdict, CiVerdict):
        return Verdict.UNKNOWN, f"What the builds say is not known: {verdict}"
    if verdict.level is CiLevel.UNKNOWN:
        return Verdict.UNKNOWN, verdict.sentence
    return (Verdict.PASSED if verdict.level is CiLevel.PASSED else Verdict.STOPPED), verdict.sentence
