"""Where one message may be two questions: "how's staging, and who owns search?"."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 240
"""Characters of a message that is looked at: who writes more tells a story, and its sentences belong together."""

_LEAD = r"(?:(?:hey|hi|hello|morning|good morning|so|ok|okay|please|pls|and|also|then|oh|btw|by the way|plus)\W+)*"
_ASKS = (
    r"(?:(?:can|could|would) you (?:please )?(?:tell|show|give|check|find)\b"
    r"|(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|did|does|do|has|have|can|could|may|any)\b"
    r"|(?:who|what|where|how|when)(?:'s|’s|s)\b"
    r"|(?:show|list|tell|give|find|check|deploy|ship|release|promote|roll ?back|rerun|re-run|retry|cancel|lock|unlock"
    r"|approve|silence|mute)\b)"
)
_HEAD = re.compile(_LEAD + _ASKS, re.IGNORECASE)
_JOINT = re.compile(
    rf"\s*[?!.;]+\s+(?={_LEAD}{_ASKS})|(?:\s*,)?\s+(?:and also|and then|and|also|plus)\s+(?={_ASKS})"
    rf"|\s*,\s+(?={_ASKS})",
    re.IGNORECASE,
)
# "What changed between staging and what is in prod": the "and" is inside of one question.
_NOT_OVER = re.compile(r"\b(?:between|compare[ds]?|comparing|diff(?:erence)?|vs|versus|both|either)\b", re.IGNORECASE)
_FEWEST_WORDS = 2


def halves(text: str) -> Iterator[tuple[str, str]]:
    """The ways to read a message as two requests, each beginning as one; which of them is right, its words cannot tell.

    The second half may be several again.
    """
    if len(text) > LONGEST or not _HEAD.match(text):
        return
    for joint in _JOINT.finditer(text):
        first, second = text[: joint.start()].strip(), text[joint.end() :].strip()
        if min(len(first.split()), len(second.split())) >= _FEWEST_WORDS and not _NOT_OVER.search(first):
            yield first, second
