"""The audit log as a card: a timeline in sentences, the newest at its end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from assistant.contracts.access import readable
from assistant.contracts.audit import ERASED, AuditReport, Record
from assistant.contracts.card import Card, Line, Moment, Row
from assistant.contracts.change import State
from assistant.contracts.locks import Scope

Person = Callable[[str], str]

_STEPS = ("deploy", "rollback")
"""Verbs under which the steps of a request stand that nobody takes by hand."""
_NO_RULE = re.compile(r"no rule in access\.yml grants \S+ to .+?(?=\.|$)")
_GATE = re.compile(r"^gate [\w -]+: (?:Not allowed: )?")
_MARKS = {
    **dict.fromkeys((State.FAILED.value, State.EXPIRED.value, State.VOID.value), "bad"),
    **dict.fromkeys((State.STARTING.value, State.UNDER_WAY.value), "busy"),
    State.UNCERTAIN.value: "unknown",
}


def audit_card(report: AuditReport, person: Person, sandbox: bool) -> Card:
    """The records that were asked for, oldest first."""
    request, shown = report.request, len(report.records)
    when = f" {request.interval.words}" if request.interval else ""
    glass = _who_broke_it(report, person, when) if request.verbs == ("break_glass",) and not request.people else ""
    if not report.records and glass:
        return Card(glass, sandbox=sandbox)
    if not report.records:
        what = f" about request {request.number}" if request.number is not None else " like that"
        what = " of refused attempts" if request.refused else what
        return Card(f"The audit log has nothing{what}{when}.", sandbox=sandbox)
    kinds = ("refused attempt", "refused attempts") if request.refused else ("entry", "entries")
    title = f"{report.found} {kinds[report.found != 1]} in the audit log"
    title += f" about request {request.number}" if request.number is not None else ""
    cut = "" if shown == report.found else f", the newest {shown}" if shown > 1 else ", the newest"
    rows = tuple(_row(each, person, request.number is not None, sandbox) for each in reversed(report.records))
    notes = ("All of it, with the proof that nothing was changed: `assistant audit export`, `assistant audit verify`.",)
    title = f"{glass} {title}" if glass and not request.refused else f"{title}{when}"
    return Card(f"{title}{cut}:", rows, notes=notes if cut else (), sandbox=sandbox)


def _who_broke_it(report: AuditReport, person: Person, when: str) -> str:
    """Who did break the glass: the answer, before all the attempts at it."""
    request, who = report.request, dict.fromkeys(_who(each, person) for each in reversed(report.broke))
    of = f" for {' and '.join(request.services)}" if request.services else ""
    at = f" in {' and '.join(request.environments)}" if request.environments else ""
    tried = f"; {report.refused} attempt{'s were' if report.refused != 1 else ' was'} refused" if report.refused else ""
    return f"{' and '.join(who) or 'Nobody'} broke the glass{of}{at}{when}{tried}."


def _row(record: Record, person: Person, of_one: bool, sandbox: bool) -> Row:
    sentence = _refused(record, person) if record.decision != "allowed" else _done(record, person, of_one)
    played = (" (played in the sandbox)",) if record.parameters.get("world") == "sandbox" and not sandbox else ()
    return Row(_mark(record), f"{record.number}", (Moment(record.at), "  ", *sentence, *played))


def _mark(record: Record) -> str:
    if record.decision != "allowed":
        return "bad"
    step = record.parameters.get("state", "") if record.verb in _STEPS else ""
    return _MARKS.get(step, "ok")


def _who(record: Record, person: Person) -> str:
    return person(record.name) if record.name else ERASED.format(record.person[:8])


def _refused(record: Record, person: Person) -> Line:
    rule = _NO_RULE.sub("no access rule allows it", _GATE.sub("", record.named(record.rule, person)))
    glass = ", breaking the glass," if record.parameters.get("glass") else ""
    return (f"{_who(record, person)} wanted to {_wish(record)}{glass} and was refused: {rule.rstrip('.')}",)


def _done(record: Record, person: Person, of_one: bool) -> Line:
    """Who did what; what went on by itself, for whom."""
    it, about = _it(record, of_one), record.parameters
    why = f": {record.named(about['reason'], person)}" if about.get("reason") else ""
    if record.verb in _STEPS:
        return (_step(record, person, it, why),)
    if about.get("until"):
        until = Moment(datetime.fromisoformat(about["until"]))
        held = "paused every change" if record.verb == "pause" else f"locked {_place(record)}"
        return (f"{_who(record, person)} {held} until ", until, why)
    found = f"is run {about['run']}" if about.get("run") else about.get("ended", "never started")
    acts = {
        "approve": f"approved {it}",
        "reject": f"rejected {it}{why}",
        "cancel": f"asked for {it} to be stopped" if about.get("run") else f"took {it} back before it started",
        "settle": f"found that {it} {found}: {record.named(about.get('why', ''), person)}",
        "lock": f"locked {_place(record)}{why}",
        "unlock": f"unlocked {_place(record)}",
        "wait": f"asked to be told when {_place(record)} is free",
        "take_over": f"took the lock on {_place(record)} over from "
        f"{record.named(about.get('owner', 'somebody'), person)}{why}",
        "pause": f"paused every change{why}",
        "resume": f"ended the pause{'' if record.outcome == 'resumed' else ', but nothing was paused'}",
        "rerun": f"ran {_wish(record).removeprefix('run ')}",
    }
    return (f"{_who(record, person)} {acts.get(record.verb) or f'{_wish(record)}: {_outcome(record, person)}'}",)


def _step(record: Record, person: Person, it: str, why: str) -> str:
    """A step of a request: what its asker did, or what became of it."""
    who, about, outcome = _who(record, person), record.parameters, _outcome(record, person)
    glass = ", breaking the glass" if about.get("glass") else ""
    acts = {
        State.DRAFT: f"{who} asked to {_wish(record)} (request {about.get('request')}){glass}{why}",
        State.WAITING: f"{who} said yes to {it}; a second person has to approve it",
        State.APPROVED: f"{who} said yes to {it}",
    }
    state = next((each for each in State if each.value == about.get("state")), None)
    if state in acts:
        return acts[state]
    it = f"{it[0].upper()}{it[1:]}"
    words = f"{it}: {outcome}"
    if outcome.startswith(("It ", "Done")):
        words = f"{it}{outcome[2:]}" if outcome.startswith("It ") else f"{it} is done{outcome[4:]}"
    if state not in (State.STARTING, State.UNDER_WAY):
        return words
    approver = f", approved by {record.named(about['approver'], person)}" if about.get("approver") else ""
    return f"{words} for {who}{approver}{glass}"


def _outcome(record: Record, person: Person) -> str:
    return record.named(record.outcome, person).rstrip(".")


def _scope(record: Record) -> Scope:
    service, _, environment = record.resource.partition("/")
    return Scope(service, environment or "*")


def _place(record: Record) -> str:
    return _scope(record).words


def _it(record: Record, of_one: bool) -> str:
    """The request, with what it is about unless every line is about the same."""
    scope, about = _scope(record), record.parameters
    number = f"request {about.get('request', '')}".strip()
    return number if of_one else f"{number} ({scope.service} {about.get('version', '')} in {scope.environment})"


def _wish(record: Record) -> str:
    """What somebody wanted to do, as the end of "they wanted to"."""
    scope, place, about = _scope(record), _place(record), record.parameters
    version, request = about.get("version", ""), f"request {about.get('request', '')}".strip()
    wishes = {
        "deploy": f"deploy {f'{scope.service} {version}'.strip()} to {scope.environment}",
        "rollback": f"roll back {place}{f' to {version}' if version else ''}",
        "break_glass": f"break the glass for {place}",
        "approve": f"approve {request}",
        "reject": f"reject {request}",
        "cancel": f"stop {request}",
        "settle": f"say what became of {request}",
        "rerun": f"run {scope.service} #{about.get('run', '')} again",
        "take_over": f"take over the lock on {place}",
        "pause": "pause every change",
        "resume": "end the pause",
        "read": f"read {readable(record.resource)}",
        "ask": "talk to me",
    }
    return wishes.get(record.verb, f"{record.verb.replace('_', ' ')} {place}")
