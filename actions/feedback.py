"""What people say of an answer, in their own words."""

from __future__ import annotations

import re

from actions.base import AssistantAction, Reply, Turn
from assistant.contracts.card import Card
from assistant.operations.feedback import judge

_GOOD = re.compile(
    r"👍|\+1|:(?:thumbsup|100|tada|heart):|\b(?:[4-5] out of 5|(?:8|9|10)(?:/10| out of 10)|five stars)\b"
    r"|(?<!not )(?<!n't )(?<!n’t )\b(?:good|great|best|better|nice|helpful|helped|solved|well done|well explained|right"
    r"|correct|perfect|awesome|impressive|spot on|exactly|useful|works|love|like it)\b",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"👎|:thumbsdown:|\b(?:not|isn|wasn|doesn|didn|don|never|no|wrong|useless|bad|worse|worst|outdated|dead|missing|"
    r"too (?:long|much|slow)|ages|misunderstood|dumb|stupid|meh|makes no sense|but)\b",
    re.IGNORECASE,
)


class ActionFeedback(AssistantAction):
    """Answers ``give_feedback``."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_feedback"

    def answer(self, turn: Turn) -> Reply:
        """Keeps it with the question and the answer before."""
        text = turn.said.text
        good = bool(_GOOD.search(text)) and not _BAD.search(text)
        judge(turn.context, text, good, turn.before)
        if good:
            return Reply(Card("Thank you! I keep that."))
        return Reply(
            Card("Sorry about that. I keep what you said, with your question and my answer, for whoever trains me.")
        )
