"""From what the model reads in a message to the intent it parses as: rejected, unclear between two, or understood."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME

from assistant.language import negation
from extensions.components.intent_model import Reading, Thresholds

THRESHOLD = 0.5  # IntentModel maps the least score in scope to this
LEAST_LEAD = 0.1  # of the first intent over the second

Entry = dict[str, Any]


def rank(text: str, reading: Reading, thresholds: Thresholds, outside: str, changing: Collection[str]) -> list[Entry]:
    """The intents as Rasa ranks them; the first is what the message parses as.

    A message out of scope parses as ``outside``. One that lies between two, or that would change something without the
    certainty this needs, parses as ``nlu_fallback`` with both next in the ranking. A negated or hypothetical request
    and a quoted log never parse as one of ``changing``.
    """
    ranked = list(reading.ranking)
    if negation.withholds(text):
        ranked = _without(changing, ranked)
    entries = [_entry(name, chance * reading.in_scope) for name, chance in ranked]
    rejected = _entry(outside, 1 - reading.in_scope)
    if reading.in_scope < THRESHOLD:
        return [rejected, *entries]
    if _unclear(ranked, thresholds.certain, changing):
        return [_entry(DEFAULT_NLU_FALLBACK_INTENT_NAME, entries[0]["confidence"]), *entries, rejected]
    return [*entries, rejected]


def _without(changing: Collection[str], ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The ranking as if nothing could be changed; what would change something stands last."""
    rest = sum(chance for name, chance in ranked if name not in changing) or 1.0
    others = [(name, chance / rest) for name, chance in ranked if name not in changing]
    return [*others, *((name, 0.0) for name, _ in ranked if name in changing)]


def _unclear(ranked: list[tuple[str, float]], certain: float, changing: Collection[str]) -> bool:
    (first, chance), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    return chance - second < LEAST_LEAD or (first in changing and chance < certain)


def _entry(name: str, confidence: float) -> Entry:
    return {"name": name, "confidence": confidence}
