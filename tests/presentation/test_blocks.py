"""Cards in Slack: within its rules, nothing lost, and nothing in them that could act."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts.card import Button, Card, Line, Link, Moment, Row
from assistant.contracts.post import Answered, Post, PostKind
from assistant.presentation.blocks import LONGEST_CODE, fallback, long_code, pages
from assistant.presentation.plain import clean
from assistant.presentation.posts import filled
from tests.presentation.block_rules import check_message, texts

ID = "0123456789abcdef-1"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
NASTY = (
    "<!channel>", "<!here|x>", "<@U0ANADUARTE>", "<#C012>", "<https://evil.example|click>", "*bold* _it_ ~no~ `code`",
    "```\n<!everyone>\n```", "&lt;!channel&gt;", ":tada:", "@channel", "a\u200b<!chan\u200bnel>", "\u202eback",
    "> quote", "x" * 7000, "word " * 2000, "", " ", "\x00\x1b[31m", "|", "^", "{date}", "<!date^1^{date}|x>",
)  # fmt: skip

words = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))
links = st.builds(Link, words, st.one_of(words, st.just("https://ci.epetech.online/job/1?a=b&c=<d>")))
parts = st.one_of(words, links, st.just(Moment(AT)))
lines = st.one_of(st.lists(parts, max_size=4).map(tuple), words.map(lambda text: (f"    {text}",)), st.just(("",)))
buttons = st.builds(Button, words, st.just("inform"), st.dictionaries(words, words, max_size=2))
cards = st.builds(
    Card,
    title=words,
    rows=st.lists(
        st.builds(Row, st.sampled_from(["ok", "bad", "warn", "busy", "unknown"]), words, lines), max_size=8
    ).map(tuple),
    lines=st.lists(lines, max_size=30).map(tuple),
    notes=st.lists(words, max_size=5).map(tuple),
    buttons=st.lists(buttons, max_size=80).map(tuple),
    sandbox=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(cards)
def test_any_card_is_a_message_that_slack_takes(card: Card) -> None:
    for page in pages(card, ID):
        check_message(fallback(card), page)


@settings(max_examples=100, deadline=None)
@given(cards)
def test_no_character_is_lost(card: Card) -> None:
    shown = "".join("".join(texts(page)) for page in pages(card, ID))
    told = [part for line in (*card.lines, *(row.line for row in card.rows)) for part in line if isinstance(part, str)]
    for text in (card.title, *(row.name for row in card.rows), *card.notes, *told):
        for word in clean(text).removeprefix("    ").split():
            assert word in shown


@pytest.mark.parametrize("nasty", NASTY)
def test_what_others_wrote_never_stands_where_slack_parses_markup(nasty: str) -> None:
    card = Card(nasty, (Row("ok", nasty, (nasty,)),), ((nasty, Link(nasty, "https://a.example")),), (nasty,))
    for page in pages(card, ID):
        assert "mrkdwn" not in str(page)
    parsed = fallback(card)
    for token in re.findall(r"<[^>]*>", parsed):
        assert token.startswith("<https://a.example|"), token


def test_a_link_that_is_none_is_text() -> None:
    card = Card("t", lines=((Link("look", "javascript:alert(1)"),), (Link("here", "https://x.example/a b|c"),)))
    assert "link" not in str([block for page in pages(card, ID) for block in page])
    assert "look javascript:alert(1)" in "".join(texts(pages(card, ID)))


def test_times_are_told_in_the_readers_zone() -> None:
    card = Card("t", lines=(("since ", Moment(AT)),))
    (date,) = [part for part in pages(card, ID)[0][1]["elements"][0]["elements"] if part["type"] == "date"]
    assert date["timestamp"] == 1772442000 and date["fallback"] == "02 Mar 09:00 UTC"
    assert "<!date^1772442000^{date_short_pretty} {time}|02 Mar 09:00 UTC>" in fallback(card)


def test_code_stands_in_a_code_block_as_it_is() -> None:
    card = Card("t", lines=(("before",), ("    npm ERR! `missing` *script*",), ("      at <anonymous>",), ("after",)))
    blocks = pages(card, ID)[0]
    (code,) = [each["elements"][0] for each in blocks if each["elements"][0]["type"] == "rich_text_preformatted"]
    assert code["elements"] == [{"type": "text", "text": "npm ERR! `missing` *script*\n  at <anonymous>"}]


def test_few_choices_are_buttons_and_more_are_menus() -> None:
    def shown(count: int) -> list[dict[str, object]]:
        card = Card("Which?", buttons=tuple(Button(f"s{n}", "inform", {"service": f"s{n}"}) for n in range(count)))
        return [
            one for page in pages(card, ID, 3) for each in page if each["type"] == "actions" for one in each["elements"]
        ]

    assert [one["value"] for one in shown(2)] == [f"{ID}.3.0", f"{ID}.3.1"]
    assert [one["type"] for one in shown(60)] == ["static_select"] * 3
    options = [option for menu in shown(60) for option in menu["options"]]  # type: ignore[attr-defined]
    assert [option["value"] for option in options] == [f"{ID}.3.{n}" for n in range(60)]


def _post(kind: PostKind = PostKind.MESSAGE) -> Post:
    return Post(ID, kind, "T1", "C1", reader="U1")


def _answer(card: Card) -> Answered:
    return Answered(ID, "T1", "C1", None, "T1.U1.C1", "U1", "q", {}, intent="ask_status")


def test_a_long_answer_goes_on_behind_a_button() -> None:
    many: tuple[Line, ...] = tuple((f"line {n} " + "x" * 100,) for n in range(300))
    card = Card("All of it", lines=many)
    page, shown = 0, ""
    while True:
        (post,) = filled(_post(), card, _answer(card), page)
        check_message(post.text, post.blocks)
        shown += "".join(texts(post.blocks))
        if f"more.{page + 1}" not in str(post.blocks):
            break
        page += 1
    assert page >= 3
    assert all(f"line {n} " in shown for n in range(300))


@pytest.mark.parametrize("count", [5, 6, 25, 26, 50, 51, 100, 101])
def test_every_choice_is_there_at_and_beyond_each_limit(count: int) -> None:
    card = Card("Which?", buttons=tuple(Button(f"s{n}", "inform", {"service": f"s{n}"}) for n in range(count)))
    values: list[str] = []
    for page in pages(card, ID):
        check_message(fallback(card), page)
        elements = [one for block in page if block["type"] == "actions" for one in block["elements"]]
        values += [one["value"] for one in elements if one["type"] == "button"]
        values += [option["value"] for one in elements if one["type"] != "button" for option in one["options"]]
    assert values == [f"{ID}.0.{n}" for n in range(count)]


@pytest.mark.parametrize("length", [2799, 2800, 2801, 2999, 3000, 3001, 5600, 5601, 9000, 12001])
@pytest.mark.parametrize("place", ["title", "row", "line", "code", "note"])
def test_a_text_at_and_beyond_each_limit_is_there_to_its_last_letter(place: str, length: int) -> None:
    text = "a" * (length - 1) + "z"
    card = {
        "title": Card(text),
        "row": Card("t", (Row("ok", "name", (text,)),)),
        "line": Card("t", lines=((text,),)),
        "code": Card("t", lines=((f"    {text}",),)),
        "note": Card("t", notes=(text,)),
    }[place]
    shown = ""
    for number in range(len(pages(card, ID))):
        (post, *_) = filled(_post(PostKind.EPHEMERAL), card, _answer(card), number)
        check_message(post.text, post.blocks)
        shown += "".join(texts(post.blocks))
    assert shown.count("a" * 100) and sum(shown.count(letter) for letter in "z") == 1
    assert re.sub("[^a]", "", shown.partition("z")[0]).count("a") >= length - 1


@pytest.mark.parametrize("count", range(36, 46))
def test_a_message_has_room_for_its_buttons_whatever_it_shows(count: int) -> None:
    card = Card("t", notes=tuple(f"note {n}" for n in range(count)), sandbox=True)
    shown = []
    for number in range(len(pages(card, ID))):
        (post,) = filled(_post(PostKind.RESPONSE), card, _answer(card), number)
        check_message(post.text, post.blocks)
        shown += texts(post.blocks)
    assert [f"note {n}" for n in range(count)] == [text for text in shown if text.startswith("note ")]


def test_a_long_log_is_a_file_where_everybody_may_see_it_and_pages_where_one_alone_does() -> None:
    code: tuple[Line, ...] = tuple((f"    step {n} of the build went wrong",) for n in range(400))
    card = Card("Run #12 failed", lines=code)
    assert len(long_code(card) or "") > LONGEST_CODE
    message, file = filled(_post(), card, _answer(card))
    assert file.kind is PostKind.FILE and file.text.count("\n") == 399
    assert "380 more lines" in "".join(texts(message.blocks))
    (alone,) = filled(_post(PostKind.EPHEMERAL), card, _answer(card))
    assert "more.1" in str(alone.blocks)


def test_an_answer_can_be_judged_and_a_question_cannot() -> None:
    answer = Card("production: all 8 running")
    assert "👍" in str(filled(_post(), answer, _answer(answer))[0].blocks)
    question = Card("Which?", buttons=(Button("search", "inform", {"service": "search"}),))
    assert "👍" not in str(filled(_post(), question, _answer(question))[0].blocks)


def test_only_what_one_person_sees_can_be_shared() -> None:
    card = Card("staging: fine")
    assert "share" in str(filled(_post(PostKind.RESPONSE), card, _answer(card), shareable=True)[0].blocks)
    assert "share" not in str(filled(_post(PostKind.RESPONSE), card, _answer(card))[0].blocks)
    assert "share" not in str(filled(_post(), card, _answer(card), shareable=True)[0].blocks)
