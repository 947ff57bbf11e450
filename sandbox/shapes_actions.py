"""Workflows, runs, jobs and deployments as GitHub's REST API describes them (https://docs.github.com/en/rest/actions)."""

from __future__ import annotations

from sandbox.company import ORGANISATION
from sandbox.records import Deployment, Job, Run
from sandbox.shapes import REPOSITORIES, Json, Scene, minimal_repository, node, short_commit, stamp, user

ACTOR = "github-actions[bot]"
_NAMES = {"ci.yml": "CI", "deploy.yml": "Deploy"}


def _base(scene: Scene, run: Run) -> str:
    return f"{scene.origin}/repos/{ORGANISATION}/{run.commit.repository}"


def run_page(scene: Scene, run: Run) -> str:
    """The address that a person opens in a browser."""
    return f"{scene.origin}/{ORGANISATION}/{run.commit.repository}/actions/runs/{run.id}"


def workflow_id(repository: str, file: str) -> int:
    """The number of a workflow."""
    return 70_000 + 10 * REPOSITORIES.index(repository) + list(_NAMES).index(file)


def workflow(scene: Scene, repository: str, file: str) -> Json:
    """A ``workflow``."""
    number = workflow_id(repository, file)
    page = f"{scene.origin}/{ORGANISATION}/{repository}"
    born = stamp(scene.world.start.replace(year=scene.world.start.year - 1, day=1))
    return {
        "id": number,
        "node_id": node("Workflow", number),
        "name": _NAMES[file],
        "path": f".github/workflows/{file}",
        "state": "active",
        "created_at": born,
        "updated_at": born,
        "url": f"{scene.origin}/repos/{ORGANISATION}/{repository}/actions/workflows/{number}",
        "html_url": f"{page}/blob/main/.github/workflows/{file}",
        "badge_url": f"{page}/workflows/{_NAMES[file]}/badge.svg",
    }


def run(scene: Scene, it: Run) -> Json:
    """A ``workflow-run``."""
    name, url = it.commit.repository, f"{_base(scene, it)}/actions/runs/{it.id}"
    status = it.status(scene.now)
    same = [other for other in scene.world.runs(name, it.created) if other.workflow == it.workflow]
    number = workflow_id(name, it.workflow)
    return {
        "id": it.id,
        "name": _NAMES[it.workflow],
        "node_id": node("WorkflowRun", it.id),
        "head_branch": it.ref,
        "head_sha": it.commit.sha,
        "path": f".github/workflows/{it.workflow}",
        "display_title": it.title,
        "run_number": len(same),
        "run_attempt": 1,
        "event": it.event,
        "status": status,
        "conclusion": it.conclusion if status == "completed" else None,
        "workflow_id": number,
        "check_suite_id": it.id + 1,
        "check_suite_node_id": node("CheckSuite", it.id + 1),
        "url": url,
        "html_url": run_page(scene, it),
        "pull_requests": [],
        "created_at": stamp(it.created),
        "updated_at": stamp(it.updated(scene.now)),
        "run_started_at": stamp(it.created),
        "actor": user(scene, it.login),
        "triggering_actor": user(scene, it.login),
        "referenced_workflows": [],
        "previous_attempt_url": None,
        **{f"{part}_url": f"{url}/{part}" for part in ("jobs", "logs", "artifacts", "cancel", "rerun")},
        "check_suite_url": f"{_base(scene, it)}/check-suites/{it.id + 1}",
        "workflow_url": f"{_base(scene, it)}/actions/workflows/{number}",
        "head_commit": short_commit(it.commit),
        "repository": minimal_repository(scene, name),
        "head_repository": minimal_repository(scene, name),
    }


def job(scene: Scene, owner: Run, it: Job) -> Json:
    """A ``job`` with its steps."""
    number = _job_id(owner, it)
    status = it.status(scene.now)
    begun = status in ("in_progress", "completed")
    return {
        "id": number,
        "run_id": owner.id,
        "workflow_name": _NAMES[owner.workflow],
        "head_branch": owner.ref,
        "run_url": f"{_base(scene, owner)}/actions/runs/{owner.id}",
        "run_attempt": 1,
        "node_id": node("CheckRun", number),
        "head_sha": owner.commit.sha,
        "url": f"{_base(scene, owner)}/actions/jobs/{number}",
        "html_url": f"{run_page(scene, owner)}/job/{number}",
        "status": status,
        "conclusion": it.conclusion if status == "completed" else None,
        "created_at": stamp(it.due),
        "started_at": stamp(it.start if begun else it.due),
        "completed_at": stamp(it.end) if status == "completed" else None,
        "name": it.name,
        "steps": _steps(scene, it) if begun else [],
        "check_run_url": f"{_base(scene, owner)}/check-runs/{number}",
        "labels": ["ubuntu-latest"],
        "runner_id": 3 if begun else None,
        "runner_name": "runner-3" if begun else None,
        "runner_group_id": 1 if begun else None,
        "runner_group_name": "Default" if begun else None,
    }


def _job_id(owner: Run, it: Job) -> int:
    return owner.id * 4 + owner.jobs.index(it)


def _steps(scene: Scene, it: Job) -> list[Json]:
    steps = []
    for number, step in enumerate(it.steps, start=1):
        done, begun = scene.now >= step.end, scene.now >= step.start
        steps.append(
            {
                "name": step.name,
                "status": "completed" if done else "in_progress" if begun else "queued",
                "conclusion": step.conclusion if done else None,
                "number": number,
                "started_at": stamp(step.start) if begun else None,
                "completed_at": stamp(step.end) if done else None,
            }
        )
    return steps


def deployment(scene: Scene, it: Deployment) -> Json:
    """A ``deployment``: what GitHub records of a job with an environment."""
    base, environment = _base(scene, it.run), it.job.environment
    url = f"{base}/deployments/{it.id}"
    course = it.statuses(scene.now, scene.world.superseded(it, scene.now))
    return {
        "url": url,
        "id": it.id,
        "node_id": node("Deployment", it.id),
        "task": "deploy",
        "original_environment": environment,
        "environment": environment,
        "description": None,
        "created_at": stamp(it.job.due),
        "updated_at": stamp(course[0][1] if course else it.job.due),
        "statuses_url": f"{url}/statuses",
        "repository_url": base,
        "creator": user(scene, ACTOR),
        "sha": it.run.commit.sha,
        "ref": it.run.ref,
        "payload": {},
        "transient_environment": False,
        "production_environment": environment == "production",
        "performed_via_github_app": None,
    }


def deployment_statuses(scene: Scene, it: Deployment) -> list[Json]:
    """Every ``deployment-status`` so far, newest first."""
    base = f"{_base(scene, it.run)}/deployments/{it.id}"
    page = f"{run_page(scene, it.run)}/job/{_job_id(it.run, it.job)}"
    course = it.statuses(scene.now, scene.world.superseded(it, scene.now))
    return [
        {
            "url": f"{base}/statuses/{it.id * 8 + len(course) - place}",
            "id": it.id * 8 + len(course) - place,
            "node_id": node("DeploymentStatus", it.id * 8 + len(course) - place),
            "state": state,
            "creator": user(scene, ACTOR),
            "description": "",
            "environment": it.job.environment,
            "target_url": page,
            "created_at": stamp(at),
            "updated_at": stamp(at),
            "deployment_url": base,
            "repository_url": _base(scene, it.run),
            "environment_url": f"{scene.origin}/{ORGANISATION}/{it.run.commit.repository}/deployments",
            "log_url": page,
            "performed_via_github_app": None,
        }
        for place, (state, at) in enumerate(course)
    ]


def environment(scene: Scene, repository: str, name: str) -> Json:
    """An ``environment``; production has a reviewer."""
    number = 90_000 + 100 * REPOSITORIES.index(repository) + len(name)
    born = stamp(scene.world.start.replace(year=scene.world.start.year - 1, day=1))
    return {
        "id": number,
        "node_id": node("Environment", number),
        "name": name,
        "url": f"{scene.origin}/repos/{ORGANISATION}/{repository}/environments/{name}",
        "html_url": f"{scene.origin}/{ORGANISATION}/{repository}/deployments/{name}",
        "created_at": born,
        "updated_at": born,
        "protection_rules": [],
        "deployment_branch_policy": None,
    }
