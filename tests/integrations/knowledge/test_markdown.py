"""Pages as people write them, and what is found in them."""

from __future__ import annotations

import os
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest

from assistant.contracts.docs import Found, Passage
from assistant.contracts.errors import Unavailable
from assistant.contracts.platform import DocumentFolder
from assistant.integrations.knowledge.markdown import MarkdownKnowledge
from assistant.language.question import canonical, terms

SITE = DocumentFolder("docs", "platform", "https://docs.example/{page}/")


class Pages:
    """A documents folder in the making."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.knowledge = MarkdownKnowledge(root, canonical)
        (root / "docs").mkdir()

    def write(self, name: str, text: str) -> None:
        path = self.root / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def ask(self, question: str, folder: DocumentFolder = SITE, seconds: float = 5.0) -> Found:
        return self.knowledge.search([folder], terms(question), 3, time.monotonic() + seconds)

    def best(self, question: str, folder: DocumentFolder = SITE) -> Passage:
        return self.ask(question, folder).passages[0]


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    pages = Pages(tmp_path)
    for number in range(12):
        pages.write(f"other{number}.md", f"# Other {number}\n\nNothing about it, number {number}.\n")
    return pages


def shown(passage: Passage) -> list[str]:
    return [line for block in passage.blocks for line in block.lines]


def test_a_section_is_found_with_its_headings_anchor_owner_and_dates(pages: Pages) -> None:
    text = (
        "---\nowner: team-a\nupdated: 2026-01-02\nreview: 2027-01-02\n---\n# Cars\n\nIntro.\n\n"
        "## Wheels & tyres\n\n### In winter\n\nPut chains on.\n"
    )
    pages.write("garage/cars.md", text)
    found = pages.best("chains for the winter")
    assert (found.page, found.headings) == ("Cars", ("Wheels & tyres", "In winter"))
    assert found.url == "https://docs.example/garage/cars/#in-winter"
    assert (found.owner, found.changed, found.review) == ("team-a", date(2026, 1, 2), date(2027, 1, 2))


@pytest.mark.parametrize(
    ("address", "anchor"),
    [
        ("https://docs.example/{page}/", "https://docs.example/cars/#wheels-tyres_1"),
        (
            "https://github.com/o/r/blob/main/docs/{file}",
            "https://github.com/o/r/blob/main/docs/cars.md#wheels--tyres-1",
        ),
    ],
    ids=["mkdocs", "github"],
)
def test_links_fit_where_the_pages_are_published(pages: Pages, address: str, anchor: str) -> None:
    pages.write("cars.md", "# Cars\n\n## Wheels & tyres\n\nRound.\n\n## Wheels & tyres\n\nSquare ones squeak.\n")
    assert pages.best("squeak", DocumentFolder("docs", None, address)).url == anchor


def test_a_new_changed_or_deleted_page_counts_at_the_next_question(pages: Pages) -> None:
    assert pages.ask("how do I feed the penguin").passages == ()
    pages.write("penguin.md", "# Penguins\n\nThe penguin eats herring.\n")
    assert shown(pages.best("feed the penguin")) == ["The penguin eats herring."]
    pages.write("penguin.md", "# Penguins\n\nThe penguin eats krill now.\n")
    assert shown(pages.best("feed the penguin")) == ["The penguin eats krill now."]
    (pages.root / "docs" / "penguin.md").unlink()
    assert pages.ask("feed the penguin").passages == ()


def test_code_lists_and_tables_keep_their_lines_and_links_their_address(pages: Pages) -> None:
    text = (
        "# Brewing\n\nSee [the *manual*](https://m.example/x) and `brew -h`.\n\n1. Grind\n2. Pour\n   - slowly\n\n"
        "```\nbrew \\\n  --hot\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n<script>alert(1)</script>\n"
    )
    pages.write("coffee.md", text)
    found = pages.best("brewing")
    assert shown(found) == [
        "See the manual (https://m.example/x) and `brew -h`.",
        "1. Grind",
        "2. Pour",
        "   • slowly",
        "    brew \\",
        "      --hot",
        "    a | b",
        "    1 | 2",
    ]
    assert [block.whole for block in found.blocks] == [False, False, False, True, True]


def test_a_heading_inside_code_or_a_quotation_is_none(pages: Pages) -> None:
    pages.write("shell.md", "# Shell\n\n```\n# not a heading: zebra\n```\n\n> # neither: okapi\n")
    assert pages.best("zebra").headings == () and pages.best("okapi").headings == ()


def test_a_faq_entry_is_found_by_its_variants_which_are_not_shown(pages: Pages) -> None:
    pages.write(
        "faq.yaml",
        "owner: team-b\nfaq:\n  - question: How do I get tea?\n    variants: [where is the samovar]\n"
        "    answer: Ask *Igor's* kettle.\n    review: 2026-05-01\n",
    )
    found = pages.best("samovar?")
    assert found.headings == ("How do I get tea?",) and shown(found) == ["Ask Igor's kettle."]
    assert (found.owner, found.review) == ("team-b", date(2026, 5, 1))


def test_synonyms_camel_case_plural_and_one_wrong_letter_are_understood(pages: Pages) -> None:
    pages.write("rollback.md", "# Rolling back\n\nTurn the wheel.\n")
    pages.write("alert.md", "# QueueTooLong\n\nSwitch off the tap.\n")
    pages.write("migration.md", "# Migrations\n\nGeese fly south.\n")
    assert pages.best("how do I undo").file == "rollback.md"
    assert pages.best("queue too long").file == "alert.md"
    assert pages.best("QueueTooLong").file == "alert.md"
    assert pages.best("a migraton").file == "migration.md"


def test_the_share_tells_how_much_of_the_question_is_spoken_of(pages: Pages) -> None:
    pages.write("birds.md", "# Birds of the south\n\nThe penguin eats herring.\n")
    assert pages.best("penguin herring").share == pytest.approx(1.0)
    assert pages.best("penguin helicopter licence").share < 0.4


def test_a_wordy_question_that_holds_a_whole_heading_is_about_it(pages: Pages) -> None:
    pages.write("birds.md", "# Birds\n\n## Readiness review\n\nCount them.\n\n## Readiness of eggs\n\nWait.\n")
    found = pages.ask("somebody told me about a readiness review, involving committees")
    assert found.passages[0].headings == ("Readiness review",)
    assert found.passages[0].share > found.passages[1].share + 0.2


@pytest.mark.parametrize("question", ['"', "a AND OR NEAR(", "* ^ :", "penguin')--", "{x}", "😀", "x" * 5000])
def test_no_question_breaks_the_search(pages: Pages, question: str) -> None:
    pages.ask(question)


def test_files_that_cannot_be_read_are_left_out_and_named(pages: Pages) -> None:
    pages.write("front.md", "---\nowner: [\n---\n# Broken front\n\nwalrus\n")
    pages.write("dates.md", "---\nreview: soon\n---\n# Dates\n\nwalrus\n")
    pages.write("faq.yaml", "faq:\n  - question: walrus?\n")
    pages.write("good.md", "# Good\n\nwalrus\n")
    (pages.root / "docs" / "latin.md").write_bytes(b"# Caf\xe9 walrus")
    pages.write("large.md", "walrus " * 200_000)
    found = pages.ask("walrus")
    assert [passage.file for passage in found.passages] == ["good.md"]
    problems = "\n".join(found.problems)
    assert "front.md, line 3" in problems and "“soon”" in problems and "entry 1 of faq" in problems
    assert "latin.md is not readable text" in problems and "large.md is larger than 1,000 kB" in problems


def test_a_folder_that_is_missing_is_named(pages: Pages) -> None:
    assert pages.ask("x", DocumentFolder("nowhere")).problems == ("there is no folder nowhere",)


def test_links_out_of_the_folder_and_hidden_files_are_not_followed(pages: Pages) -> None:
    (pages.root / "secret.md").write_text("# Secret\n\nnarwhal\n")
    os.symlink(pages.root / "secret.md", pages.root / "docs" / "link.md")
    pages.write(".draft.md", "# Draft\n\nnarwhal\n")
    assert pages.ask("narwhal").passages == ()


def test_many_pages_are_read_over_several_questions(pages: Pages) -> None:
    pages.write("penguin.md", "# Penguins\n\nherring\n")
    with pytest.raises(Unavailable, match="still being read"):
        pages.ask("herring", seconds=-1)
    assert pages.best("herring").file == "penguin.md"


def test_the_last_change_is_the_last_commit_when_the_page_does_not_say(pages: Pages) -> None:
    pages.write("penguin.md", "# Penguins\n\nherring\n")
    assert pages.best("herring").changed is None
    git = ["git", "-C", str(pages.root), "-c", "user.name=n", "-c", "user.email=n@example.org"]
    then = {**os.environ, "GIT_COMMITTER_DATE": "2025-04-03T12:00:00Z", "GIT_AUTHOR_DATE": "2025-04-03T12:00:00Z"}
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "pages"]):
        subprocess.run([*git, *arguments], check=True, env=then)
    os.utime(pages.root / "docs" / "penguin.md")
    assert pages.best("herring").changed == date(2025, 4, 3)


def test_keywords_of_a_page_are_searched_and_never_shown(pages: Pages) -> None:
    pages.write("remote.md", "---\nkeywords: [home office]\n---\n# VPN\n\nOpen the portal.\n")
    found = pages.best("rules of the home office")
    assert (found.page, shown(found)) == ("VPN", ["Open the portal."])


def test_a_folder_that_is_named_twice_is_read_once(pages: Pages) -> None:
    pages.write("team/cars.md", "# Cars\n\nPut chains on.\n")
    folders = [SITE, DocumentFolder("docs/team", "team-a")]
    found = pages.knowledge.search(folders, terms("chains"), 3, time.monotonic() + 5)
    assert [(passage.file, passage.owner) for passage in found.passages] == [("team/cars.md", "platform")]


def test_headings_tell_what_a_section_is_about(pages: Pages) -> None:
    pages.write("cars.md", "# Cars\n\n## Tyres\n\nPut chains on.\n")
    assert pages.best("tyres").about == 1.0
    assert pages.best("chains").about == 0.0
