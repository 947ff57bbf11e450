"""What is asked of the documents, and the passages that answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

OLD = timedelta(days=365)


@dataclass(frozen=True)
class DocsRequest:
    """A question with its terms, among them the ``names`` of services and environments.

    ``skip`` passages were shown already and are left out.
    """

    question: str
    terms: tuple[str, ...]
    skip: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A paragraph, an item of a list, a table or code, as lines; ``whole`` ones are not cut inside."""

    lines: tuple[str, ...]
    whole: bool = False


@dataclass(frozen=True)
class Passage:
    """A section of a page in its own words.

    ``start`` is the block that answers best. ``score`` orders passages; ``share`` (0 to 1) says how much of the
    question, by the weight of its words, the passage speaks of; ``about`` (0 to 1) the same of its title, headings and
    keywords alone. ``changed`` and ``review`` are None where not known.
    """

    file: str
    page: str
    headings: tuple[str, ...]
    blocks: tuple[Block, ...]
    start: int
    score: float
    share: float
    url: str | None = None
    owner: str | None = None
    changed: date | None = None
    review: date | None = None
    about: float = 1.0

    def outdated(self, today: date) -> bool:
        """Whether its review is overdue or, when none is set, nobody has changed it for a year."""
        if self.review is not None:
            return self.review < today
        return self.changed is not None and today - self.changed > OLD


@dataclass(frozen=True)
class Found:
    """The passages that speak of a question, best first, and which files could not be read."""

    passages: tuple[Passage, ...]
    problems: tuple[str, ...] = ()


class Certainty(str, Enum):
    """How well the question is answered: by a passage, by nothing but something near, or not at all."""

    ANSWERED = "answered"
    NEAR = "near"
    NOTHING = "nothing"


@dataclass(frozen=True)
class DocsReport:
    """The answer: the best passage, with those of other pages that answer as well, and how many more there are."""

    request: DocsRequest
    certainty: Certainty
    passages: tuple[Passage, ...]
    more: int
    problems: tuple[str, ...]
    today: date
