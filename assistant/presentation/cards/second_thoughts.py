"""Cards for second thoughts: questions about what waits for a yes, a no that comes late, and "don't"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.contracts.card import Button, Card, Row
from assistant.contracts.change import ChangeRequest, Proposal, State, Verdict
from assistant.contracts.locks import ANY, Scope
from assistant.presentation.cards.deployments import (
    STATES,
    Person,
    proposal_card,
    requests_card,
    settle_button,
    short_words,
    shown,
    some,
    step_words,
)


def again_card(requests: Sequence[ChangeRequest], person: Person, sandbox: bool) -> Card:
    """What waits for the asker's yes, for whoever asks about it first: what was found, and what follows the yes."""
    plans = [each.plan for each in requests]
    card = proposal_card(Proposal(tuple(plans), tuple(requests)), person, sandbox)
    odd = [each.sentence for plan in plans for each in plan.findings if each.verdict is not Verdict.PASSED]
    found = " ".join(dict.fromkeys(odd)) or "Every check passed; more than that I can't promise."
    approvers = list(dict.fromkeys(name for plan in plans for name in plan.approvers))
    after = f"after your yes, {some(approvers)} must approve it" if approvers else "your yes starts it"
    notes = tuple(note for note in card.notes if not note.startswith(("Your yes", "After your yes")))
    what = " and ".join(map(short_words, requests))
    return replace(card, title=f"{found} Nothing has happened yet: {after}. It is {what}.", notes=notes)


def which_card(asked: str, running: ChangeRequest, sandbox: bool) -> Card:
    """Two things that "cancel it" may mean: what is being asked for, and what is under way."""
    buttons = (
        Button(f"Drop {asked}", "deny"),
        Button(f"Stop request {running.number}", "cancel_run", shown([running])),
    )
    other = f"request {running.number}, {short_words(running)}, which {_waits(running)}"
    title = f"Which do you mean: {asked}, of which nothing was started, or {other}?"
    return Card(title, notes=("Nothing was dropped or stopped yet.",), buttons=buttons, sandbox=sandbox)


def too_late_card(one: ChangeRequest, person: Person, sandbox: bool) -> Card:
    """That a no comes after the yes, and how what it started can be stopped."""
    if one.state is State.UNCERTAIN:
        return requests_card([one], person, sandbox)  # Nothing can be stopped; what became of it can be said.
    what = "Withdraw it" if one.state is State.WAITING else "Stop it"
    title = (
        f"Request {one.number}, {short_words(one)}, {_waits(one)} already and goes on. Say “{what.lower()}” to end it."
    )
    return replace(
        requests_card([one], person, sandbox), title=title, buttons=(Button(what, "cancel_run", shown([one])),)
    )


def stoppable_card(requests: Sequence[ChangeRequest], person: Person, sandbox: bool) -> Card:
    """Several requests that “stop it” may mean: each with who asked for it, how far it is, and its choice."""
    rows = tuple(
        Row(
            STATES.get(one.state, "bad"),
            f"{one.number}: {step_words(one.plan)}",
            (f"{one.state.value}, asked for by {person(one.asker.identity)}",),
        )
        for one in requests
    )
    buttons = tuple(Button(f"Stop request {one.number}", "cancel_run", shown([one])) for one in requests[:5])
    names = " or ".join(f"{one.number} ({one.scope.words})" for one in requests)
    return Card(f"Which request: {names}? Nothing was stopped.", rows, buttons=buttons, sandbox=sandbox)


def left_alone_card(running: Sequence[ChangeRequest], lockable: Scope | None, also: bool, sandbox: bool) -> Card:
    """That nothing is started, what is under way there already, and the lock that keeps others from it.

    Args:
        also: whether the message orders something beside, which is not read out of it.
    """
    title = "Fine, I start nothing: I never do unless somebody asks for it and confirms it."
    if running:
        title = "Fine, I start nothing more. This was asked for before, and has not ended:"
    rows = tuple(
        Row(
            STATES.get(one.state, "bad"),
            f"{one.number}: {step_words(one.plan)}",
            (one.unknown if one.state is State.UNCERTAIN else one.state.value,),
        )
        for one in running
    )
    buttons = tuple(
        settle_button(one.number)
        if one.state is State.UNCERTAIN
        else Button(f"Stop request {one.number}", "cancel_run", shown([one]))
        for one in running[:5]
    )
    notes: tuple[str, ...] = ("What shall be done instead, please say in a message of its own.",) if also else ()
    if lockable:
        named = {"service": lockable.service, "environment": lockable.environment}
        values = {kind: name for kind, name in named.items() if name != ANY}
        buttons += (Button(f"Lock {lockable.words}", "lock_environment", values),)
        notes += ("A lock keeps others from it, too.",)
    return Card(title, rows, notes=notes, buttons=buttons, sandbox=sandbox)


def _waits(one: ChangeRequest) -> str:
    return "waits for approval" if one.state is State.WAITING else f"is {one.state.value}"
