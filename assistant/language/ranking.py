"""Questions for the first of many: "which service has the highest latency?", "the busiest service in prod"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOST = r"highest|higher|most|more|worst|worse|max(?:imum)?|biggest|largest|greatest|top(?: \d+)?"
_LEAST = r"lowest|lower|least|fewer|best|better|min(?:imum)?|smallest"
_OF_A_METRIC = {
    "latency": ("slowest|slower", "fastest|faster|quicker|quickest"),
    "traffic": ("busiest|busier|most used|most loaded", "quietest|quieter|least used"),
    "error rate": ("most error[- ]prone|flakiest|most unstable", "most stable|most reliable"),
}
_SERVICE = re.compile(r"\b(?:services?|apps?|one|ones|who|which|of (?:them|all))\b", re.IGNORECASE)


@dataclass(frozen=True)
class Ranking:
    """``order`` is ``highest`` or ``lowest``; ``metric`` is the one that the word itself means ("slowest")."""

    order: str
    metric: str | None = None


def ranking(text: str) -> Ranking | None:
    """What a message wants compared, None when it asks for no first."""
    if not _SERVICE.search(text):
        return None
    for metric, (high, low) in _OF_A_METRIC.items():
        for order, words in (("highest", high), ("lowest", low)):
            if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE):
                return Ranking(order, metric)
    if re.search(rf"\b(?:{_MOST})\b", text, re.IGNORECASE):
        return Ranking("highest")
    return Ranking("lowest") if re.search(rf"\b(?:{_LEAST})\b", text, re.IGNORECASE) else None
