"""Which answer a message goes on with, when its words alone say too little."""

from __future__ import annotations

import re

from actions.request.access import asks_who_may
from actions.request.alerts import asks_runbook
from actions.request.audit import is_of_record
from actions.request.deployments import BARE, next_step, what_if
from actions.request.docs import narrows, wants_more
from actions.request.pipelines import deployment_meant, wants_recurrence
from actions.request.said import Said, about, continued
from actions.request.status import asks_cause, asks_progress
from assistant.language.follow_up import ellipsis, points_back
from assistant.language.question import is_question

# What is asked for → the capability of the answer before → the one that answers now.
_ANSWERS = {
    "earlier": {"history": "history"},
    "failed": {"history": "history", "pipelines": "pipelines"},
    "everything": {"history": "history", "pipelines": "pipelines"},
    "culprit": {"history": "history", "pipelines": "pipelines", "logs": "pipelines"},
    "authors": {"changes": "changes", "history": "changes", "pipelines": "pipelines"},
    "silence": {"alerts": "alerts", "on_call": "on_call"},
    "remedy": {"alerts": "alerts"},
    "reason": {"access": "access", "status": "status", "pipelines": "pipelines", "logs": "pipelines"},
    "since": {"status": "status", "alerts": "alerts", "pipelines": "pipelines", "history": "history"},
    "doer": {"status": "history", "history": "history", "pipelines": "pipelines", "logs": "pipelines"},
    "kind": {"pipelines": "pipelines", "logs": "logs"},
    "merger": {"history": "history"},
    "migrations": {"changes": "changes", "history": "changes"},
    "people": {"history": "history"},
    "content": {"history": "changes"},
}

# Intents that "who can deploy to prod?" is taken for.
_OF_RIGHTS = ("ask_locks", "ask_approvals", "ask_permissions", "ask_owner", "ask_audit", "nlu_fallback", "out_of_scope")

_OF_RUNBOOKS = ("ask_metric", "ask_status", "list_alerts", "nlu_fallback", "out_of_scope")

_OF_FAILURES = ("ask_status", "ask_history", "nlu_fallback", "out_of_scope")
_WHY = re.compile(r"\b(?:why|how come|reason|what went wrong|what(?:'s|’s|s| is| was) wrong)\b", re.IGNORECASE)
_FAILED = re.compile(r"\b(?:fail\w*|broke|broken|crash\w*|abort\w*|stuck|wrong)\b", re.IGNORECASE)
_WHERE = re.compile(
    r"\b(?:which|what) (?:env\w*|stages?|places?)\b|\bwhere (?:is|are|does|do)\b"
    r"|\brecord(?:s|ed)?\b.*\brun|\brun\w*\b.*\brecord",
    re.IGNORECASE,
)
_WHO_AM_I = re.compile(r"\W*(?:(?:and|so|hey)\W+)*who am i\W*", re.IGNORECASE)
_WAITS = re.compile(
    r"\b(?:which|what|any|are there|list|show)\b.{0,20}\b(?:deploy\w*|releases?|rollouts?)\b.*\bwait", re.I
)
_BROKEN_BY = re.compile(
    r"\b(?:commit|change|merge|pr|pull request)\b.{0,20}\b(?:broke|breaks?|broken)\b", re.IGNORECASE
)
_CHANGED = re.compile(
    r"\bwhat(?:'s|’s|s| is| has| have| all)? (?:been )?(?:changed|new|changing)\b|\bchanges? (?:in|on|to)\b"
    r"|\b(?:did|has|anything|something|everything) .{0,12}\b(?:changed?|new)\b",
    re.IGNORECASE,
)

_DEPLOYMENTS = re.compile(r"\b(?:deployments|deploys|releases|rollouts)\b", re.IGNORECASE)

_WHERE_IS_IT = re.compile(
    r"\W*(?:(?:and|so|ok|but)\W+)*where (?:does|is) (?:it|that|this) (?:run|running|deployed|live)\W*", re.IGNORECASE
)
_IS_IT_IN = re.compile(
    r"\W*(?:(?:and|so|ok)\W+)*(?:is|was) (?:it|that|this) (?:already |also )?(?:in|on)\b", re.IGNORECASE
)


def goes_on(message: Said, unclear: bool) -> str | None:
    """The capability that answers words which mean something only after the answer before; None for all others.

    Deployments at a time are the past, however short it is said ("production deployments 2026-11-19").

    Args:
        unclear: whether the words were not understood as a question of their own; then "more" or "flaky?" suffice.
    """
    if next_step(message) is not None or what_if(message):
        return "deployments"
    if (about(message.question, "locks") or {}).get("asks") and _may_be_a_reason(message):
        return "locks"
    if (message.values.get("service") and _BROKEN_BY.search(message.text)) or _is_failed_deployment(message):
        return "pipelines"
    if asks_cause(message):
        return "status"
    if message.intent == "ask_audit" and not is_of_record(message.text):
        return "history"
    if _WHO_AM_I.fullmatch(message.text):
        return "access"
    if message.intent == "greet" and (message.values.get("environment") or message.values.get("service")):
        return "status"  # "morning, how's prod?"
    if message.intent in _OF_RIGHTS and asks_who_may(message.text):
        return "access"
    if message.intent == "ask_approvals" and _WAITS.search(message.text):
        return "status"  # also what waits where it was started, of which no request of ours knows
    if message.intent == "ask_changes" and _WHERE.search(message.text):
        return "status"
    if message.intent == "ask_changes" and _is_of_one_place(message):
        return "history"
    if message.intent in _OF_RUNBOOKS and asks_runbook(message.text):
        return "alerts"
    timed = any(one.kind == "time" for one in message.mentions)
    if (unclear or message.intent == "ask_status") and timed and _DEPLOYMENTS.search(message.text):
        return "history"
    if message.subject and asks_progress(message):
        return "pipelines" if message.subject["capability"] in ("pipelines", "logs") else "status"
    if message.values.get("environment") and _IS_IT_IN.match(message.text):
        return "status"
    if message.subject and _WHERE_IS_IT.fullmatch(message.text):
        return "status"
    kind = ellipsis(message.text)
    if kind == "kind" and message.question is None:
        return None
    answering = _ANSWERS[kind].get(continued(message) or "") if kind else None
    if answering or not unclear:
        return answering
    if wants_more(message) or narrows(message):
        return "docs"
    return "pipelines" if wants_recurrence(message) else None


def _is_of_one_place(message: Said) -> bool:
    """ "What changed in production today?": of a single environment that is what was deployed to it."""
    named = message.values
    others = any(named.get(kind) for kind in ("service", "version", "team")) or bool(message.unresolved)
    alone = len(named.get("environment", ())) == 1 and not others and not points_back(message.text)
    return alone and _CHANGED.search(message.text) is not None


def _is_failed_deployment(message: Said) -> bool:
    """ "Why did the checkout deploy to qa fail?": not how it stands there, but what that run says."""
    placed = bool(message.values.get("service") or message.values.get("environment"))
    asks = _WHY.search(message.text) and _FAILED.search(message.text) and deployment_meant(message)
    return message.intent in _OF_FAILURES and placed and bool(asks)


def _may_be_a_reason(message: Said) -> bool:
    """Whether words that answer "what for?" can stand as they are: anything but a question, a no or another wish."""
    if message.intent in ("deny", "stop", "affirm", "greet", "ask_help", "lock_environment"):
        return False
    return not is_question(message.text) and (message.intent in BARE or not message.values)
