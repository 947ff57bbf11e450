"""Every question that reads from a provider, from the operation to the text, without the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from assistant.contracts.alerts import AlertsRequest
from assistant.contracts.card import Card
from assistant.contracts.changes import ChangesRequest, End
from assistant.contracts.errors import AssistantError
from assistant.contracts.history import HistoryRequest
from assistant.contracts.metrics import MetricsRequest
from assistant.contracts.pipelines import LogRequest, PipelineRequest
from assistant.contracts.status import StatusRequest
from assistant.operations.alerts import alerts, runbook
from assistant.operations.changes import changes
from assistant.operations.context import Context
from assistant.operations.history import history
from assistant.operations.logs import logs
from assistant.operations.metrics import metrics
from assistant.operations.pipelines import pipelines
from assistant.operations.status import status
from assistant.presentation.cards.alerts import alerts_card, runbook_card
from assistant.presentation.cards.changes import changes_card
from assistant.presentation.cards.history import history_card
from assistant.presentation.cards.logs import logs_card
from assistant.presentation.cards.metrics import metrics_card
from assistant.presentation.cards.pipelines import pipelines_card
from assistant.presentation.cards.status import status_card
from assistant.presentation.plain import render

_STAGING, _PRODUCTION = End("staging", is_environment=True), End("production", is_environment=True)


def _same(name: str) -> str:
    return name


QUESTIONS: Mapping[str, Callable[[Context], Card]] = {
    "status of an environment": lambda c: status_card(status(c, StatusRequest((), ("staging",))), _same, False),
    "status of a service": lambda c: status_card(status(c, StatusRequest(("search",))), _same, False),
    "deployments under way": lambda c: status_card(status(c, StatusRequest(under_way=True)), _same, False),
    "builds": lambda c: pipelines_card(pipelines(c, PipelineRequest()), _same, False),
    "build": lambda c: pipelines_card(pipelines(c, PipelineRequest(("checkout",))), _same, False),
    "flaky": lambda c: pipelines_card(pipelines(c, PipelineRequest(("checkout",), recurrence=True)), _same, False),
    "log": lambda c: logs_card(logs(c, LogRequest("checkout", failed=True)), False),
    "history": lambda c: history_card(history(c, HistoryRequest()), _same, False),
    "last deployment": lambda c: history_card(history(c, HistoryRequest(("search",), count=1)), _same, False),
    "changes": lambda c: changes_card(changes(c, ChangesRequest(("checkout",), (_STAGING, _PRODUCTION))), _same, False),
    "drift": lambda c: changes_card(changes(c, ChangesRequest(ends=(_STAGING, _PRODUCTION))), _same, False),
    "alerts": lambda c: alerts_card(alerts(c, AlertsRequest()), False),
    "runbook": lambda c: runbook_card(runbook(c, AlertsRequest(services=("search",))), _same, False),
    "metrics": lambda c: metrics_card(metrics(c, MetricsRequest(("search",))), False),
    "metric of all": lambda c: metrics_card(metrics(c, MetricsRequest((), ("production",), ("traffic",))), False),
}


def answer(question: str, context: Context) -> str:
    """What a person reads; also an error is an answer."""
    try:
        return render(QUESTIONS[question](context), timezone.utc, datetime.now(timezone.utc))
    except AssistantError as error:
        return str(error)
