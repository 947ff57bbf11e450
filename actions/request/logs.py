"""Whose log a message asks for."""

from __future__ import annotations

import re

from actions.request.pipelines import named_run
from actions.request.said import Missing, Said, Values, about, complete, handed_over, only, require_known, spoken_of
from assistant.contracts.pipelines import LogRequest
from assistant.language.follow_up import points_back

LOGS = ("service", "environment", "run", "version")
"""The entities that a question for a log is made of."""

_DEPLOYING = re.compile(
    r"\b(?:re)?deploy\w*|\broll-?outs?\b|\broll(?:ed)?[ -]?backs?\b|\breleases?\b(?!/)", re.IGNORECASE
)

_FAILED = re.compile(
    r"\b(?:fail\w*|red|br[eo]ke\w*|crash\w*|abort\w*|error|stack ?trace|exception|wrong)\b", re.IGNORECASE
)

_RUNNING = re.compile(
    r"\b(?:pods?|containers?|application|app|runtime|access|stdout)(?:['’]s?)?[ -]logs?\b|\bkubectl\b"
    r"|\blogs?\b.{0,20}\b(?:pods?|containers?|running (?:service|instances?))\b",
    re.IGNORECASE,
)
_BUILDING = re.compile(r"\b(?:builds?|pipelines?|ci|jobs?|runs?|steps?)\b", re.IGNORECASE)


def log_request(message: Said) -> LogRequest:
    """Whose log is asked for.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: neither the message nor the conversation names a service or a run; what failed is
            looked for.
    """
    require_known(message, LOGS)
    values = complete(message, "logs", LOGS)
    mine = {kind: message.values[kind] for kind in LOGS if message.values.get(kind)}
    if not mine.get("service") and not mine.get("run"):
        place = {} if mine or points_back(message.text) else handed_over(message, ("service", "environment"))
        values = {**place, **spoken_of(message, "pipelines", "logs"), **values}
    if mine and not mine.get("run") and not about(message.question, "logs"):
        values.pop("run", None)
    service, run = only("service", values), named_run(message, values)
    failed = bool(_FAILED.search(message.text))
    environment = only("environment", values)
    if service is None and run is None and not failed:
        raise Missing("service", "Which service's log? The number of a run is fine too.")
    deployment = "deployment" in values or is_about_deployment(message)
    return LogRequest(service, run, only("version", values), environment, deployment, failed)


def wants_running(message: Said) -> Values | None:
    """The service and environment whose own output is asked for ("pod logs"), which no build or deployment wrote.

    None when the log of a build or a deployment may be meant.
    """
    text = message.text
    if not _RUNNING.search(text) or _BUILDING.search(text) or is_about_deployment(message):
        return None
    require_known(message, LOGS)
    return {**spoken_of(message, "logs", "status"), **complete(message, "logs", LOGS)}


def is_about_deployment(message: Said) -> bool:
    """Whether a message speaks of a deployment and not of a build."""
    return _DEPLOYING.search(message.text) is not None
