"""Which metrics a message asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from actions.request.said import Missing, Said, Values, handed_over, settled, zone_of
from assistant.contracts.metrics import MetricsRequest
from assistant.contracts.platform import Person
from assistant.language import moments
from assistant.language.values import normalise

METRICS = ("service", "environment", "team", "metric", "time")
"""What a question about metrics is made of; times are read from the text."""


def metrics_request(message: Said, speaker: Person | None) -> tuple[MetricsRequest, Values]:
    """Which metrics of what are meant, and the values for the conversation.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: neither the message nor the conversation names a place.
        Invalid: a time that is none or lies in the future.
    """
    now, zone = datetime.now(timezone.utc), zone_of(speaker)
    when = moments.spoken(message.text, now, zone)
    read = {**message.values, "time": [when.words] if when else []}
    values = settled(replace(message, values=read), "metrics", METRICS)
    places = ("service", "environment", "team")
    if not any(values.get(kind) for kind in places):
        values = {**handed_over(message, places), **values}
    if not any(values.get(kind) for kind in places):
        raise Missing("service", "Which service shall I look at?")
    named = {kind: tuple(values.get(kind, ())) for kind in METRICS}
    words = tuple(normalise("metric", word) for word in named["metric"])
    when = when or next((moments.interval(said, now, zone) for said in named["time"]), None)
    return MetricsRequest(named["service"], named["environment"], words, named["team"], when), values
