"""Which metrics a message asks for."""

from __future__ import annotations

from actions.request.said import Missing, Said, Values, handed_over, settled
from assistant.contracts.metrics import MetricsRequest
from assistant.language.values import normalise

METRICS = ("service", "environment", "team", "metric")
"""The entities that a question about metrics is made of."""


def metrics_request(message: Said) -> tuple[MetricsRequest, Values]:
    """Which metrics of what are meant, and the values for the conversation.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: neither the message nor the conversation names a place.
    """
    values = settled(message, "metrics", METRICS)
    places = ("service", "environment", "team")
    if not any(values.get(kind) for kind in places):
        values = {**handed_over(message, places), **values}
    if not any(values.get(kind) for kind in places):
        raise Missing("service", "Which service shall I look at?")
    named = {kind: tuple(values.get(kind, ())) for kind in METRICS}
    words = tuple(normalise("metric", word) for word in named["metric"])
    return MetricsRequest(named["service"], named["environment"], words, named["team"]), values
