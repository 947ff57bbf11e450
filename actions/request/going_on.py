"""Which answer a message goes on with, when its words alone say too little."""

from __future__ import annotations

import re
from collections.abc import Iterator

from actions.request.audit import asks_record, asks_what_was_done, names_request
from actions.request.deployments import what_if
from actions.request.docs import narrows, wants_more
from actions.request.phrases import meant_action, question_answered
from actions.request.pipelines import wants_recurrence
from actions.request.plain_words import plainly
from actions.request.said import Said, continued
from actions.request.status import asks_progress
from actions.request.steps import next_step
from assistant.language.follow_up import ellipsis
from assistant.language.question import asks_to_see

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
    "mine": {"pipelines": "pipelines", "logs": "pipelines"},
    "kind": {"pipelines": "pipelines", "logs": "logs"},
    "merger": {"history": "history"},
    "migrations": {"changes": "changes", "history": "changes"},
    "people": {"history": "history"},
    "content": {"history": "changes"},
}

_WHERE_IS_IT = re.compile(
    r"\W*(?:(?:and|so|ok|but)\W+)*where (?:does|is) (?:it|that|this) (?:run|running|deployed|live)\W*", re.IGNORECASE
)
_IS_IT_IN = re.compile(
    r"\W*(?:(?:and|so|ok)\W+)*(?:is|was) (?:it|that|this) (?:already |also )?(?:in|on)\b", re.IGNORECASE
)


def candidates(message: Said, unclear: bool) -> Iterator[str]:
    """The capabilities and actions, likeliest first, that a message may be meant for whatever its words alone say.

    Args:
        unclear: whether the words were not understood as a question of their own.
    """
    if action := question_answered(message):
        yield action
    if _asks_log(message) and not _goes_on_with_change(message):
        yield "audit"
        if names_request(message.text):
            yield "action_progress"
    if (action := meant_action(message)) and not _goes_on_with_change(message):
        yield action
    if capability := goes_on(message, unclear):
        yield capability


def _asks_log(message: Said) -> bool:
    """Whether the audit log tells what is asked, which whoever may not read it learns elsewhere, or not at all."""
    orders = message.intent in ("approve_request", "reject_request", "cancel_run")
    told = asks_record(message.text) or asks_what_was_done(message)
    return told and (asks_to_see(message.text) or not orders)


def goes_on(message: Said, unclear: bool) -> str | None:
    """The capability that answers words which mean something only after the answer before, or whose plain words
    outweigh the model; None for all others.

    Args:
        unclear: whether the words were not understood as a question of their own; then "more" or "flaky?" suffice.
    """
    if capability := _goes_on_with_change(message):
        return capability
    if (capability := plainly(message, unclear)) is not None:
        return capability
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


def _goes_on_with_change(message: Said) -> str | None:
    """Whether the message answers, corrects, confirms, drops or asks about a change."""
    # A yes that says to what needs no question before it: it was clicked, perhaps in another conversation.
    clicked = message.intent == "affirm" and bool(message.values.get("shown"))
    return "deployments" if next_step(message) is not None or what_if(message) or clicked else None
