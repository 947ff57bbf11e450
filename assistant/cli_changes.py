"""``assistant access | audit | pause | resume``: who may, what was done, and the switch that stops everything."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

import click

from assistant.catalogue import CatalogueSource
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.as_json import to_json
from assistant.contracts.audit import Anchor, AuditRequest, Entry, Record
from assistant.contracts.errors import Invalid, NotFound
from assistant.contracts.locks import Pause
from assistant.contracts.records import Records, Switch
from assistant.safeguards.access import load_access
from assistant.safeguards.audit import defects, entry
from assistant.safeguards.rights import ANY, SCOPED, VERBS
from assistant.settings import Settings

COMMAND_LINE = "whoever works at this machine's command line has its database anyway"


class Tools(Protocol):
    """What these commands need; the command line passes it as Click's object."""

    @property
    def settings(self) -> Settings:
        """The settings in use."""

    @property
    def source(self) -> CatalogueSource:
        """The catalogue that the settings name."""

    @property
    def records(self) -> Records:
        """Requests, locks and the audit log."""

    @property
    def switch(self) -> Switch:
        """The pause, which takes no catalogue."""

    @property
    def sandbox(self) -> bool:
        """Whether every provider is the sandbox."""


@click.group()
def access() -> None:
    """The access rules: who may do what, and by which rule."""


@access.command()
@click.argument("person")
@click.argument("verb", type=click.Choice(VERBS))
@click.argument("resource")
@click.pass_obj
def explain(tools: Tools, person: str, verb: str, resource: str) -> None:
    """Say whether PERSON may VERB RESOURCE, by which rule, and who else may. Exit code 1 when not.

    RESOURCE is service/environment, or for read a word such as logs.
    """
    catalogue = tools.source.current()
    if person not in catalogue.people:
        called = [each.name for each in catalogue.people.values() if person.casefold() in each.display_name.casefold()]
        raise NotFound("person", person, called or get_close_matches(person, catalogue.people, 3))
    service, slash, environment = resource.partition("/")
    if verb in SCOPED and not (slash and environment):
        raise Invalid(f"{verb} needs service/environment, for example checkout/production or */staging.")
    environments = [each.name for each in catalogue.environments]
    if verb in SCOPED and environment not in (ANY, *environments):
        raise NotFound("environment", environment, environments)
    if verb in SCOPED and service not in (ANY, *catalogue.services):
        raise NotFound("service", service)
    known = catalogue.people[person]
    owner = catalogue.services[service].owner if service in catalogue.services else None
    actor = Actor("explained", person, person)
    decision = load_access(tools.source.folder).decide(actor, known, verb, resource, tools.sandbox, owner)
    click.echo(f"{'Yes' if decision.allowed else 'No'}: {person} {verb} {resource}: {decision.rule}.")
    if decision.instead:
        click.echo(f"Those who may: {', '.join(decision.instead)}.")
    sys.exit(0 if decision.allowed else 1)


@click.group()
def audit() -> None:
    """The audit log: what was done, by whom, by which rule; and whether it is whole."""


@audit.command()
@click.option("--person", multiple=True, help="By name in the catalogue.")
@click.option("--service", multiple=True)
@click.option("--environment", multiple=True)
@click.option("--verb", multiple=True)
@click.option("--count", default=20, show_default=True, help="How many, the newest.")
@click.pass_obj
def show(
    tools: Tools, person: tuple[str, ...], service: tuple[str, ...], environment: tuple[str, ...],
    verb: tuple[str, ...], count: int,
) -> None:  # fmt: skip
    """Print the newest records, oldest of them first."""
    request = AuditRequest(verb, service, environment, person, count=count)
    found = tools.records.audit.search(request)[:count]
    for record in reversed(found):
        click.echo(_line(record))
    if not found:
        click.echo("No record fits. People, services and environments are named as the catalogue does.", err=True)


@audit.command()
@click.option(
    "--log",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A log of the worker, or a copy kept elsewhere; the one in the state folder when absent.",
)
@click.pass_obj
def verify(tools: Tools, log: tuple[Path, ...]) -> None:
    """Prove that nothing was changed, reordered, taken out or cut off. Exit code 1 when something was."""
    own = tools.settings.state / "logs" / "worker.log"
    anchors = [each for path in log or (own,) if path.exists() for each in _anchors(path)]
    head = tools.records.audit.head()
    found = list(defects(tools.records.audit.records(), anchors))
    for defect in found:
        click.echo(defect)
    if not found:
        end = f"{_count(head.number, 'record')}, the last one {head.digest[:12]}" if head else "it is empty"
        click.echo(f"The audit log is whole: {end}; compared with {_count(len(anchors), 'note')} in the worker's log.")
    sys.exit(1 if found else 0)


@audit.command()
@click.pass_obj
def export(tools: Tools) -> None:
    """Print every record as a line of JSON, with digests, to be kept or checked elsewhere."""
    for record in tools.records.audit.records():
        click.echo(json.dumps(to_json(record), ensure_ascii=False, sort_keys=True))


@audit.command()
@click.argument("person")
@click.pass_obj
def forget(tools: Tools, person: str) -> None:
    """Erase who stands behind PERSON's key; the records stay, and stay whole."""
    if not tools.records.audit.forget(person):
        raise NotFound("person in the audit log", person)
    click.echo(f"{person} is forgotten: the records stay, without the name.")


@click.command()
@click.argument("why")
@click.pass_obj
def pause(tools: Tools, why: str) -> None:
    """Stop every change everywhere at once, and say WHY; reading goes on."""
    actor, now = _operator(tools), datetime.now(timezone.utc)
    tools.switch.set_pause(Pause(actor, why, now), _entry(actor, "pause", {"reason": why}))
    click.echo("Paused: I read, and change nothing, until `assistant resume`.")
    _note_broken(tools)


@click.command()
@click.pass_obj
def resume(tools: Tools) -> None:
    """End the pause."""
    was = tools.switch.pause(datetime.now(timezone.utc))
    tools.switch.set_pause(None, _entry(_operator(tools), "resume", {}))
    click.echo(f"Going on. It was paused by {was.who.identity}: {was.why}" if was else "Nothing was paused.")
    _note_broken(tools)


def _note_broken(tools: Tools) -> None:
    """Whoever stops or frees everything right now shall know what else keeps changes from being made."""
    problems = tools.source.read().problems
    if problems:
        broken = f"the catalogue is broken ({problems[0]}), so nothing can be changed until it is repaired"
        click.echo(f"Note: {broken}; `assistant catalog check` lists every problem.", err=True)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _operator(tools: Tools) -> Actor:
    return Actor(LOCAL_WORKSPACE, "operator", tools.settings.local_person)


def _entry(actor: Actor, verb: str, parameters: dict[str, str]) -> Entry:
    now = datetime.now(timezone.utc)
    return entry(Entry(actor, now, verb, "*", "allowed", COMMAND_LINE, f"{verb}d", parameters), {})


def _anchors(log: Path) -> Iterator[Anchor]:
    """What the worker noted (see ``anchor`` in worker.py): one JSON object per line."""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if '"audit.anchor"' not in line:
            continue
        try:
            noted = json.loads(line)
        except ValueError:  # the worker was killed while it wrote
            continue
        yield Anchor(noted["number"], noted["digest"])


def _line(record: Record) -> str:
    who = record.name or f"person {record.person[:8]}"
    more = record.named(", ".join(f"{key}: {value}" for key, value in record.parameters.items()))
    said = record.named(f"{record.decision} ({record.rule}); {record.outcome}")
    return (
        f"{record.number}  {record.at:%Y-%m-%d %H:%M:%S} UTC  {who}  {record.verb} {record.resource}  {said}  [{more}]"
    )
