"""What the audit log keeps: of a decision, and of each step of a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from assistant.contracts.audit import Entry
from assistant.contracts.change import ChangeRequest, State
from assistant.contracts.errors import Invalid, NotAllowed
from assistant.contracts.locks import Scope, end_words
from assistant.operations.context import Context
from assistant.operations.people import called, decide
from assistant.safeguards.access import Decision
from assistant.safeguards.audit import entry


def require(context: Context, verb: str, scope: Scope, wanted: str = "", **parameters: str) -> Decision:
    """The decision for the context's own actor; a refusal is recorded. Raises NotAllowed with the rule and who may.

    Args:
        verb: the right that it takes.
        wanted: what is recorded as wanted where that is called otherwise: ``reject`` takes ``approve``.
    """
    decision = decide(context, context.actor, verb, scope)
    if not decision.allowed:
        refused = replace(decision, verb=wanted or verb)
        context.keeping.audit.append(note(context, refused, "nothing was done", **parameters))
        who = tuple(called(context, name) for name in decision.instead)
        raise NotAllowed(wanted or verb, scope.words, decision.rule, who)
    return decision


def require_unpaused(context: Context) -> None:
    """Raise Invalid, with who and why, while everything is paused."""
    pause = context.keeping.locks.pause(datetime.now(timezone.utc))
    if pause:
        who = called(context, pause.who.identity)
        raise Invalid(f"{who} paused every change{end_words(pause.until, pause.zone)}: {pause.why}. Nothing was done.")


def note(context: Context, decision: Decision, outcome: str, correlation: str = "", **parameters: str) -> Entry:
    """What the audit log keeps of a decision about the context's actor; empty parameters are left out."""
    world = "sandbox" if context.sandbox else ""
    return entry(
        Entry(
            actor=context.actor,
            at=datetime.now(timezone.utc),
            verb=decision.verb,
            resource=decision.resource,
            decision="allowed" if decision.allowed else "refused",
            rule=decision.rule,
            outcome=outcome,
            parameters={name: value for name, value in {**parameters, "world": world}.items() if value},
            message=context.message,
            correlation=correlation or context.message,
        ),
        context.catalogue.people,
    )


def step(context: Context, request: ChangeRequest, outcome: str, verb: str = "", **more: str) -> Entry:
    """A step of a request: by whose right and which rule it is done, and exactly what it is about.

    Args:
        verb: what the speaker does with it by hand (``cancel``, ``settle``). Every other step stands under who asked,
            whoever's click or approval it follows from, with who approved it.
    """
    wish = request.plan.wish.verb.value
    asker, approver = request.asker.identity, request.approver.identity if request.approver else ""
    about = {
        "request": str(request.number),
        "state": request.state.value,
        "asker": asker,
        "approver": approver,
        "version": request.target.version,
        "commit": request.target.commit,
        "reason": request.reason or "",
        "glass": "broken" if request.break_glass else "",
    }
    by = context if verb else replace(context, actor=request.asker)
    right = "cancel" if verb == "cancel" else "break_glass" if request.break_glass else wish
    decision = decide(context, by.actor, right, request.scope)
    if not decision.allowed and request.state is not State.VOID:
        why = "who asked may take it back" if verb else "it was allowed when it was confirmed"
        decision = replace(decision, allowed=True, rule=why)
    made = note(by, decision, outcome, request.correlation, **{**about, **more})
    accounts = {who: who for who in (asker, approver) if who}
    return replace(made, verb=verb or wish, people={**made.people, **accounts})
