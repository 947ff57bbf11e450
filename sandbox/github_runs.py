"""Workflows, their runs, jobs and logs, and the deployments that come of them, as GitHub's API tells them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sandbox import logs, shapes
from sandbox.company import CENTRAL, SERVICES, environments_of
from sandbox.files import inputs, workflows_of
from sandbox.github_calls import Answer, Call, Done, Elsewhere, Handler, Missing, Page, Problem, numbered, single
from sandbox.records import Deployment, Job, Run, Tag
from sandbox.shapes import Scene

# Deployments and environments


def _deployments(call: Call, repo: str) -> Answer:
    def wanted(it: Deployment) -> bool:
        return call.asks_for(environment=str(it.job.environment), ref=it.run.ref, sha=it.run.commit.sha, task="deploy")

    return Page([it for it in call.scene.deployments(repo) if wanted(it)], partial(shapes.deployment, call.scene))


def _statuses(call: Call, repo: str, number: str) -> Answer:
    return Page(shapes.deployment_statuses(call.scene, numbered(call.scene.deployments(repo), number)), dict)


def _environments(call: Call, repo: str) -> Answer:
    return Page(environments_of(repo), partial(shapes.environment, call.scene, repo), "environments")


def _environment(call: Call, repo: str, name: str) -> Answer:
    if name not in environments_of(repo):
        raise Missing
    return shapes.environment(call.scene, repo, name)


# Workflows and what starts them


def _file(repo: str, name: str) -> str:
    """The file of a workflow that is asked for by its file or its number."""
    for file in workflows_of(repo):
        if name in (file, str(shapes.workflow_id(repo, file))):
            return file
    raise Missing


def _workflows(call: Call, repo: str) -> Answer:
    return Page(workflows_of(repo), partial(shapes.workflow, call.scene, repo), "workflows")


def _workflow(call: Call, repo: str, name: str) -> Answer:
    return shapes.workflow(call.scene, repo, _file(repo, name))


def _dispatch(call: Call, repo: str, name: str) -> Answer:
    """https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event"""
    declared, given = inputs(repo, _file(repo, name)), call.body.get("inputs") or {}
    if declared is None:
        raise Problem(422, "Workflow does not have 'workflow_dispatch' trigger")
    if unknown := [name for name in given if name not in declared]:
        raise Problem(422, f"Unexpected inputs provided: {unknown}")
    if absent := [name for name, required in declared.items() if required and not given.get(name)]:
        raise Problem(422, f"Required input '{absent[0]}' not provided")
    service, environment, tag = _meant(call.scene, repo, str(call.body.get("ref")), given)
    details = given.get("request", ""), given.get("commit", "")
    made = call.scene.world.deploy(service, environment, tag, call.scene.now, *details)
    if not call.body.get("return_run_details"):
        return Done(204, {})
    return Done(200, call.scene.show("dispatched", repo, id=made.id))


def _meant(scene: Scene, repo: str, ref: str, given: Mapping[str, str]) -> tuple[str, str, Tag]:
    """Service, environment and tag that a dispatch is about."""
    tags: dict[tuple[str, str], Tag] = {}
    for name, service in SERVICES.items():
        tags |= {(name, tag.name): tag for tag in scene.tags(service.repository) if tag.name.startswith(service.tag)}
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


# Runs and jobs


def _runs(call: Call, repo: str, name: str | None = None) -> Answer:
    file, now = _file(repo, name) if name else None, call.scene.now

    def wanted(it: Run) -> bool:
        state = it.status(now)
        states = (state, it.conclusion if state == "completed" else state)
        told = {"event": it.event, "branch": it.ref, "head_sha": it.commit.sha, "actor": it.login}
        return file in (None, it.workflow) and call.asks_for(**told) and call.query.get("status", state) in states

    return Page([it for it in call.scene.runs(repo) if wanted(it)], partial(shapes.run, call.scene), "workflow_runs")


def _jobs(call: Call, repo: str, number: str) -> Answer:
    run: Run = numbered(call.scene.runs(repo), number)
    return Page(run.visible_jobs(call.scene.now), partial(shapes.job, call.scene, run), "jobs")


def _pending(call: Call, repo: str, number: str) -> Answer:
    run: Run = numbered(call.scene.runs(repo), number)
    waiting = [job for job in run.visible_jobs(call.scene.now) if job.status(call.scene.now) == "waiting"]
    return [shapes.pending_deployment(call.scene, repo, job.environment) for job in waiting if job.environment]


def _cancel(call: Call, repo: str, number: str) -> Answer:
    run: Run = numbered(call.scene.runs(repo), number)
    if run.status(call.scene.now) == "completed":
        raise Problem(409, "Cannot cancel a workflow run that is completed.")
    call.scene.world.cancel(run, call.scene.now)
    return Done(202, {})


def _rerun(call: Call, repo: str, number: str, failed: str | None) -> Answer:
    run: Run = numbered(call.scene.runs(repo), number)
    ended = run.status(call.scene.now) == "completed"
    if not ended or (failed and run.conclusion == "success"):
        raise Problem(403, f"The workflow run {number} cannot be retried")
    call.scene.world.rerun(run, call.scene.now)
    return {}


def _log(call: Call, repo: str, number: str) -> Answer:
    job = _job(call.scene, repo, number)[1]
    if job.status(call.scene.now) != "completed":
        raise Missing
    raise Elsewhere(f"{call.scene.origin}/_logs/{repo}/{number}?sig={logs.signature(repo, number)}")


def _job(scene: Scene, repo: str, number: str) -> tuple[Run, Job]:
    for run in scene.runs(repo):
        for job in run.visible_jobs(scene.now):
            if shapes.job_id(run, job) == int(number):
                return run, job
    raise Missing


def signed_log(repo: str, number: str, signature: str | None, scene: Scene) -> str:
    """The text of a job's log, for whoever knows its signed address. Raises Problem."""
    if signature != logs.signature(repo, number):
        raise Problem(403, "Server failed to authenticate the request: the signature did not match")
    return logs.job_log(*_job(scene, repo, number))


ROUTES: tuple[tuple[str, Handler], ...] = (
    ("REPO/deployments", _deployments),
    (r"REPO/deployments/(\d+)", single(Scene.deployments, shapes.deployment)),
    (r"REPO/deployments/(\d+)/statuses", _statuses),
    ("REPO/environments", _environments),
    ("REPO/environments/(.+)", _environment),
    ("REPO/actions/runs", _runs),
    (r"REPO/actions/runs/(\d+)", single(Scene.runs, shapes.run)),
    (r"REPO/actions/runs/(\d+)/jobs", _jobs),
    (r"REPO/actions/runs/(\d+)/pending_deployments", _pending),
    (r"POST REPO/actions/runs/(\d+)/cancel", _cancel),
    (r"POST REPO/actions/runs/(\d+)/rerun(-failed-jobs)?", _rerun),
    (r"REPO/actions/jobs/(\d+)/logs", _log),
    ("REPO/actions/workflows", _workflows),
    ("REPO/actions/workflows/([^/]+)", _workflow),
    ("REPO/actions/workflows/([^/]+)/runs", _runs),
    ("POST REPO/actions/workflows/([^/]+)/dispatches", _dispatch),
)
