"""Slack's rules for blocks and views, as its documentation states them (docs.slack.dev/reference/block-kit)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_DATE = re.compile(r"(?:[^{}]|\{(?:date\w*|time\w*|ago|day_divider_pretty)\})+")
_LINK = re.compile(r"https?://[^\s<>|]+")


def check_message(text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
    """A message's text and blocks."""
    assert 0 < len(text) <= 40_000
    check_blocks(blocks, most=50)


def check_view(view: Mapping[str, Any]) -> None:
    """A modal or an App Home."""
    assert view["type"] in ("modal", "home")
    check_blocks(view["blocks"], most=100)
    assert len(view.get("private_metadata", "")) <= 3000 and len(view.get("callback_id", "")) <= 255
    if view["type"] == "modal":
        # Only a window without fields may lack the button that sends them.
        sends = ["submit"] if "submit" in view or any(block["type"] == "input" for block in view["blocks"]) else []
        for part in ("title", "close", *sends):
            _plain(view[part], 24)


def check_blocks(blocks: Sequence[Mapping[str, Any]], most: int) -> None:
    """Blocks of one surface."""
    assert 0 < len(blocks) <= most
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids))
    for block in blocks:
        _BLOCKS[block["type"]](block)


def texts(value: Any) -> list[str]:
    """Every text that is shown, in order."""
    if isinstance(value, Mapping):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for part in value.values() for text in texts(part)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [text for part in value for text in texts(part)]
    return []


def _section(block: Mapping[str, Any]) -> None:
    assert block["text"]["type"] in ("mrkdwn", "plain_text") and 0 < len(block["text"]["text"]) <= 3000


def _header(block: Mapping[str, Any]) -> None:
    _plain(block["text"], 150)


def _context(block: Mapping[str, Any]) -> None:
    assert 0 < len(block["elements"]) <= 10
    for element in block["elements"]:
        _plain(element, 3000)


def _actions(block: Mapping[str, Any]) -> None:
    elements = block["elements"]
    assert 0 < len(elements) <= 25
    ids = [element["action_id"] for element in elements]
    assert len(ids) == len(set(ids))
    for element in elements:
        assert 0 < len(element["action_id"]) <= 255
        _ELEMENTS[element["type"]](element)


def _input(block: Mapping[str, Any]) -> None:
    _plain(block["label"], 2000)
    if "hint" in block:
        _plain(block["hint"], 2000)
    _ELEMENTS[block["element"]["type"]](block["element"])


def _rich_text(block: Mapping[str, Any]) -> None:
    assert block["elements"]
    for element in block["elements"]:
        assert element["type"] in ("rich_text_section", "rich_text_preformatted") and element["elements"]
        for part in element["elements"]:
            assert set(part) <= {"type", *_RICH[part["type"]], "style"}
            if element["type"] == "rich_text_preformatted":
                assert part["type"] in ("text", "link")
            if part["type"] in ("text", "link"):
                assert 0 < len(part["text"]) <= 3000
            if part["type"] == "link":
                assert _LINK.fullmatch(part["url"]) and len(part["url"]) <= 3000
            if part["type"] == "date":
                assert isinstance(part["timestamp"], int) and _DATE.fullmatch(part["format"]) and part["fallback"]


def _button(element: Mapping[str, Any]) -> None:
    _plain(element["text"], 75)
    assert len(element.get("value", "")) <= 2000


def _select(element: Mapping[str, Any]) -> None:
    if "placeholder" in element:
        _plain(element["placeholder"], 150)
    if "option_groups" in element:
        assert 0 < len(element["option_groups"]) <= 100
        for group in element["option_groups"]:
            _plain(group["label"], 75)
            _options(group["options"], 100)
    else:
        _options(element["options"], 100)
    if "initial_option" in element:
        groups = element.get("option_groups") or [element]
        assert element["initial_option"] in [option for group in groups for option in group["options"]]


def _checkboxes(element: Mapping[str, Any]) -> None:
    _options(element["options"], 10)
    assert element.get("initial_options") != []


def _text_input(element: Mapping[str, Any]) -> None:
    assert 0 < element.get("max_length", 1) <= 3000


def _options(options: Sequence[Mapping[str, Any]], most: int) -> None:
    assert 0 < len(options) <= most
    for option in options:
        _plain(option["text"], 75)
        assert 0 < len(option["value"]) <= 150


def _plain(text: Mapping[str, Any], most: int) -> None:
    assert text["type"] == "plain_text" and 0 < len(text["text"]) <= most


_BLOCKS = {
    "section": _section, "header": _header, "context": _context, "actions": _actions, "input": _input,
    "rich_text": _rich_text, "divider": lambda block: None,
}  # fmt: skip
_ELEMENTS = {"button": _button, "static_select": _select, "checkboxes": _checkboxes, "plain_text_input": _text_input}
_RICH = {
    "text": {"text"}, "link": {"url", "text"}, "date": {"timestamp", "format", "fallback"}, "emoji": {"name"},
    "user": {"user_id"},
}  # fmt: skip
