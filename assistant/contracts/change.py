"""A change of what runs somewhere: what is asked, what was found about it, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from assistant.contracts.actor import Actor
from assistant.contracts.changes import Comparison
from assistant.contracts.delivery import Deployment
from assistant.contracts.deployer import Target
from assistant.contracts.locks import Scope
from assistant.contracts.pipelines import Run


class Verb(str, Enum):
    """What a request does to an environment. What is wished for is one of these, a lock, a rerun ... (access)."""

    DEPLOY = "deploy"
    ROLLBACK = "rollback"


class State(str, Enum):
    """How far a request is; ``NEXT`` says what may follow what."""

    DRAFT = "draft"
    WAITING = "waiting for approval"
    APPROVED = "approved"
    STARTING = "starting"
    UNDER_WAY = "under way"
    UNCERTAIN = "uncertain"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"
    VOID = "void"

    @property
    def ended(self) -> bool:
        """True when nothing will follow."""
        return not NEXT[self]


_DROPPED = (State.CANCELLED, State.EXPIRED, State.VOID)
_ENDS = (State.SUCCEEDED, State.FAILED, State.CANCELLED)
NEXT: Mapping[State, tuple[State, ...]] = {
    State.DRAFT: (State.WAITING, State.APPROVED, *_DROPPED),
    State.WAITING: (State.APPROVED, State.REJECTED, *_DROPPED),
    State.APPROVED: (State.STARTING, *_DROPPED),
    State.STARTING: (State.STARTING, State.UNDER_WAY, State.UNCERTAIN, State.FAILED, State.EXPIRED, State.VOID),
    State.UNDER_WAY: (State.UNDER_WAY, State.UNCERTAIN, *_ENDS),
    State.UNCERTAIN: (State.UNDER_WAY, *_ENDS),
    **dict.fromkeys((*_ENDS, *_DROPPED, State.REJECTED), ()),
}
"""Shown once, confirmed by the asker, approved by a second person where one is needed, started, followed to its end.

``STARTING`` is written before the provider is asked. Only one that is proved not to have started is started again;
what cannot be proved is ``UNCERTAIN`` until a run is found, none can have been, or a person decides.
"""
OPEN = tuple(state for state in State if not state.ended)
HOLDING = (State.STARTING, State.UNDER_WAY, State.UNCERTAIN)
"""While no second change may touch the same service in the same environment."""


class Verdict(str, Enum):
    """What a gate says. ``UNKNOWN`` is never ``PASSED``: the chain's table says whether it stops."""

    PASSED = "passed"
    WARNED = "warned"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """What one gate found, in a sentence.

    ``stops`` tells whether the request goes no further; ``passable`` whether who may break the glass may pass it;
    ``forced`` that it is passed so and by nothing else.
    """

    gate: str
    verdict: Verdict
    sentence: str
    stops: bool = False
    passable: bool = False
    url: str | None = None
    forced: bool = False


@dataclass(frozen=True)
class Wish:
    """What is wished for one service in one environment; every value was said for it.

    ``version`` None means the newest for a deployment, the one before for a rollback.
    """

    verb: Verb
    service: str
    environment: str
    version: str | None = None


@dataclass(frozen=True)
class Plan:
    """What a wish comes to right now: what would be done, and what every gate says of it.

    ``target`` is None when a gate stopped before it was looked up. ``approvers`` says who may approve, in words (teams,
    people), when a second person is needed. ``from_version`` is what runs now, None when that is not known.
    ``under_way`` is the number of our request that runs there, ``unsettled`` that it is uncertain, ``wait`` the
    provider's own approval (``github`` ...), ``holder`` who else holds the place, and ``may_take_over`` whether the
    asker may make that lock their own.
    """

    wish: Wish
    target: Target | None
    findings: tuple[Finding, ...]
    from_version: str | None = None
    comparison: Comparison | None = None
    needs_approval: bool = False
    approvers: tuple[str, ...] = ()
    wait: str | None = None
    under_way: int | None = None
    unsettled: bool = False
    holder: str | None = None
    may_take_over: bool = False

    @property
    def stopped(self) -> bool:
        """True when it cannot go on as it is."""
        return any(finding.stops for finding in self.findings)


@dataclass(frozen=True)
class ChangeRequest:
    """One change that was asked for; a message that asks for several makes one request of each, confirmed together.

    Attributes:
        number: what people call it ("request 57"); 0 until it is stored.
        token: travels to the provider and names this change and nothing else, for ever.
        revision: counts what was written of it; consent is given to one revision and to no other.
        plan: what was shown, and what the asker and the approver agreed to.
        correlation: the message that asked; requests of one message share it.
        conversation: where it was asked.
        expires_at: until when the current state waits; None when it does not.
        started_at: when it was written down that the provider is about to be asked.
        run_id: as the provider names the run (``Progress.run_id``); ``run`` the number that people know.
        outcome: how it ended, or why it is where it is, in a sentence.
        ended_by: who took it back, rejected it or had it stopped.
    """

    number: int
    token: str
    revision: int
    state: State
    plan: Plan
    asker: Actor
    correlation: str
    conversation: str
    created_at: datetime
    expires_at: datetime | None = None
    confirmed_at: datetime | None = None
    reason: str | None = None
    break_glass: bool = False
    approver: Actor | None = None
    approved_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    run_id: str | None = None
    run: str | None = None
    url: str | None = None
    outcome: str = ""
    ended_by: Actor | None = None

    @property
    def target(self) -> Target:
        """What it does; a request is only made of a plan that has one."""
        assert self.plan.target is not None  # noqa: S101 - propose() stores no other
        return self.plan.target

    @property
    def scope(self) -> Scope:
        """What it touches; as text (``payments/production``) the resource of the access rules and the audit log."""
        return Scope(self.plan.wish.service, self.plan.wish.environment)

    def over(self, now: datetime) -> bool:
        """Whether the time is over that its state had to wait."""
        return self.expires_at is not None and self.expires_at <= now

    @property
    def too_late(self) -> str:
        """What whoever wants to decide on it is told when it does not wait for that any more."""
        if self.state.ended:
            return f"Request {self.number} has ended: {self.outcome or self.state.value}"
        return f"Request {self.number} is {self.state.value} already. Nothing was done."

    @property
    def unknown(self) -> str:
        """What nobody knows of it while it is uncertain, for the middle of a sentence."""
        if self.run_id:
            return f"it was started as run {self.run or self.run_id}, and nobody knows how it ended"
        return "nobody knows whether it started"

    @property
    def wish(self) -> Wish:
        """The wish for exactly the version that was shown."""
        return replace(self.plan.wish, version=self.target.version)


@dataclass(frozen=True)
class Proposal:
    """The answer to a wish: a plan for each, and the drafts that wait for the asker's yes (none when one is stopped).

    ``replaced`` are the numbers of the asker's older drafts in this conversation, void now.
    """

    plans: tuple[Plan, ...]
    requests: tuple[ChangeRequest, ...] = ()
    replaced: tuple[int, ...] = ()


@dataclass(frozen=True)
class Held:
    """A deployment that waits for an approval of GitHub's or Jenkins' (``owner``).

    ``by`` may give it, as logins; ``yours`` says that the speaker is among them.
    """

    deployment: Deployment
    owner: str
    by: tuple[str, ...] = ()
    yours: bool = False


@dataclass(frozen=True)
class Waiting:
    """What waits: for the asker's own yes, for their approval, and what of theirs waits for others.

    ``elsewhere`` waits for an approval that GitHub or Jenkins ask for, whoever it is that may give it; ``unread`` are
    the places where nobody could tell whether something does.
    """

    to_confirm: tuple[ChangeRequest, ...]
    to_approve: tuple[ChangeRequest, ...]
    of_mine: tuple[ChangeRequest, ...]
    to_settle: tuple[ChangeRequest, ...] = ()
    elsewhere: tuple[Held, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rerun:
    """What came of the wish to run something again.

    ``started`` is the provider's id of what runs now. It is None where nothing was started: for a green build, which
    takes a yes of its own, and for a run that deployed, because it would put ``deployment.version`` over ``current``;
    deploying and rolling back are there for that.
    ``followed`` is the key of what is followed of it, empty when nothing is.
    """

    service: str
    run: Run
    started: str | None = None
    deployment: Deployment | None = None
    current: str | None = None
    followed: str = ""
