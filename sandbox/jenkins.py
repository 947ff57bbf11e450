"""Jenkins' remote access API over the made-up world, as far as clients ask (https://www.jenkins.io/doc/book/using/remote-access-api/).

One job deploys every service that goes this way; each of them has a multibranch project that builds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sandbox import logs
from sandbox.company import ORGANISATION, PEOPLE, SERVICES, read
from sandbox.records import Run, Step, Tag
from sandbox.shapes import Json, Scene, fill

VERSION = "2.516.2"
DEPLOY_APP = "platform/deploy-app"
_RESULTS = {"success": "SUCCESS", "failure": "FAILURE", "cancelled": "ABORTED"}
_STAGES = {"success": "SUCCESS", "failure": "FAILED", "cancelled": "ABORTED"}
_COLORS = {"SUCCESS": "blue", "FAILURE": "red", "ABORTED": "aborted", None: "notbuilt"}
_NO_STAGES = ("Set up job", "Check out")
_QUEUE_IDS = 1000
_SHAPES = read("jenkins.yaml")
_SIGN = re.compile(r"\{(\d*),(\d*)\}|[\[\],]|[^\[\]{},]+")


def answer(path: str, query: Mapping[str, str], scene: Scene) -> tuple[int, Any, dict[str, str]]:
    """Status, body and headers for an address below ``/jenkins``."""
    headers = {"X-Jenkins": VERSION}
    path = path.strip("/")
    place = re.sub(r"(^|/)job/", r"\1", path)
    if match := re.fullmatch(r"(.*?)/?api/(json|python)", place):
        found = _objects(scene).get(match[1])
        if found is not None:
            shown = {name: inside for name, inside in found.items() if name != "allBuilds"}
            return 200, _cut(found, _parsed(query["tree"])) if query.get("tree") else shown, headers
    if match := re.fullmatch(r"(.+)/(\d+)/(wfapi/describe|consoleText|logText/progressiveText)", place):
        run = dict(_jobs(scene)).get(match[1], {}).get(int(match[2]))
        if run is not None and run.jobs[0].start <= scene.now:
            return _of_build(match[3], match[2], run, query, scene, headers)
    if not path:
        return 200, "sandbox: Jenkins, a page that only a real platform has\n", headers
    return 404, "<html><body><h2>HTTP ERROR 404 Not Found</h2></body></html>\n", headers


def done(path: str, values: Mapping[str, str], scene: Scene) -> tuple[int, Any, dict[str, str]]:
    """What a POST does: start a build, or stop one. Undeclared parameters are dropped without a word."""
    headers = {"X-Jenkins": VERSION}
    place, jobs = re.sub(r"(^|/)job/", r"\1", path.strip("/")), dict(_jobs(scene))
    job, _, what = place.rpartition("/")
    if place == f"{DEPLOY_APP}/buildWithParameters":
        tag = next((t for t in _tags(values.get("APP", ""), scene) if t.version == values.get("VERSION")), None)
        if tag is None or values.get("ENV") not in SERVICES[values["APP"]].running:
            return 400, "<html><body>Nothing like that can be deployed</body></html>\n", headers
        scene.world.deploy(values["APP"], values["ENV"], tag, scene.now, values.get("REQUEST", ""))
    elif what == "build" and job in jobs and job != DEPLOY_APP:
        newest = list(jobs[job].values())[-1]
        scene.world.build(job.split("/")[1], newest.commit, scene.now)
    elif what == "stop" and (run := jobs.get(job.rpartition("/")[0], {}).get(int(job.rpartition("/")[2] or 0))):
        if run.status(scene.now) != "completed":
            scene.world.cancel(run, scene.now)
        return 302, b"", {**headers, "Location": _url(scene, job.rpartition("/")[0])}
    else:
        return 404, "<html><body><h2>HTTP ERROR 404 Not Found</h2></body></html>\n", headers
    number = len(dict(_jobs(scene))[job])
    return 201, b"", {**headers, "Location": f"{scene.origin}/jenkins/queue/item/{_queue_id(job, number)}/"}


def _tags(name: str, scene: Scene) -> list[Tag]:
    service = SERVICES.get(name)
    here = scene.world.tags(service.repository, scene.now) if service and service.jenkins else []
    return [tag for tag in here if service and tag.name.startswith(service.tag)]


def _of_build(
    what: str, number: str, run: Run, query: Mapping[str, str], scene: Scene, headers: dict[str, str]
) -> tuple[int, Any, dict[str, str]]:
    if what == "wfapi/describe":
        return 200, _described(number, run, scene.now), headers
    text = "".join(f"{line}\n" for line in _console(run, scene.now))
    if what == "logText/progressiveText":
        more = {} if run.status(scene.now) == "completed" else {"X-More-Data": "true"}
        headers = {**headers, **more, "X-Text-Size": str(len(text))}
    return 200, text[int(query.get("start") or 0) :], headers


def _jobs(scene: Scene) -> Iterator[tuple[str, dict[int, Run]]]:
    """Every job by its full name, with its builds by number."""
    deployed: list[Run] = []
    for name, service in SERVICES.items():
        if service.jenkins:
            runs = scene.world.builds(name, scene.now)
            deployed += [run for run in runs if run.target]
            built = [run for run in runs if not run.target]
            yield f"{service.repository}/{name}/main", dict(enumerate(built, 1))
    yield DEPLOY_APP, dict(enumerate(sorted(deployed, key=lambda run: run.created), 1))


def _show(shape: str, **values: Any) -> Json:
    filled: Json = fill(_SHAPES[shape], values)
    return filled


def _objects(scene: Scene) -> dict[str, Json]:
    """Everything that answers ``api/json``, by its place: folders, jobs, builds, the queue and its items."""
    queued: list[Json] = []
    found = {
        "": _show("hudson", url=_url(scene), jobs=[]),
        "crumbIssuer": _show("crumb"),
        "queue": _show("queue", items=queued),
    }
    for full_name, runs in _jobs(scene):
        waiting, job, inside = _waiting(full_name, runs, scene), _job(scene, full_name, runs), found[""]
        queued += waiting
        parts = full_name.split("/")
        for depth, name in enumerate(["/".join(parts[: end + 1]) for end in range(len(parts) - 1)]):
            if name not in found:
                found[name] = _show("multibranch" if depth else "folder", **_named(scene, name), jobs=[])
                inside["jobs"].append(found[name])
            inside = found[name]
        inside["jobs"].append(job)
        found |= {item["url"].rstrip("/"): item for item in (*waiting, *_left(job, scene))} | {full_name: job}
        found |= {f"{full_name}/{each['number']}": each for each in job["allBuilds"]}
    return found


def _named(scene: Scene, full_name: str) -> Json:
    return {"name": full_name.rpartition("/")[2], "full": full_name, "url": _url(scene, full_name)}


def _job(scene: Scene, full_name: str, runs: Mapping[int, Run]) -> Json:
    builds = [_build(scene, full_name, n, run) for n, run in runs.items() if run.jobs[0].start <= scene.now][::-1]
    waiting = _waiting(full_name, runs, scene)
    ended = next((each["result"] for each in builds if each["result"]), None)
    wanted = ("APP", "VERSION", "ENV", "REQUEST") if full_name == DEPLOY_APP else ()
    return _show(
        "job",
        **_named(scene, full_name),
        actions=[{}, *([] if wanted else [_show("primary")])],
        color=_COLORS[ended] + ("_anime" if builds and builds[0]["building"] else ""),
        queued=bool(waiting),
        item=waiting[0] if waiting else None,
        parameters=[_show("parameter", name=name) for name in wanted],
        newest=builds[:100],
        builds=builds,
        first=builds[-1] if builds else None,
        last=builds[0] if builds else None,
        next=len(runs) + 1,
    )


def _build(scene: Scene, full_name: str, number: int, run: Run) -> Json:
    begun, ended, done = run.jobs[0].start, run.jobs[-1].end, run.status(scene.now) == "completed"
    return _show(
        "build",
        actions=_actions(run),
        building=not done,
        changes=_changes(run),
        number=number,
        duration=_millis(ended) - _millis(begun) if done else 0,
        title=full_name.replace("/", " » "),
        queue_id=_queue_id(full_name, number),
        result=_RESULTS[run.conclusion] if done else None,
        begun=_millis(begun),
        url=_url(scene, full_name),
    )


def _changes(run: Run) -> list[Json]:
    author = {"fullName": PEOPLE[run.commit.login]}
    return [] if run.target else [{"commitId": run.commit.sha, "msg": run.commit.title, "author": author}]


def _waiting(full_name: str, runs: Mapping[int, Run], scene: Scene) -> list[Json]:
    named = _named(scene, full_name)
    return [
        _show("waiting", id=_queue_id(full_name, n), actions=_actions(run), since=_millis(run.created), **named)
        for n, run in runs.items()
        if run.jobs[0].start > scene.now
    ]


def _left(job: Json, scene: Scene) -> Iterator[Json]:
    """The items that became builds: Jenkins remembers them for five minutes."""
    for build in job["allBuilds"]:
        if build["timestamp"] > _millis(scene.now) - 300_000:
            yield _show("left", id=build["queueId"], number=build["number"], url=build["url"])


def _queue_id(full_name: str, number: int) -> int:
    return _QUEUE_IDS * (1 if full_name == DEPLOY_APP else 100) + number


def _actions(run: Run) -> list[Json]:
    if run.target is None:
        repository = f"{ORGANISATION}/{run.commit.repository}"
        return [_show("pushed"), _show("built from", sha=run.commit.sha, repository=repository), {}]
    first, _, last = run.login.partition("-")
    service, environment, version = run.target
    values = {"APP": service, "VERSION": version, "ENV": environment, "REQUEST": run.request}
    parameters = [_show("value", name=name, value=value) for name, value in values.items() if value]
    by = _show("started by", user=first[0] + last, name=PEOPLE.get(run.login, run.login))
    return [by, _show("given", parameters=parameters), {}]


def _steps(run: Run, now: datetime) -> list[Step]:
    """The stages that a build has reached."""
    steps = [step for job in run.jobs for step in job.steps if step.name not in _NO_STAGES]
    return [step for step in steps if step.conclusion != "skipped" and step.start <= now]


def _described(number: str, run: Run, now: datetime) -> Json:
    def timed(begun: datetime, ended: datetime) -> Json:
        return {"begun": _millis(begun), "duration": _millis(min(ended, now)) - _millis(begun)}

    def status(conclusion: str, over: bool) -> str:
        return _STAGES[conclusion] if over else "IN_PROGRESS"

    stages = [
        _show(
            "stage",
            id=str(5 + 7 * at),
            name=step.name,
            status=status(step.conclusion, step.end <= now),
            **timed(step.start, step.end),
        )
        for at, step in enumerate(_steps(run, now))
    ]
    whole = timed(run.jobs[0].start, run.jobs[-1].end)
    over = run.status(now) == "completed"
    return _show("described", id=number, status=status(run.conclusion, over), stages=stages, **whole)


def _console(run: Run, now: datetime) -> Iterator[str]:
    yield from ("Started", "[Pipeline] Start of Pipeline", "[Pipeline] node", "[Pipeline] {")
    for step in _steps(run, now):
        yield from ("[Pipeline] stage", f"[Pipeline] {{ ({step.name})")
        yield from (text for at, text in logs.written(run, step) if at <= now and not text.startswith("##["))
        if step.end <= now:
            yield from ("[Pipeline] }", "[Pipeline] // stage")
    if run.status(now) == "completed":
        yield from ("[Pipeline] }", "[Pipeline] End of Pipeline", f"Finished: {_RESULTS[run.conclusion]}")


def _url(scene: Scene, full_name: str = "") -> str:
    return f"{scene.origin}/jenkins/" + "".join(f"job/{part}/" for part in full_name.split("/") if part)


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


# What ``tree`` asks for


def _parsed(text: str) -> Any:
    """``jobs[name,builds[number]{0,3}]`` → names, each with what is wanted inside and which part of a list."""
    root: dict[str, Any] = {}
    stack, last = [root], ""
    for match in _SIGN.finditer(text):
        sign = match[0]
        if sign == "[":
            stack.append(stack[-1][last][0])
        elif sign == "]":
            last = next(name for name, (inside, _) in stack[-2].items() if inside is stack[-1])
            stack.pop()
        elif sign.startswith("{"):
            part = slice(int(match[1] or 0), int(match[2]) if match[2] else None)
            stack[-1][last] = (stack[-1][last][0], part)
        elif sign != ",":
            last = sign
            stack[-1][last] = ({}, slice(None))
    return root


def _cut(value: Any, tree: Mapping[str, Any]) -> Any:
    """Only what was asked for; Jenkins says the class of everything unasked."""
    if not isinstance(value, dict):
        return value
    kept = {"_class": value["_class"]} if "_class" in value else {}
    for name, (inside, part) in tree.items():
        if isinstance(value.get(name), list):
            kept[name] = [_cut(each, inside) for each in value[name][part]]
        elif name in value:
            kept[name] = _cut(value[name], inside)
    return kept
