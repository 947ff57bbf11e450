"""From a folder of files to a catalogue, or to everything that is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.catalogue.catalogue import Catalogue, Plan
from assistant.catalogue.checks import descriptor_problems, folder_problems, remarks
from assistant.catalogue.descriptors import (
    ServiceEntry,
    documents_of,
    is_service,
    read_person,
    read_service,
    read_team,
    with_members,
)
from assistant.catalogue.documents import Document, catalogue_files, parse
from assistant.catalogue.freezes import freeze_problems
from assistant.catalogue.on_call import rotation_problems
from assistant.catalogue.platform import PLATFORM_FILES, Platform, platform_problems, read_platform
from assistant.catalogue.schema import violations
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.platform import Provider

_KINDS = ("Component", "Group", "User")


@dataclass(frozen=True)
class Reading:
    """What came of reading a folder: a catalogue, or the problems that stand in its way."""

    catalogue: Catalogue | None
    problems: tuple[CatalogueBroken, ...]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What does no harm, yet is worth knowing."""
        return tuple(remarks(self.catalogue)) if self.catalogue else ()


def read(folder: Path, kinds: Collection[str] = (), given: Mapping[str, Provider] | None = None) -> Reading:
    """Read a catalogue's folder.

    Args:
        kinds: the kinds of provider there are (``github_actions`` ...); not checked when empty.
        given: providers that the settings know; one counts where the files declare none of its kind.
    """
    if not folder.is_dir():
        return Reading(None, (CatalogueBroken(str(folder), 0, "expected the catalogue's folder here"),))
    documents, problems, digest = _documents(folder)
    descriptors = [document for document in documents if document.file not in PLATFORM_FILES]
    unread = any(problem.file in PLATFORM_FILES for problem in problems)
    content, of_platform = (None, []) if unread else _platform(documents, kinds, given or {})
    problems += [problem for document in descriptors for problem in violations(document, "descriptor")]
    if content is None or problems:
        # The checks across files would blame names for being absent that only could not be read.
        return Reading(None, _in_order([*of_platform, *problems]))
    return _assemble(content, [each for each in descriptors if each.value["kind"] in _KINDS], digest, of_platform)


def _assemble(
    platform: Platform, descriptors: list[Document], digest: str, known: Iterable[CatalogueBroken]
) -> Reading:
    """The catalogue, or every problem: those that are ``known`` already and those that show across files."""
    entries = [read_service(document, platform) for document in descriptors if is_service(document)]
    groups = [document for document in descriptors if document.value["kind"] == "Group"]
    users = [document for document in descriptors if document.value["kind"] == "User"]
    people = with_members(map(read_person, users), groups)
    teams = {team.name: team for team in map(read_team, groups)}
    problems = [*known, *descriptor_problems(descriptors, entries, platform, teams, people)]
    problems += folder_problems(platform, {*teams, *people})
    services = [entry.service.name for entry in entries]
    problems += freeze_problems(platform.document, platform.freezes, platform.environment_names, services)
    problems += rotation_problems(platform.document, platform.rotations, teams, people)
    if problems:
        return Reading(None, _in_order(problems))
    catalogue = Catalogue(
        services={entry.service.name: entry.service for entry in entries},
        environments=platform.environments,
        teams=teams,
        people=people,
        providers=platform.providers,
        revision=digest,
        plans={entry.service.name: _plan(entry, platform) for entry in entries},
        facts={entry.service.name: entry.facts for entry in entries},
        rotations=platform.rotations,
        freezes=platform.freezes,
        slack_workspaces=platform.slack_workspaces,
        slack_channels=platform.slack_channels,
        documents=(*platform.documents, *filter(None, map(documents_of, entries))),
    )
    return Reading(catalogue, ())


def _documents(folder: Path) -> tuple[list[Document], list[CatalogueBroken], str]:
    documents: list[Document] = []
    problems: list[CatalogueBroken] = []
    digest = hashlib.sha256()
    for path in catalogue_files(folder):
        file = path.relative_to(folder).as_posix()
        try:
            content = path.read_bytes()
            digest.update(b"%s\0%d\0%s" % (file.encode(), len(content), content))
            documents += _parsed(file, content)
        except CatalogueBroken as problem:
            problems.append(problem)
        except OSError as error:
            problems.append(CatalogueBroken(file, 0, f"expected a readable file ({error.strerror})"))
        except UnicodeDecodeError:
            problems.append(CatalogueBroken(file, 0, "expected text in UTF-8"))
    return documents, problems, digest.hexdigest()[:12]


def _parsed(file: str, content: bytes) -> list[Document]:
    if not content.strip():  # also what an editor leaves for a moment while it saves
        raise CatalogueBroken(file, 0, "expected content, but the file is empty; delete it if nothing belongs there")
    return parse(file, content.decode("utf-8-sig"))


def _platform(
    documents: Iterable[Document], kinds: Collection[str], given: Mapping[str, Provider]
) -> tuple[Platform | None, list[CatalogueBroken]]:
    found = [document for document in documents if document.file in PLATFORM_FILES]
    if not found:
        return None, [CatalogueBroken(PLATFORM_FILES[0], 0, "expected this file: it names environments and providers")]
    if len(found) > 1:
        return None, [found[1].broken((), f"expected one platform document; there is one in {found[0].file} already")]
    problems = violations(found[0], "platform")
    if problems:
        return None, problems
    try:
        platform = read_platform(found[0])
    except CatalogueBroken as problem:
        return None, [problem]
    declared = {each.kind for each in platform.providers.values()}
    more = {name: each for name, each in given.items() if each.kind not in declared}
    platform = replace(platform, providers={**more, **platform.providers})
    return platform, list(platform_problems(found[0], platform, kinds))


def _plan(entry: ServiceEntry, platform: Platform) -> Plan:
    layers = (platform.defaults, platform.profiles.get(entry.service.profile or "", {}), entry.overrides.get("", {}))
    return Plan(layers, {name: values for name, values in entry.overrides.items() if name})


def _in_order(problems: Iterable[CatalogueBroken]) -> tuple[CatalogueBroken, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))
