"""How the assistant says how it is."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from assistant.contracts.errors import Unavailable
from assistant.contracts.own_state import OwnState, Traffic
from assistant.presentation.cards.own_state import own_state_card
from assistant.presentation.plain import render

AT = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
SILENT = Unavailable("jenkins", "did not answer in time")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (OwnState({"github": None}, Traffic(0, 0, 0, 0, AT)), ["I am fine", "github", "answers", "last heard 09:00"]),
        (
            OwnState({"github": None, "jenkins": SILENT}, Traffic()),
            ["but jenkins does not answer me", "did not answer"],
        ),
        (
            OwnState({}, Traffic(2, 1, 3, 4)),
            ["not all messages got through", "2 to answer, 3 to send", "1 that I could"],
        ),
        (
            OwnState({}, Traffic(lost=17, problem="Slack refused my token (invalid_auth).")),
            ["Slack does not take what I write", "Slack  ", "refused my token (invalid_auth)", "17 that I could not"],
        ),
        (OwnState({}, Traffic(problem="")), ["I am fine", "takes what I write"]),
        (OwnState({}, None, Unavailable("my database", "is locked")), ["Not well", "is locked"]),
        (OwnState({}, Traffic(), None, "services/shop.yaml, line 8"), ["services/shop.yaml, line 8"]),
    ],
)
def test_what_is_wrong_is_said_first(state: OwnState, told: list[str]) -> None:
    shown = render(own_state_card(state, False), timezone.utc, AT)
    for part in told:
        assert part in shown
