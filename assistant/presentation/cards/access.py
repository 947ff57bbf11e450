"""What the asker may do, as a card."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.contracts.access import AccessReport, Right
from assistant.contracts.card import Card


def access_card(report: AccessReport) -> Card:
    """Yes or no first where something certain was asked, then every right with its rule."""
    notes = [f"I know you as {report.who}. The rules stand in {report.file} of the catalogue."]
    if report.problem:
        notes.append(f"They cannot be read right now ({report.problem}), so only the least is left.")
    title = _verdict(report) if report.request.verbs else _summary(report.rights)
    lines = tuple((f"  • {_phrase(rights)}, by {rule}",) for rule, rights in _by_rule(report.rights).items())
    return Card(title, lines=lines, notes=tuple(notes))


def _verdict(report: AccessReport) -> str:
    granted = [right for right in report.rights if right.verb in report.request.verbs]
    missing = [verb for verb in report.request.verbs if verb not in {right.verb for right in granted}]
    if missing:
        return f"No: no rule lets you {' or '.join(missing)}." + (f" You may {_phrase(granted)}." if granted else "")
    everywhere = all(right.resource == "*" for right in granted)
    return f"Yes, you may {_phrase(granted)}." if everywhere else f"Partly: you may {_phrase(granted)}."


def _summary(rights: Sequence[Right]) -> str:
    if not rights:
        return "There is nothing you may do here."
    if all(right.verb == "read" for right in rights):
        return "You may look things up; no rule lets you change anything."
    return "You may do this:"


def _by_rule(rights: Sequence[Right]) -> dict[str, list[Right]]:
    found: dict[str, list[Right]] = {}
    for right in rights:
        found.setdefault(right.rule, []).append(right)
    return found


def _phrase(rights: Sequence[Right]) -> str:
    """``read status and docs, deploy anything``."""
    verbs: dict[str, list[str]] = {}
    for right in rights:
        verbs.setdefault(right.verb, []).append("anything" if right.resource == "*" else right.resource)
    return ", ".join(f"{verb} {_listed(list(dict.fromkeys(names)))}" for verb, names in verbs.items())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
