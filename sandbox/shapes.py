"""The things of the made-up world in the shapes of ``answers.yaml``, as they look at one moment."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from string import Template
from typing import Any
from urllib.parse import quote

from sandbox.company import ORGANISATION, PEOPLE, REPOSITORIES, read
from sandbox.records import Commit, Deployment, Job, Run, Tag, digest
from sandbox.world import World

Json = dict[str, Any]
BOT = "github-actions[bot]"
REVIEWER = "tomasz-nowak"
WORKFLOWS = {"ci.yml": "CI", "deploy.yml": "Deploy"}
_ANSWERS = read("answers.yaml")


@dataclass(frozen=True)
class Scene:
    """What one request looks at: the world at ``now``, seen from the address ``origin``."""

    world: World
    now: datetime
    origin: str

    def commits(self, repository: str) -> list[Commit]:
        """A repository's commits so far, as the following the newest first."""
        return self.world.commits(repository, self.now)

    def tags(self, repository: str) -> list[Tag]:
        """Its tags."""
        return self.world.tags(repository, self.now)

    def runs(self, repository: str) -> list[Run]:
        """Its workflow runs."""
        return self.world.runs(repository, self.now)

    def deployments(self, repository: str) -> list[Deployment]:
        """Its records of deployments."""
        return self.world.deployments(repository, self.now)

    def show(self, shape: str, repository: str | None = None, **values: Any) -> Json:
        """A shape of ``answers.yaml``, filled in; one of a repository knows its addresses ``$api`` and ``$page``."""
        slug = f"{ORGANISATION}/{repository}"
        places = {"api": f"{self.origin}/repos/{slug}", "page": f"{self.origin}/{slug}", "slug": slug}
        node = base64.b64encode(f"{shape}:{values.get('id', values.get('sha', values.get('name')))}".encode()).decode()
        born = stamp(self.world.start - timedelta(days=400))
        filled: Json = fill(_ANSWERS[shape], {"origin": self.origin, "node": node, "born": born, **places, **values})
        return filled


def fill(shape: Any, values: Json) -> Any:
    """A shape with values in place of what follows a ``$``; what is nothing but that becomes the value itself."""
    if isinstance(shape, dict):
        return {key: fill(value, values) for key, value in shape.items()}
    if isinstance(shape, list):
        return [fill(value, values) for value in shape]
    if not isinstance(shape, str) or "$" not in shape:
        return shape
    return values[shape[1:]] if shape[1:] in values else Template(shape).substitute(values)


def stamp(moment: datetime) -> str:
    """A moment as GitHub writes it: UTC, to the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(scene: Scene, login: str) -> Json:
    """A person, the organisation, or what runs the workflows."""
    number = 1001 + (list(PEOPLE).index(login) if login in PEOPLE else len(PEOPLE) + len(login))
    kind = "Organization" if login == ORGANISATION else "User" if login in PEOPLE else "Bot"
    quoted = quote(login)
    return scene.show("user", login=login, id=number, kind=kind, quoted=quoted, url=f"{scene.origin}/users/{quoted}")


def myself(scene: Scene) -> Json:
    """The person whom the token belongs to."""
    login, name = next(iter(PEOPLE.items()))
    return {**user(scene, login), **scene.show("myself", name=name)}


def repository(scene: Scene, name: str, full: bool = False) -> Json:
    """A repository, with ``full`` as it stands by itself."""
    number, url = 5001 + REPOSITORIES.index(name), f"{scene.origin}/repos/{ORGANISATION}/{name}"
    shown = scene.show("repository", name, name=name, id=number, url=url, owner=user(scene, ORGANISATION))
    pushed = stamp(scene.commits(name)[0].at)
    return {**shown, **scene.show("full_repository", name, pushed=pushed)} if full else shown


def _signature(scene: Scene, it: Commit) -> Json:
    return scene.show("signature", login=it.login, name=PEOPLE[it.login], at=stamp(it.at))


def commit(scene: Scene, it: Commit) -> Json:
    """A commit, as it stands in lists."""
    before = scene.world.commits(it.repository, it.at)[1:2]
    return scene.show(
        "commit",
        it.repository,
        sha=it.sha,
        message=it.message,
        tree=digest("tree", it.sha),
        signature=_signature(scene, it),
        author=user(scene, it.login),
        parents=[scene.show("parent", it.repository, sha=parent.sha) for parent in before],
    )


def pull(scene: Scene, it: Commit, full: bool = False) -> Json:
    """The pull request that a commit was merged by, with ``full`` as it stands by itself."""
    who, home, number = user(scene, it.login), repository(scene, it.repository, full=True), it.pull
    end: Json = {"sha": it.sha, "user": user(scene, ORGANISATION), "home": home}
    ends = {
        name: scene.show("pull_end", label=f"{ORGANISATION}:{ref}", ref=ref, **end)
        for name, ref in (("head", f"change-{number}"), ("base", "main"))
    }
    told: Json = {
        "id": 600_000 + (number or 0),
        "number": number,
        "title": it.title.rpartition(" (#")[0],
        "at": stamp(it.at),
    }
    shown = scene.show("pull", it.repository, sha=it.sha, user=who, **told, **ends)
    return {**shown, **scene.show("full_pull", user=who)} if full else shown


def changed_files(scene: Scene, commits: Iterable[Commit]) -> list[Json]:
    """The files that these commits touch, each once."""
    latest = {it.path: it for it in commits}
    return [
        scene.show("changed_file", it.repository, sha=it.sha, path=path, blob=digest("blob", it.sha))
        for path, it in latest.items()
    ]


def tag(scene: Scene, it: Tag, shape: str = "tag") -> Json:
    """A tag, or the reference to it (``tag_ref``)."""
    return scene.show(shape, it.commit.repository, name=it.name, sha=it.commit.sha)


def workflow_id(name: str, file: str) -> int:
    """The number of a workflow."""
    return 70_000 + 10 * REPOSITORIES.index(name) + list(WORKFLOWS).index(file)


def workflow(scene: Scene, name: str, file: str) -> Json:
    """A workflow."""
    return scene.show("workflow", name, id=workflow_id(name, file), name=WORKFLOWS[file], file=file)


def run(scene: Scene, it: Run) -> Json:
    """A workflow run."""
    name, status, signature = it.commit.repository, it.status(scene.now), _signature(scene, it.commit)
    signature.pop("date")
    head = {"sha": it.commit.sha, "tree": digest("tree", it.commit.sha), "message": it.commit.message}
    return scene.show(
        "run",
        name,
        id=it.id,
        name=WORKFLOWS[it.workflow],
        ref=it.ref,
        sha=it.commit.sha,
        file=it.workflow,
        title=it.title,
        number=sum(other.workflow == it.workflow for other in scene.world.runs(name, it.created)),
        event=it.event,
        status=status,
        conclusion=it.conclusion if status == "completed" else None,
        workflow=workflow_id(name, it.workflow),
        attempt=it.attempt,
        created=stamp(it.created),
        begun=stamp(it.begun or it.created),
        updated=stamp(it.updated(scene.now)),
        actor=user(scene, it.login),
        head=scene.show("head_commit", **head, at=stamp(it.commit.at), signature=signature),
        home=repository(scene, name),
    )


def job_id(owner: Run, it: Job) -> int:
    """The number of a job."""
    return owner.id * 4 + owner.jobs.index(it)


def job(scene: Scene, owner: Run, it: Job) -> Json:
    """A job with its steps."""
    status = it.status(scene.now)
    begun, done = status in ("in_progress", "completed"), status == "completed"
    return scene.show(
        "job",
        owner.commit.repository,
        id=job_id(owner, it),
        run=owner.id,
        attempt=owner.attempt,
        name=it.name,
        workflow=WORKFLOWS[owner.workflow],
        ref=owner.ref,
        sha=owner.commit.sha,
        status=status,
        conclusion=it.conclusion if done else None,
        due=stamp(it.due),
        started=stamp(it.start if begun else it.due),
        ended=stamp(it.end) if done else None,
        steps=_steps(scene, it) if begun else [],
    )


def _steps(scene: Scene, it: Job) -> list[Json]:
    steps = []
    for number, step in enumerate(it.steps, start=1):
        begun, done = scene.now >= step.start, scene.now >= step.end
        status = "completed" if done else "in_progress" if begun else "queued"
        times = {"started": stamp(step.start) if begun else None, "ended": stamp(step.end) if done else None}
        told = {"name": step.name, "conclusion": step.conclusion if done else None}
        steps.append(scene.show("step", number=number, status=status, **told, **times))
    return steps


def deployment(scene: Scene, it: Deployment) -> Json:
    """What GitHub records of a job with an environment."""
    course = it.statuses(scene.now, scene.world.superseded(it, scene.now))
    return scene.show(
        "deployment",
        it.run.commit.repository,
        id=it.id,
        environment=it.job.environment,
        sha=it.run.commit.sha,
        ref=it.run.ref,
        bot=user(scene, BOT),
        created=stamp(it.job.due),
        updated=stamp(course[0][1] if course else it.job.due),
        production=it.job.environment == "production",
    )


def deployment_statuses(scene: Scene, it: Deployment) -> list[Json]:
    """Every status of a deployment so far, newest first."""
    name = it.run.commit.repository
    page = f"{scene.origin}/{ORGANISATION}/{name}/actions/runs/{it.run.id}/job/{job_id(it.run, it.job)}"
    told = {"environment": it.job.environment, "deployment": it.id, "log": page, "bot": user(scene, BOT)}
    course = it.statuses(scene.now, scene.world.superseded(it, scene.now))
    return [
        scene.show("deployment_status", name, id=it.id * 8 + len(course) - place, state=state, at=stamp(at), **told)
        for place, (state, at) in enumerate(course)
    ]


def _environment_id(name: str, called: str) -> int:
    return 90_000 + 100 * REPOSITORIES.index(name) + len(called)


def environment(scene: Scene, name: str, called: str) -> Json:
    """An environment of a repository."""
    return scene.show("environment", name, id=_environment_id(name, called), name=called)


def pending_deployment(scene: Scene, name: str, called: str) -> Json:
    """An environment that a run waits for, and who may let it go on."""
    reviewers = [{"type": "User", "reviewer": user(scene, REVIEWER)}]
    return scene.show("pending_deployment", name, id=_environment_id(name, called), name=called, reviewers=reviewers)
