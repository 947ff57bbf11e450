"""The files of the made-up repositories that somebody may want to read: workflows and ``catalog-info.yaml``."""

from __future__ import annotations

import base64

import yaml

from sandbox.company import CENTRAL, ENVIRONMENTS, ORGANISATION, SERVICES
from sandbox.records import digest
from sandbox.shapes import Json, Scene

_CI = """name: CI
on:
  push: {branches: [main]}
  pull_request:
jobs:
"""

_DEPLOY = """name: Deploy
run-name: "Deploy ${{ github.ref_name }} to ${{ inputs.environment }}\
${{ inputs.request && format(' ({0})', inputs.request) }}"
on:
MERGE  workflow_dispatch:
    inputs:
      environment: {description: Where to, required: true, type: environment}
      commit: {description: The commit that the tag must still name, required: false}
      request: {description: The number of the request, required: false}
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: ${{ inputs.environment || 'staging' }}
    steps:
      - uses: actions/checkout@v4
      - run: ./deploy
"""

_CENTRAL = """name: Deploy
run-name: "deploy ${{ inputs.app }} ${{ inputs.tag }} to ${{ inputs.env }}\
${{ inputs.request && format(' ({0})', inputs.request) }}"
on:
  workflow_dispatch:
    inputs:
      app: {description: Which service, required: true}
      tag: {description: Which version, required: true}
      env: {description: Where to, required: true, type: choice, options: [OPTIONS]}
      request: {description: The number of the request, required: false}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: ./deploy
"""

_COMPONENT = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: NAME
  annotations:
    github.com/project-slug: ORGANISATION/REPOSITORY
spec:
  type: service
  lifecycle: production
  owner: OWNER
"""


def _texts(repository: str, workflows: list[str]) -> dict[str, str]:
    services = {name: service for name, service in SERVICES.items() if service.repository == repository}
    merge = "  push: {branches: [main]}\n" if any(service.on_merge for service in services.values()) else ""
    deploy = _DEPLOY.replace("MERGE", merge)
    if repository == CENTRAL:
        deploy = _CENTRAL.replace("OPTIONS", ", ".join(ENVIRONMENTS))
    jobs = "".join(
        f"  {job}:\n    runs-on: ubuntu-latest\n    steps: [{{run: ./{job}}}]\n" for job in ("lint", "test", "build")
    )
    known = {"ci.yml": _CI + jobs, "deploy.yml": deploy}
    texts = {f".github/workflows/{name}": known[name] for name in workflows}
    for name, service in services.items():
        values = {"NAME": name, "ORGANISATION": ORGANISATION, "REPOSITORY": repository, "OWNER": service.owner}
        text = _COMPONENT
        for word, value in values.items():
            text = text.replace(word, value)
        texts[f"{service.path}catalog-info.yaml"] = text
    return texts


def inputs(repository: str, workflow: str) -> dict[str, bool] | None:
    """What a start by hand of a workflow may be given, each with whether it must be; None when it cannot be started."""
    triggers = yaml.safe_load(_texts(repository, [workflow])[f".github/workflows/{workflow}"])[True]
    if "workflow_dispatch" not in triggers:
        return None
    return {name: value["required"] for name, value in triggers["workflow_dispatch"]["inputs"].items()}


def contents(scene: Scene, repository: str, path: str, workflows: list[str]) -> Json | list[Json] | None:
    """A ``content-file``, the ``content-directory`` of a folder, or None when there is neither."""
    texts = _texts(repository, workflows)
    if path in texts:
        text = texts[path]
        encoded = {"encoding": "base64", "content": base64.encodebytes(text.encode()).decode()}
        return {**_entry(scene, repository, path, "file", text), **encoded}
    inside = path.rstrip("/") + "/" if path else ""
    names = dict.fromkeys(name.removeprefix(inside).partition("/")[0] for name in texts if name.startswith(inside))
    entries = []
    for name in names:
        kind = "file" if inside + name in texts else "dir"
        entries.append(_entry(scene, repository, inside + name, kind, texts.get(inside + name, "")))
    return entries or None


def _entry(scene: Scene, repository: str, path: str, kind: str, text: str) -> Json:
    raw = f"{scene.origin}/{ORGANISATION}/{repository}/raw/main/{path}"
    told = {"kind": kind, "path": path, "name": path.rpartition("/")[2], "size": len(text.encode())}
    tree, download = ("tree", None) if kind == "dir" else ("blob", raw)
    return scene.show("content", repository, sha=digest(path, text), tree=tree, download=download, **told)
