"""What people are told about deployments is what GitHub's records say, in as few requests as possible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from assistant.contracts.delivery import Phase, Start
from assistant.contracts.errors import Missing, NotConnected, Unavailable
from assistant.integrations.ci.github_actions import GitHubActions
from tests.integrations.ci.github_answers import (
    HEAD,
    REPO,
    at,
    delivery,
    deployment,
    job,
    run,
    status,
)
from tests.integrations.faulty_server import FaultyServer, in_turn, redirect, reply, with_etag

Soon = Callable[[], float]


def play(server: FaultyServer, deployments: list[Any], statuses: dict[int, list[Any]], runs: list[Any]) -> None:
    server.routes[f"{REPO}/deployments"] = with_etag(deployments)
    for number, listed in statuses.items():
        server.routes[f"{REPO}/deployments/{number}/statuses"] = with_etag(listed)
    for one in runs:
        server.routes[f"{REPO}/actions/runs/{one['id']}"] = with_etag(one)


def test_a_typical_service_is_told_in_three_requests(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(server, [deployment(1, "v1.4.2")], {1: [status("success", 4), status("in_progress", 1)]}, [run()])
    state = github.state(delivery(), soon())
    assert (state.service, state.environment, state.provider) == ("payments", "staging", "github")
    assert state.under_way is None and state.failed is None and state.current is not None
    told = state.current
    assert (told.version, told.phase, told.commit, told.run) == ("1.4.2", Phase.SUCCEEDED, HEAD, "70")
    assert (told.login, told.start, told.step) == ("priya-raman", Start.BY_HAND, None)
    assert told.created_at == datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
    assert told.updated_at == datetime(2026, 3, 2, 9, 4, tzinfo=timezone.utc)
    assert told.url == "https://github.example/epetech/payments/actions/runs/70"
    assert len(server.asked) == 3
    assert server.asked[0].query["environment"] == "staging"


def test_asking_again_costs_no_quota(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(server, [deployment(1, "v1.4.2")], {1: [status("success")]}, [run()])
    first, second = github.state(delivery(), soon()), github.state(delivery(), soon())
    assert first.current == second.current
    assert all("if-none-match" in asked.headers for asked in server.asked[3:])
    assert len(server.asked) == 6


def test_what_is_deploying_is_told_with_its_step(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(
        server,
        [deployment(2, "v1.5.0", 10), deployment(1, "v1.4.2")],
        {2: [status("in_progress", 11, run=71, job=5)], 1: [status("success")]},
        [run(71, "in_progress", run_started_at=at(10)), run()],
    )
    steps = ("Set up job:completed", "Smoke test:in_progress", "Complete job:queued")
    server.routes[f"{REPO}/actions/runs/71/jobs"] = reply(
        {"jobs": [job(4, "in_progress", "Other:in_progress"), job(5, "in_progress", *steps)]}
    )
    state = github.state(delivery(), soon())
    assert state.under_way and state.under_way.version == "1.5.0" and state.under_way.phase is Phase.RUNNING
    assert state.under_way.step == "Smoke test, step 2 of 3"
    assert state.current and state.current.version == "1.4.2"


def test_who_waits_for_approval_says_so(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(server, [deployment(2, "v1.5.0")], {2: [status("waiting"), status("queued")]}, [run(state="waiting")])
    told = github.state(delivery(), soon()).under_way
    assert told and (told.phase, told.step) == (Phase.WAITING, "waiting for approval")


def test_a_failure_after_the_current_one_is_told_beside_it(
    server: FaultyServer, github: GitHubActions, soon: Soon
) -> None:
    play(
        server,
        [deployment(3, "v1.6.0", 20), deployment(2, "v1.5.0", 10), deployment(1, "v1.4.2")],
        {3: [status("failure", 21, 72)], 2: [status("error", 11, 71)], 1: [status("success")]},
        [run(72, "failure", run_started_at=at(20)), run(71, "failure", run_started_at=at(10)), run()],
    )
    state = github.state(delivery(), soon())
    assert state.failed and (state.failed.version, state.failed.phase) == ("1.6.0", Phase.FAILED)
    assert state.current and state.current.version == "1.4.2"
    assert f"{REPO}/actions/runs/71" not in server.paths


def test_a_failure_that_a_success_followed_is_history(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(server, [deployment(2, "v1.5.0", 10), deployment(1, "v1.4.2")], {2: [status("success")]}, [run()])
    state = github.state(delivery(), soon())
    assert state.failed is None and state.current and state.current.version == "1.5.0"


def test_a_replaced_run_is_cancelled_not_failed(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    """A concurrency group cancels what waits; GitHub may leave the record's status as it was."""
    for left in ("waiting", "failure", "inactive"):
        statuses = [status("inactive"), status("queued")] if left == "inactive" else [status(left)]
        play(server, [deployment(1, "v1.5.0")], {1: statuses}, [run(state="cancelled")])
        state = github.state(delivery(), soon())
        assert state.under_way is None and state.current is None, left
        assert state.failed and state.failed.phase is Phase.CANCELLED, left


def test_many_records_of_one_run_are_one_deployment(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    """A reusable workflow leaves a record per job; it has failed when one of them has."""
    records = [deployment(number, "v1.5.0", 10) for number in range(10, 0, -1)] + [deployment(0, "v1.4.2", 0, "b" * 40)]
    statuses = {number: [status("success", 12, 71)] for number in range(1, 11)}
    statuses[3] = [status("failure", 12, 71)]
    play(server, records, {**statuses, 0: [status("success")]}, [run(71, "failure", run_started_at=at(10)), run()])
    state = github.state(delivery(), soon())
    assert state.failed and state.failed.run == "71"
    assert state.current and state.current.version == "1.4.2"


def test_an_earlier_attempt_of_a_rerun_does_not_count(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(
        server,
        [deployment(2, "v1.5.0", 20), deployment(1, "v1.5.0", 10)],
        {2: [status("success", 21)], 1: [status("failure", 11)]},
        [run(70, "in_progress", created_at=at(10), run_started_at=at(20))],
    )
    state = github.state(delivery(), soon())
    assert state.current and state.current.phase is Phase.SUCCEEDED
    assert state.failed is None and state.under_way is None


def test_superseded_records_were_successes(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    records = [deployment(number, f"v1.{number}.0", number) for number in range(35, 0, -1)]
    statuses = {number: [status("inactive", 40), status("success", 39)] for number in range(1, 36)}
    play(server, records, statuses, [run()])
    state = github.state(delivery(), soon())
    assert state.current and (state.current.version, state.current.phase) == ("1.35.0", Phase.SUCCEEDED)
    assert state.current.updated_at.minute == 39
    assert len(server.asked) == 3


def test_a_record_without_run_status_or_creator_is_still_told(
    server: FaultyServer, github: GitHubActions, soon: Soon
) -> None:
    plain = status("success", run=None, log_url=None, target_url="javascript:alert(1)")
    play(
        server,
        [deployment(2, "v1.5.0", 9, creator=None), deployment(1, "v1.4.2", creator=None)],
        {2: [], 1: [plain]},
        [],
    )
    state = github.state(delivery(), soon())
    assert state.under_way and (state.under_way.phase, state.under_way.step) == (Phase.WAITING, "queued")
    assert state.current and (state.current.login, state.current.start) == (None, Start.UNKNOWN)
    assert state.current.url is None


def test_a_run_that_github_removed_is_done_without(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(server, [deployment(1, "v1.4.2")], {1: [status("success")]}, [])
    told = github.state(delivery(), soon()).current
    assert told and (told.version, told.start, told.run) == ("1.4.2", Start.UNKNOWN, "70")


def test_a_state_that_we_do_not_know_is_not_taken_for_anything(
    server: FaultyServer, github: GitHubActions, soon: Soon
) -> None:
    play(server, [deployment(1, "v1.4.2")], {1: [status("destroyed")]}, [run(state="stale")])
    state = github.state(delivery(), soon())
    assert (state.current, state.under_way, state.failed) == (None, None, None)


def test_nothing_deployed_yet_is_nothing(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(server, [], {}, [])
    state = github.state(delivery(), soon())
    assert (state.current, state.under_way, state.failed) == (None, None, None)


@pytest.mark.parametrize(
    ("event", "start"),
    [
        ("workflow_dispatch", Start.BY_HAND),
        ("push", Start.ON_MERGE),
        ("merge_group", Start.ON_MERGE),
        ("workflow_run", Start.ON_MERGE),
        ("schedule", Start.UNKNOWN),
        ("repository_dispatch", Start.UNKNOWN),
    ],
)
def test_how_it_was_started(server: FaultyServer, github: GitHubActions, soon: Soon, event: str, start: Start) -> None:
    play(server, [deployment(1, "v1.4.2")], {1: [status("success")]}, [run(event=event)])
    told = github.state(delivery(), soon()).current
    assert told and told.start is start


@pytest.mark.parametrize(
    ("rule", "tag", "record", "version"),
    [
        ("ref", "v{semver}", {"ref": "refs/tags/v1.4.2"}, "1.4.2"),
        ("ref", "payments-v{semver}", {"ref": "payments-v1.4.2-rc.1"}, "1.4.2-rc.1"),
        ("ref", None, {"ref": "v1.4.2"}, "v1.4.2"),
        ("ref", None, {"ref": "main"}, "main"),
        ("ref", None, {"ref": "b" * 40}, "bbbbbbb"),
        ("ref", "v{semver}", {"ref": "main"}, "1.4.3"),
        ("ref", "v{semver}", {"ref": HEAD}, "1.4.3"),
        ("ref", "v{semver}", {"ref": "feature/<b>ünï</b>", "sha": "c" * 40}, "feature/<b>ünï</b>"),
        ("sha", "v{semver}", {"ref": "v1.4.2"}, "aaaaaaa"),
        ("payload.tag", "v{semver}", {"ref": "main", "payload": {"tag": "v1.4.2"}}, "1.4.2"),
        ("payload.tag", "v{semver}", {"ref": "main", "payload": '{"tag": "v1.4.2"}'}, "1.4.2"),
        ("payload.build", None, {"ref": "main", "payload": {"build": 812}}, "812"),
        ("payload.tag", "v{semver}", {"ref": "main", "payload": ""}, "aaaaaaa"),
    ],
)
def test_the_version_is_what_the_mapping_says(
    server: FaultyServer, github: GitHubActions, soon: Soon, rule: str, tag: str | None, record: Any, version: str
) -> None:
    play(server, [{**deployment(1, "main"), **record}], {1: [status("success")]}, [run()])
    tags = [("v1.4.3", HEAD), ("v1.4.3-rc.1", HEAD), ("nightly", HEAD), ("v1.0.0", "d" * 40)]
    server.routes[f"{REPO}/tags"] = reply([{"name": name, "commit": {"sha": sha}} for name, sha in tags])
    values = {"observe.github_environment": "staging", "observe.version": rule, **({"version.tag": tag} if tag else {})}
    told = github.state(delivery(values), soon()).current
    assert told and told.version == version
    assert len(server.asked) <= 4


RUNS = {
    "observe.runs_of": "epetech/deployments/deploy.yml",
    "observe.title": "deploy payments {version} to staging",
    "version.tag": "v{semver}",
}


def test_a_central_workflow_tells_by_its_titles(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    listed = [
        run(79, "success", display_title="deploy payments 9.9.9 to production"),
        run(78, "pending", display_title="deploy payments 2.3.2 to staging"),
        run(77, "failure", display_title="deploy payments v2.3.1 to staging"),
        run(76, "success", display_title="deploy search 9.9.9 to staging"),
        run(75, "success", display_title=None, name="deploy payments 2.3.0 to staging", event="push"),
    ]
    server.routes["/repos/epetech/deployments/actions/workflows/deploy.yml/runs"] = reply({"workflow_runs": listed})
    state = github.state(delivery(RUNS), soon())
    assert state.under_way and (state.under_way.version, state.under_way.step) == ("2.3.2", "waiting for its turn")
    assert state.failed and (state.failed.version, state.failed.run) == ("2.3.1", "77")
    assert state.current and (state.current.version, state.current.start) == ("2.3.0", Start.ON_MERGE)
    assert state.current.commit is None, "the commit of the central repository is not the service's"
    assert len(server.asked) == 1


def test_titles_are_taken_literally(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    listed = [run(display_title="deploy (a+b) 1.0.0"), run(71, display_title="deploy aab 2.0.0")]
    server.routes[f"{REPO}/actions/workflows/deploy.yml/runs"] = reply({"workflow_runs": listed})
    values = {"observe.runs_of": "deploy.yml", "observe.title": "deploy (a+b) {version}"}
    told = github.state(delivery(values), soon()).current
    assert told and (told.version, told.commit) == ("1.0.0", HEAD)


def test_an_undeclared_mapping_is_said(github: GitHubActions, soon: Soon) -> None:
    with pytest.raises(NotConnected, match="does not say how deployments of payments to staging are observed"):
        github.state(delivery({}), soon())
    with pytest.raises(NotConnected, match="names no repository"):
        github.state(delivery(repository=None), soon())
    for wrong in ("payments", "a/b/c", "../..", "/"):
        with pytest.raises(NotConnected, match="owner/repository is expected"):
            github.state(delivery(repository=wrong), soon())
    for wrong in ("deployments/deploy.yml", "epetech/deployments/"):
        with pytest.raises(NotConnected, match="workflow file is expected"):
            github.state(delivery({"observe.runs_of": wrong}), soon())


def test_an_unknown_repository_or_workflow_is_said(github: GitHubActions, soon: Soon) -> None:
    with pytest.raises(Missing, match="github does not know the repository epetech/payments, or our credentials"):
        github.state(delivery(), soon())
    with pytest.raises(Missing, match=r"does not know the workflow deploy\.yml in epetech/deployments"):
        github.state(delivery(RUNS), soon())


def test_a_renamed_repository_is_followed(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(server, [], {1: [status("success")]}, [run()])
    server.routes[f"{REPO}/deployments"] = redirect(f"{server.url}/repositories/5/deployments")
    server.routes["/repositories/5/deployments"] = reply([deployment(1, "v1.4.2")])
    told = github.state(delivery(), soon()).current
    assert told and told.version == "1.4.2"


def refs(*names: str) -> Any:
    return reply([{"ref": f"refs/tags/{name}", "object": {"sha": HEAD, "type": "tag"}} for name in names])


def test_versions_between_are_counted_in_semantic_order(
    server: FaultyServer, github: GitHubActions, soon: Soon
) -> None:
    server.routes[f"{REPO}/git/matching-refs/tags%2Fv"] = refs(
        "v1.10.0", "v1.2.0", "v1.9.0", "v1.10.0-rc.2", "v1.10.0-rc.10", "vnext", "v1.3.0-beta"
    )
    between = github.versions_between
    assert between(delivery(), "1.9.0", "1.10.0", soon()) == (3, "version")
    assert between(delivery(), "1.10.0-rc.2", "1.10.0", soon()) == (2, "version")
    assert between(delivery(), "1.10.0-rc.2", "1.10.0-rc.10", soon()) == (1, "version")
    assert between(delivery(), "1.10.0", "1.9.0", soon()) == (0, "version")
    assert between(delivery(), "main", "main", soon()) == (0, "version")


def test_what_has_no_tag_is_counted_in_commits(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    server.routes[f"{REPO}/git/matching-refs/tags%2Fv"] = refs("v1.2.0")
    server.routes[f"{REPO}/compare/v1.2.0...feature%2Fx"] = reply({"status": "ahead", "ahead_by": 12})
    assert github.versions_between(delivery(), "1.2.0", "feature/x", soon()) == (12, "commit")
    with pytest.raises(Missing, match=r"cannot compare 1\.2\.0 with gone"):
        github.versions_between(delivery(), "1.2.0", "gone", soon())


def test_a_version_exists_as_people_write_it(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    server.routes[f"{REPO}/git/matching-refs/tags%2Fv"] = refs("v1.4.2")
    server.routes[f"{REPO}/commits/feature%2Fx"] = reply({"sha": HEAD})
    server.routes[f"{REPO}/commits/abc"] = reply({"message": "No commit found for SHA: abc"}, 422)
    found = {text: github.has_version(delivery(), text, soon()) for text in ("1.4.2", "v1.4.2", "feature/x")}
    assert found == {"1.4.2": True, "v1.4.2": True, "feature/x": True}
    missing = {text: github.has_version(delivery(), text, soon()) for text in ("1.4.3", "abc", "..", "../../x", "<b>")}
    assert set(missing.values()) == {False}
    assert all(path.startswith((f"{REPO}/git/", f"{REPO}/commits/")) for path in server.paths)


def test_a_deadline_bounds_all_calls_together(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    play(server, [deployment(1, "v1.4.2")], {}, [])
    server.routes[f"{REPO}/deployments/1/statuses"] = in_turn(lambda exchange: exchange.over.wait() and False)
    with pytest.raises(Unavailable, match="did not answer in time"):
        github.state(delivery(), soon() - 4.6)


def test_services_of_one_repository_are_not_mixed_up(server: FaultyServer, github: GitHubActions, soon: Soon) -> None:
    records = [
        deployment(4, "refs/tags/billing-v3.0.2", 40),
        deployment(3, "payments-v1.5.0", 30),
        deployment(2, "main", 20, "b" * 40),
        deployment(1, "payments-v1.4.2", 10),
    ]
    play(server, records, {3: [status("failure", 31, 71)], 2: [status("failure", 21, 72)], 1: [status("success")]}, [])
    values = {"observe.github_environment": "staging", "version.tag": "payments-v{semver}"}
    state = github.state(delivery(values), soon())
    assert state.failed and state.failed.version == "1.5.0"
    assert state.current and state.current.version == "1.4.2"
    assert server.asked[0].query["per_page"] == "100"
    assert f"{REPO}/deployments/4/statuses" not in server.paths
