"""Proves a delivery mapping against the live system: does everything that it names exist?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from assistant.contracts.platform import Delivery
from assistant.integrations.ci.github_api import GitHubApi, repository_path, workflow_place
from assistant.integrations.ci.github_versions import tag_pattern


def defects(api: GitHubApi, delivery: Delivery, deadline: float) -> list[str]:
    """A sentence per defect of ``delivery``, nothing when it holds."""
    repo = repository_path(api.provider, delivery.repository)
    if not api.has_repository(repo, deadline):
        return [
            f"{api.provider} does not know the repository {delivery.repository}, or our credentials may not see it."
        ]
    return [
        *_of_environment(api, repo, delivery, deadline),
        *_of_workflows(api, delivery, deadline),
        *_of_tags(api, repo, delivery, deadline),
    ]


def _of_environment(api: GitHubApi, repo: str, delivery: Delivery, deadline: float) -> Iterator[str]:
    environment = delivery.values.get("observe.github_environment")
    if environment is None and "observe.runs_of" not in delivery.values:
        what = f"how deployments of {delivery.service} to {delivery.environment} are observed"
        yield f"The catalogue does not say {what}."
    elif environment is not None and not api.has_environment(repo, environment, deadline):
        yield f"The repository {delivery.repository} has no environment “{environment}”."


def _of_workflows(api: GitHubApi, delivery: Delivery, deadline: float) -> Iterator[str]:
    started, observed = delivery.values.get("start.workflow"), delivery.values.get("observe.runs_of")
    for workflow in dict.fromkeys(value for value in (started, observed) if value):
        repo, file = workflow_place(api.provider, workflow, delivery.repository)
        text = api.workflow_file(repo, file, deadline)
        if text is None:
            yield f"There is no workflow .github/workflows/{file} in {'/'.join(repo.split('/')[2:])}."
        elif workflow == started:
            yield from _of_inputs(workflow, text, delivery.section("start.inputs"))


def _of_inputs(workflow: str, text: str, given: dict[str, str]) -> Iterator[str]:
    """GitHub refuses a dispatch with an input that is not declared, or without one that is required (422)."""
    declared = dispatch_inputs(text)
    if declared is None:
        yield f"The workflow {workflow} cannot be started: it has no workflow_dispatch trigger."
        return
    for name in sorted(given.keys() - declared.keys()):
        yield f"The workflow {workflow} does not declare the input “{name}”."
    for name, required in declared.items():
        if required and name not in given:
            yield f"The workflow {workflow} requires the input “{name}”, which the catalogue does not give."


def dispatch_inputs(text: str) -> dict[str, bool] | None:
    """The inputs that a workflow declares under ``workflow_dispatch``, each with whether it must be given.

    None when it has no such trigger or is no YAML.
    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_dispatchinputs
    """
    try:
        workflow = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if not isinstance(workflow, dict):
        return None
    triggers = workflow.get("on", workflow.get(True))  # YAML 1.1 reads a bare "on" as true
    if not isinstance(triggers, dict):
        found = triggers == "workflow_dispatch" or (isinstance(triggers, list) and "workflow_dispatch" in triggers)
        return {} if found else None
    if "workflow_dispatch" not in triggers:
        return None
    inputs = _table(_table(triggers["workflow_dispatch"]).get("inputs"))
    return {str(name): _required(_table(entry)) for name, entry in inputs.items()}


def _required(entry: dict[Any, Any]) -> bool:
    return entry.get("required") is True and "default" not in entry


def _table(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _of_tags(api: GitHubApi, repo: str, delivery: Delivery, deadline: float) -> Iterator[str]:
    pattern = tag_pattern(delivery.values.get("version.tag"))
    if pattern and not any(pattern.version(tag) for tag in api.tags_with(repo, pattern.prefix, deadline)):
        yield f"No tag of {delivery.repository} looks like “{pattern.text}”."
