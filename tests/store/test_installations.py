"""Installed workspaces: their tokens are encrypted, states are good once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from sqlalchemy.engine import Engine

from assistant.contracts.errors import Invalid
from assistant.contracts.messaging import Workspace
from assistant.integrations.store.installations import SqlInstallations, installations

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
HERE = Workspace("T1", "UBOT", "xoxe.xoxb-made-up", "Epetech", "B1", ("chat:write", "commands"), "xoxe-1-made-up", NOW)


def test_an_installation_is_read_as_it_was_saved_and_replaced_by_the_next(engine: Engine) -> None:
    store = SqlInstallations(engine, [OLD])
    store.save(HERE)
    assert store.find("T1") == HERE
    store.save(replace(HERE, token="xoxb-second", refresh_token=None, expires_at=None))
    assert store.find("T1") == replace(HERE, token="xoxb-second", refresh_token=None, expires_at=None)
    assert store.teams() == ("T1",)
    store.remove("T1")
    assert store.find("T1") is None


def test_no_token_stands_in_the_database_or_in_a_log(engine: Engine) -> None:
    SqlInstallations(engine, [OLD]).save(HERE)
    with engine.begin() as connection:
        row = str(connection.execute(sa.select(installations)).mappings().one())
    assert "made-up" not in row and "made-up" not in repr(HERE)


def test_keys_are_changed_without_losing_anything(engine: Engine) -> None:
    SqlInstallations(engine, [OLD]).save(HERE)
    assert SqlInstallations(engine, [NEW, OLD]).rotate_keys() == 1
    assert SqlInstallations(engine, [NEW]).find("T1") == HERE
    with pytest.raises(Invalid, match="SLACK_ENCRYPTION_KEYS"):
        SqlInstallations(engine, [OLD]).find("T1")


def test_what_is_no_key_is_said(engine: Engine) -> None:
    with pytest.raises(Invalid, match="assistant slack new-key"):
        SqlInstallations(engine, ["secret"])


def test_a_state_is_good_once_and_for_ten_minutes(engine: Engine) -> None:
    store = SqlInstallations(engine, [OLD])
    first, second = store.issue_state(NOW), store.issue_state(NOW)
    assert store.consume_state(first, NOW + timedelta(minutes=9))
    assert not store.consume_state(first, NOW + timedelta(minutes=9))
    assert not store.consume_state(second, NOW + timedelta(minutes=11))
    assert not store.consume_state("made up", NOW)
