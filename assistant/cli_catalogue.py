"""``assistant catalog check | explain`` and ``assistant init``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Protocol

import click

from assistant.catalogue import Catalogue, CatalogueSource
from assistant.catalogue.checks import page_problems
from assistant.catalogue.draft import draft
from assistant.catalogue.explain import Explained, explain
from assistant.catalogue.reading import Reading
from assistant.contracts.errors import Ambiguous, AssistantError, Invalid, NotFound
from assistant.contracts.organisation import JobsReader, OrganisationReader
from assistant.contracts.ports import Ci
from assistant.language.names import Names
from assistant.safeguards.access_names import access_problems

_CHECK_SECONDS = 20.0
_DAY = 86_400


class Tools(Protocol):
    """What these commands need; the command line passes it as Click's object."""

    @property
    def source(self) -> CatalogueSource:
        """The catalogue that the settings name."""

    def ci(self, name: str) -> Ci:
        """The CI provider with that name. Raises NotConnected."""

    def page_owners(self, catalogue: Catalogue, seconds: float) -> Mapping[str, str]:
        """Who owns each page of the documents, by its file."""

    def organisation_reader(self) -> OrganisationReader:
        """What ``init`` reads a company's repositories with. Raises NotConnected."""

    def jobs_reader(self) -> JobsReader | None:
        """What ``init`` reads a company's Jenkins jobs with, None when there is no Jenkins. Raises NotConnected."""


@click.group()
def catalog() -> None:
    """The description of your platform: check it, and see where each value comes from."""


@catalog.command()
@click.option("--live", is_flag=True, help="Also ask the providers whether what the catalogue points to exists.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check(tools: Tools, live: bool, as_json: bool) -> None:
    """Name every problem of the catalogue's files. Exit code 1 when there is one."""
    reading = tools.source.read()
    if reading.catalogue:
        owners = tools.page_owners(reading.catalogue, _CHECK_SECONDS)
        rules = access_problems(tools.source.folder, reading.catalogue)
        reading = replace(reading, problems=(*page_problems(reading.catalogue, owners), *rules))
    defects = _live_defects(tools, reading.catalogue) if live and reading.catalogue else []
    if as_json:
        problems = [{"file": each.file, "line": each.line, "expected": each.expected} for each in reading.problems]
        click.echo(_as_json({"problems": problems, "live": defects, "remarks": reading.remarks}))
    else:
        _print_check(reading, defects, tools.source.folder)
    sys.exit(1 if reading.problems or defects else 0)


@catalog.command("explain")
@click.argument("service")
@click.argument("environment", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def explain_(tools: Tools, service: str, environment: str | None, as_json: bool) -> None:
    """Show every value of SERVICE with the rule that chose it, the line it is written on, and its age."""
    try:
        catalogue = tools.source.current()
        names = Names(catalogue)
        service = names.resolve("service", service)
        environment = names.resolve("environment", environment) if environment else None
        rows = explain(catalogue, tools.source.folder, service, environment)
    except (NotFound, Ambiguous, Invalid) as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(_as_json([asdict(row) for row in rows]))
        return
    click.echo(f"{service} in {environment}" if environment else service)
    for row in rows:
        click.echo(_line(row, datetime.now(timezone.utc)))
    if problem := tools.source.problem:
        click.echo(f"The files changed and cannot be read; this is the last good catalogue. {problem}", err=True)


@click.command()
@click.argument("organisation")
@click.pass_obj
def init(tools: Tools, organisation: str) -> None:
    """Write catalogue files for a GitHub ORGANISATION; every guess is marked. Existing files stay as they are.

    With JENKINS_URL set, Jenkins jobs that are called like a repository are noted as what builds it.
    """
    folder = tools.source.folder
    try:
        files = draft(organisation, tools.organisation_reader(), tools.jobs_reader())
    except AssistantError as error:
        raise click.ClickException(f"{str(error).rstrip('.')}. Nothing was written.") from error
    written = [name for name, text in files.items() if _write_new(folder / name, text)]
    for name in files:
        click.echo(f"{'wrote' if name in written else 'kept '} {folder / name}")
    guesses = sum(files[name].count("# guess:") for name in written)
    click.echo(
        f"{len(written)} files with {guesses} guesses. Look at each “# guess”, then: assistant catalog check --live"
    )


def _live_defects(tools: Tools, catalogue: Catalogue) -> list[str]:
    """A sentence for each thing that the providers do not know, each once."""
    pairs = [(service, each.name) for service in catalogue.services for each in catalogue.environments_of(service)]
    found: dict[str, None] = {}
    with click.progressbar(pairs, label="Asking the providers", file=sys.stderr) as bar:
        for service, environment in bar:
            delivery = catalogue.delivery(service, environment)
            if delivery.provider is not None:
                try:
                    defects = tools.ci(delivery.provider).check(delivery, time.monotonic() + _CHECK_SECONDS)
                    found.update(dict.fromkeys(defects))
                except AssistantError as error:
                    found[str(error)] = None
    return list(found)


def _print_check(reading: Reading, defects: Iterable[str], folder: Path) -> None:
    for problem in (*map(str, reading.problems), *defects):
        click.echo(f"✗ {problem}")
    for remark in reading.remarks:
        click.echo(f"· {remark}")
    if catalogue := reading.catalogue:
        click.echo(
            f"{folder}: {len(catalogue.services)} services, {len(catalogue.environments)} environments, "
            f"{len(catalogue.teams)} teams, {len(catalogue.people)} people."
        )


def _line(row: Explained, now: datetime) -> str:
    if row.value is None or row.changed_at is None:
        return f"  {row.name:<28} unknown (nothing declares it)"
    only = f" (only {', '.join(row.environments)})" if row.environments else ""
    place = row.link or f"{row.file}:{row.line}"
    age = _age((now - row.changed_at).total_seconds())
    return f"  {row.name:<28} {row.value}{only}\n  {'':<28} {row.rule} · {place} · {age}"


def _age(seconds: float) -> str:
    for size, unit in ((_DAY, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} old"
    return "just changed"


def _write_new(path: Path, text: str) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
