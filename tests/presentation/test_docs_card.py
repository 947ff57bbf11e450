"""What a person reads when they ask the documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone

from assistant.contracts.docs import Block, Certainty, DocsReport, DocsRequest, Passage
from assistant.presentation.cards.docs import MOST_CHARACTERS, MOST_CODE_LINES, docs_card
from assistant.presentation.plain import render

TODAY = date(2026, 3, 2)
PAGE = Passage(
    "vpn.md",
    "VPN",
    ("Request it",),
    (Block(("Open the portal.",)), Block(("    step one", "    step two"), whole=True)),
    0,
    10.0,
    1.0,
    url="https://docs.example/vpn/#request-it",
    owner="platform",
    changed=date(2026, 1, 5),
    review=date(2027, 1, 1),
)


def shown(
    *passages: Passage, certainty: Certainty = Certainty.ANSWERED, more: int = 0, skip: int = 0, problem: str = ""
) -> str:
    problems = (problem,) if problem else ()
    report = DocsReport(DocsRequest("q", ("q",), skip), certainty, passages, more, problems, TODAY)
    card = docs_card(report, {"platform": "Platform Team"}.__getitem__, "the Platform Team in #platform")
    buttons = [button.title for button in card.buttons]
    return render(card, timezone.utc, datetime(2026, 3, 2, tzinfo=timezone.utc)) + "".join(f"\n[{b}]" for b in buttons)


def test_the_pages_words_with_heading_link_owner_and_last_change() -> None:
    assert shown(PAGE) == (
        "VPN › Request it\nOpen the portal.\n    step one\n    step two\n"
        "Source: https://docs.example/vpn/#request-it · Platform Team · last changed 5 Jan 2026"
    )


def test_what_is_only_near_is_marked_and_says_whom_to_ask() -> None:
    text = shown(PAGE, certainty=Certainty.NEAR)
    assert text.startswith("I found no page that answers this. The closest I have is “VPN › Request it”:")
    assert text.endswith("If that is not it, ask the Platform Team in #platform.")


def test_nothing_is_said_plainly() -> None:
    nothing = shown(certainty=Certainty.NOTHING)
    assert nothing == "That is not documented, as far as I can find. You can ask the Platform Team in #platform."
    assert shown(certainty=Certainty.NOTHING, skip=2) == "That is all I found about it."


def test_an_outdated_page_says_why() -> None:
    assert "may be outdated: its review was due 1 Feb 2026." in shown(replace(PAGE, review=date(2026, 2, 1)))
    old = replace(PAGE, review=None, changed=date(2024, 5, 1))
    assert "may be outdated: nobody has changed it for a year." in shown(old)


def test_two_pages_are_both_shown_and_the_newer_is_named() -> None:
    text = shown(PAGE, replace(PAGE, page="Old VPN", changed=date(2025, 6, 1)))
    assert "Another page says about this, under “Old VPN › Request it”:" in text
    assert "where they differ, “VPN” was changed last." in text


def test_a_long_passage_ends_with_a_block_and_says_that_it_goes_on() -> None:
    paragraphs = tuple(Block((f"Paragraph {number}. " + "word " * 80,)) for number in range(9))
    text = shown(replace(PAGE, blocks=paragraphs))
    assert "Paragraph 1." in text and "Paragraph 2." not in text
    assert "… (the page goes on)" in text


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    sentences = " ".join(f"Sentence {number} is here." for number in range(200))
    text = shown(replace(PAGE, blocks=(Block((sentences,)),)))
    line = text.splitlines()[1]
    assert line.endswith("is here. …") and len(line) <= MOST_CHARACTERS + 2


def test_what_answers_is_reached_even_at_the_end_of_a_long_section() -> None:
    blocks = (*(Block(("word " * 80,)) for _ in range(9)), Block(("The answer.",)))
    assert "…\nThe answer." in shown(replace(PAGE, blocks=blocks, start=9))


def test_code_is_kept_whole_up_to_a_bound() -> None:
    code = Block(tuple(f"    line {number}" for number in range(40)), whole=True)
    text = shown(replace(PAGE, blocks=(code,)))
    assert f"    line {MOST_CODE_LINES - 1}\n" in text
    assert f"… ({40 - MOST_CODE_LINES} more lines on the page)" in text


def test_more_is_offered_when_there_is_more_and_files_left_out_are_named() -> None:
    assert shown(PAGE, more=2).endswith("[More]")
    assert "[More]" not in shown(PAGE)
    assert "Not searched: faq.yaml is not readable text." in shown(PAGE, problem="faq.yaml is not readable text")


def test_a_page_without_link_or_owner_is_named_by_its_file() -> None:
    assert shown(replace(PAGE, url=None, owner=None, changed=None)).endswith("Source: vpn.md")


def test_a_name_that_the_page_does_not_speak_of_is_told() -> None:
    request = DocsRequest("vpn in staging", ("vpn", "staging"), names=("staging", "vpn"))
    report = DocsReport(request, Certainty.ANSWERED, (PAGE,), 0, (), TODAY)
    card = docs_card(report, str, "nobody")
    assert card.notes == ("It says nothing about staging in particular.",)
