"""Whatever is kept as a document comes back as it was."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from assistant.contracts.alerts import Alert, Fired, Silence
from assistant.contracts.as_json import from_json, to_json
from assistant.contracts.card import Button, Card, Link, Moment, Row
from assistant.contracts.delivery import Deployment, Phase, ServiceState, Start
from assistant.contracts.pipelines import Build, Job, Run, Step

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone.utc)
DEPLOYMENT = Deployment("search", "qa", "2.9.0", Phase.RUNNING, NOW, NOW, "3f2c1ab", "cid", Start.ON_MERGE)
RUN = Run("8", "801", "epetech/search", "Fix it", Phase.FAILED, NOW)
JOB = Job("1", "test", Phase.FAILED, (Step("pytest", Phase.FAILED, NOW),))
ALERT = Alert("Slow", "warning", NOW, "am", {"service": "search"}, silences=(Silence(NOW, "ana", "known"),))
LINE = ("since ", Moment(NOW), Link("here", "https://docs.epetech.online"))


@pytest.mark.parametrize(
    "value",
    [
        ServiceState("search", "qa", "github", NOW, under_way=DEPLOYMENT),
        Build("search", None, (RUN,), shown=RUN, job=JOB),
        Fired((ALERT,)),
        Card("Title", (Row("ok", "search", LINE),), (LINE,), ("note",), (Button("Yes", "affirm", {"a": "b"}),)),
    ],
)
def test_it_comes_back_as_it_was(value: object) -> None:
    assert from_json(type(value), json.loads(json.dumps(to_json(value)))) == value


def test_a_field_that_came_later_has_its_default() -> None:
    body = to_json(RUN)
    del body["attempt"]
    assert from_json(Run, body) == RUN


@pytest.mark.parametrize(
    "body", [{}, [], "text", 1, {**to_json(RUN), "phase": "unheard of"}, {**to_json(RUN), "started_at": "today"}]
)
def test_what_does_not_fit_is_said(body: object) -> None:
    with pytest.raises(ValueError):
        from_json(Run, body)
