"""What happened when, as a card: the alert, the deployments, and what the metrics say before and after."""

from __future__ import annotations

from datetime import datetime

from assistant.contracts.card import Card, Line, Moment, Row
from assistant.contracts.causes import CauseReport
from assistant.contracts.delivery import Deployment, HealthLevel, Phase
from assistant.contracts.metrics import Measured
from assistant.presentation.cards.history import MARKS, Person, told
from assistant.presentation.cards.metrics import value, what
from assistant.presentation.plain import age
from assistant.presentation.problems import problem_notes

_MOVED = 1.5
"""A metric that is this many times what it was, or less than one such part of it, has changed."""
_BAD = {HealthLevel.CRITICAL: "bad", HealthLevel.WARNING: "warn"}


def causes_card(report: CauseReport, person: Person, sandbox: bool) -> Card:
    """The answer to "is it slow because of 2.9.0?": no yes and no no, but the order of things."""
    rows = [(one.created_at, _deployed(one, person)) for one in report.deployments]
    health = report.health
    if health.level in _BAD and health.since:
        rows.append((health.since, Row(_BAD[health.level], health.reason, ("fires since ", Moment(health.since)))))
    shown = tuple(row for _, row in sorted(rows, key=lambda one: one[0], reverse=True))
    notes = (
        "This is what happened when; what caused it I can't tell.",
        *problem_notes(report.problems, "; missing here"),
    )
    return Card(_title(report), shown, lines=_measured(report), notes=notes, sandbox=sandbox)


def _title(report: CauseReport) -> str:
    return f"{report.request.service} in {report.environment}: {_health(report)}{_suspected(report)}"


def _health(report: CauseReport) -> str:
    health, suspect = report.health, report.suspect
    if health.level is HealthLevel.UNKNOWN:
        return f"whether anything fires is not known ({health.reason})."
    newest = report.deployments[0] if report.deployments else None
    if health.level not in _BAD and newest and newest.phase is Phase.FAILED:
        return f"nothing fires, but the deployment of {newest.version} failed."
    if health.level not in _BAD:
        return "nothing fires."
    if health.since is None or suspect is None:
        return f"{health.reason} fires."
    return f"{health.reason} began {_order(health.since, suspect)}."


def _order(since: datetime, suspect: Deployment) -> str:
    gap = (since - suspect.created_at).total_seconds()
    which = "the deployment of" if suspect.phase is not Phase.FAILED else "the failed deployment of"
    return f"{age(abs(gap))} {'before' if gap < 0 else 'after'} {which} {suspect.version}"


def _suspected(report: CauseReport) -> str:
    version, suspect = report.request.version, report.suspect
    if version and suspect is None and not report.problems:
        return f" I find no deployment of {version} there."
    return ""


def _deployed(one: Deployment, person: Person) -> Row:
    return Row(MARKS.get(one.phase, "unknown"), one.version, ("deployed ", *told(one, person)))


def _measured(report: CauseReport) -> tuple[Line, ...]:
    """The metrics that have changed; that none has is said too."""
    known = [one for one in report.measured if one.problem is None and one.now is not None and _before(one) is not None]
    if not known:
        return ()
    moved = [one for one in known if _has_moved(one)]
    if not moved:
        return (("No metric is much different from ", Moment(known[0].past[0][0]), "."),)
    return tuple(
        (
            f"  • {what(one)}: {value(one.now, one.unit)} now, {value(_before(one), one.unit)} at ",
            Moment(one.past[0][0]),
        )
        for one in moved
    )


def _before(one: Measured) -> float | None:
    return one.past[0][1] if one.past else None


def _has_moved(one: Measured) -> bool:
    now, before = one.now or 0.0, _before(one) or 0.0
    return max(now, before) > _MOVED * max(min(now, before), 1e-9)
