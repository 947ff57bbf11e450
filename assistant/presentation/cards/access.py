"""What the asker may do, as a card."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.contracts.access import AccessReport, Holders, Right, Ruling, readable
from assistant.contracts.card import Card

_MOST = 6
_VERBS = {
    "rollback": "roll back",
    "rerun": "run builds again of",
    "take_over": "take over locks of",
    "break_glass": "break the glass for",
    "silence": "silence alerts of",
    "acknowledge": "acknowledge alerts of",
}
"""What the words of the access file are called among people, where that is something else."""


def access_card(report: AccessReport) -> Card:
    """Yes or no first where something certain was asked, then every right with its rule."""
    known = f"This is about {report.who}." if report.request.person else f"I know you as {report.who}."
    notes = [f"{known} The rules stand in {report.file} of the catalogue."]
    if report.problem:
        notes.append(f"They cannot be read right now ({report.problem}), so only the least is left.")
    if report.holders:
        return _who_may(report, notes[1:])
    if report.keeper and (report.request.why or any(not one.allowed for one in report.rulings)):
        notes.append(f"For a right that is missing, ask {report.keeper}.")
    if report.rulings:
        return Card(_answer(report), lines=_reasons(report.rulings), notes=tuple(notes))
    title = _verdict(report) if report.request.verbs else _summary(report)
    own = "their" if report.request.person else "your"
    lines = tuple((f"  • {_phrase(rights, own)}, by {rule}",) for rule, rights in _by_rule(report.rights).items())
    return Card(title, lines=lines, notes=tuple(notes))


def _answer(report: AccessReport) -> str:
    """Yes, no or partly, about the very things that were asked."""
    granted = [ruling.what for ruling in report.rulings if ruling.allowed]
    refused = [ruling.what for ruling in report.rulings if not ruling.allowed]
    if not refused and report.request.why:
        return f"No rule stops {_who(report)}: {_who(report)} may {_few(granted)}."
    if not refused:
        return f"Yes, {_who(report)} may {_few(granted)}."
    if not granted:
        return f"No, {_who(report)} may not {_few(refused)}."
    return f"Partly: {_who(report)} may {_few(granted)}, but not {_few(refused)}."


def _who_may(report: AccessReport, notes: Sequence[str]) -> Card:
    """Who may do something, whoever asks."""
    notes = (f"The rules stand in {report.file} of the catalogue.", *notes)
    if len(report.holders) == 1:
        (one,) = report.holders
        names = _names(one)
        return Card(f"{names[0].upper()}{names[1:]} {'may ' if one.needed else ''}{one.what}.", notes=notes)
    lines = tuple((f"  • {one.what}: {_names(one)}",) for one in report.holders)
    return Card("Who may:", lines=lines, notes=notes)


def _names(one: Holders) -> str:
    if not one.needed:
        return "nobody has to"
    return _listed(one.names) if one.names else "nobody"


def _reasons(rulings: Sequence[Ruling]) -> tuple[tuple[str, ...], ...]:
    """Each rule once, and who may instead where it is a refusal."""
    lines: dict[str, None] = {}
    for ruling in rulings:
        instead = f" Who may: {_listed(ruling.instead)}." if ruling.instead and not ruling.allowed else ""
        lines[f"  • {ruling.rule}.{instead}"] = None
    return tuple((line,) for line in list(lines)[:_MOST])


def _few(names: Sequence[str]) -> str:
    return _listed(names if len(names) <= _MOST else [*names[: _MOST - 1], f"{len(names) - _MOST + 1} more"])


def _who(report: AccessReport) -> str:
    return report.who.partition(" (")[0] if report.request.person else "you"


def _verdict(report: AccessReport) -> str:
    granted = [right for right in report.rights if right.verb in report.request.verbs]
    missing = [verb for verb in report.request.verbs if verb not in {right.verb for right in granted}]
    if missing:
        who = _who(report)
        rest = f" {who[0].upper()}{who[1:]} may {_phrase(granted)}." if granted else ""
        return f"No: no rule lets {who} {' or '.join(missing)}.{rest}"
    everywhere = all(right.resource == "*" for right in granted)
    return f"{'Yes,' if everywhere else 'Partly:'} {_who(report)} may {_phrase(granted)}."


def _summary(report: AccessReport) -> str:
    rights, who = report.rights, _who(report)
    if not rights:
        return f"There is nothing {who} may do here."
    if all(right.verb == "read" for right in rights):
        return f"{who[0].upper()}{who[1:]} may look things up; no rule lets {who} change anything."
    return f"{who[0].upper()}{who[1:]} may do this:"


def _by_rule(rights: Sequence[Right]) -> dict[str, list[Right]]:
    found: dict[str, list[Right]] = {}
    for right in rights:
        found.setdefault(right.rule, []).append(right)
    return found


def _phrase(rights: Sequence[Right], own: str = "your") -> str:
    """``read status and docs, deploy and roll back your teams' services``: what covers the same things, together."""
    things: dict[str, list[str]] = {}
    for right in rights:
        name = _read(right.resource) if right.verb == "read" else _place(right.resource, own)
        things.setdefault(right.verb, []).append(name)
    verbs: dict[str, list[str]] = {}
    for verb, names in things.items():
        verbs.setdefault(_listed(list(dict.fromkeys(names))), []).append(_VERBS.get(verb, verb))
    return ", ".join(f"{_listed(words)} {what}" for what, words in verbs.items())


def _read(word: str) -> str:
    return "anything" if word == "*" else readable(word)


def _place(resource: str, own: str) -> str:
    service, _, environment = resource.partition("/")
    what = {"*": "anything", "own": f"{own} teams' services"}.get(service, service)
    return what if environment in ("", "*") else f"{what} in {environment}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
