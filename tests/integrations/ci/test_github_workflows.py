"""What a workflow file says about starting it by hand, however it is written."""

from __future__ import annotations

import pytest

from assistant.integrations.ci.github_workflows import Dispatch, dispatch_of


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("on: workflow_dispatch", {}),
        ("on: [push, workflow_dispatch]", {}),
        ("'on': {workflow_dispatch: null}", {}),
        ("on: {workflow_dispatch: }", {}),
        ("on: {workflow_dispatch: {inputs: {a: null, b: {required: true}}}}", {"a": False, "b": True}),
        ("on: {workflow_dispatch: {inputs: {a: {required: true, default: x}}}}", {"a": False}),
        ("on: {workflow_dispatch: {inputs: [a]}}", {}),
        ("on: {push: {}}", None),
        ("on: push", None),
        ("jobs: {}", None),
        ("- a", None),
        ("just text", None),
        ("", None),
        ("on: {workflow_dispatch: [", None),
        pytest.param("on: " + "[" * 1200, None, id="deep"),
    ],
)
def test_inputs_are_read_from_every_way_to_write_a_trigger(text: str, inputs: dict[str, bool] | None) -> None:
    found = dispatch_of(text)
    assert (found.inputs if found else None) == inputs


@pytest.mark.parametrize(
    ("run_name", "shown"),
    [
        ("Deploy ${{ inputs.request }}", True),
        ("Deploy ${{ github.event.inputs.request }}", True),
        ("${{ inputs['request'] && 'x' }}", True),
        ("Deploy ${{ inputs.requested_by }}", False),
        ("Deploy request", False),
        ("", False),
    ],
)
def test_a_title_shows_an_input_or_not(run_name: str, shown: bool) -> None:
    assert Dispatch({}, run_name).shows("request") is shown
