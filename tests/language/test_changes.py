"""What a question about changes asks for beside names."""

from __future__ import annotations

import pytest

from assistant.language.changes import older_first, unreleased


@pytest.mark.parametrize(
    ("said", "first", "second", "meant"),
    [
        ("from 1.4.0 to 1.4.2", "1.4.0", "1.4.2", True),
        ("what's in staging but not in prod", "staging", "prod", False),
        ("what would go out if we promoted stage to live", "stage", "live", False),
        ("how many commits is prod behind main", "prod", "main", True),
        ("what has hotfix/vat got that main hasn't", "hotfix/vat", "main", False),
        ("compare 1.4.1 and 1.4.2", "1.4.1", "1.4.2", None),
        ("diff stg prod", "stg", "prod", None),
        ("payments 1.4.0..1.4.2", "1.4.0", "1.4.2", True),
        ("1.4.0...1.4.2", "1.4.0", "1.4.2", True),
    ],
)
def test_which_side_is_the_older_one(said: str, first: str, second: str, meant: bool | None) -> None:
    places = [(said.index(name), said.index(name) + len(name)) for name in (first, second)]
    assert older_first(said, *places) is meant


def test_what_was_not_released_yet() -> None:
    assert unreleased("what changed in search since the last release")
    assert unreleased("unreleased changes") and not unreleased("what's new in 2.7.0")
