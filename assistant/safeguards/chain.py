"""The chain that every change goes through, as data: which gate applies to what, what unknown means, who may pass.

Evaluated in this order when a change is wished for, and again when it is carried out. docs/deployments.md shows the
same table with its reasons; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from assistant.contracts.change import Finding, Verb, Verdict


class Effect(str, Enum):
    """What it means when a gate does not pass."""

    STOPS = "stops"
    STOPS_WHERE_PROTECTED = "stops where protected, else warns"
    WARNS = "warns"
    SKIPPED = "not asked"


@dataclass(frozen=True)
class Gate:
    """One gate: what it asks, what it does to a deployment and to a rollback, and what when nobody can tell.

    ``passable`` says that whoever may break the glass may pass it, with a reason; the owners are told.
    """

    name: str
    asks: str
    deploy: Effect
    rollback: Effect
    unknown: Effect
    passable: bool = False

    def effect(self, verb: Verb) -> Effect:
        """What this gate does to a verb."""
        return self.deploy if verb is Verb.DEPLOY else self.rollback


_STOPS, _PROTECTED, _WARNS, _SKIPPED = Effect.STOPS, Effect.STOPS_WHERE_PROTECTED, Effect.WARNS, Effect.SKIPPED

CHAIN = (
    Gate("access", "Do the access rules allow it?", _STOPS, _STOPS, _STOPS),
    Gate("pause", "Is nothing paused?", _STOPS, _STOPS, _STOPS),
    Gate("rate", "Did they change less than they may within an hour?", _STOPS, _WARNS, _STOPS),
    Gate("lock", "Does nobody else hold the place?", _STOPS, _WARNS, _STOPS, passable=True),
    Gate("busy", "Is no other change under way there?", _STOPS, _STOPS, _WARNS),
    Gate("freeze", "Is there no freeze?", _STOPS, _SKIPPED, _STOPS, passable=True),
    Gate("set-up", "Is everything declared that a start needs?", _STOPS, _STOPS, _WARNS),
    Gate("known", "Did this version run there lately, and well?", _SKIPPED, _STOPS, _STOPS),
    Gate("order", "Did it run in the environment before?", _PROTECTED, _SKIPPED, _PROTECTED, passable=True),
    Gate("freshness", "Is it not older than what runs there?", _PROTECTED, _SKIPPED, _PROTECTED, passable=True),
    Gate("CI", "Did the builds of that commit pass?", _PROTECTED, _SKIPPED, _PROTECTED, passable=True),
    Gate("risk", "Is there nothing to be careful about?", _WARNS, _WARNS, _WARNS),
    Gate("approver", "Where it needs a second person, may anybody else approve it?", _STOPS, _STOPS, _STOPS, True),
)
"""The written order. After it: card → confirmation → approval → record → trigger → watch."""

GATES: Mapping[str, Gate] = {gate.name: gate for gate in CHAIN}

FURTHER: Mapping[str, tuple[str, ...]] = {
    "cancel": ("access", "pause"),
    "rerun": ("access", "pause"),
    "lock": ("access", "pause"),
    "unlock": (),
    "take over": ("access", "pause"),
    "approve": ("access", "pause"),
    "reject": ("access",),
    "settle": ("access",),
    "pause": ("access",),
    "resume": ("access",),
}
"""The gates of what is no deployment or rollback. Giving back one's own lock is always allowed."""


def judge(
    gate: str, verb: Verb, verdict: Verdict, sentence: str, *, protected: bool, url: str | None = None
) -> Finding | None:
    """What a gate's verdict comes to for a verb, None when the gate is not asked for it.

    Args:
        protected: whether the environment is (``protected`` in ``platform.yaml``).
    """
    row = GATES[gate]
    effect = row.effect(verb)
    if effect is Effect.SKIPPED:
        return None
    if verdict is Verdict.UNKNOWN and effect is not Effect.WARNS:
        effect = row.unknown
    stops = effect is Effect.STOPS or (effect is Effect.STOPS_WHERE_PROTECTED and protected)
    if verdict in (Verdict.PASSED, Verdict.WARNED):
        stops = False
    elif verdict is Verdict.STOPPED and not stops:
        verdict = Verdict.WARNED
    return Finding(gate, verdict, sentence, stops, stops and row.passable, url)


def pass_by_force(finding: Finding) -> Finding:
    """The finding once the glass is broken: what may be passed warns instead of stopping."""
    if not finding.passable:
        return finding
    return replace(
        finding,
        verdict=Verdict.WARNED,
        stops=False,
        passable=False,
        forced=True,
        sentence=f"{finding.sentence} Passed by breaking the glass.",
    )
