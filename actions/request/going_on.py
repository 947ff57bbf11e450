"""Which answer a message goes on with, when its words alone say too little."""

from __future__ import annotations

import re
from collections.abc import Iterator

from actions.request.deployments import BARE, next_step, what_if
from actions.request.docs import wants_more
from actions.request.phrases import meant_action
from actions.request.pipelines import wants_recurrence
from actions.request.said import Said, about, continued
from assistant.language.follow_up import ellipsis
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
    "reason": {"access": "access"},
    "kind": {"pipelines": "pipelines", "logs": "logs"},
    "merger": {"history": "history"},
    "migrations": {"changes": "changes", "history": "changes"},
    "people": {"history": "history"},
}

_DEPLOYMENTS = re.compile(r"\b(?:deployments|deploys|releases|rollouts)\b", re.IGNORECASE)

# As a question of its own it is a greeting; after an answer it asks for that again.
_HOW_GOES = re.compile(
    r"\W*(?:(?:so|and|ok|okay|hey)\W+)*how(?:'?s|’s| is| are) (?:it|that|this)"
    r" (?:going|doing|looking|coming along)\W*",
    re.IGNORECASE,
)

_IS_IT_IN = re.compile(
    r"\W*(?:(?:and|so|ok)\W+)*(?:is|was) (?:it|that|this) (?:already |also )?(?:in|on)\b", re.IGNORECASE
)


def candidates(message: Said, unclear: bool) -> Iterator[str]:
    """The capabilities and actions, likeliest first, that a message may be meant for whatever its words alone say.

    Args:
        unclear: whether the words were not understood as a question of their own.
    """
    if (action := meant_action(message)) and not _goes_on_with_change(message):
        yield action
    if capability := goes_on(message, unclear):
        yield capability


def goes_on(message: Said, unclear: bool) -> str | None:
    """The capability that answers words which mean something only after the answer before; None for all others.

    Deployments at a time are the past, however short it is said ("production deployments 2026-11-19").

    Args:
        unclear: whether the words were not understood as a question of their own; then "more" or "flaky?" suffice.
    """
    if capability := _goes_on_with_change(message):
        return capability
    timed = any(one.kind == "time" for one in message.mentions)
    if (unclear or message.intent == "ask_status") and timed and _DEPLOYMENTS.search(message.text):
        return "history"
    if message.subject and _HOW_GOES.fullmatch(message.text):
        return "status"
    if message.values.get("environment") and _IS_IT_IN.match(message.text):
        return "status"
    kind = ellipsis(message.text)
    if kind == "kind" and message.question is None:
        return None
    answering = _ANSWERS[kind].get(continued(message) or "") if kind else None
    if answering or not unclear:
        return answering
    if wants_more(message):
        return "docs"
    return "pipelines" if wants_recurrence(message) else None


def _goes_on_with_change(message: Said) -> str | None:
    """What is being asked for, or held, that the message answers or corrects."""
    # A yes that says to what needs no question before it: it was clicked, perhaps in another conversation.
    clicked = message.intent == "affirm" and bool(message.values.get("shown"))
    if next_step(message) is not None or what_if(message) or clicked:
        return "deployments"
    if (about(message.question, "locks") or {}).get("asks") and _may_be_a_reason(message):
        return "locks"
    return None


def _may_be_a_reason(message: Said) -> bool:
    """Whether words that answer "what for?" can stand as they are: anything but a question, a no or another wish."""
    if message.intent in ("deny", "stop", "affirm", "greet", "ask_help", "lock_environment"):
        return False
    return not is_question(message.text) and (message.intent in BARE or not message.values)
