"""What a question to the documents is answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest

from assistant.contracts.actor import GUEST
from assistant.contracts.docs import Block, Certainty, DocsReport, DocsRequest, Found, Passage
from assistant.contracts.errors import NotAllowed, NotConnected
from assistant.contracts.platform import DocumentFolder
from assistant.operations.docs import docs
from assistant.safeguards.access import Access
from tests.operations.platform import FakeCi, context

TODAY = date(2026, 3, 2)
READER = Access(members=("read:docs",))
GOOD = Passage("a.md", "A", (), (Block(("text",)),), 0, 10.0, 1.0, changed=date(2026, 1, 1))
OTHER = replace(GOOD, file="b.md", score=9.5)
OLD = date(2024, 1, 1)


@dataclass
class Shelf:
    """A knowledge that finds what it is told to."""

    passages: tuple[Passage, ...]

    def search(self, folders: Sequence[DocumentFolder], terms: Sequence[str], limit: int, deadline: float) -> Found:
        return Found(self.passages)


def ask(*passages: Passage, skip: int = 0) -> DocsReport:
    world = context(FakeCi(), knowledge=Shelf(passages), access=READER)
    return docs(world, DocsRequest("a question", ("question",), skip), TODAY)


def files(report: DocsReport) -> list[str]:
    return [passage.file for passage in report.passages]


@pytest.mark.parametrize(
    ("share", "certainty"), [(0.9, Certainty.ANSWERED), (0.5, Certainty.NEAR), (0.2, Certainty.NOTHING)]
)
def test_what_speaks_of_little_is_near_and_of_next_to_nothing_is_not_shown(share: float, certainty: Certainty) -> None:
    report = ask(replace(GOOD, share=share))
    assert report.certainty is certainty
    assert files(report) == ([] if certainty is Certainty.NOTHING else ["a.md"])


def test_words_that_are_in_a_passage_by_chance_are_near() -> None:
    assert ask(replace(GOOD, share=0.7, about=0.1)).certainty is Certainty.NEAR
    assert ask(replace(GOOD, share=0.7, about=0.3)).certainty is Certainty.ANSWERED
    assert ask(replace(GOOD, share=1.0, about=0.0)).certainty is Certainty.ANSWERED


def test_two_pages_that_answer_as_well_are_both_shown() -> None:
    assert files(ask(GOOD, OTHER)) == ["a.md", "b.md"]
    assert files(ask(GOOD, replace(OTHER, score=5.0))) == ["a.md"]
    assert files(ask(GOOD, replace(OTHER, file="a.md"))) == ["a.md"]


def test_an_outdated_page_comes_after_one_that_is_as_good() -> None:
    assert files(ask(replace(GOOD, changed=OLD), OTHER)) == ["b.md", "a.md"]


def test_an_outdated_answer_comes_after_a_current_page_that_speaks_of_it() -> None:
    assert files(ask(replace(GOOD, changed=OLD, score=30.0), replace(OTHER, share=0.5))) == ["b.md", "a.md"]


@pytest.mark.parametrize(
    ("changed", "review", "outdated"),
    [(OLD, None, True), (OLD, date(2026, 9, 1), False), (TODAY, date(2026, 3, 1), True), (None, None, False)],
    ids=["a year without change", "reviewed", "review overdue", "nothing known"],
)
def test_outdated(changed: date | None, review: date | None, outdated: bool) -> None:
    assert replace(GOOD, changed=changed, review=review).outdated(TODAY) is outdated


def test_more_goes_through_the_rest_once_each_and_ends() -> None:
    found = (GOOD, replace(GOOD, file="a2.md", score=3.0), OTHER)
    seen, more = [], 1
    while more:
        report = ask(*found, skip=len(seen))
        seen += files(report)
        more = report.more
    assert seen == ["a.md", "b.md", "a2.md"]
    assert ask(*found, skip=3).certainty is Certainty.NOTHING


def test_without_documents_it_is_said_how_to_connect_them() -> None:
    with pytest.raises(NotConnected, match=r"documents .* platform\.yaml"):
        docs(context(FakeCi(), access=READER), DocsRequest("q", ("q",)), TODAY)


def test_a_guest_reads_nothing() -> None:
    with pytest.raises(NotAllowed):
        docs(context(FakeCi(), actor=GUEST, knowledge=Shelf((GOOD,)), access=READER), DocsRequest("q", ("q",)), TODAY)
