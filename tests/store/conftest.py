"""What the tests of the store share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Engine

from assistant.integrations.store.database import open_database


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The database at ``database_url``, opened and brought up to date."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()
