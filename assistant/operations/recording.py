"""What the audit log keeps: of a decision, and of each step of a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from assistant.contracts.audit import Entry
from assistant.contracts.change import ChangeRequest
from assistant.contracts.errors import Invalid, NotAllowed
from assistant.contracts.locks import Scope
from assistant.operations.context import Context
from assistant.operations.people import called, decide
from assistant.safeguards.access import Decision
from assistant.safeguards.audit import entry


def require(context: Context, verb: str, scope: Scope, **parameters: str) -> Decision:
    """The decision for the context's own actor; a refusal is recorded. Raises NotAllowed with the rule and who may."""
    decision = decide(context, context.actor, verb, scope)
    if not decision.allowed:
        context.keeping.audit.append(note(context, decision, "nothing was done", **parameters))
        who = tuple(called(context, name) for name in decision.instead)
        raise NotAllowed(verb, scope.words, decision.rule, who)
    return decision


def require_unpaused(context: Context) -> None:
    """Raise Invalid, with who and why, while everything is paused."""
    pause = context.keeping.locks.pause()
    if pause:
        who = called(context, pause.who.identity)
        raise Invalid(f"{who} paused every change: {pause.why}. Nothing was done.")


def note(context: Context, decision: Decision, outcome: str, correlation: str = "", **parameters: str) -> Entry:
    """What the audit log keeps of a decision about the context's actor; texts in it are redacted."""
    return entry(
        Entry(
            actor=context.actor,
            at=datetime.now(timezone.utc),
            verb=decision.verb,
            resource=decision.resource,
            decision="allowed" if decision.allowed else "refused",
            rule=decision.rule,
            outcome=outcome,
            parameters={**parameters, **({"world": "sandbox"} if context.sandbox else {})},
            message=context.message,
            correlation=correlation or context.message,
        )
    )


def step(context: Context, request: ChangeRequest, outcome: str, **more: str) -> Entry:
    """A step of a request: who took it, by whose right and which rule it is done, and exactly what it is about."""
    verb = request.plan.wish.verb.value
    decision = decide(context, request.asker, "break_glass" if request.break_glass else verb, request.scope)
    target = request.target
    about = {"request": str(request.number or "new"), "version": target.version, "commit": target.commit}
    if request.reason:
        about["reason"] = request.reason
    made = note(context, decision, outcome, request.correlation, **{**about, **more})
    return replace(made, verb=verb)
