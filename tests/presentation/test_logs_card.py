"""What a person reads who asks for a log that is none of ours."""

from __future__ import annotations

from datetime import datetime, timezone

from assistant.contracts.pipelines import RunningLogs
from assistant.presentation.cards.logs import running_logs_card
from assistant.presentation.plain import render

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)


def test_what_a_running_service_writes_is_not_claimed_but_where_it_is() -> None:
    card = running_logs_card([RunningLogs("checkout", "production", "https://logs/checkout")], sandbox=False)
    text = render(card, timezone.utc, NOW)
    assert text.startswith("I read the logs of builds and deployments; what a running service writes I can't see.")
    assert "checkout in production: https://logs/checkout" in text
    (button,) = card.buttons
    assert (button.intent, button.values) == ("fetch_logs", {"service": "checkout", "environment": "production"})


def test_what_nobody_declared_is_said() -> None:
    text = render(running_logs_card([RunningLogs("checkout", "qa")], sandbox=False), timezone.utc, NOW)
    assert "does not say where it is kept" in text
