"""A value that somebody mentioned, and the one rule for mentions that overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Of two mentions of one length the kind that stands first here wins.
KINDS = (
    "channel",
    "alert",
    "team",
    "service",
    "environment",
    "version",
    "run",
    "duration",
    "time",
    "severity",
    "metric",
    "template",
    "category",
)


@dataclass(frozen=True)
class Mention:
    """A part of a message that names something.

    ``start`` and ``end`` are character offsets; ``text`` is what stands between them, as typed. ``values`` are
    canonical: none for a name that the catalogue lacks, several for one that fits several things. ``exact`` is
    False where a typo was forgiven or an unknown name guessed from its surroundings.
    """

    kind: str
    start: int
    end: int
    text: str
    values: tuple[str, ...] = ()
    exact: bool = True

    def overlaps(self, other: Mention) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


def without_overlaps(mentions: Iterable[Mention]) -> list[Mention]:
    """Keep the better one wherever mentions overlap; the result is in the order of the text.

    The rule: known before unknown, then the longer, then the exact one, then the order of ``KINDS``.
    """
    kept: list[Mention] = []
    for mention in sorted(mentions, key=_rank):
        if not any(mention.overlaps(other) for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def _rank(mention: Mention) -> tuple[bool, int, bool, int]:
    return not mention.values, mention.start - mention.end, not mention.exact, KINDS.index(mention.kind)
