"""An answer out of the company's documents, in their own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.contracts.docs import Certainty, DocsReport, DocsRequest, Passage
from assistant.contracts.errors import NotConnected
from assistant.operations.context import Context

# Chosen by measuring on tests/knowledge/questions.yaml; the test beside it tells what they reach.
ANSWERED_FROM = 0.60
"""The share of a question that a passage must speak of to count as its answer."""
ABOUT_FROM = 0.25
"""The share of a question that its headings must speak of, too; else the words may be there by chance ..."""
WHOLE_FROM = 0.90
"""... unless this much of the question is there."""
NEAR_FROM = 0.45
"""The share from which a passage is worth a look, marked as near."""
AS_GOOD_FROM = 0.90
"""The score, as part of the best one's, from which a passage of another page answers as well."""
OUTDATED = 0.80
"""What the score of an outdated page counts for."""

_MOST = 12


def docs(context: Context, request: DocsRequest, today: date) -> DocsReport:
    """The best passage, together with one of another page that answers as well: they may contradict each other.

    Args:
        today: decides which pages are outdated.

    Raises:
        NotAllowed: the actor may not read the documents.
        NotConnected: the catalogue names no documents.
        Unavailable: they are still being read.
    """
    context.require("read", "docs")
    if context.knowledge is None or not context.catalogue.documents:
        raise NotConnected("documents", "are not connected: name their folders under documents in platform.yaml")
    found = context.knowledge.search(context.catalogue.documents, request.terms, _MOST, context.deadline)
    ranked = sorted((_aged(passage, today) for passage in found.passages), key=lambda passage: -passage.score)
    worth = [passage for passage in ranked if passage.share >= NEAR_FROM]
    certainty = _certainty(worth[request.skip :])
    first = _together(worth, today) if worth else []
    ordered = [*first, *(passage for passage in worth if passage not in first)]
    shown = ordered[request.skip : request.skip + 1] if request.skip else first
    more = len(ordered) - request.skip - len(shown)
    return DocsReport(request, certainty, tuple(shown), max(0, more), found.problems, today)


def _aged(passage: Passage, today: date) -> Passage:
    return replace(passage, score=passage.score * OUTDATED) if passage.outdated(today) else passage


def _certainty(passages: Sequence[Passage]) -> Certainty:
    if not passages:
        return Certainty.NOTHING
    best = passages[0]
    about = best.about >= ABOUT_FROM or best.share >= WHOLE_FROM
    return Certainty.ANSWERED if about and best.share >= ANSWERED_FROM else Certainty.NEAR


def _together(passages: Sequence[Passage], today: date) -> list[Passage]:
    """The best passage with the best one of another page, if that is as good; a current one before an outdated one."""
    best = passages[0]
    others = [passage for passage in passages[1:] if passage.file != best.file]
    if best.outdated(today) and (current := [one for one in others if not one.outdated(today)]):
        return [current[0], best]  # what is out of date is never read first
    other = next(iter(others), None)
    if other is None:
        return [best]
    enough = best.score * AS_GOOD_FROM * (OUTDATED if other.outdated(today) else 1)
    as_good = other.share >= ANSWERED_FROM and other.score >= enough
    return [best, other] if as_good else [best]
