"""What waits for whom, as a card."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.contracts.card import Button, Card, Line, Link, Moment, Row
from assistant.contracts.change import ChangeRequest, Held, State, Waiting
from assistant.presentation.cards.deployments import shown, step_words

Person = Callable[[str], str]


def waiting_card(waiting: Waiting, person: Person, sandbox: bool) -> Card:
    """What waits for this person first, then what of theirs is on its way."""
    yours = [one for one in waiting.elsewhere if one.yours]
    rows = [
        *(_elsewhere(one, person) for one in yours),
        *(
            _row("busy", one, f"waits for your yes; asked by {person(one.asker.identity)}")
            for one in waiting.to_approve
        ),
        *(_row("busy", one, "you have not confirmed it yet") for one in waiting.to_confirm),
        *(_row("unknown", one, f"{one.unknown}: please look") for one in waiting.to_settle),
        *(_row("busy", one, _mine(one)) for one in waiting.of_mine if one.state is not State.UNCERTAIN),
        *(_elsewhere(one, person) for one in waiting.elsewhere if not one.yours),
    ]
    notes = (f"Not known for {', '.join(waiting.unread)}: nobody told.",) if waiting.unread else ()
    return Card(_title(waiting), tuple(rows), notes=notes, buttons=tuple(_buttons(waiting)), sandbox=sandbox)


def _title(waiting: Waiting) -> str:
    yours = sum(one.yours for one in waiting.elsewhere)
    number = len(waiting.to_approve) + len(waiting.to_confirm) + len(waiting.to_settle)
    if number or yours:
        what = "deployment" if not number else "request"
        number += yours
        return f"{number} {what}{' waits' if number == 1 else 's wait'} for you."
    if waiting.of_mine:
        return "Nothing waits for you. Your own requests:"
    if waiting.elsewhere:
        owners = " and ".join(sorted({one.owner for one in waiting.elsewhere}))
        return f"Nothing waits for you; for others, at {owners}:"
    return "Nothing waits for you, and no request of yours is open."


def _elsewhere(one: Held, person: Person) -> Row:
    by = f" by {' or '.join(person(login) for login in one.by)}" if one.by else ""
    whose = "your approval" if one.yours else f"approval{by}"
    deployment = one.deployment
    name = f"{deployment.service} {deployment.version} → {deployment.environment}"
    line: Line = (f"waits for {whose} at {one.owner} since ", Moment(deployment.created_at))
    return Row("busy", name, (*line, " ", Link("", deployment.url)) if deployment.url else line)


def _row(mark: str, one: ChangeRequest, words: str) -> Row:
    line: Line = (words,)
    if one.expires_at:
        line = (f"{words}, until ", Moment(one.expires_at))
    return Row(mark, f"{one.number}: {step_words(one.plan)}", line)


def _mine(one: ChangeRequest) -> str:
    if one.state is State.WAITING:
        return f"waits for {', '.join(one.plan.approvers) or 'an approval that nobody may give'}"
    return one.outcome or one.state.value


def _buttons(waiting: Waiting) -> Iterable[Button]:
    one_only = len(waiting.to_approve) == 1
    for one in waiting.to_approve:
        yield Button("Approve" if one_only else f"Approve request {one.number}", "approve_request", shown([one]))
        yield Button("Reject" if one_only else f"Reject request {one.number}", "reject_request", shown([one]))
    if waiting.to_confirm:
        yield Button("Yes, do it", "affirm", shown(waiting.to_confirm))
