"""What a workflow file says about starting it by hand.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_dispatchinputs
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from assistant.contracts.platform import Delivery
from assistant.integrations.ci.github_api import GitHubApi, workflow_place


@dataclass(frozen=True)
class Dispatch:
    """A workflow that can be started by hand: its inputs, each with whether it must be given, and its ``run-name``."""

    inputs: Mapping[str, bool]
    run_name: str = ""

    def shows(self, name: str) -> bool:
        """Whether the title of a run holds the input ``name``."""
        return re.search(rf"\binputs(?:\.{re.escape(name)}\b|\['{re.escape(name)}'\])", self.run_name) is not None


def dispatch_of(text: str) -> Dispatch | None:
    """What the text of a workflow declares; None when it has no ``workflow_dispatch`` trigger or is no YAML."""
    try:
        workflow = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - makes text only, and keeps "on" a word
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    triggers = _table(workflow).get("on")
    run_name = str(_table(workflow).get("run-name", ""))
    if not isinstance(triggers, dict):
        found = triggers if isinstance(triggers, list) else [triggers]
        return Dispatch({}, run_name) if "workflow_dispatch" in found else None
    if "workflow_dispatch" not in triggers:
        return None
    inputs = _table(_table(triggers["workflow_dispatch"]).get("inputs"))
    return Dispatch({str(name): _required(_table(entry)) for name, entry in inputs.items()}, run_name)


def start_defects(api: GitHubApi, delivery: Delivery, deadline: float) -> Iterator[str]:
    """A sentence for each reason why the workflow of ``start.*`` cannot be started safely."""
    workflow = delivery.values.get("start.workflow")
    if workflow is None:
        what = f"how deployments of {delivery.service} to {delivery.environment} are started"
        yield f"The catalogue does not say {what}."
        return
    repo, file = workflow_place(api.provider, workflow, delivery.repository)
    text = api.workflow_file(repo, file, deadline)
    if text is None:
        yield f"There is no workflow .github/workflows/{file} in {'/'.join(repo.split('/')[2:])}."
        return
    dispatch = dispatch_of(text)
    if dispatch is None:
        yield f"The workflow {workflow} cannot be started: it has no workflow_dispatch trigger."
        return
    yield from _input_defects(workflow, dispatch, delivery.section("start.inputs"))


def _input_defects(workflow: str, dispatch: Dispatch, given: Mapping[str, str]) -> Iterator[str]:
    """GitHub refuses a dispatch with an input that is not declared, or without one that is required (422).

    A run does not tell its inputs, so one whose start was lost is found only by what its title holds.
    """
    for name in sorted(given.keys() - dispatch.inputs.keys()):
        yield f"The workflow {workflow} does not declare the input “{name}”."
    for name, required in dispatch.inputs.items():
        if required and name not in given:
            yield f"The workflow {workflow} requires the input “{name}”, which the catalogue does not give."
    carriers = [name for name, value in given.items() if "{request}" in value]
    if not carriers:
        yield f"The workflow {workflow} is given no input with {{request}}, so a lost start could not be found."
    elif not any(dispatch.shows(name) for name in carriers):
        shown = f"does not show the input “{carriers[0]}” in its run-name"
        yield f"The workflow {workflow} {shown}: a lost start could not be found."


def _required(entry: Mapping[Any, Any]) -> bool:
    return str(entry.get("required")).lower() == "true" and "default" not in entry


def _table(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
