"""Whatever stands in a field of GitHub's answers, the adapter answers or says that it makes no sense."""

from __future__ import annotations

import copy
import time
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

import pytest

from assistant.contracts.delivery import ServiceState
from assistant.contracts.errors import BadAnswer, ProviderError
from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.http import Answer, Http
from tests.integrations.ci.github_answers import (
    HEAD,
    REPO,
    at,
    delivery,
    deployment,
    file,
    job,
    provider,
    run,
    status,
)

ABSENT = object()
NONSENSE = [
    ABSENT,
    None,
    True,
    -1,
    1.5,
    10**30,
    "",
    "x",
    "9999-99-99T99:99:99Z",
    "0001-01-01T00:00:00+14:00",
    [],
    {},
    [[]],
]

WORKFLOW = """
run-name: "Deploy (${{ inputs.request }})"
on: {workflow_dispatch: {inputs: {request: {required: true}}}}
"""
ANSWERS: dict[str, Any] = {
    f"{REPO}/deployments": [deployment(2, "main", 10), deployment(1, HEAD, payload='{"tag": "v1"}')],
    f"{REPO}/deployments/1/statuses": [status("success")],
    f"{REPO}/deployments/2/statuses": [status("in_progress", 11, 71, 5)],
    f"{REPO}/actions/runs/70": run(),
    f"{REPO}/actions/runs/71": run(71, "in_progress", run_started_at=at(10)),
    f"{REPO}/actions/runs/71/jobs": {"jobs": [job(5, "in_progress", "Smoke test:in_progress")]},
    f"{REPO}/tags": [{"name": "v1.0.0", "commit": {"sha": HEAD}}],
    f"{REPO}/actions/workflows/deploy.yml/runs": {"workflow_runs": [run(), run(71, "in_progress")]},
    f"{REPO}/git/matching-refs/tags%2Fv": [{"ref": "refs/tags/v1.0.0"}],
    f"{REPO}/compare/v1.0.0...main": {"status": "ahead", "ahead_by": 3},
    f"{REPO}/contents/.github%2Fworkflows%2Fdeploy.yml": file(WORKFLOW),
    f"{REPO}/environments/staging": {"name": "staging"},
    REPO: {"full_name": "epetech/payments"},
}
VALUES = {
    "observe.github_environment": "staging",
    "version.tag": "v{semver}",
    "start.workflow": "deploy.yml",
    "start.inputs.request": "{request}",
}


class Canned:
    """Stands for Http: gives the answers of a table."""

    provider = "github"

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers

    def get(
        self,
        path: str,
        params: object = None,
        *,
        deadline: float,
        accept: Collection[int] = (),
        follow: bool = False,
    ) -> Answer:
        if path not in self._answers:
            return Answer(404, {}, {"message": "Not Found"}, {})
        return Answer(200, {}, copy.deepcopy(self._answers[path]), {})

    def pages(self, path: str, params: object = None, *, limit: int, **options: Any) -> Iterator[Answer]:
        yield self.get(path, params, **options)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield from places(entry, (*path, key))


def spoilt(place: tuple[Any, ...], nonsense: Any) -> dict[str, Any]:
    answers = copy.deepcopy(ANSWERS)
    inside: Any = answers
    for key in place[:-1]:
        inside = inside[key]
    if nonsense is ABSENT:
        del inside[place[-1]]
    else:
        inside[place[-1]] = nonsense
    return answers


def ask_everything(answers: Mapping[str, Any]) -> list[object]:
    """Every operation of the port; what each answers, or its ProviderError."""
    github = GitHubActions(provider("http://github.example"), cast(Http, Canned(answers)))
    deadline = time.monotonic() + 60
    asked = [
        lambda: github.state(delivery(VALUES), deadline),
        lambda: github.state(delivery({"observe.runs_of": "deploy.yml"}), deadline),
        lambda: github.versions_between(delivery(VALUES), "1.0.0", "main", deadline),
        lambda: github.has_version(delivery(VALUES), "1.0.0", deadline),
        lambda: github.check(delivery(VALUES), deadline),
    ]
    told: list[object] = []
    for ask in asked:
        try:
            told.append(ask())
        except ProviderError as error:
            told.append(error)
    return told


def test_the_sound_answers_are_understood() -> None:
    by_environment, by_runs, between, known, defects = ask_everything(ANSWERS)
    assert isinstance(by_environment, ServiceState) and isinstance(by_runs, ServiceState)
    assert by_environment.under_way and by_environment.under_way.step == "Smoke test, step 1 of 1"
    assert (between, known, defects) == ((3, "commit"), True, [])


@pytest.mark.parametrize("place", [place for place in places(ANSWERS) if place], ids=str)
def test_no_field_can_break_it(place: tuple[Any, ...]) -> None:
    for nonsense in NONSENSE:
        if nonsense is ABSENT and isinstance(place[-1], int):
            continue  # a shorter list is no nonsense
        for told in ask_everything(spoilt(place, nonsense)):
            if isinstance(told, ProviderError):
                assert str(told).startswith("github "), (nonsense, told)


def test_nonsense_is_not_passed_over() -> None:
    listing, statuses = f"{REPO}/deployments", f"{REPO}/deployments/1/statuses"
    spoils: list[tuple[tuple[Any, ...], Any]] = [
        ((listing,), {"message": "fine"}),
        ((listing, 0, "id"), "1"),
        ((listing, 0, "sha"), None),
        ((listing, 0, "creator"), "ana"),
        ((listing, 0, "created_at"), "yesterday"),
        ((listing, 0, "created_at"), "2026-03-02T09:00:00"),
        ((statuses, 0, "state"), 5),
        ((statuses, 0, "log_url"), {}),
        ((f"{REPO}/actions/runs/71/jobs", "jobs"), {}),
    ]
    for place, nonsense in spoils:
        assert isinstance(ask_everything(spoilt(place, nonsense))[0], BadAnswer), (place, nonsense)
