"""What a company already has at its code host and its CI, for the first draft of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Workflow:
    """A workflow that can be started by hand: its file name and the names of its inputs."""

    file: str
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Repository:
    """A repository as an organisation lists it; ``slug`` is ``owner/name``."""

    slug: str
    description: str = ""

    @property
    def name(self) -> str:
        """The name without its owner."""
        return self.slug.partition("/")[2]


class OrganisationReader(Protocol):
    """What a draft reads. Every call raises a ProviderError when it cannot be answered."""

    def address(self) -> str:
        """The address of the API, as the catalogue names it."""

    def repositories(self, organisation: str) -> list[Repository]:
        """The organisation's repositories that are in use (neither archived nor forks)."""

    def environments(self, repository: str) -> list[str]:
        """The names of a repository's environments."""

    def workflows(self, repository: str) -> list[Workflow]:
        """The workflows of a repository that can be started by hand."""

    def text(self, repository: str, path: str) -> str | None:
        """A file of the default branch, None when there is none."""


class JobsReader(Protocol):
    """What a draft reads of a CI that keeps jobs of its own. Every call may raise a ProviderError."""

    def address(self) -> str:
        """The address of the CI, as the catalogue names it."""

    def jobs(self) -> list[str]:
        """The full names of its jobs."""
