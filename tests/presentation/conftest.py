"""Whatever card a test of this folder shows as text has to be a message that Slack takes, too."""

from __future__ import annotations

import pytest

from assistant.contracts.card import Card
from assistant.presentation.blocks import fallback, pages
from tests.presentation.block_rules import check_message


@pytest.fixture(autouse=True)
def _every_card_is_a_message_in_slack(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = getattr(request.module, "render", None)
    if plain is None:
        return

    def both(card: Card, *more: object) -> str:
        for page in pages(card, "0123456789abcdef-1"):
            check_message(fallback(card), page)
        return str(plain(card, *more))

    monkeypatch.setattr(request.module, "render", both)
