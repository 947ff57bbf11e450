"""The difference between two versions as a card."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from assistant.contracts.card import Card, Line, Link, Moment, Part, Row
from assistant.contracts.changes import Change, ChangesReport, Compared, Comparison, Side
from assistant.presentation.problems import ago, problem_notes

Person = Callable[[str], str]
"""From a provider's login to the name that colleagues know."""

SHOWN = 10
"""So many commits are listed; the rest is behind the link."""


def changes_card(report: ChangesReport, person: Person, sandbox: bool) -> Card:
    """The answer to a question about changes."""
    if len(report.services) == 1:
        return _one(report.services[0], report, person, sandbox)
    rows = tuple(_row(one) for one in report.services)
    notes = problem_notes((one.service, one.problem) for one in report.services if one.problem)
    return Card(_title(report), rows, notes=notes, sandbox=sandbox)


def _one(one: Compared, report: ChangesReport, person: Person, sandbox: bool) -> Card:
    found = one.comparison
    if found is None:
        between = f" from {_side(one.older)} to {_side(one.newer)}" if one.older and one.newer else ""
        return Card(f"I can't compare {one.service}{between}: {one.problem}", sandbox=sandbox)
    if report.request.migrations:
        return _migrations(one, found, report, sandbox)
    releases = tuple(_release(version, found.changes, person) for version in found.versions)
    rows = releases if len(releases) > 1 and not report.request.author else ()
    lines = [_commit(change, person) for change in found.changes[:SHOWN]]
    more = len(found.changes) - SHOWN
    if report.request.author:
        return Card(_title_of_author(one, found, report, person), lines=tuple(lines), sandbox=sandbox)
    if found.url and (more > 0 or (not lines and found.total)):
        lines.append((f"  {more} more: " if more > 0 else "  All of them: ", Link("", found.url)))
    elif more > 0:
        lines.append((f"  {more} more are not shown.",))
    notes = tuple(_notes(one, found, report))
    return Card(_single_title(one, found, report, person), rows, tuple(lines), notes, sandbox=sandbox)


def _title_of_author(one: Compared, found: Comparison, report: ChangesReport, person: Person) -> str:
    count, who = len(found.changes), person(report.request.author or "")
    what = f"{count} commit{'s' if count != 1 else ''} by {who}" if count else f"no commit by {who}"
    return f"{one.service}: {what}{_between(one, report)}{' (not all could be read)' if found.cut else ''}."


def _migrations(one: Compared, found: Comparison, report: ChangesReport, sandbox: bool) -> Card:
    files = found.warned
    count = f"{len(files)} file{'s' if len(files) != 1 else ''} of migrations" if files else "no migrations"
    lines: list[Line] = [(f"  • {file}",) for file in files]
    if files and found.url:
        lines.append(("All changes: ", Link("", found.url)))
    notes = ("Not all files could be read, so there may be more.",) if found.cut else ()
    return Card(f"{one.service}{_between(one, report)}: {count}.", lines=tuple(lines), notes=notes, sandbox=sandbox)


def _between(one: Compared, report: ChangesReport) -> str:
    if one.older and one.newer:
        return f", from {_side(one.older)} to {_side(one.newer)}"
    return f", merged {report.request.interval.words}" if report.request.interval else ""


def _single_title(one: Compared, found: Comparison, report: ChangesReport, person: Person) -> str:
    if one.older is None or one.newer is None:
        words = report.request.interval.words if report.request.interval else ""
        return f"{one.service}, merged {words}: {_count(found, one.service)}{_authors(found, person)}"
    older, newer = _side(one.older), _side(one.newer)
    if one.older.version == one.newer.version:
        places = [side.environment for side in (one.older, one.newer) if side.environment]
        where = f"{' and '.join(places)} run the same version" if len(places) > 1 else "no changes"
        return f"{one.service}: {where}, {one.older.version}."
    if found.total == 0 and report.request.unreleased:
        return f"{one.service}: nothing was merged into {newer} after {older}."
    if found.total == 0:
        return f"{one.service}: {newer} has nothing that {older} lacks."
    if report.request.behind or (one.older.environment and one.newer.environment and len(found.versions) > 1):
        number = len(found.versions) or found.total
        gap = f"{number} {'version' if found.versions else 'commit'}{'s' if number != 1 else ''}"
        return f"{one.service}: {older} is {gap} behind {newer}: {_count(found, one.service)}{_authors(found, person)}"
    return f"{one.service}: {_count(found, one.service)} from {older} to {newer}{_authors(found, person)}"


def _count(found: Comparison, service: str) -> str:
    if found.of_paths:
        return f"{len(found.changes)} of {found.total} commits touch{'es' if len(found.changes) == 1 else ''} {service}"
    return f"{found.total} commit{'s' if found.total != 1 else ''}"


def _authors(found: Comparison, person: Person) -> str:
    names = list(dict.fromkeys(person(change.author) for change in found.changes))
    return f", by {_listed(names)}" if names else ""


def _side(side: Side) -> str:
    return f"{side.environment} ({_aged(side.version, side)})" if side.environment else side.version


def _aged(version: str, *sides: Side) -> str:
    oldest = max((side.age for side in sides if side.age is not None), default=None)
    return ", ".join(filter(None, (version, ago(oldest))))


def _release(version: str, changes: Iterable[Change], person: Person) -> Row:
    mine = [change for change in changes if change.version == version]
    if not mine:
        return Row("ok", version, ("no commit of its own",))
    names = list(dict.fromkeys(person(change.author) for change in mine))
    count = f"{len(mine)} commit{'s' if len(mine) != 1 else ''}"
    return Row("ok", version, (f"{count} by {_listed(names)}, the last ", Moment(mine[0].at)))


def _commit(change: Change, person: Person) -> Line:
    number = f" #{change.pull_request}" if change.pull_request else ""
    return (f"  • {change.title}{number} ({person(change.author)}, ", Moment(change.at), ")")


def _notes(one: Compared, found: Comparison, report: ChangesReport) -> Iterable[str]:
    if found.warned:
        files = ", ".join(found.warned[:3]) + (" and more" if len(found.warned) > 3 else "")
        yield f"Watch out: this changes {files}; a rollback would have to undo that too."
    if found.missing and one.older and one.newer:
        count = f"{found.missing} commit{'s' if found.missing != 1 else ''}"
        yield f"{_side(one.older)} also has {count} that {_side(one.newer)} lacks."
    if found.cut:
        yield "Not all commits or files of this could be read, so there may be more than I show."
    if report.request.behind:
        yield "There is no recorded reason for the gap."


def _title(report: ChangesReport) -> str:
    ends = " and ".join(end.name for end in report.request.ends)
    differing = sum(one.older != one.newer and _versions(one) for one in report.services)
    unknown = sum(one.older is None for one in report.services)
    if not report.services:
        return f"No service runs in both {ends}."
    same = len(report.services) - differing - unknown
    parts = [f"{differing} differ" if differing != 1 else "1 differs", f"{same} the same"]
    return f"{ends}: {', '.join([*parts, *([f'{unknown} unknown'] if unknown else [])])}"


def _versions(one: Compared) -> bool:
    return one.older is not None and one.newer is not None and one.older.version != one.newer.version


def _row(one: Compared) -> Row:
    if one.older is None or one.newer is None:
        return Row("unknown", one.service, ("not known",))
    if not _versions(one):
        return Row("ok", one.service, (f"{_aged(one.older.version, one.older, one.newer)} in both",))
    found = one.comparison
    line: tuple[Part, ...] = (f"{_side(one.older)} → {_side(one.newer)}",)
    if found:
        line = (*line, f": {_count(found, one.service)}")
    if found and found.warned:
        line = (*line, ", with migrations")
    return Row("busy" if found is None or found.total else "ok", one.service, line)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
