"""How well people's questions are answered out of the example company's pages: the measured set, and its floors."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assistant.contracts.docs import Certainty, DocsReport, DocsRequest
from assistant.integrations.knowledge.markdown import MarkdownKnowledge
from assistant.language.question import canonical, terms
from assistant.operations.docs import docs
from assistant.safeguards.access import Access
from tests.operations.platform import FakeCi, context

CATALOG = Path(__file__).parents[2] / "catalog"
QUESTIONS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("questions.yaml").read_text(encoding="utf-8"))
OTHERS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "data" / "docs_questions.yml").read_text(encoding="utf-8")
)
TODAY = date(2026, 11, 22)
KNOWLEDGE = MarkdownKnowledge(CATALOG, canonical)

# Reached when the thresholds were chosen, on this very set: the right page first for 41 of 45, shown for 42; of the 15
# that are not documented none was answered, 14 got “not documented”, one a near hit.
PAGE_FLOOR = 41
HEADING_FLOOR = 26
# The other sixty were written before the search was changed. Then it showed the right page for 34 of 45 and answered 2
# of the 15 that are not documented. Their misses were seen when words of the trade and keywords of pages were added, so
# what is reached since (44 of 45, none answered) says that these gaps are closed, not how many others there are.
OTHERS_FLOOR = 43


@cache
def answer(question: str) -> DocsReport:
    world = context(FakeCi(), knowledge=KNOWLEDGE, access=Access(members=("read:docs",)))
    return docs(world, DocsRequest(question, terms(question)), TODAY)


def shown(question: dict[str, Any]) -> list[str]:
    return [passage.file for passage in answer(question["ask"]).passages]


ANSWERABLE = [question for question in QUESTIONS if question["page"] != "none"]
UNANSWERABLE = [question["ask"] for question in QUESTIONS if question["page"] == "none"]


def test_the_set_has_sixty_questions_and_every_page_exists() -> None:
    assert (len(ANSWERABLE), len(UNANSWERABLE)) == (45, 15)
    assert all((CATALOG / "docs" / question["page"]).exists() for question in ANSWERABLE)


def test_the_right_page_comes_first_or_beside_the_first() -> None:
    missed = [question["ask"] for question in ANSWERABLE if question["page"] not in shown(question)]
    assert len(ANSWERABLE) - len(missed) >= PAGE_FLOOR, missed


def test_the_right_section_is_shown() -> None:
    with_heading = [question for question in ANSWERABLE if "heading" in question]
    missed = [
        question["ask"]
        for question in with_heading
        if (question["page"], question["heading"])
        not in [
            (passage.file, passage.headings[-1] if passage.headings else "")
            for passage in answer(question["ask"]).passages
        ]
    ]
    assert len(with_heading) - len(missed) >= HEADING_FLOOR, missed


def test_pages_that_contradict_each_other_are_both_shown() -> None:
    contradicting = [question for question in ANSWERABLE if "also" in question]
    assert len(contradicting) == 4
    assert {q["ask"]: sorted(shown(q)) for q in contradicting} == {
        q["ask"]: sorted([q["page"], q["also"]]) for q in contradicting
    }


def test_questions_written_before_the_search_was_changed() -> None:
    documented = [question for question in OTHERS if question["page"] != "none"]
    missed = [question["ask"] for question in documented if not {*shown(question)} & {*_pages(question)}]
    assert (len(documented), len(OTHERS)) == (45, 60)
    assert len(documented) - len(missed) >= OTHERS_FLOOR, missed
    undocumented = [question["ask"] for question in OTHERS if question["page"] == "none"]
    assert [ask for ask in undocumented if answer(ask).certainty is Certainty.ANSWERED] == []


def _pages(question: dict[str, Any]) -> list[str]:
    page = question["page"]
    return page if isinstance(page, list) else [page]


def test_what_is_not_documented_is_never_presented_as_an_answer() -> None:
    answered = [question for question in UNANSWERABLE if answer(question).certainty is Certainty.ANSWERED]
    nothing = [question for question in UNANSWERABLE if answer(question).certainty is Certainty.NOTHING]
    assert answered == []
    assert len(nothing) >= 13
