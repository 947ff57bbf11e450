"""Whole conversations, turn by turn, through the trained model, the action server and the sandbox."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.processes.test_lifecycle import until
from tests.running import Bot

CONVERSATIONS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "conversations.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=[each["name"] for each in CONVERSATIONS])
def test_a_conversation(bot: Bot, conversation: dict[str, Any]) -> None:
    if "fault" in conversation:
        bot.ask(conversation["turns"][0]["say"])
        bot.fault(**conversation["fault"])
        shows = conversation["turns"][0]["has"][-1]
        assert until(lambda: re.search(shows, bot.ask(conversation["turns"][0]["say"]))), "the fault was not noticed"
    talk = bot.console()
    for turn in conversation["turns"]:
        if "as" in turn:
            talk.speak_as(turn["as"])
        messages = talk.say(turn["say"])
        shown = "\n".join(message.shown() for message in messages)
        told = f"> {turn['say']}\n{shown}"
        assert shown.strip(), told
        asked = [line for line in shown.splitlines() if line.endswith("?") and not line.startswith("  • ")]
        assert len(asked) <= 1, f"more than one question: {told}"
        for pattern in turn.get("has", ()):
            assert re.search(pattern, shown, re.MULTILINE), f"{pattern!r} is missing:\n{told}"
        for pattern in turn.get("not", ()):
            assert not re.search(pattern, shown, re.MULTILINE), f"{pattern!r} is there:\n{told}"
        if "buttons" in turn:
            assert sorted(messages[-1].buttons) == sorted(turn["buttons"]), told
    bot.as_it_was()
