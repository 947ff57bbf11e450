"""``assistant access explain`` for places that are none."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from assistant.bootstrap import Assistant
from assistant.cli_changes import access
from assistant.contracts.errors import NotFound
from assistant.settings import Settings


@pytest.mark.parametrize(
    ("resource", "sentence"),
    [("payments/nowhere", "environment called “nowhere”"), ("paymentz/production", "service called “paymentz”")],
)
def test_a_place_that_does_not_exist_is_no_refusal(resource: str, sentence: str) -> None:
    result = CliRunner().invoke(access, ["explain", "ana-duarte", "deploy", resource], obj=Assistant(Settings({})))
    assert isinstance(result.exception, NotFound) and sentence in str(result.exception)


@pytest.mark.parametrize("called", ["Ana Duarte", "ana-duart"])
def test_somebody_unknown_is_told_with_who_may_be_meant(called: str) -> None:
    result = CliRunner().invoke(access, ["explain", called, "deploy", "checkout/qa"], obj=Assistant(Settings({})))
    assert isinstance(result.exception, NotFound) and "Did you mean ana-duarte?" in str(result.exception)
