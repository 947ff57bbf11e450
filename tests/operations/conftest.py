"""What the tests of the operations share."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from tests.operations.changing import Company


@pytest.fixture
def firm(engine: Engine) -> Company:
    """A company in which nothing has been asked for yet, on either database."""
    return Company(engine)
