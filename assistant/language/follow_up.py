"""Whether a message only carries new values for the question before: "and prod?", "no, i meant payments"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.language.mention import Mention

_WORDS = frozenset(
    "a also and about for how i in it just mean meant no nope not now of ok okay on one ones or please pls rather same sorry "
    "so then that the this too u wait well what what's whats whatabout yeah yes you what'about instead env environment service there".split()
)
_WORD = re.compile(r"[\w']+")


def is_follow_up(text: str, mentions: Iterable[Mention]) -> bool:
    """True when ``text`` names something and, beside that, has nothing but function words.

    Args:
        text: the message.
        mentions: what it names.
    """
    rest, end = [], 0
    found = sorted(mentions, key=lambda mention: mention.start)
    for mention in found:
        rest.append(text[end : mention.start])
        end = mention.end
    rest.append(text[end:])
    return bool(found) and all(word in _WORDS for word in _WORD.findall(" ".join(rest).lower().replace("’", "'")))
