"""What Jenkins' answers mean, those of old, bare and badly set up installations included."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any, cast

import pytest

from assistant.contracts.delivery import Phase, Start
from assistant.contracts.errors import BadAnswer, Missing, NotConnected, ProviderError, Refused
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.ci.jenkins import Jenkins
from assistant.integrations.ci.jenkins_api import connect, job_path
from assistant.integrations.ci.jenkins_reader import JenkinsReader
from assistant.integrations.http import Answer, Http
from tests.integrations.faulty_server import Behaviour, FaultyServer, html, redirect, reply

Soon = Callable[[], float]
JOB, QUEUE = "/job/platform/job/deploy-app/api/json", "/queue/api/json"
VALUES = {
    "observe.builds_of": "platform/deploy-app",
    "observe.where.APP": "billing",
    "observe.where.ENV": "staging",
    "observe.version": "{param.TAG}",
    "version.tag": "v{semver}",
    "build.job": "shop/billing",
}
AT = 1_772_442_000_000  # 2026-03-02 09:00 UTC


def delivery(**values: str) -> Delivery:
    return Delivery("billing", "staging", "jenkins", "epetech/backoffice", {**VALUES, **values})


def build(number: int, result: str | None = "SUCCESS", app: str = "billing", **fields: Any) -> dict[str, Any]:
    values = {"APP": app, "ENV": "staging", "TAG": f"v1.{number}.0", "DRY": False}
    return {
        "_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun",
        "number": number,
        "result": result,
        "building": result is None,
        "timestamp": AT + number * 60_000,
        "duration": 30_000,
        "url": f"https://ci.example/job/platform/job/deploy-app/{number}/",
        "actions": [
            {"causes": [{"_class": "hudson.model.Cause$UserIdCause", "userId": "jweber"}]},
            {"parameters": [{"name": name, "value": value} for name, value in values.items()]},
            {},
            None,
        ],
        **fields,
    }


def waiting(app: str = "billing", url: str = "http://inside:8080/ci/job/platform/job/deploy-app/") -> dict[str, Any]:
    actions = build(9, app=app)["actions"]
    return {"id": 7, "inQueueSince": AT, "why": "Waiting for an executor", "task": {"url": url}, "actions": actions}


def play(server: FaultyServer, builds: list[Any], queue: list[Any] | None = None) -> None:
    server.routes[JOB] = reply({"_class": "x.WorkflowJob", "allBuilds": builds})
    server.routes[QUEUE] = reply({"items": queue or []})


@pytest.fixture
def ci(server: FaultyServer) -> Iterator[Jenkins]:
    provider = Provider("jenkins", "jenkins", server.url, "JENKINS")
    http = connect(provider, "ana", "made-up")
    yield Jenkins(provider, http)
    http.close()


def test_builds_are_matched_by_their_parameters(server: FaultyServer, ci: Jenkins, soon: Soon) -> None:
    play(server, [build(5, "FAILURE", app="search"), build(4, "FAILURE"), build(3), build(2)])
    state = ci.state(delivery(), soon())
    assert state.current and state.failed and state.under_way is None
    assert (state.current.version, state.current.run, state.failed.version) == ("1.3.0", "3", "1.4.0")
    assert (state.current.login, state.current.start) == ("jweber", Start.BY_HAND)
    assert state.current.updated_at == datetime(2026, 3, 2, 9, 3, 30, tzinfo=timezone.utc)
    assert server.asked[0].headers["authorization"] == "Basic YW5hOm1hZGUtdXA="


def test_a_parameter_that_is_true_or_false_is_matched_as_jenkins_shows_it(
    server: FaultyServer, ci: Jenkins, soon: Soon
) -> None:
    play(server, [build(3)])
    assert ci.state(delivery(**{"observe.where.DRY": "false"}), soon()).current
    assert ci.state(delivery(**{"observe.where.DRY": "true"}), soon()).current is None


def test_what_waits_in_the_queue_is_found_wherever_jenkins_thinks_it_lives(
    server: FaultyServer, ci: Jenkins, soon: Soon
) -> None:
    elsewhere = waiting(url="http://inside:8080/ci/job/other/job/platform/job/deploy-app/")
    hidden = {"id": 8, "inQueueSince": AT, "task": {}}
    play(server, [build(3)], [waiting(app="search"), elsewhere, hidden, waiting()])
    told = ci.state(delivery(), soon()).under_way
    assert told and (told.version, told.phase, told.run) == ("1.9.0", Phase.WAITING, None)
    assert told.step == "queued: Waiting for an executor"


def stages(server: FaultyServer, *told: tuple[str, str]) -> None:
    listed = [{"name": name, "status": status, "startTimeMillis": AT} for name, status in told]
    server.routes["/job/platform/job/deploy-app/4/wfapi/describe"] = reply({"stages": listed})


def test_a_build_that_asks_somebody_waits_for_approval(server: FaultyServer, ci: Jenkins, soon: Soon) -> None:
    play(server, [build(4, None), build(3)])
    stages(server, ("Build", "SUCCESS"), ("Approve", "PAUSED_PENDING_INPUT"))
    told = ci.state(delivery(), soon()).under_way
    assert told and (told.phase, told.step) == (Phase.WAITING, "waiting for approval")


def test_without_the_plugin_the_stage_is_read_from_the_console(server: FaultyServer, ci: Jenkins, soon: Soon) -> None:
    play(server, [build(4, None), build(3)])
    console = b"Started\n[Pipeline] { (Pull)\n[Pipeline] }\n[2026-03-02T09:04:10.1Z] [Pipeline] { (Roll out)\nrolling\n"
    server.routes["/job/platform/job/deploy-app/4/consoleText"] = reply(console)
    told = ci.state(delivery(), soon()).under_way
    assert told and (told.phase, told.step) == (Phase.RUNNING, "Roll out, stage 2")


def test_a_job_that_is_no_pipeline_has_no_step(server: FaultyServer, ci: Jenkins, soon: Soon) -> None:
    play(server, [build(4, None, _class="hudson.model.FreeStyleBuild")])
    told = ci.state(delivery(), soon()).under_way
    assert told and (told.phase, told.step) == (Phase.RUNNING, None)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("result", "place"),
    [("UNSTABLE", "current"), ("ABORTED", "failed"), ("NOT_BUILT", "failed"), ("SOMETHING_NEW", None)],
)
def test_every_result_has_its_place(
    server: FaultyServer, ci: Jenkins, soon: Soon, result: str, place: str | None
) -> None:
    play(server, [build(4, result)])
    state = ci.state(delivery(), soon())
    assert [name for name in ("current", "under_way", "failed") if getattr(state, name)] == ([place] if place else [])


@pytest.mark.parametrize(
    ("rule", "version"),
    [("{param.TAG}", "1.4.0"), ("{param.ENV}-{param.DRY}", "staging-false"), ("sha", "aaaaaaa"), ("", "build 4")],
)
def test_the_version_is_what_the_mapping_says(
    server: FaultyServer, ci: Jenkins, soon: Soon, rule: str, version: str
) -> None:
    one = build(4)
    library = {"lastBuiltRevision": {"SHA1": "b" * 40}, "remoteUrls": ["https://github.com/epetech/library.git"]}
    own = {"lastBuiltRevision": {"SHA1": "a" * 40}, "remoteUrls": ["git@github.com:Epetech/backoffice.git"]}
    one["actions"] += [library, own]
    play(server, [one])
    told = ci.state(delivery(**{"observe.version": rule}), soon()).current
    assert told and (told.version, told.commit) == (version, "a" * 40)


def test_a_service_that_was_not_deployed_for_long_is_looked_for_further_back(
    server: FaultyServer, ci: Jenkins, soon: Soon
) -> None:
    ranges: list[str] = []

    def behave(exchange: Any) -> bool:
        ranges.append(exchange.asked.query["tree"].rpartition("]")[2])
        builds = [build(500 - n, app="search") for n in range(100)] if len(ranges) == 1 else [build(3)]
        return reply({"allBuilds": builds})(exchange)

    play(server, [])
    server.routes[JOB] = behave
    told = ci.state(delivery(), soon()).current
    assert told and told.run == "3" and ranges == ["{0,100}", "{100,1000}"]


def test_many_services_of_one_job_are_told_in_two_requests(server: FaultyServer, ci: Jenkins, soon: Soon) -> None:
    play(server, [build(number, app=f"service-{number}") for number in range(60, 0, -1)])
    states: list[Any] = []

    def ask(name: str) -> None:
        states.append(ci.state(delivery(**{"observe.where.APP": name}), soon()))

    threads = [threading.Thread(target=ask, args=(f"service-{number}",)) for number in range(1, 61)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(state.current is not None for state in states) == 60
    assert sorted(server.paths) == sorted([JOB, QUEUE])


@pytest.mark.parametrize(
    ("behaviour", "error", "words"),
    [
        (reply(b"<html>", 401), Refused, r"refused the credentials \(401\): check JENKINS_USER and JENKINS_TOKEN"),
        (reply(b"<html>", 403), Refused, "credentials lack a right"),
        (redirect("/login?from=%2F", 302), Refused, "wants us to log in"),
        (redirect("https://sso.example/saml/start", 302), Refused, "wants us to log in"),
        (html, BadAnswer, "a page for people instead of data"),
        (reply({}, 404), Missing, "does not know the job platform/deploy-app, or our credentials may not see it"),
        (reply({"jobs": [{"name": "main"}]}), Missing, "folder at platform/deploy-app"),
    ],
)
def test_what_goes_wrong_is_named(
    server: FaultyServer, ci: Jenkins, soon: Soon, behaviour: Behaviour, error: type[Exception], words: str
) -> None:
    play(server, [])
    server.routes[JOB] = behaviour
    with pytest.raises(error, match=words):
        ci.state(delivery(), soon())


@pytest.mark.parametrize("job", ["", "a//b", "../secret", "a/./b"])
def test_names_that_are_no_jobs_never_reach_jenkins(ci: Jenkins, server: FaultyServer, soon: Soon, job: str) -> None:
    with pytest.raises(NotConnected, match="a job's full name is expected"):
        ci.state(delivery(**{"observe.builds_of": job}), soon())
    assert server.asked == []


def test_names_are_quoted() -> None:
    assert job_path("jenkins", "shop/feature%2Fx y?a=1") == "/job/shop/job/feature%252Fx%20y%3Fa%3D1"


def test_versions_are_not_known_without_a_code_host(ci: Jenkins, soon: Soon) -> None:
    with pytest.raises(NotConnected, match="versions are counted there"):
        ci.versions_between(delivery(), "1.0.0", "1.1.0", soon())
    assert ci.versions_between(delivery(), "1.0.0", "1.0.0", soon()) == (0, "version")


def test_a_mapping_that_names_what_is_not_there_is_told(server: FaultyServer, ci: Jenkins, soon: Soon) -> None:
    declared = [{"parameterDefinitions": [{"name": "APP"}, {"name": "ENV"}]}, {}]
    server.routes[JOB] = reply({"property": declared})
    values = {"start.job": "platform/deploy-app", "start.parameters.APP": "x", "start.parameters.WHY": "x"}
    assert ci.check(delivery(**values), soon()) == [
        "The job platform/deploy-app does not declare the parameter “TAG”.",
        "The job platform/deploy-app does not declare the parameter “WHY”.",
        "The job platform/deploy-app is given no parameter with {request}, so a lost start could not be found.",
        "jenkins does not know the job shop/billing, or our credentials may not see it.",
    ]


BRANCH = "/job/shop/job/billing/job/feature%252Fvat"
BRANCHES = {"jobs": [{"name": "feature%2Fvat"}, {"name": "trunk", "actions": [{"_class": "x.Primary"}]}]}


def test_a_branch_is_a_job_of_its_multibranch_project(server: FaultyServer, ci: Jenkins, soon: Soon) -> None:
    server.routes["/job/shop/job/billing/api/json"] = reply(BRANCHES)
    server.routes["/job/shop/job/billing/job/trunk/api/json"] = reply({"allBuilds": [build(8, "UNSTABLE")]})
    server.routes["/job/shop/job/billing/job/feature%2Fvat/api/json"] = reply({"allBuilds": []})
    server.routes[f"{BRANCH}/api/json"] = reply({"allBuilds": [build(2)]})
    (run,) = ci.pipelines.runs(delivery(), "feature/vat", soon())
    assert (run.number, run.source, run.branch) == ("2", "shop/billing/feature%2Fvat", "feature/vat")
    (main,) = ci.pipelines.runs(delivery(), None, soon())
    assert (main.number, main.branch, main.phase) == ("8", "trunk", Phase.FAILED)
    assert ci.pipelines.runs(delivery(), "v1.8.0", soon()) == [main]
    assert ci.pipelines.runs(delivery(), "no-such-branch", soon()) == []


def test_of_parallel_stages_the_one_that_failed_is_told_with_its_lines(
    server: FaultyServer, ci: Jenkins, soon: Soon
) -> None:
    server.routes["/job/shop/job/billing/api/json"] = reply({})
    server.routes["/job/shop/job/billing/8/api/json"] = reply(build(8, "FAILURE"))
    told = [("Test", "FAILED", 0, 90), ("Unit", "FAILED", 5, 60), ("Lint", "SUCCESS", 5, 20)]
    listed = [
        {"name": name, "status": status, "startTimeMillis": AT + begun * 1000, "durationMillis": took * 1000}
        for name, status, begun, took in told
    ]
    server.routes["/job/shop/job/billing/8/wfapi/describe"] = reply({"stages": listed})
    console = (
        "[Pipeline] stage\n[Pipeline] { (Test)\n[Pipeline] parallel\n[Pipeline] { (Branch: Unit)\n[Pipeline] stage\n"
        "[Pipeline] { (Unit)\n[2026-03-02T09:08:00.100Z] + make test\nE   assert 1 == 2\n[Pipeline] }\n"
        "[Pipeline] // stage\n[Pipeline] }\nafterwards\nFinished: FAILURE\n"
    )
    server.routes["/job/shop/job/billing/8/consoleText"] = reply(console.encode())
    run = ci.pipelines.run(delivery(), "#8", soon())
    assert run
    (job,) = ci.pipelines.jobs(run, soon())
    assert job.failed_step and job.failed_step.name == "Unit"
    assert ci.pipelines.log(run, job, soon()).lines == ("+ make test", "E   assert 1 == 2")


def test_a_log_that_is_gone_says_so(server: FaultyServer, ci: Jenkins, soon: Soon) -> None:
    server.routes["/job/shop/job/billing/api/json"] = reply({})
    server.routes["/job/shop/job/billing/8/api/json"] = reply(build(8, "FAILURE"))
    run = ci.pipelines.run(delivery(), "8", soon())
    assert run
    server.routes["/job/shop/job/billing/8/wfapi/describe"] = reply({"stages": []})
    with pytest.raises(Missing, match="no log of build 8"):
        ci.pipelines.log(run, ci.pipelines.jobs(run, soon())[0], soon())


def test_another_services_deployment_is_not_shown_by_its_number(server: FaultyServer, ci: Jenkins, soon: Soon) -> None:
    server.routes["/job/shop/job/billing/api/json"] = reply({})
    server.routes["/job/platform/job/deploy-app/5/api/json"] = reply(build(5, app="search"))
    server.routes["/job/platform/job/deploy-app/4/api/json"] = reply(build(4))
    assert ci.pipelines.run(delivery(), "5", soon()) is None
    found = ci.pipelines.run(delivery(), "4", soon(), deployment=True)
    assert found and found.source == "platform/deploy-app"


def test_jobs_are_listed_through_folders_but_not_branches(server: FaultyServer) -> None:
    branches = {"_class": "x.WorkflowMultiBranchProject", "name": "api", "jobs": [{"name": "main"}]}
    folder = {"_class": "x.Folder", "name": "shop", "jobs": [branches, {"name": "cart", "_class": "x.WorkflowJob"}]}
    server.routes["/api/json"] = reply({"jobs": [folder, {"name": "nightly"}, {}]})
    http = connect(Provider("jenkins", "jenkins", server.url), "ana", "made-up")
    assert JenkinsReader(http).jobs() == ["nightly", "shop/api", "shop/cart"]
    http.close()


NONSENSE = [None, True, -1, 1.5, 10**30, "", "x", [], {}, [[]], [None]]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield from places(entry, (*path, key))


SOUND = {
    JOB: {"allBuilds": [build(4, None), build(3)], "property": [{"parameterDefinitions": [{"name": "APP"}]}]},
    QUEUE: {"items": [waiting()]},
    "/job/platform/job/deploy-app/4/wfapi/describe": {
        "stages": [{"name": "Roll out", "status": "IN_PROGRESS", "startTimeMillis": AT, "durationMillis": 5}]
    },
    "/job/shop/job/billing/api/json": BRANCHES,
    "/job/shop/job/billing/job/trunk/api/json": {"allBuilds": [build(8)]},
}


class Canned:
    """Stands for Http: gives the answers of a table."""

    provider = "jenkins"

    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers = answers

    def get(self, path: str, params: object = None, **options: object) -> Answer:
        found = path in self._answers
        return Answer(200 if found else 404, {}, copy.deepcopy(self._answers.get(path, {})), {})

    def text(self, path: str, **options: object) -> Answer:
        return Answer(200, {}, None, {}, "[Pipeline] { (Roll out)\n")


def spoilt(place: tuple[Any, ...], nonsense: Any) -> dict[str, Any]:
    answers = copy.deepcopy(SOUND)
    inside: Any = answers
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = nonsense
    return answers


@pytest.mark.parametrize("place", list(places(SOUND)), ids=str)
def test_no_field_can_break_it(soon: Soon, place: tuple[Any, ...]) -> None:
    asked: list[Callable[[Jenkins], object]] = [
        lambda ci: ci.state(delivery(), soon()),
        lambda ci: ci.check(delivery(), soon()),
        lambda ci: ci.pipelines.runs(delivery(), None, soon()),
        lambda ci: ci.history.past(delivery(), None, 5, soon()),
    ]
    for nonsense in NONSENSE:
        ci = Jenkins(Provider("jenkins", "jenkins", "http://x"), cast(Http, Canned(spoilt(place, nonsense))))
        for ask in asked:
            try:
                ask(ci)
            except ProviderError as error:
                assert str(error).startswith("jenkins "), (nonsense, error)
