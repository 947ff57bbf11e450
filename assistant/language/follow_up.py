"""Whether a message only brings new values for the question before it: "and prod?", "the qa one"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.language import everyday
from assistant.language.mention import Mention

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_FUNCTION_WORDS = everyday.words(
    """
    a about actually again all also an and any as at but by either else environment env environments envs for from
    hm hmm how how's hows i i'd i'll i'm im in instead into is it's its just maybe mean meaning meant more no nope
    not now of oh ok okay on once one ones only or other perhaps please pls plz rather running right same see
    service services show so sorry team than that that's the them then there they this those though to too uh um
    us version vs want was we well were what what's whats with yeah yep yes you
    """
)


def is_follow_up(text: str, mentions: Sequence[Mention]) -> bool:
    """True when ``text`` names something and says nothing else than function words: no verb, no subject of its own.

    Args:
        mentions: what the message names, as :func:`assistant.language.reading.mentions` gives it.
    """
    if not mentions:
        return False
    rest, at = [], 0
    for mention in sorted(mentions, key=lambda one: one.start):
        rest.append(text[at : mention.start])
        at = mention.end
    words = _WORD.findall(" ".join([*rest, text[at:]]).replace("’", "'").lower())
    return all(word in _FUNCTION_WORDS or word == "s" for word in words)
