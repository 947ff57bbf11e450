"""Which alerts, or whose runbook, a message asks for."""

from __future__ import annotations

from actions.request.said import Said, Values, handed_over, settled, spoken_of
from assistant.contracts.alerts import AlertsRequest
from assistant.language.values import normalise

ALERTS = ("service", "environment", "team", "severity", "alert")
"""The entities that a question about alerts is made of."""


def alerts_request(message: Said) -> tuple[AlertsRequest, Values]:
    """Which alerts are meant, and the values for the conversation. Raises NotFound, Ambiguous for a name in doubt."""
    values = settled(message, "alerts", ALERTS) or spoken_of(message)
    values = {**values, "severity": [normalise("severity", word) for word in values.get("severity", ())]}
    named = [tuple(values.get(kind, ())) for kind in ALERTS]
    return AlertsRequest(*named), {kind: names for kind, names in values.items() if names and kind in ALERTS}


def runbook_request(message: Said) -> AlertsRequest | None:
    """What a runbook is wanted for: what is named, else the alerts just shown; None for neither."""
    values = settled(message, "alerts", ("service", "environment", "alert"))
    if not values.get("alert") and not values.get("service"):
        shown = handed_over(message, ("shown",)).get("shown", [])
        return AlertsRequest(alerts=tuple(shown)) if shown else None
    return AlertsRequest(
        tuple(values.get("service", ())), tuple(values.get("environment", ())), alerts=tuple(values.get("alert", ()))
    )
