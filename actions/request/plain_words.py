"""Plain words that outweigh the model, where its intents lie close and a wrong one would tell something false."""

from __future__ import annotations

import re
from collections.abc import Callable

from actions.request.access import asks_of_documents, asks_who_am_i, asks_who_can, asks_who_may
from actions.request.alerts import asks_runbook
from actions.request.audit import is_of_record
from actions.request.changes import asks_pull_request
from actions.request.pipelines import deployment_meant
from actions.request.said import Said
from actions.request.status import asks_cause
from assistant.language.causes import asks_trouble_since
from assistant.language.follow_up import points_back
from assistant.language.question import is_question

# Intents that "who can deploy to prod?" is taken for.
_OF_RIGHTS = ("ask_locks", "ask_approvals", "ask_permissions", "ask_owner", "ask_audit", "nlu_fallback", "out_of_scope")

_OF_RUNBOOKS = ("ask_metric", "ask_status", "list_alerts", "nlu_fallback", "out_of_scope")

_OF_FAILURES = ("ask_status", "ask_history", "nlu_fallback", "out_of_scope")

_OF_STATE = ("ask_status", "ask_history", "ask_changes", "ask_pipeline", "inform", "find_runbook", "ask_docs")

_WHY = re.compile(r"\b(?:why|how come|reason|what went wrong|what(?:'s|’s|s| is| was) wrong)\b", re.IGNORECASE)

_FAILED = re.compile(r"\b(?:fail\w*|broke|broken|crash\w*|abort\w*|stuck|wrong)\b", re.IGNORECASE)

_WHERE = re.compile(
    r"\b(?:which|what) (?:env\w*|stages?|places?)\b|\bwhere (?:is|are|does|do)\b"
    r"|\brecord(?:s|ed)?\b.*\brun|\brun\w*\b.*\brecord",
    re.IGNORECASE,
)


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

_HOW_IS = re.compile(r"\W*(?:(?:and|so|hey|hi|ok)\W+)*how(?:'?s|’s| is| are) (?:the |our )?", re.IGNORECASE)

_DEPLOYMENTS = re.compile(r"\b(?:deployments|deploys|releases|rollouts)\b", re.IGNORECASE)


_WHEN_MAY = re.compile(
    r"\b(?:when|how (?:soon|early)) (?:can|may|could|will|are|am|do) (?:i|we|one|you|somebody)\b"
    r".{0,25}\b(?:deploy|ship|release|roll ?out|push)",
    re.IGNORECASE,
)


def plainly(message: Said, unclear: bool) -> str | None:
    """The capability, or action, that the plain words of a message ask for; None when the model is to decide.

    Args:
        unclear: whether the model saw no question in it.
    """
    if (unclear or message.intent == "ask_status") and _is_past(message):
        return "history"
    return next((capability for asks, capability in _ASKS if asks(message)), None)


def _is_broken_by(message: Said) -> bool:
    """ "Which commit broke checkout?" """
    return bool(message.values.get("service")) and _BROKEN_BY.search(message.text) is not None


def _is_greeted(message: Said) -> bool:
    """ "Morning, how's prod?" """
    return message.intent == "greet" and bool(message.values.get("environment") or message.values.get("service"))


def _waits_somewhere(message: Said) -> bool:
    """What waits for approval where it was started, too, of which no request of ours knows."""
    return message.intent == "ask_approvals" and _WAITS.search(message.text) is not None


def _is_past(message: Said) -> bool:
    """Deployments at a time, however short it is said ("production deployments 2026-11-19")."""
    timed = any(one.kind == "time" for one in message.mentions)
    return timed and _DEPLOYMENTS.search(message.text) is not None


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


def _is_trouble_since(message: Said) -> bool:
    """ "Since when is payments broken?": the model takes "broken" for a build, which nobody spoke of."""
    builds = any(message.values.get(kind) for kind in ("version", "run")) or deployment_meant(message)
    named = bool(message.values.get("service")) and not builds
    return (
        named and message.intent in ("ask_pipeline", "ask_metric", *_OF_FAILURES) and asks_trouble_since(message.text)
    )


def _is_how(message: Said) -> bool:
    """ "How's checkout in qa, no wait, i meant staging": a question that the model takes for nothing but names."""
    begins = _HOW_IS.match(message.text)
    return (
        message.intent == "inform"
        and begins is not None
        and any(one.start == begins.end() and one.kind in ("service", "environment") for one in message.mentions)
    )


def _is_pull_request(message: Said) -> bool:
    """ "Is PR 214 deployed?"; what is to be changed is never looked up instead."""
    asks = message.intent in (*_OF_STATE, *_OF_RIGHTS) and is_question(message.text)
    return asks and asks_pull_request(message.text)


_ASKS: tuple[tuple[Callable[[Said], object], str], ...] = (
    (_is_pull_request, "changes"),
    (lambda message: _is_broken_by(message) or _is_failed_deployment(message), "pipelines"),
    (lambda message: asks_cause(message) or _is_trouble_since(message), "status"),
    (lambda message: message.intent == "ask_audit" and not is_of_record(message.text), "history"),
    (lambda message: asks_who_am_i(message.text), "access"),
    (lambda message: message.subject and asks_who_can(message.text), "access"),
    (lambda message: _is_greeted(message) or _is_how(message), "status"),
    (lambda message: message.intent in _OF_RIGHTS and _WHEN_MAY.search(message.text), "action_locks"),
    (lambda message: message.intent in _OF_RIGHTS and asks_of_documents(message.text), "docs"),
    (lambda message: message.intent in _OF_RIGHTS and asks_who_may(message.text), "access"),
    (_waits_somewhere, "status"),
    (lambda message: message.intent == "ask_changes" and _WHERE.search(message.text), "status"),
    (lambda message: message.intent == "ask_changes" and _is_of_one_place(message), "history"),
    (lambda message: message.intent in _OF_RUNBOOKS and asks_runbook(message.text), "alerts"),
)
"""What is asked for, and who answers it; the first that fits."""
