"""A first catalogue out of what a company already has on GitHub, with every guess marked as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assistant.catalogue.documents import parse
from assistant.catalogue.draft_files import Found, Stage, files_of
from assistant.catalogue.schema import violations
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.organisation import OrganisationReader, Repository

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
_NO_STAGE = re.compile(r"github-pages|copilot|.*(preview|review|pr-?\d).*", re.IGNORECASE)
_DEPLOYS = re.compile(r"deploy|release|rollout|ship|promote", re.IGNORECASE)


def draft(organisation: str, reader: OrganisationReader) -> dict[str, str]:
    """Catalogue files for an organisation: file name → text. They load without a problem as they are.

    Raises:
        ProviderError: GitHub did not answer; nothing is drafted then.
    """
    found = [_look(repository, reader) for repository in reader.repositories(organisation)]
    return files_of(reader.address(), found, _stages(found))


def _look(repository: Repository, reader: OrganisationReader) -> Found:
    started = [each for each in reader.workflows(repository.slug) if _DEPLOYS.search(each.file)]
    texts = (reader.text(repository.slug, file) for file in DESCRIPTOR_FILES)
    return Found(
        repository=repository,
        environments=tuple(name for name in reader.environments(repository.slug) if not _NO_STAGE.fullmatch(name)),
        deploy=min(started, key=lambda each: (len(each.file), each.file), default=None),
        descriptors=tuple(_usable(next((text for text in texts if text), ""))),
        owner=_code_owner(reader.text(repository.slug, ".github/CODEOWNERS") or ""),
    )


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
