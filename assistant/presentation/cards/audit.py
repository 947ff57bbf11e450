"""The audit log as a card: a timeline, newest first."""

from __future__ import annotations

from collections.abc import Callable

from assistant.contracts.audit import AuditReport, Record
from assistant.contracts.card import Card, Line, Moment, Row

Person = Callable[[str], str]

_ABOUT = ("version", "reason", "until")


def audit_card(report: AuditReport, person: Person, sandbox: bool) -> Card:
    """The records that were asked for."""
    when = f" {report.request.interval.words}" if report.request.interval else ""
    if not report.records:
        return Card(f"The audit log has nothing like that{when}.", sandbox=sandbox)
    shown = len(report.records)
    title = f"{report.found} {'entry' if report.found == 1 else 'entries'} in the audit log{when}"
    title += ":" if shown == report.found else f", the newest {shown}:"
    rows = tuple(_row(record, person) for record in report.records)
    notes = ("All of it, with the proof that nothing was changed: `assistant audit export`, `assistant audit verify`.",)
    return Card(title, rows, notes=notes if shown < report.found else (), sandbox=sandbox)


def _row(record: Record, person: Person) -> Row:
    mark = "ok" if record.decision == "allowed" else "bad"
    who = person(record.name) if record.name else f"somebody whose name was erased ({record.person[:8]})"
    about = [f"{key} {record.parameters[key]}" for key in _ABOUT if record.parameters.get(key)]
    what = f"{record.verb.replace('_', ' ')} {record.resource}"
    refused = f": refused by “{record.rule}”" if record.decision != "allowed" else ""
    line: Line = (
        f"{who}, {what}{' (' + ', '.join(about) + ')' if about else ''}: {record.outcome}{refused}, ",
        Moment(record.at),
    )
    return Row(mark, f"{record.number}", line)
