"""Names in ``access.yml`` that the catalogue does not have: a rule about them would grant nothing, in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from assistant.catalogue import Catalogue
from assistant.catalogue.documents import Document, Place
from assistant.catalogue.platform import unknown
from assistant.contracts.errors import CatalogueBroken
from assistant.safeguards.access import FILE, load_access, read_rules
from assistant.safeguards.rights import ANY, OWN, SCOPED


def access_problems(folder: Path, catalogue: Catalogue) -> Iterator[CatalogueBroken]:
    """Everything wrong with the access rules of a catalogue, with its line; nothing when there is no such file."""
    if not (folder / FILE).exists():
        return
    broken = load_access(folder).problem
    if broken is not None:
        yield broken
        return
    rules = read_rules(folder)
    yield from _unknown(rules, "people", "person", catalogue.people)
    yield from _unknown(rules, "groups", "team", catalogue.teams)
    for path, right in _rights(rules):
        yield from _right_problems(rules, path, right, catalogue)


def _unknown(rules: Document, key: str, kind: str, known: Collection[str]) -> Iterator[CatalogueBroken]:
    for name in rules.value.get(key) or {}:
        if name not in known:
            yield rules.broken((key, name), unknown(kind, name, known))


def _rights(rules: Document) -> Iterator[tuple[Place, str]]:
    body = rules.value
    lists: list[Place] = [("members",)] if "members" in body else []
    lists += [(key, name) for key in ("roles", "channels") for name in body.get(key) or {}]
    for path in lists:
        rights = body[path[0]] if len(path) == 1 else body[path[0]][path[1]]
        yield from (((*path, index), right) for index, right in enumerate(rights))


def _right_problems(rules: Document, path: Place, right: str, catalogue: Catalogue) -> Iterator[CatalogueBroken]:
    verb, _, resource = right.partition(":")
    if verb not in SCOPED or resource == ANY:
        return
    services, _, environment = resource.partition("/")
    owners = [*catalogue.services, *catalogue.teams]
    places = [each.name for each in catalogue.environments]
    if services not in (ANY, OWN, *owners):
        yield rules.broken(path, f"{right}: {unknown('service or team', services, owners)}")
    if environment not in (ANY, *places):
        yield rules.broken(path, f"{right}: {unknown('environment', environment, places)}")
