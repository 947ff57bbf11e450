"""What only shows across files: names that do not exist, are used twice, or mean two things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.descriptors import OURS, ServiceEntry, annotation, annotation_problems, entity_name
from assistant.catalogue.documents import Document, Place
from assistant.catalogue.platform import Platform, unknown, value_problems
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.platform import Person, Team

_LOGINS = (OURS + "slack", "github.com/user-login", OURS + "jenkins")


def descriptor_problems(
    documents: Sequence[Document],
    entries: Sequence[ServiceEntry],
    platform: Platform,
    teams: Mapping[str, Team],
    people: Mapping[str, Person],
) -> Iterator[CatalogueBroken]:
    """Everything wrong with descriptors of valid shape."""
    yield from _duplicates(documents)
    for document in documents:
        yield from annotation_problems(document, platform)
    for entry in entries:
        yield from _service_problems(entry, platform, {*teams, *people})
        for values in entry.overrides.values():
            yield from value_problems(values, platform)
    yield from _dependency_problems(entries)
    yield from _alias_problems(entries, platform)
    yield from _team_problems(documents, teams)
    yield from _shared_logins(documents)
    yield from _channel_problems(platform, [entry.service.name for entry in entries])


def folder_problems(platform: Platform, owners: Iterable[str]) -> Iterator[CatalogueBroken]:
    """Folders of documents that belong to nobody whom the catalogue has."""
    owners = sorted(owners)
    for index, folder in enumerate(platform.documents):
        if folder.owner is not None and folder.owner not in owners:
            expected = unknown("team or person", folder.owner, owners)
            yield platform.document.broken(("documents", index, "owner"), expected)


def page_problems(catalogue: Catalogue, owners_of: Mapping[str, str]) -> Iterator[CatalogueBroken]:
    """Pages that name an owner whom the catalogue does not have.

    Args:
        owners_of: the owner that each page names, by its file.
    """
    known = sorted({*catalogue.teams, *catalogue.people})
    for file, owner in sorted(owners_of.items()):
        if owner not in known:
            yield CatalogueBroken(file, 0, unknown("team or person", owner, known))


def remarks(catalogue: Catalogue) -> Iterator[str]:
    """What is allowed, yet worth knowing: shared aliases, and what will be unknown because nothing is declared."""
    owners_of = defaultdict(list)
    for service in catalogue.services.values():
        for alias in service.aliases:
            owners_of[alias.casefold()].append(service.name)
    for alias, names in sorted(owners_of.items()):
        if len(names) > 1:
            yield f"“{alias}” may mean {' or '.join(sorted(names))}: whoever says it is asked which one."
    for name in sorted(catalogue.services):
        for environment in catalogue.environments_of(name):
            delivery = catalogue.delivery(name, environment.name)
            if delivery.provider is None:
                yield f"{name} in {environment.name} names no provider: what runs there is unknown."
            second = delivery.values.get("rollback.second_person")
            if second == "over_migrations" and not delivery.values.get("rollback.warn_paths"):
                yield f"{name} in {environment.name} names no rollback.warn_paths: no migration is ever seen there."


def _duplicates(documents: Iterable[Document]) -> Iterator[CatalogueBroken]:
    first: dict[tuple[str, str], Document] = {}
    for document in documents:
        kind, name = document.value["kind"], document.value["metadata"]["name"]
        other = first.setdefault((kind, name.casefold()), document)
        if other is not document:
            place: Place = ("metadata", "name")
            where = f"{other.file}, line {other.line(place)}"
            yield document.broken(place, f"there is already a {kind} “{name}” in {where}")


def _service_problems(entry: ServiceEntry, platform: Platform, owners: Iterable[str]) -> Iterator[CatalogueBroken]:
    document, service = entry.document, entry.service
    owners = sorted(owners)
    if service.owner not in owners:
        yield document.broken(("spec", "owner"), unknown("team or person", service.owner, owners))
    if service.profile is not None and service.profile not in platform.profiles:
        expected = unknown("profile", service.profile, platform.profiles)
        yield document.broken(annotation(OURS + "profile"), expected)
    for environment in service.environments:
        if environment not in platform.environment_names:
            expected = unknown("environment", environment, platform.environment_names)
            yield document.broken(annotation(OURS + "environments"), expected)


def _dependency_problems(entries: Sequence[ServiceEntry]) -> Iterator[CatalogueBroken]:
    """Components that nothing is called; what Backstage has besides (resources, APIs) is not ours to know."""
    names = sorted(entry.service.name for entry in entries)
    for entry in entries:
        for index, reference in enumerate(entry.document.value["spec"].get("dependsOn", ())):
            kind = reference.partition(":")[0].casefold() if ":" in reference else "component"
            if kind == "component" and entity_name(reference) not in names:
                expected = unknown("service", entity_name(reference), names)
                yield entry.document.broken(("spec", "dependsOn", index), expected)


def _alias_problems(entries: Sequence[ServiceEntry], platform: Platform) -> Iterator[CatalogueBroken]:
    services = {entry.service.name.casefold(): entry.service.name for entry in entries}
    environments = {
        name.casefold(): environment.name
        for environment in platform.environments
        for name in (environment.name, *environment.aliases)
    }
    for entry in entries:
        for alias in entry.service.aliases:
            place = annotation(OURS + "aliases")
            other = services.get(alias.casefold(), entry.service.name)
            if other != entry.service.name:
                yield entry.document.broken(place, f"“{alias}” is the name of the service {other}; drop the alias")
            if alias.casefold() in environments:
                environment = environments[alias.casefold()]
                expected = f"“{alias}” is a name of the environment {environment}; drop the alias"
                yield entry.document.broken(place, expected)


def _team_problems(documents: Iterable[Document], teams: Mapping[str, Team]) -> Iterator[CatalogueBroken]:
    for document in documents:
        if document.value["kind"] == "User":
            for index, team in enumerate(document.value.get("spec", {}).get("memberOf", ())):
                if entity_name(team) not in teams:
                    expected = unknown("team", entity_name(team), sorted(teams))
                    yield document.broken(("spec", "memberOf", index), expected)


def _channel_problems(platform: Platform, services: Sequence[str]) -> Iterator[CatalogueBroken]:
    for channel, settings in platform.slack_channels.items():
        if settings.service is not None and settings.service not in services:
            place = ("slack", "channels", channel, "service")
            yield platform.document.broken(place, unknown("service", settings.service, services))


def _shared_logins(documents: Iterable[Document]) -> Iterator[CatalogueBroken]:
    first: dict[tuple[str, str], str] = {}
    for document in documents:
        if document.value["kind"] == "User":
            name = document.value["metadata"]["name"]
            for key in _LOGINS:
                login = document.value["metadata"].get("annotations", {}).get(key)
                other = first.setdefault((key, login.casefold()), name) if login else name
                if other != name:
                    yield document.broken(annotation(key), f"“{login}” is already the login of {other}")
