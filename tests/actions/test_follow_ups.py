"""Words that mean something only after an answer: whose answer they go on with, and what is kept of it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from actions.request import SUBJECT, Missing, Said, Values, changes_request, goes_on, history_request, said
from assistant.contracts.changes import ChangesRequest, End
from assistant.contracts.history import HistoryRequest
from assistant.contracts.interval import BEGINNING
from assistant.language.names import Names
from tests.operations.platform import CATALOGUE

NAMES = Names(CATALOGUE)
OLDEST = datetime.now(timezone.utc) - timedelta(days=2)


def message(text: str, before: tuple[str, Values] | None = None, intent: str = "out_of_scope") -> Said:
    """The message as it is read, with the names that the catalogue finds in it, after an answer of ``before``."""
    found = [
        {"entity": one.kind, "value": one.text, "start": one.start, "end": one.end}
        for one in NAMES.find(text)
        if one.kind in ("service", "environment", "team")
    ]
    slots: dict[str, Any] = {SUBJECT: {"capability": before[0], "values": before[1]}} if before else {}
    return said({"text": text, "intent": {"name": intent}, "entities": found}, slots, NAMES)


def history(text: str, before: Values, intent: str = "out_of_scope") -> tuple[HistoryRequest, Values]:
    return history_request(message(text, ("history", before), intent), CATALOGUE, None)


def changes(text: str, capability: str, before: Values) -> ChangesRequest:
    return changes_request(message(text, (capability, before)), None)[0]


@pytest.mark.parametrize(
    ("text", "before", "answers"),
    [
        ("and before that?", "history", "history"),
        ("the one before", "history", "history"),
        ("just the bad ones", "history", "history"),
        ("only the failed ones please", "pipelines", "pipelines"),
        ("all services", "history", "history"),
        ("who broke it?", "pipelines", "pipelines"),
        ("who broke it?", "logs", "pipelines"),
        ("who wrote those", "changes", "changes"),
        ("who wrote that", "history", "changes"),
        ("only migrations", "changes", "changes"),
        ("and by jonas?", "history", "history"),
        ("who broke it?", "docs", None),
        ("and before that?", "alerts", None),
        ("only migrations in the new release, and who approved them", "changes", None),
        ("show failed deployments of payments", "history", None),
    ],
)
def test_the_answer_that_words_go_on_with(text: str, before: str, answers: str | None) -> None:
    assert goes_on(message(text, (before, {})), unclear=False) == answers


@pytest.mark.parametrize(
    ("text", "intent", "answers"),
    [
        ("production deployments 2026-11-19", "ask_status", "history"),
        ("deployments between friday 6pm and saturday noon", "nlu_fallback", "history"),
        ("is staging ok since yesterday", "ask_status", None),
        ("are any deployments running", "ask_status", None),
    ],
)
def test_deployments_at_a_time_are_the_past(text: str, intent: str, answers: str | None) -> None:
    assert goes_on(message(text, intent=intent), unclear=intent == "nlu_fallback") == answers


def test_without_an_answer_before_they_go_on_with_none() -> None:
    assert goes_on(message("and before that?"), unclear=True) is None


def test_before_that_is_before_the_oldest_that_was_shown() -> None:
    shown = {"service": ["payments"], "count": ["1"], "oldest": [OLDEST.isoformat()], "shown": ["payments", "1.4.1"]}
    request, values = history("and the one before that?", shown)
    assert request.services == ("payments",) and request.count == 1
    assert request.interval is not None
    assert (request.interval.start, request.interval.end) == (BEGINNING, OLDEST)
    again, _ = history("in staging?", {**values, "environment": ["staging"]}, intent="inform")
    assert again.interval is not None and again.interval.end == OLDEST


def test_a_time_of_its_own_replaces_before_that() -> None:
    request, values = history("and yesterday?", {"until": [OLDEST.isoformat()], "count": ["10"]}, intent="inform")
    assert request.interval is not None and request.interval.words == "yesterday"
    assert "until" not in values


def test_only_the_bad_ones_of_what_was_shown() -> None:
    request, _ = history("just the bad ones", {"service": ["payments"], "time": ["yesterday"], "count": ["1"]})
    assert request.failed and request.count == 10 and request.services == ("payments",)
    assert request.interval is not None and request.interval.words == "yesterday"


def test_everything_lets_go_of_the_service_and_keeps_the_rest() -> None:
    before = {"service": ["payments"], "environment": ["production"], "sort": ["failed"], "count": ["1"]}
    request, _ = history("no, everything", before)
    assert (
        request.services == ()
        and request.count == 10
        and request.environments == ("production",)
        and not request.failed
    )


def test_another_service_is_asked_the_same() -> None:
    before = {"service": ["checkout"], "environment": ["production"], "count": ["1"]}
    request, _ = history("I meant payments", before, intent="inform")
    assert (request.services, request.environments, request.count) == (("payments",), ("production",), 1)


def test_the_same_by_somebody() -> None:
    name, person = next(iter(CATALOGUE.people.items()))
    request, _ = history(f"only by {person.display_name}", {"environment": ["production"], "count": ["10"]})
    assert request.people == (name,) and request.environments == ("production",)


def test_who_wrote_what_was_deployed_asks_for_its_changes() -> None:
    request = changes("who wrote that?", "history", {"environment": ["production"], "shown": ["payments", "1.4.1"]})
    assert (request.services, request.ends) == (("payments",), (End("1.4.1"),))


def test_who_wrote_those_asks_for_the_same_changes_again() -> None:
    request = changes("who wrote those?", "changes", {"service": ["checkout"], "time": ["since yesterday"]})
    assert request.services == ("checkout",)
    assert request.interval is not None and request.interval.words == "since yesterday"


def test_only_the_migrations_of_the_same_changes() -> None:
    request = changes("just the migrations", "changes", {"service": ["checkout"], "sort": ["behind"]})
    assert request.migrations and request.behind and request.services == ("checkout",)


def test_the_changes_of_many_deployments_need_a_service() -> None:
    with pytest.raises(Missing):
        changes("who wrote those?", "history", {"environment": ["production"]})


@pytest.mark.parametrize("range_", ["1.4.0..1.4.2", "1.4.0...1.4.2", "between 1.4.0 and 1.4.2", "from 1.4.0 to 1.4.2"])
def test_a_range_of_versions_names_both_ends(range_: str) -> None:
    request = changes_request(message(f"what changed in payments {range_}", intent="ask_changes"), None)[0]
    assert request.ends == (End("1.4.0"), End("1.4.2")) and request.interval is None
