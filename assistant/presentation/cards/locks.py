"""Locks as cards: who holds what, until when and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.contracts.card import Button, Card, Line, Moment, Row
from assistant.contracts.locks import ANY, Lock, LockReport, Pause, Scope
from assistant.contracts.platform import Freeze
from assistant.presentation.problems import listed

Person = Callable[[str], str]

_SHOWN = 12


def locks_card(report: LockReport, person: Person, reader: str, sandbox: bool) -> Card:
    """Who holds what, with the line of those who wait; ``reader`` is who is told, and needs no line for their own."""
    lines = tuple(_stops(report, person))
    if not report.locks:
        rest = ", but:" if _is_stopped(report) else " and no freeze is on: it is free."
        where = f"Nobody holds {report.asked.words}" if report.asked else "Nobody holds anything anywhere"
        return Card(f"{where}{rest}", lines=lines, sandbox=sandbox)
    title = (
        f"{person(report.locks[0].owner.identity)} holds {report.locks[0].scope.words}."
        if len(report.locks) == 1
        else f"{len(report.locks)} locks:"
    )
    rows = tuple(_row(lock, person) for lock in report.locks)
    notes = tuple(_lines_of_waiters(report, person))
    held = [one for one in report.locks if person(one.owner.identity) != reader]
    buttons = tuple(button for one in held[:5] for button in _ways_out(one, report))
    return Card(title, rows, lines=lines, notes=notes, buttons=buttons, sandbox=sandbox)


def _lines_of_waiters(report: LockReport, person: Person) -> Iterable[str]:
    """Who waits for each lock's own place."""
    for lock in report.locks:
        line = ", ".join(person(one.person.identity) for one in report.waiting if one.scope.meets(lock.scope))
        if line:
            yield f"In line: {line}." if len(report.locks) == 1 else f"In line for {lock.scope.words}: {line}."


def _is_stopped(report: LockReport) -> bool:
    return report.pause is not None or any(each.start <= report.asked_at for each in report.freezes)


def _stops(report: LockReport, person: Person) -> Iterable[Line]:
    """What else stops changes: the pause, the freezes that are on, and the next one to come."""
    if report.pause:
        until: Line = (" until ", Moment(report.pause.until)) if report.pause.until else ()
        yield (f"Every change is paused by {person(report.pause.who.identity)}", *until, f": {report.pause.why}")
    freezes = sorted(report.freezes, key=lambda each: each.start)
    for each in freezes:
        if each.start <= report.asked_at:
            yield (f"A freeze is on for {_frozen(each)} until ", Moment(each.end), f": {each.reason}.")
    coming = next((each for each in freezes if each.start > report.asked_at), None)
    if coming:
        what = f"The next freeze is for {_frozen(coming)} from "
        yield (what, Moment(coming.start), " until ", Moment(coming.end), f": {coming.reason}.")


def _frozen(freeze: Freeze) -> str:
    return " in ".join(listed(names) for names in (freeze.services, freeze.environments) if names) or "everything"


def locked_card(report: LockReport, person: Person, sandbox: bool) -> Card:
    """The lock that was just made, what runs in it, and what it can't stop."""
    made = report.locks[0]
    over = f", which {person(report.released.owner.identity)} held" if report.released else ""
    until: Line = (" until ", Moment(made.until)) if made.until else (" until you give it back",)
    lines: list[Line] = [("You hold it", *until, f": {made.reason}.")]
    if report.running:
        lines.append(("Running there now: " + _running(report),))
    return Card(
        f"{made.scope.words.capitalize()} is yours{over}.",
        lines=tuple(lines),
        notes=tuple(_cannot_stop(report)),
        sandbox=sandbox,
    )


def released_card(report: LockReport, person: Person, sandbox: bool) -> Card:
    """What was given back, and who is told; or the question which one is."""
    if report.released is None:
        buttons = tuple(
            Button(one.scope.words, "unlock_environment", _values(one.scope, "unlock")) for one in report.locks
        )
        return Card("You hold several. Which one shall I give back?", buttons=buttons, sandbox=sandbox)
    line = [person(one.person.identity) for one in report.waiting]
    notes = (f"I tell {', '.join(line)} that it is free.",) if line else ()
    return Card(f"{report.released.scope.words.capitalize()} is free again.", notes=notes, sandbox=sandbox)


def waiting_card(report: LockReport, person: Person, sandbox: bool) -> Card:
    """The place in line."""
    ahead = [person(one.person.identity) for one in report.waiting[: (report.position or 1) - 1]]
    before = f", after {', '.join(ahead)}" if ahead else ""
    rows = tuple(_row(lock, person) for lock in report.locks)
    note = "I will ask you then; I don't deploy by myself."
    return Card(f"You are number {report.position} in line{before}.", rows, notes=(note,), sandbox=sandbox)


def paused_card(pause: Pause | None, person: Person, sandbox: bool) -> Card:
    """That every change is stopped, by whom and why; or that nothing is."""
    if pause is None:
        return Card("Nothing is paused: changes are possible, for whoever may make them.", sandbox=sandbox)
    who = person(pause.who.identity)
    lines: tuple[Line, ...] = (
        (f"{who} paused it ", Moment(pause.since), f": {pause.why}."),
        ("It ends by itself at ", Moment(pause.until), ".") if pause.until else ("It lasts until somebody ends it.",),
    )
    buttons = (Button("Go on with changes", "unlock_environment", {"shown": "resume"}),)
    return Card("Every change is paused, everywhere; I only read.", lines=lines, buttons=buttons, sandbox=sandbox)


def resumed_card(was: Pause | None, person: Person, sandbox: bool) -> Card:
    """That the pause is over, and whose it was."""
    if was is None:
        return Card("Nothing was paused.", sandbox=sandbox)
    return Card(f"Changes are possible again. {person(was.who.identity)} had paused them: {was.why}.", sandbox=sandbox)


def _row(lock: Lock, person: Person) -> Row:
    until: Line = (" until ", Moment(lock.until)) if lock.until else (" without an end",)
    return Row("busy", lock.scope.words, (f"held by {person(lock.owner.identity)}", *until, f": {lock.reason}"))


def _running(report: LockReport) -> str:
    seen = [f"{service} {version}" for service, _, version in report.running[:_SHOWN]]
    more = len(report.running) - _SHOWN
    return ", ".join(seen) + (f" and {more} more" if more > 0 else "")


def _cannot_stop(report: LockReport) -> Iterable[str]:
    if report.on_merge:
        names = " and ".join(report.on_merge)
        yield f"{names} deploy{'s' if len(report.on_merge) == 1 else ''} on merge; I cannot stop those."


def _ways_out(lock: Lock, report: LockReport) -> Iterable[Button]:
    """What can be done about somebody else's lock."""
    alone = len(report.locks) == 1
    tell = "Tell me when it's free" if alone else f"Tell me when {lock.scope.words} is free"
    yield Button(tell, "ask_locks", _values(lock.scope, "tell"))
    if lock.number in report.may_take_over:
        take = "Take it over" if alone else f"Take over {lock.scope.words}"
        yield Button(take, "lock_environment", _values(lock.scope, "take over"))


def _values(scope: Scope, wish: str) -> dict[str, str]:
    named = {"service": scope.service, "environment": scope.environment}
    return {**{kind: name for kind, name in named.items() if name != ANY}, "shown": wish}
