"""Secrets never leave."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from assistant.contracts.card import Button, Card, Link, Moment, Row
from assistant.safeguards.redaction import HIDDEN, redact, redact_card, redact_counted, redact_deep

# Made up, in the vendors' shapes; put together here so that no scanner takes them for real ones.
SECRETS = {
    "github token": "ghp_" + "a1B2c3D4e5F6g7H8i9J0",
    "github fine-grained": "github_pat_" + "11ABCDEFG0abcdefghij_klmnop",
    "slack bot": "xoxb-" + "123456789012-abcdefABCDEF",
    "slack app": "xapp-" + "1-A012345-678-abcdef",
    "aws key id": "AKIA" + "ABCDEFGHIJKLMNOP",
    "google": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "gitlab": "glpat-" + "abcdefghij0123456789",
    "jwt": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0." + "abc-DEF_123",
    "e-mail": "ana.duarte@epetech.online",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_hidden_wherever_it_stands(secret: str) -> None:
    text, count = redact_counted(f"it says {secret}, twice: <{secret}>")
    assert secret not in text
    assert count == 2
    assert text.startswith("it says ")


@pytest.mark.parametrize(
    "line",
    [
        "DB_PASSWORD=hunter2",
        'password: "two words"',
        "api_key = 'k-1'",
        '{"client_secret": "abc123"}',
        "Authorization: Bearer abcdef123456",
        "postgres://app:hunter2@db.internal/checkout",
        "redis://:hunter2@cache:6379",
    ],
)
def test_the_name_stays_and_the_value_goes(line: str) -> None:
    text = redact(line)
    assert HIDDEN in text
    assert not any(value in text for value in ("hunter2", "two words", "k-1", "abc123", "abcdef123456"))


@pytest.mark.parametrize(
    "line",
    [
        "how do I rotate a database password with our secrets manager?",
        "auth: is it down?",
        "deploy checkout v1.4.2 (3f2c1ab) to staging",
        "https://github.com/epetech/checkout/actions/runs/123",
        "token bucket is full",
    ],
)
def test_ordinary_sentences_stay_as_they_are(line: str) -> None:
    assert redact(line) == line


def test_nested_data_is_redacted_to_the_bottom() -> None:
    data = {"a": [{"text": "password=hunter2"}], "n": 3, "none": None}
    assert redact_deep(data) == {"a": [{"text": f"password={HIDDEN}"}], "n": 3, "none": None}


def test_a_card_hides_what_spans_its_parts_and_lines() -> None:
    key = (("    -----BEGIN PRIVATE KEY-----",), ("    MIIEvQ",), ("    -----END PRIVATE KEY-----",))
    at = Moment(datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc))
    card = Card(
        "token=abcdef123456",
        rows=(Row("ok", "search", ("password: ", "hunter2222")), Row("ok", "plain", ("since ", at))),
        lines=(("api_key=", "abcdef123456"), *key, ("after it",)),
        notes=("Bearer abcdefgh12345678",),
        buttons=(Button("x", "inform", {"service": "secret=abcdef12345"}),),
    )
    hidden = redact_card(card)
    for secret in ("abcdef12", "hunter2222", "MIIEvQ"):
        assert secret not in str(hidden)
    assert hidden.rows[1] == card.rows[1] and hidden.lines[-1] == ("after it",)


def test_a_card_without_secrets_stays_as_it_is() -> None:
    at = Moment(datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc))
    card = Card("staging: fine", rows=(Row("ok", "search", (at, Link("run", "https://ci.epetech.online/1"))),))
    assert redact_card(card) == card
