"""GitHub's REST API over the made-up world: which address answers what (https://docs.github.com/en/rest)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox import logs, shapes
from sandbox.company import CENTRAL, ENVIRONMENTS, ORGANISATION, REPOSITORIES, SERVICES
from sandbox.files import contents, inputs
from sandbox.records import Commit, Deployment, Job, Run, Tag
from sandbox.shapes import Json, Scene

INSTALLATION = 7001
INSTALLATION_TOKEN = "sandbox-installation-token"  # noqa: S105 - made up, and good for nothing elsewhere


class Problem(Exception):
    """An answer that is an error: its HTTP status and its message."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


class Elsewhere(Exception):
    """An answer that is at another address."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(url)


@dataclass(frozen=True)
class Page:
    """A list that the server cuts into pages; ``key`` names it inside of an object with ``total_count``."""

    items: list[Any]
    show: Callable[[Any], Any]
    key: str | None = None


@dataclass(frozen=True)
class Done:
    """An answer to what changes something, when its status is not the usual one."""

    status: int
    body: Json


@dataclass(frozen=True)
class Call:
    """A request: what it looks at, its query and its body."""

    scene: Scene
    query: Mapping[str, str]
    body: Json = field(default_factory=dict)

    def asks_for(self, **values: str) -> bool:
        """Whether a thing with these values is among what the query asks for."""
        return all(self.query.get(name, value) == value for name, value in values.items())


Answer = Json | list[Json] | Page | Done


def answer(method: str, path: str, call: Call) -> tuple[int, Json | list[Json] | Page]:
    """The HTTP status and body for an address, its path without query and already decoded.

    Raises:
        Problem: GitHub would refuse it, or has no such thing.
    """
    for pattern, function in _ROUTES:
        verb, _, shape = pattern.rpartition(" ")
        match = re.fullmatch(shape.replace("REPO", f"/repos/{ORGANISATION}/([^/]+)"), path)
        if match and method == (verb or "GET"):
            if "REPO" in shape and match[1] not in REPOSITORIES:
                break
            found = function(call, *match.groups())
            return (found.status, found.body) if isinstance(found, Done) else (201 if verb else 200, found)
    raise Problem(404, "Not Found")


def whole(text: str | None, otherwise: int) -> int:
    """A number of a query above 0; GitHub takes its usual one instead of nonsense."""
    return int(text) if text and text.isdigit() and int(text) > 0 else otherwise


def _found(things: list[Any], number: str) -> Any:
    """The one with this number."""
    for thing in things:
        if thing.id == int(number):
            return thing
    raise Problem(404, "Not Found")


# Deployments and environments


def _deployments(call: Call, repo: str) -> Page:
    def wanted(it: Deployment) -> bool:
        return call.asks_for(environment=str(it.job.environment), ref=it.run.ref, sha=it.run.commit.sha, task="deploy")

    found = [it for it in call.scene.world.deployments(repo, call.scene.now) if wanted(it)]
    return Page(found, lambda it: shapes.deployment(call.scene, it))


def _deployment(call: Call, repo: str, number: str) -> Answer:
    return shapes.deployment(call.scene, _found(call.scene.world.deployments(repo, call.scene.now), number))


def _statuses(call: Call, repo: str, number: str) -> Page:
    record = _found(call.scene.world.deployments(repo, call.scene.now), number)
    return Page(shapes.deployment_statuses(call.scene, record), dict)


def _environments_of(repo: str) -> list[str]:
    services = [service for service in SERVICES.values() if service.repository == repo and not service.central]
    return [services[0].renamed.get(name, name) for name in ENVIRONMENTS] if services else []


def _environments(call: Call, repo: str) -> Page:
    return Page(_environments_of(repo), lambda name: shapes.environment(call.scene, repo, name), "environments")


def _environment(call: Call, repo: str, name: str) -> Answer:
    if name not in _environments_of(repo):
        raise Problem(404, "Not Found")
    return shapes.environment(call.scene, repo, name)


# Actions


def _files(repo: str) -> list[str]:
    builds, deploys = repo != CENTRAL, repo == CENTRAL or bool(_environments_of(repo))
    return [*(["ci.yml"] if builds else []), *(["deploy.yml"] if deploys else [])]


def _file(repo: str, name: str) -> str:
    """The file of a workflow that is asked for by its file or its number."""
    for file in _files(repo):
        if name in (file, str(shapes.workflow_id(repo, file))):
            return file
    raise Problem(404, "Not Found")


def _workflows(call: Call, repo: str) -> Page:
    return Page(_files(repo), lambda file: shapes.workflow(call.scene, repo, file), "workflows")


def _workflow(call: Call, repo: str, name: str) -> Answer:
    return shapes.workflow(call.scene, repo, _file(repo, name))


def _runs(call: Call, repo: str, name: str | None = None) -> Page:
    file = _file(repo, name) if name else None

    def wanted(it: Run) -> bool:
        state = it.status(call.scene.now)
        states = (state, it.conclusion if state == "completed" else state)
        told = {"event": it.event, "branch": it.ref, "head_sha": it.commit.sha, "actor": it.login}
        return file in (None, it.workflow) and call.asks_for(**told) and call.query.get("status", state) in states

    found = [it for it in call.scene.world.runs(repo, call.scene.now) if wanted(it)]
    return Page(found, lambda it: shapes.run(call.scene, it), "workflow_runs")


def _run(call: Call, repo: str, number: str) -> Answer:
    return shapes.run(call.scene, _found(call.scene.world.runs(repo, call.scene.now), number))


def _dispatch(call: Call, repo: str, name: str) -> Answer:
    """https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event"""
    declared, given = inputs(repo, _file(repo, name)), call.body.get("inputs") or {}
    if declared is None:
        raise Problem(422, "Workflow does not have 'workflow_dispatch' trigger")
    if unknown := [name for name in given if name not in declared]:
        raise Problem(422, f"Unexpected inputs provided: {unknown}")
    if absent := [name for name, required in declared.items() if required and not given.get(name)]:
        raise Problem(422, f"Required input '{absent[0]}' not provided")
    service, environment, tag = _meant(call, repo, str(call.body.get("ref")), given)
    details = given.get("request", ""), given.get("commit", "")
    made = call.scene.world.deploy(service, environment, tag, call.scene.now, *details)
    if not call.body.get("return_run_details"):
        return Done(204, {})
    return Done(200, call.scene.show("dispatched", repo, id=made.id))


def _meant(call: Call, repo: str, ref: str, given: Mapping[str, str]) -> tuple[str, str, Tag]:
    """Service, environment and tag that a dispatch is about."""
    tags: dict[tuple[str, str], Tag] = {}
    for name, service in SERVICES.items():
        here = call.scene.world.tags(service.repository, call.scene.now)
        tags |= {(name, tag.name): tag for tag in here if tag.name.startswith(service.tag)}
    if repo == CENTRAL and ref == "main":
        name, environment = given["app"], given["env"]
        label = f"{SERVICES[name].tag}{given['tag']}" if name in SERVICES else ""
    else:
        name = next((it for it, label in tags if label == ref and SERVICES[it].repository == repo), "")
        renamed = {new: old for old, new in SERVICES[name].renamed.items()} if name else {}
        label, environment = ref, renamed.get(given.get("environment", ""), given.get("environment", ""))
    if (name, label) not in tags:
        raise Problem(422, f"No ref found for: {ref}")
    if environment not in SERVICES[name].running:
        raise Problem(422, f"Provided value '{environment}' not in the list of allowed values")
    return name, environment, tags[name, label]


def _pending(call: Call, repo: str, number: str) -> Answer:
    owner: Run = _found(call.scene.world.runs(repo, call.scene.now), number)
    waiting = [job for job in owner.visible_jobs(call.scene.now) if job.status(call.scene.now) == "waiting"]
    return [shapes.pending_deployment(call.scene, repo, job.environment) for job in waiting if job.environment]


def _cancel(call: Call, repo: str, number: str) -> Answer:
    owner: Run = _found(call.scene.world.runs(repo, call.scene.now), number)
    if owner.status(call.scene.now) == "completed":
        raise Problem(409, "Cannot cancel a workflow run that is completed.")
    call.scene.world.cancel(owner, call.scene.now)
    return Done(202, {})


def _rerun(call: Call, repo: str, number: str, failed: str | None) -> Answer:
    owner: Run = _found(call.scene.world.runs(repo, call.scene.now), number)
    ended = owner.status(call.scene.now) == "completed"
    if not ended or (failed and owner.conclusion == "success"):
        raise Problem(403, f"The workflow run {number} cannot be retried")
    call.scene.world.rerun(owner, call.scene.now)
    return {}


def _jobs(call: Call, repo: str, number: str) -> Page:
    owner: Run = _found(call.scene.world.runs(repo, call.scene.now), number)
    return Page(owner.visible_jobs(call.scene.now), lambda it: shapes.job(call.scene, owner, it), "jobs")


def _log(call: Call, repo: str, number: str) -> Answer:
    job = _job(call, repo, number)[1]
    if job.status(call.scene.now) != "completed":
        raise Problem(404, "Not Found")
    raise Elsewhere(f"{call.scene.origin}/_logs/{repo}/{number}?sig={logs.signature(repo, number)}")


def _job(call: Call, repo: str, number: str) -> tuple[Run, Job]:
    for owner in call.scene.world.runs(repo, call.scene.now):
        for job in owner.visible_jobs(call.scene.now):
            if shapes.job_id(owner, job) == int(number):
                return owner, job
    raise Problem(404, "Not Found")


def signed_log(repo: str, number: str, call: Call) -> str:
    """The text of a job's log, for whoever knows its signed address. Raises Problem."""
    if call.query.get("sig") != logs.signature(repo, number):
        raise Problem(403, "Server failed to authenticate the request: the signature did not match")
    return logs.job_log(*_job(call, repo, number))


# Commits, tags, branches and files


def _resolve(call: Call, repo: str, ref: str) -> Commit:
    """The commit that a branch, a tag or (a beginning of) a SHA names."""
    line = call.scene.world.commits(repo, call.scene.now)
    bare = ref.removeprefix("heads/").removeprefix("tags/")
    if bare in ("main", "HEAD"):
        return line[0]
    tagged = [it.commit for it in call.scene.world.tags(repo, call.scene.now) if it.name == bare]
    begun = [it for it in line if len(ref) >= 7 and it.sha.startswith(ref)]
    if not tagged and not begun:
        raise Problem(422, f"No commit found for SHA: {ref}")
    return (tagged or begun)[0]


def _commits(call: Call, repo: str) -> Page:
    line = call.scene.world.commits(repo, call.scene.now)
    head = _resolve(call, repo, call.query.get("sha", "main"))
    since, until = call.query.get("since", ""), call.query.get("until", "9")
    line = [it for it in line[line.index(head) :] if since <= shapes.stamp(it.at) <= until]
    found = [it for it in line if it.path.startswith(call.query.get("path", ""))]
    return Page(found, lambda it: shapes.commit(call.scene, it))


def _commit(call: Call, repo: str, ref: str) -> Answer:
    found = _resolve(call, repo, ref)
    stats = {"additions": 12, "deletions": 4, "total": 16}
    return {**shapes.commit(call.scene, found), "stats": stats, "files": shapes.changed_files(call.scene, [found])}


def _pulls(call: Call, repo: str, ref: str) -> Answer:
    found = _resolve(call, repo, ref)
    return [shapes.pull(call.scene, found)] if found.pull else []


def _pull(call: Call, repo: str, number: str) -> Answer:
    for found in call.scene.world.commits(repo, call.scene.now):
        if str(found.pull) == number:
            return shapes.pull(call.scene, found, full=True)
    raise Problem(404, "Not Found")


def _compare(call: Call, repo: str, base: str, head: str) -> Answer:
    try:
        old, new = _resolve(call, repo, base), _resolve(call, repo, head)
    except Problem:
        raise Problem(404, "Not Found") from None
    line = call.scene.world.commits(repo, call.scene.now)
    distance = line.index(old) - line.index(new)
    between = line[line.index(new) : line.index(old)][::-1]
    size = whole(call.query.get("per_page"), 250)
    begin = size * (whole(call.query.get("page"), 1) - 1)
    return call.scene.show(
        "comparison",
        repo,
        span=f"{base}...{head}",
        status="ahead" if distance > 0 else "behind" if distance else "identical",
        ahead=max(distance, 0),
        behind=max(-distance, 0),
        old=shapes.commit(call.scene, old),
        common=shapes.commit(call.scene, old if distance > 0 else new),
        commits=[shapes.commit(call.scene, it) for it in between[begin : begin + size]],
        files=shapes.changed_files(call.scene, between),
    )


def _tags(call: Call, repo: str) -> Page:
    found = sorted(call.scene.world.tags(repo, call.scene.now), key=lambda it: it.name, reverse=True)
    return Page(found, lambda it: shapes.tag(call.scene, it))


def _matching_tags(call: Call, repo: str, start: str) -> Answer:
    found = sorted(call.scene.world.tags(repo, call.scene.now), key=lambda it: it.name)
    return [shapes.tag(call.scene, it, "tag_ref") for it in found if it.name.startswith(start)]


def _branches(call: Call, repo: str) -> Page:
    sha = _resolve(call, repo, "main").sha
    short = {"sha": sha, "url": f"{call.scene.origin}/repos/{ORGANISATION}/{repo}/commits/{sha}"}
    return Page([short], lambda commit: call.scene.show("branch", repo, commit=commit))


def _branch(call: Call, repo: str) -> Answer:
    head = shapes.commit(call.scene, _resolve(call, repo, "main"))
    return {**call.scene.show("branch", repo, commit=head), **call.scene.show("branch_links", repo)}


def _contents(call: Call, repo: str, path: str) -> Answer:
    _resolve(call, repo, call.query.get("ref", "main"))
    found = contents(call.scene, repo, path, _files(repo))
    if found is None:
        raise Problem(404, "Not Found")
    return found


# Whoever asks


def _app(call: Call) -> Answer:
    return call.scene.show("app", owner=shapes.user(call.scene, ORGANISATION), rights=call.scene.show("rights"))


def _installation(call: Call, repo: str = CENTRAL) -> Answer:
    owner, rights = shapes.user(call.scene, ORGANISATION), call.scene.show("rights")
    return call.scene.show("installation", repo, id=INSTALLATION, owner=owner, owner_id=owner["id"], rights=rights)


def _access_token(call: Call) -> Answer:
    # The client renews by its own clock, so this is an hour of the real one.
    expiry = shapes.stamp(datetime.now(timezone.utc) + timedelta(hours=1))
    return call.scene.show("access_token", token=INSTALLATION_TOKEN, expiry=expiry, rights=call.scene.show("rights"))


def _myself(call: Call) -> Answer:
    return shapes.myself(call.scene)


def _repositories(call: Call) -> Page:
    return Page(REPOSITORIES, lambda name: shapes.repository(call.scene, name))


def _repository(call: Call, repo: str) -> Answer:
    return shapes.repository(call.scene, repo, full=True)


def is_app_token(token: str) -> bool:
    """Whether it has the form of a JSON web token, which is all that the sandbox asks of an App."""
    parts = token.split(".")
    try:
        return len(parts) == 3 and b'"alg"' in base64.urlsafe_b64decode(parts[0] + "==")
    except ValueError:
        return False


_ROUTES: tuple[tuple[str, Callable[..., Answer]], ...] = (
    ("/user", _myself),
    (f"/orgs/{ORGANISATION}/repos", _repositories),
    (f"/orgs/{ORGANISATION}/installation", _installation),
    ("/app", _app),
    (f"POST /app/installations/{INSTALLATION}/access_tokens", _access_token),
    ("REPO", _repository),
    ("REPO/installation", _installation),
    ("REPO/deployments", _deployments),
    (r"REPO/deployments/(\d+)", _deployment),
    (r"REPO/deployments/(\d+)/statuses", _statuses),
    ("REPO/environments", _environments),
    ("REPO/environments/(.+)", _environment),
    ("REPO/actions/runs", _runs),
    (r"REPO/actions/runs/(\d+)", _run),
    (r"REPO/actions/runs/(\d+)/jobs", _jobs),
    (r"REPO/actions/runs/(\d+)/pending_deployments", _pending),
    (r"POST REPO/actions/runs/(\d+)/cancel", _cancel),
    (r"POST REPO/actions/runs/(\d+)/rerun(-failed-jobs)?", _rerun),
    ("POST REPO/actions/workflows/([^/]+)/dispatches", _dispatch),
    (r"REPO/actions/jobs/(\d+)/logs", _log),
    ("REPO/actions/workflows", _workflows),
    ("REPO/actions/workflows/([^/]+)", _workflow),
    ("REPO/actions/workflows/([^/]+)/runs", _runs),
    ("REPO/commits", _commits),
    ("REPO/commits/([^/]+)/pulls", _pulls),
    ("REPO/commits/(.+)", _commit),
    (r"REPO/pulls/(\d+)", _pull),
    (r"REPO/compare/(.+)\.\.\.(.+)", _compare),
    ("REPO/tags", _tags),
    ("REPO/git/matching-refs/tags/(.*)", _matching_tags),
    ("REPO/branches", _branches),
    ("REPO/branches/main", _branch),
    ("REPO/contents/(.*)", _contents),
)
