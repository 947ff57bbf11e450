"""Which builds a message asks for."""

from __future__ import annotations

import re

from actions.request.said import POINTING, Missing, Said, about, complete, only, require_known, spoken_of
from assistant.contracts.pipelines import PipelineRequest

PIPELINES = ("service", "team", "version", "run")
"""The entities that a question about builds is made of; a version may be a branch or a commit."""

_RECURRENCE = re.compile(r"\bflak|\breal\b|\bhow often\b|\bevery time\b|\bintermittent|\bknown to fail", re.IGNORECASE)

_SEVERAL = re.compile(
    r"\b(?:builds|pipelines|repos|services|anything|everything|all|any|every|what'?s)\b", re.IGNORECASE
)


def pipeline_request(message: Said) -> PipelineRequest:
    """Which builds are asked for; without any name, those that the conversation is about, else all of them.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: it asks how often a step fails, and nothing says of which service.
    """
    require_known(message, PIPELINES)
    values, recurs = complete(message, "pipelines", PIPELINES), bool(_RECURRENCE.search(message.text))
    mine = any(message.values.get(kind) for kind in PIPELINES)
    if mine and not message.values.get("run") and not about(message.question, "pipelines"):
        values.pop("run", None)  # it was a run of what was spoken of before
    elif not mine and (recurs or not _SEVERAL.search(message.text)):
        values = {kind: names for kind, names in spoken_of(message, "pipelines", "logs").items() if kind in PIPELINES}
        if recurs or not POINTING.search(message.text):
            values.pop("run", None)
    if recurs and not values.get("service"):
        raise Missing("service", "Of which service? I then count how often the step that failed fails.")
    ref, run = only("version", values), only("run", values)
    return PipelineRequest(tuple(values.get("service", ())), tuple(values.get("team", ())), ref, run, recurs)


def wants_recurrence(message: Said) -> bool:
    """Whether a message asks, after an answer about builds, how often that happens ("flaky or real?")."""
    of_builds = message.subject is not None and message.subject["capability"] in ("pipelines", "logs")
    return of_builds and _RECURRENCE.search(message.text) is not None
