"""A first catalogue out of what a company already has on GitHub, with every guess marked as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assistant.catalogue.documents import parse
from assistant.catalogue.draft_files import Found, Stage, files_of
from assistant.catalogue.schema import violations
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.organisation import JobsReader, OrganisationReader, Repository

DESCRIPTOR_FILES = ("catalog-info.yaml", "catalog-info.yml")
# Names that say the same, in the order that a version usually passes them.
_STAGES: Mapping[str, tuple[str, ...]] = {
    "development": ("dev", "develop"),
    "test": ("testing",),
    "qa": ("quality",),
    "staging": ("stage", "stg"),
    "preproduction": ("preprod", "pre-prod", "pre-production"),
    "production": ("prod", "prd", "live"),
}
_ACCESS = """# Who may do what with the assistant. Nothing is allowed that no rule here grants.
# A right is verb:resource; * stands for any resource. docs/catalogue.md and docs/security.md tell more.

# Everybody whom a channel verified.
members:
  - "read:status"
  - "read:pipelines"
  - "read:history"
  - "read:changes"
  - "read:alerts"
  - "read:metrics"
  - "read:on_call"
  - "read:docs"
  - "read:owners"

# Logs can hold what not everybody should see; give this role to people or teams of yours.
roles:
  engineer: ["read:logs"]
people: {}
groups: {}
"""
_NO_STAGE = re.compile(r"github-pages|copilot|.*(preview|review|pr-?\d).*", re.IGNORECASE)
_DEPLOYS = re.compile(r"deploy|release|rollout|ship|promote", re.IGNORECASE)


def draft(organisation: str, reader: OrganisationReader, builder: JobsReader | None = None) -> dict[str, str]:
    """Catalogue files for an organisation: file name → text. They load without a problem as they are.

    Args:
        builder: a Jenkins, whose jobs are matched with the repositories by their names.

    Raises:
        ProviderError: GitHub or Jenkins did not answer; nothing is drafted then.
    """
    jobs = builder.jobs() if builder else []
    found = [_look(repository, reader, jobs) for repository in reader.repositories(organisation)]
    files = files_of(reader.address(), found, _stages(found), builder.address() if builder else None)
    return {**files, "access.yml": _ACCESS}


def _look(repository: Repository, reader: OrganisationReader, jobs: Iterable[str]) -> Found:
    started = [each for each in reader.workflows(repository.slug) if _DEPLOYS.search(each.file)]
    texts = (reader.text(repository.slug, file) for file in DESCRIPTOR_FILES)
    return Found(
        repository=repository,
        environments=tuple(name for name in reader.environments(repository.slug) if not _NO_STAGE.fullmatch(name)),
        deploy=min(started, key=lambda each: (len(each.file), each.file), default=None),
        descriptors=tuple(_usable(next((text for text in texts if text), ""))),
        owner=_code_owner(reader.text(repository.slug, ".github/CODEOWNERS") or ""),
        jobs=tuple(sorted(_named(repository.name, jobs), key=lambda job: (len(job), job))),
    )


def _named(name: str, jobs: Iterable[str]) -> Iterator[str]:
    """The jobs called like a repository, whatever folder they are in."""
    return (job for job in jobs if job.rpartition("/")[2].casefold() == name.casefold())


def _usable(text: str) -> Iterator[Mapping[str, Any]]:
    """The descriptors of a file that can be taken over as they are."""
    try:
        documents = parse("catalog-info.yaml", text)
    except CatalogueBroken:
        return
    yield from (each.value for each in documents if not violations(each, "descriptor"))


def _code_owner(text: str) -> str | None:
    """The first team that owns everything: ``* @acme/team-a`` → ``team-a``."""
    match = re.search(r"^\*\s+@[^\s/]+/([A-Za-z0-9_.-]+)", text, re.MULTILINE)
    return match[1] if match else None


def _stages(found: Iterable[Found]) -> list[Stage]:
    """Our environments in order, each with the names that repositories give it; what fits none stands first."""
    names = sorted({name for each in found for name in each.environments})
    stages = [Stage(stage, tuple(n for n in names if _stage_of(n) == stage), words) for stage, words in _STAGES.items()]
    plain = sorted({_plain(name) for name in names if _stage_of(name) is None})
    others = [Stage(stage, tuple(name for name in names if _plain(name) == stage)) for stage in plain]
    return [*others, *(stage for stage in stages if stage.names)] or [Stage("production", ())]


def _stage_of(name: str) -> str | None:
    """``stg`` → ``staging``, ``prod-eu`` → ``production``, ``demo`` → None."""
    plain = _plain(name)
    for stage, aliases in _STAGES.items():
        if plain in (stage, *aliases):
            return stage
    for stage, aliases in _STAGES.items():
        if any(plain.startswith(f"{word}-") for word in (stage, *aliases)):
            return stage
    return None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].strip("-") or "unnamed"
