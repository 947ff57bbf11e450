"""The one place where a message becomes a request.

A request for reading may be completed from the conversation: by the answer to a question that was asked, or by a
follow-up ("and prod?") that changes a value of the request before. A request that changes something never is.
"""

from __future__ import annotations

from actions.request.access import access_request
from actions.request.alerts import ALERTS, alerts_request, runbook_request, wants_remedy
from actions.request.changes import CHANGES, changes_request
from actions.request.docs import DOCS, docs_request
from actions.request.going_on import candidates, goes_on
from actions.request.history import HISTORY, history_request
from actions.request.logs import LOGS, is_about_deployment, log_request, wants_running
from actions.request.metrics import METRICS, metrics_request
from actions.request.on_call import ON_CALL, on_call_request
from actions.request.owners import OWNERS, owners_request
from actions.request.people import with_people
from actions.request.phrases import asked_about_rerun
from actions.request.pipelines import PIPELINES, pipeline_request
from actions.request.said import (
    CHANGE,
    FOLLOWED,
    QUESTION,
    RERUN,
    SUBJECT,
    Missing,
    Said,
    Values,
    complete,
    continued,
    said,
)
from actions.request.status import STATUS, status_request

__all__ = [
    "ALERTS",
    "CHANGE",
    "CHANGES",
    "DOCS",
    "FOLLOWED",
    "HISTORY",
    "LOGS",
    "METRICS",
    "ON_CALL",
    "OWNERS",
    "PIPELINES",
    "QUESTION",
    "RERUN",
    "STATUS",
    "SUBJECT",
    "Missing",
    "Said",
    "Values",
    "access_request",
    "alerts_request",
    "asked_about_rerun",
    "candidates",
    "changes_request",
    "complete",
    "continued",
    "docs_request",
    "goes_on",
    "history_request",
    "is_about_deployment",
    "log_request",
    "metrics_request",
    "on_call_request",
    "owners_request",
    "pipeline_request",
    "runbook_request",
    "said",
    "status_request",
    "wants_remedy",
    "wants_running",
    "with_people",
]
