"""Which builds a message asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.request.entities import kind_of_run
from actions.request.said import (
    Missing,
    Said,
    Values,
    about,
    complete,
    handed_over,
    only,
    require_known,
    spoken_of,
)
from assistant.contracts.errors import Invalid
from assistant.contracts.pipelines import PipelineRequest
from assistant.contracts.platform import Person
from assistant.language import everyday
from assistant.language.follow_up import ellipsis, points_back

PIPELINES = ("service", "team", "version", "run")
"""The entities that a question about builds is made of; a version may be a branch or a commit."""

_RECURRENCE = re.compile(r"\bflak|\breal\b|\bhow often\b|\bevery time\b|\bintermittent|\bknown to fail", re.IGNORECASE)

_FAILED = re.compile(r"\b(?:fail\w*|red|broke\w*|br[eo]ak\w*|crash\w*|abort\w*|wrong)\b", re.IGNORECASE)
_BUILDING = re.compile(r"\b(?:builds?|pipelines?|ci|jobs?|tests?|branch\w*|commits?)\b", re.IGNORECASE)

_PART = re.compile(
    r"\b(?P<name>[a-z0-9][\w.-]*)(?:[ -](?:jobs?|steps?|stages?|tests?|checks?))+\b"
    r"|\b(?P<kind>lint(?:er|ing)?|e2e|end[- ]to[- ]end|type ?check\w*|formatter)\b",
    re.IGNORECASE,
)
_NO_PART = everyday.words(
    """
    a about again all an and any are been build builds can ci could deploy deployment did do does each every fail failed
    failing first flaky for from green had has have her his how if in is it its last latest like main many more most my
    newest next no of on one only or other our passing per pipeline red rerun run running runs same single some slow
    slowest that the their these this those to was were what when which whose why with your
    """
)

_OWN_RUN = re.compile(r"\b(?:builds?|commits?|runs?|push(?:es)?|pull requests?|prs?|pipelines?)\b", re.IGNORECASE)
_REPEATS = re.compile(
    r"\W*(?:(?:please|pls|sorry|can you|could you|would you)\W+)*(?:repeat|say)\b"
    r"(?:\W+(?:it|that|this|the|last|answer|again|once more|please|pls|for me))*\W*",
    re.IGNORECASE,
)
_MY_RUN = re.compile(
    r"\bmy (?:last |latest |newest )?(?:build|commit|run|push|pull request|pr|pipeline)\b", re.IGNORECASE
)
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
    if ellipsis(message.text) == "mine":
        return PipelineRequest()  # whose it is says all
    recurs = bool(_RECURRENCE.search(message.text))
    values = _values(message, recurs)
    if recurs and not values.get("service"):
        raise Missing("service", "Of which service? I then count how often the step that failed fails.")
    red = ellipsis(message.text) in ("failed", "culprit")
    ref, run = only("version", values), None if red else named_run(message, values)
    deployed = run is None and asks_deployment(message)
    return PipelineRequest(
        services=tuple(values.get("service", ())),
        teams=tuple(values.get("team", ())),
        ref=ref,
        run=run,
        recurrence=recurs,
        red=red,
        deployment=deployed,
        environment=only("environment", message.values) if deployed else None,
        failed=deployed and bool(_FAILED.search(message.text)),
        part="" if deployed else _part(message),
    )


def _values(message: Said, recurs: bool) -> Values:
    """What the message names, and what carries over from the answer before."""
    values = complete(message, "pipelines", PIPELINES)
    mine = any(message.values.get(kind) for kind in PIPELINES)
    if mine and not message.values.get("run") and not about(message.question, "pipelines"):
        values.pop("run", None)  # it was a run of what was spoken of before
    elif message.follow_up and not mine and about(message.question, "pipelines"):
        pass  # it answers the question that is open
    elif not mine and (recurs or not _SEVERAL.search(message.text)):
        values = {kind: names for kind, names in spoken_of(message, "pipelines", "logs").items() if kind in PIPELINES}
        if recurs or not points_back(message.text):
            values.pop("run", None)
    if (message.follow_up or message.intent == "inform") and values.get("run") and not values.get("service"):
        values = {**handed_over(message, ("service",)), **values}  # "I meant run 17", whatever was spoken of
    return values


def _part(message: Said) -> str:
    """The job or step that is asked for by name ("the lint job", "e2e tests"), "" for none."""
    names = (match["name"] or match["kind"] for match in _PART.finditer(message.bare))
    return next((name for name in names if name.lower() not in _NO_PART), "")


def asks_deployment(message: Said) -> bool:
    """Whether it is asked how a deployment went: by the word, or because only deployments have an environment."""
    placed = bool(message.values.get("environment")) and not _BUILDING.search(message.text)
    return placed or deployment_meant(message)


def asks_place(message: Said) -> bool:
    """Whether "why is production red?" asks for a whole environment: no service, and nothing of builds or runs."""
    named = any(message.values.get(kind) for kind in PIPELINES)
    return asks_deployment(message) and not named and not deployment_meant(message)


def whose(message: Said, people: Sequence[str], speaker: Person | None) -> str | None:
    """Whose newest run is asked for: "did my build pass?", "did ana's commit build?"; None for anybody's.

    Raises Invalid when it is the speaker's, who is not in the catalogue.
    """
    if ellipsis(message.text) == "mine":
        return _myself(speaker)
    if any(message.values.get(kind) for kind in ("service", "version", "run")) or ellipsis(message.text):
        return None
    if people and _OWN_RUN.search(message.text):
        return people[0] if len(people) == 1 else None
    return _myself(speaker) if _MY_RUN.search(message.text) else None


def _myself(speaker: Person | None) -> str:
    if speaker is None:
        raise Invalid("I don't know who you are in the catalogue, so please name the person or the service.")
    return speaker.name


def named_run(message: Said, values: Values) -> str | None:
    """The run that is meant, as people name it: "build 17" and "deployment 17" where the words say which of them.

    Raises Ambiguous when there are several.
    """
    run = only("run", values)
    answers = ellipsis(message.text) == "kind"  # the answer to "build 17 or deployment 17?"
    return run if run is None else kind_of_run(run, message.text, bare=answers)


def wants_recurrence(message: Said) -> bool:
    """Whether a message asks, after an answer about builds, how often that happens ("flaky or real?")."""
    of_builds = message.subject is not None and message.subject["capability"] in ("pipelines", "logs")
    return of_builds and _RECURRENCE.search(message.text) is not None


def deployment_meant(message: Said) -> bool:
    """Whether a run that deploys is to be run again ("rerun this morning's prod deploy")."""
    return re.search(r"\b(?:deploy|release|rollout|rollback)", message.text, re.IGNORECASE) is not None


def says_which(message: Said, shown: str) -> bool:
    """Whether the words name a build, or point at the one that the last answer was about; nothing is run again on a
    mere "retry", nor on an "it" that is something else.

    Args:
        shown: the title of the last answer; "" where there was none.
    """
    if message.values.get("service") or message.values.get("run"):
        return True
    values = about(message.subject, "pipelines") or about(message.subject, "logs") or {}
    services = values.get("service", ())
    of_one = len(services) == 1 and bool(values.get("run")) and services[0] in shown
    return of_one and points_back(message.text)


def asks_to_repeat(text: str) -> bool:
    """Whether it is the last answer that is to be told once more, and nothing is to be run: "repeat that"."""
    return _REPEATS.fullmatch(text) is not None
