"""GitHub's REST API over the made-up world: which address answers what (https://docs.github.com/en/rest)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox import shapes, shapes_actions
from sandbox.company import CENTRAL, ENVIRONMENTS, ORGANISATION, SERVICES
from sandbox.files import contents
from sandbox.records import Commit, Deployment, Run
from sandbox.shapes import REPOSITORIES, Json, Scene, stamp

INSTALLATION_TOKEN = "sandbox-installation-token"
_INSTALLATION = 7001


class Problem(Exception):
    """An answer that is an error: its HTTP status and its message."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


@dataclass(frozen=True)
class Page:
    """A list that the server cuts into pages; ``key`` names it inside of an object with ``total_count``."""

    items: list[Any]
    show: Callable[[Any], Any]
    key: str | None = None


@dataclass(frozen=True)
class Call:
    """A request: what it looks at, and its query."""

    scene: Scene
    query: Mapping[str, str]


Answer = Json | list[Json] | Page
Route = Callable[..., Answer]
_ROUTES: list[tuple[str, re.Pattern[str], Route]] = []


def _route(pattern: str, method: str = "GET") -> Callable[[Route], Route]:
    def keep(function: Route) -> Route:
        _ROUTES.append(
            (method, re.compile(pattern.replace("REPO", f"/repos/{ORGANISATION}/(?P<repo>[^/]+)")), function)
        )
        return function

    return keep


def answer(method: str, path: str, call: Call) -> tuple[int, Answer]:
    """The HTTP status and body for an address, path without query and already decoded.

    Raises:
        Problem: GitHub would refuse it, or has no such thing.
    """
    for wanted, pattern, function in _ROUTES:
        match = pattern.fullmatch(path)
        if match and wanted == method:
            parts = match.groupdict()
            if parts.get("repo", CENTRAL) not in REPOSITORIES:
                break
            return (201 if method == "POST" else 200), function(call, **parts)
    raise Problem(404, "Not Found")


@_route("/user")
def _myself(call: Call) -> Answer:
    return shapes.myself(call.scene)


@_route(f"/orgs/{ORGANISATION}/repos")
def _repositories(call: Call) -> Answer:
    return Page(list(REPOSITORIES), lambda name: shapes.minimal_repository(call.scene, name))


@_route("REPO")
def _repository(call: Call, repo: str) -> Answer:
    return shapes.repository(call.scene, repo)


# Deployments


@_route("REPO/deployments")
def _deployments(call: Call, repo: str) -> Answer:
    def wanted(it: Deployment) -> bool:
        values = {"environment": it.job.environment, "ref": it.run.ref, "sha": it.run.commit.sha, "task": "deploy"}
        return all(call.query.get(key, value) == value for key, value in values.items())

    found = [it for it in call.scene.world.deployments(repo, call.scene.now) if wanted(it)]
    return Page(found, lambda it: shapes_actions.deployment(call.scene, it))


def _deployment_of(call: Call, repo: str, number: str) -> Deployment:
    found = [it for it in call.scene.world.deployments(repo, call.scene.now) if it.id == int(number)]
    if not found:
        raise Problem(404, "Not Found")
    return found[0]


@_route(r"REPO/deployments/(?P<number>\d+)")
def _deployment(call: Call, repo: str, number: str) -> Answer:
    return shapes_actions.deployment(call.scene, _deployment_of(call, repo, number))


@_route(r"REPO/deployments/(?P<number>\d+)/statuses")
def _statuses(call: Call, repo: str, number: str) -> Answer:
    return Page(shapes_actions.deployment_statuses(call.scene, _deployment_of(call, repo, number)), dict)


def _environments_of(repo: str) -> list[str]:
    services = [service for service in SERVICES.values() if service.repository == repo and not service.central]
    return [services[0].renamed.get(name, name) for name in ENVIRONMENTS] if services else []


@_route("REPO/environments")
def _environments(call: Call, repo: str) -> Answer:
    names = _environments_of(repo)
    return Page(names, lambda name: shapes_actions.environment(call.scene, repo, name), "environments")


@_route("REPO/environments/(?P<name>.+)")
def _environment(call: Call, repo: str, name: str) -> Answer:
    if name not in _environments_of(repo):
        raise Problem(404, "Not Found")
    return shapes_actions.environment(call.scene, repo, name)


# Actions


def _runs_page(call: Call, repo: str, file: str | None = None) -> Page:
    def wanted(it: Run) -> bool:
        state = it.status(call.scene.now)
        values = {"event": it.event, "branch": it.ref, "head_sha": it.commit.sha, "actor": it.login}
        return (
            file in (None, it.workflow)
            and all(call.query.get(key, value) == value for key, value in values.items())
            and call.query.get("status", state) in (state, it.conclusion if state == "completed" else state)
        )

    found = [it for it in call.scene.world.runs(repo, call.scene.now) if wanted(it)]
    return Page(found, lambda it: shapes_actions.run(call.scene, it), "workflow_runs")


def _files(repo: str) -> list[str]:
    if repo == CENTRAL:
        return ["deploy.yml"]
    return ["ci.yml", "deploy.yml"] if _environments_of(repo) else ["ci.yml"]


def _file(repo: str, name: str) -> str:
    """The file of a workflow that is asked for by its file or its number."""
    for file in _files(repo):
        if name in (file, str(shapes_actions.workflow_id(repo, file))):
            return file
    raise Problem(404, "Not Found")


@_route("REPO/actions/runs")
def _runs(call: Call, repo: str) -> Answer:
    return _runs_page(call, repo)


@_route("REPO/actions/workflows")
def _workflows(call: Call, repo: str) -> Answer:
    return Page(_files(repo), lambda file: shapes_actions.workflow(call.scene, repo, file), "workflows")


@_route("REPO/actions/workflows/(?P<name>[^/]+)")
def _workflow(call: Call, repo: str, name: str) -> Answer:
    return shapes_actions.workflow(call.scene, repo, _file(repo, name))


@_route("REPO/actions/workflows/(?P<name>[^/]+)/runs")
def _workflow_runs(call: Call, repo: str, name: str) -> Answer:
    return _runs_page(call, repo, _file(repo, name))


def _run_of(call: Call, repo: str, number: str) -> Run:
    found = [it for it in call.scene.world.runs(repo, call.scene.now) if it.id == int(number)]
    if not found:
        raise Problem(404, "Not Found")
    return found[0]


@_route(r"REPO/actions/runs/(?P<number>\d+)")
def _run(call: Call, repo: str, number: str) -> Answer:
    return shapes_actions.run(call.scene, _run_of(call, repo, number))


@_route(r"REPO/actions/runs/(?P<number>\d+)/jobs")
def _jobs(call: Call, repo: str, number: str) -> Answer:
    owner = _run_of(call, repo, number)
    return Page(owner.visible_jobs(call.scene.now), lambda it: shapes_actions.job(call.scene, owner, it), "jobs")


# Commits, tags, branches and files


@_route("REPO/commits")
def _commits(call: Call, repo: str) -> Answer:
    line = call.scene.world.commits(repo, call.scene.now)
    head = _resolve(call, repo, call.query.get("sha", "main"))
    found = [it for it in line[line.index(head) :] if it.path.startswith(call.query.get("path", ""))]
    return Page(found, lambda it: shapes.commit(call.scene, it))


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


@_route("REPO/commits/(?P<ref>.+)")
def _commit(call: Call, repo: str, ref: str) -> Answer:
    return shapes.commit(call.scene, _resolve(call, repo, ref), files=True)


@_route(r"REPO/compare/(?P<base>.+)\.\.\.(?P<head>.+)")
def _compare(call: Call, repo: str, base: str, head: str) -> Answer:
    try:
        old, new = _resolve(call, repo, base), _resolve(call, repo, head)
    except Problem:
        raise Problem(404, "Not Found") from None
    line = call.scene.world.commits(repo, call.scene.now)
    ahead = max(line.index(old) - line.index(new), 0)
    behind = max(line.index(new) - line.index(old), 0)
    between = line[line.index(new) : line.index(old)][::-1]
    page = f"{call.scene.origin}/{ORGANISATION}/{repo}/compare/{base}...{head}"
    size, place = int(call.query.get("per_page", "250")), int(call.query.get("page", "1"))
    return {
        "url": f"{call.scene.origin}/repos/{ORGANISATION}/{repo}/compare/{base}...{head}",
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": shapes.commit(call.scene, old),
        "merge_base_commit": shapes.commit(call.scene, old if ahead else new),
        "status": "ahead" if ahead else "behind" if behind else "identical",
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
        "commits": [shapes.commit(call.scene, it) for it in between[size * (place - 1) : size * place]],
        "files": [shapes.changed(call.scene, it) for it in {it.path: it for it in between}.values()],
    }


@_route("REPO/tags")
def _tags(call: Call, repo: str) -> Answer:
    found = sorted(call.scene.world.tags(repo, call.scene.now), key=lambda it: it.name, reverse=True)
    return Page(found, lambda it: shapes.tag(call.scene, it))


@_route("REPO/git/matching-refs/tags/(?P<start>.*)")
def _matching_tags(call: Call, repo: str, start: str) -> Answer:
    found = sorted(call.scene.world.tags(repo, call.scene.now), key=lambda it: it.name)
    return [shapes.tag_ref(call.scene, it) for it in found if it.name.startswith(start)]


@_route("REPO/branches")
def _branches(call: Call, repo: str) -> Answer:
    return Page([_resolve(call, repo, "main")], lambda head: shapes.branch(call.scene, head))


@_route("REPO/branches/main")
def _branch(call: Call, repo: str) -> Answer:
    return shapes.branch(call.scene, _resolve(call, repo, "main"), full=True)


@_route("REPO/contents/(?P<path>.*)")
def _contents(call: Call, repo: str, path: str) -> Answer:
    _resolve(call, repo, call.query.get("ref", "main"))
    found = contents(call.scene, repo, path, _files(repo))
    if found is None:
        raise Problem(404, "Not Found")
    return found


# The App


@_route("/app")
def _app(call: Call) -> Answer:
    return {
        "id": 4001,
        "slug": "epetech-assistant",
        "node_id": shapes.node("App", 4001),
        "owner": shapes.user(call.scene, ORGANISATION),
        "name": "Epetech assistant",
        "description": "Sandbox data",
        "external_url": call.scene.origin,
        "html_url": f"{call.scene.origin}/apps/epetech-assistant",
        **_dates(call),
        "permissions": {"metadata": "read"},
        "events": [],
    }


def _dates(call: Call) -> Json:
    return dict.fromkeys(("created_at", "updated_at"), stamp(call.scene.world.start - timedelta(days=90)))


@_route("/app/installations")
def _installations(call: Call) -> Answer:
    return Page([call], _installation)


@_route(f"/orgs/{ORGANISATION}/installation")
@_route("REPO/installation")
def _installation(call: Call, repo: str = CENTRAL) -> Json:
    page = f"{call.scene.origin}/organizations/{ORGANISATION}/settings/installations/{_INSTALLATION}"
    return {
        "id": _INSTALLATION,
        "account": shapes.user(call.scene, ORGANISATION),
        "repository_selection": "all",
        "access_tokens_url": f"{call.scene.origin}/app/installations/{_INSTALLATION}/access_tokens",
        "repositories_url": f"{call.scene.origin}/installation/repositories",
        "html_url": page,
        "app_id": 4001,
        "app_slug": "epetech-assistant",
        "target_id": shapes.user(call.scene, ORGANISATION)["id"],
        "target_type": "Organization",
        "permissions": _RIGHTS,
        "events": [],
        **_dates(call),
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": None,
    }


_RIGHTS = {"actions": "read", "contents": "read", "deployments": "read", "environments": "read", "metadata": "read"}


@_route(f"/app/installations/{_INSTALLATION}/access_tokens", "POST")
def _access_token(call: Call) -> Answer:
    # The client renews by its own clock, so this is an hour of the real one.
    expiry = datetime.now(timezone.utc) + timedelta(hours=1)
    return {
        "token": INSTALLATION_TOKEN,
        "expires_at": stamp(expiry),
        "permissions": _RIGHTS,
        "repository_selection": "all",
    }


def is_app_token(token: str) -> bool:
    """Whether it has the form of a JSON web token, which is all that the sandbox asks of an App."""
    parts = token.split(".")
    try:
        return len(parts) == 3 and b'"alg"' in base64.urlsafe_b64decode(parts[0] + "==")
    except ValueError:
        return False
