"""Backstage descriptors as services, teams and people.

The format: https://backstage.io/docs/features/software-catalog/descriptor-format and
https://backstage.io/docs/features/software-catalog/well-known-annotations
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import available_timezones

from assistant.catalogue.documents import Document, Place
from assistant.catalogue.platform import Platform, unknown
from assistant.catalogue.schema import delivery_names, did_you_mean, is_delivery_name
from assistant.catalogue.values import Value, words
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.platform import DocumentFolder, Person, Service, Team

OURS = "assistant/"
_OF_KIND = {
    "Component": ("aliases", "profile", "environments"),
    "Group": ("aliases", "channel"),
    "User": ("slack", "jenkins", "timezone"),
}
_SOURCE = re.compile(r"^url:https?://[^/]+/([^/\s]+/[^/\s]+?)(?:\.git)?(?:/.*)?$")
_JENKINS_JOB = "jenkins.io/job-full-name"
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,}")


@dataclass(frozen=True)
class ServiceEntry:
    """A service with what it says about its own delivery: everywhere (key "") and per environment."""

    document: Document
    service: Service
    facts: Mapping[str, Value]
    overrides: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)


def is_service(document: Document) -> bool:
    """Every Component is one, but for libraries, which run nowhere."""
    return bool(document.value["kind"] == "Component" and document.value["spec"].get("type") != "library")


def annotation(name: str) -> Place:
    """Where an annotation stands in a descriptor."""
    return ("metadata", "annotations", name)


def read_service(document: Document, platform: Platform) -> ServiceEntry:
    """The service that a Component describes."""
    metadata, notes = document.value["metadata"], _annotations(document)
    facts = dict(_facts(document, notes))
    overrides: dict[str, dict[str, Value]] = {"": dict(_build(document, notes))}
    for key, text in notes.items():
        if place := _override(key, platform):
            environment, name = place
            overrides.setdefault(environment, {})[name] = Value(text, document.origin("service", annotation(key)))
    service = Service(
        name=metadata["name"],
        title=metadata.get("title", metadata["name"]),
        owner=entity_name(document.value["spec"]["owner"]),
        aliases=words(notes.get(OURS + "aliases", "")),
        description=metadata.get("description", ""),
        repository=facts["repository"].text if "repository" in facts else None,
        profile=notes.get(OURS + "profile"),
        environments=words(notes.get(OURS + "environments", "")) or platform.environment_names,
        depends_on=tuple(entity_name(each) for each in document.value["spec"].get("dependsOn", ())),
    )
    return ServiceEntry(document, service, facts, overrides)


def documents_of(entry: ServiceEntry) -> DocumentFolder | None:
    """The pages beside a Component (``backstage.io/techdocs-ref: dir:.``); those kept elsewhere are not read."""
    reference = _annotations(entry.document).get("backstage.io/techdocs-ref", "")
    if not reference.startswith("dir:"):
        return None
    beside = PurePosixPath(entry.document.file).parent / reference.removeprefix("dir:") / "docs"
    return DocumentFolder(beside.as_posix(), entry.service.owner)


def read_team(document: Document) -> Team:
    """The team that a Group describes."""
    notes = _annotations(document)
    aliases, channel = words(notes.get(OURS + "aliases", "")), notes.get(OURS + "channel")
    return Team(document.value["metadata"]["name"], _display_name(document), aliases, channel)


def read_person(document: Document) -> Person:
    """The person that a User describes."""
    notes = _annotations(document)
    return Person(
        name=document.value["metadata"]["name"],
        display_name=_display_name(document),
        teams=tuple(entity_name(team) for team in document.value.get("spec", {}).get("memberOf", ())),
        slack=notes.get(OURS + "slack"),
        github=notes.get("github.com/user-login"),
        jenkins=notes.get(OURS + "jenkins"),
        timezone=notes.get(OURS + "timezone", "UTC"),
    )


def with_members(people: Iterable[Person], groups: Iterable[Document]) -> dict[str, Person]:
    """People by name, also as members of the groups that name them (``spec.members``)."""
    result = {person.name: person for person in people}
    for group in groups:
        team = group.value["metadata"]["name"]
        for reference in group.value.get("spec", {}).get("members") or ():
            person = result.get(entity_name(str(reference)))
            if person and team not in person.teams:
                result[person.name] = replace(person, teams=(*person.teams, team))
    return result


def entity_name(reference: str) -> str:
    """The name in an entity reference: ``group:default/team-a`` → ``team-a``."""
    return reference.rpartition(":")[2].rpartition("/")[2]


def annotation_problems(document: Document, platform: Platform) -> Iterator[CatalogueBroken]:
    """Annotations of ours that nobody reads, and values that cannot be right."""
    kind = document.value["kind"]
    notes = _annotations(document)
    for key in notes:
        name = key.removeprefix(OURS)
        overrides = kind == "Component" and _override(key, platform)
        if key != name and name not in _OF_KIND[kind] and not overrides:
            known = [*_OF_KIND[kind], *(delivery_names() if kind == "Component" else ())]
            hint = did_you_mean(name, known) or f"; expected {', '.join(_OF_KIND[kind])}" + (
                " or a delivery value such as observe.github_environment" if kind == "Component" else ""
            )
            yield document.broken(annotation(key), f"“{key}” is not known on a {kind}{hint}")
    yield from _user_problems(document, notes)


def _user_problems(document: Document, notes: Mapping[str, str]) -> Iterator[CatalogueBroken]:
    slack, zone = notes.get(OURS + "slack"), notes.get(OURS + "timezone")
    if slack is not None and not _SLACK_ID.fullmatch(slack):
        yield document.broken(annotation(OURS + "slack"), "expected a Slack member id such as U012AB3CD")
    zones = _zones()  # empty on machines without time zone data: then every name is believed
    if zone is not None and zones and zone not in zones:
        yield document.broken(annotation(OURS + "timezone"), unknown("time zone", zone, zones))


def _facts(document: Document, notes: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    def value(text: str, path: Place) -> Value:
        return Value(text, document.origin("service", path))

    yield "owner", value(entity_name(document.value["spec"]["owner"]), ("spec", "owner"))
    for name in _OF_KIND["Component"]:
        if text := notes.get(OURS + name):
            yield name, value(text, annotation(OURS + name))
    source = _SOURCE.match(notes.get("backstage.io/source-location", ""))
    if slug := notes.get("github.com/project-slug"):
        yield "repository", value(slug, annotation("github.com/project-slug"))
    elif source:
        yield "repository", value(source[1], annotation("backstage.io/source-location"))


def _build(document: Document, notes: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    """Backstage's annotation of the job that builds a service: ``folder/job``, or ``instance:folder/job``."""
    instance, _, job = notes.get(_JENKINS_JOB, "").rpartition(":")
    for name, text in (("build.job", job), ("build.provider", instance)):
        if text:
            yield name, Value(text, document.origin("service", annotation(_JENKINS_JOB)))


def _override(key: str, platform: Platform) -> tuple[str, str] | None:
    """``assistant/production.version.tag`` → ``("production", "version.tag")``; None when it overrides nothing."""
    name = key.removeprefix(OURS)
    if name == key:
        return None
    environment, _, rest = name.partition(".")
    if environment in platform.environment_names and is_delivery_name(rest):
        return environment, rest
    return ("", name) if is_delivery_name(name) else None


def _annotations(document: Document) -> Mapping[str, str]:
    notes: Mapping[str, str] = document.value["metadata"].get("annotations", {})
    return notes


def _display_name(document: Document) -> str:
    metadata: Mapping[str, Any] = document.value["metadata"]
    profile = document.value.get("spec", {}).get("profile", {})
    return str(profile.get("displayName") or metadata.get("title") or metadata["name"])


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
