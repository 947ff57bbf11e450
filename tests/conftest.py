"""What many tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
import structlog

# Before anything of Rasa's is imported: no telemetry, no warnings of libraries about each other.
os.environ.update(RASA_TELEMETRY_ENABLED="false", SQLALCHEMY_SILENCE_UBER_WARNING="1", TF_CPP_MIN_LOG_LEVEL="3")

from assistant.settings import PROJECT
from tests.postgres import _postgresql, _sqlite, database_url, databases, engine, postgresql
from tests.running import Bot, running

__all__ = ["_postgresql", "_sqlite", "database_url", "databases", "engine", "postgresql"]


@pytest.fixture(autouse=True)
def _logging_as_it_comes() -> None:
    """No test inherits the logging that another one, or a process it played, has set up."""
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def whole_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """One running assistant for all tests that do not break it, with a copy of the example catalogue."""
    folder = tmp_path_factory.mktemp("bot")
    shutil.copytree(PROJECT / "catalog", folder / "catalog")
    with running(folder / "state", CATALOG=str(folder / "catalog")) as bot:
        yield bot


@pytest.fixture
def bot(whole_bot: Bot) -> Iterator[Bot]:
    """The running assistant, with a sandbox that behaves at the start and at the end."""
    whole_bot.no_faults()
    yield whole_bot
    whole_bot.no_faults()
