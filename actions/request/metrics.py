"""Which metrics a message asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timezone

from actions.request.said import Missing, Said, Values, handed_over, settled, zone_of
from assistant.contracts.metrics import MetricsRequest
from assistant.contracts.platform import Person
from assistant.language import moments
from assistant.language.follow_up import pointed_at
from assistant.language.ranking import ranking
from assistant.language.values import normalise

METRICS = ("service", "environment", "team", "metric", "time")
"""What a question about metrics is made of; times are read from the text."""
_OF_SHARES = ("latency", "response time")
_EVERY = re.compile(
    r"\b(?:(?:all|every|each|any)(?: of)?(?: the| our)? (?:services?|apps?)|everything|everywhere"
    r"|(?:which|what) (?:of the )?(?:services?|apps?))\b",
    re.IGNORECASE,
)


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
    ranked = ranking(message.text)
    if ranked and not values.get("metric"):
        values["metric"] = [ranked.metric] if ranked.metric else []
    everywhere = bool(ranked) or _EVERY.search(message.text) is not None
    if not everywhere and not any(values.get(kind) for kind in places):
        values = {**handed_over(message, places), **values}
    lost = "service" in pointed_at(message.text) and not values.get("service")
    if lost or (not everywhere and not any(values.get(kind) for kind in places)):
        raise Missing("service", "Which service shall I look at?")
    named = {kind: tuple(values.get(kind, ())) for kind in METRICS}
    words = tuple(normalise("metric", word) for word in named["metric"])
    if ranked:
        words = tuple("p95" if word in _OF_SHARES else word for word in words)  # one number is what can be compared
    when = when or next((moments.interval(said, now, zone) for said in named["time"]), None)
    order = ranked.order if ranked and words else None
    return MetricsRequest(named["service"], named["environment"], words, named["team"], when, order), values
