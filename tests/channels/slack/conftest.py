"""A desk for the tests that click."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.settings import PROJECT
from extensions.channels.slack import desk
from tests.channels.slack.at_desk import AtDesk


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A catalogue of the test's own."""
    return Path(shutil.copytree(PROJECT / "catalog", tmp_path / "catalog"))


@pytest.fixture
def at(tmp_path: Path, catalog: Path, monkeypatch: pytest.MonkeyPatch) -> AtDesk:
    """An assistant that nothing was asked yet, and that takes its time until it shows that it is looking."""
    monkeypatch.setattr(desk, "SIGN_SECONDS", 30.0)
    return AtDesk(tmp_path / "state", catalog)
