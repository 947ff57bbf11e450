"""The files of the made-up repositories that somebody may want to read: workflows and ``catalog-info.yaml``."""

from __future__ import annotations

import base64

import yaml

from sandbox.company import CENTRAL, ENVIRONMENTS, ORGANISATION, SERVICES, environments_of, read
from sandbox.records import digest
from sandbox.shapes import Json, Scene

_FILES: dict[str, str] = read("files.yaml")


def _texts(repository: str, workflows: list[str]) -> dict[str, str]:
    services = {name: service for name, service in SERVICES.items() if service.repository == repository}
    merge = "  push: {branches: [main]}\n" if any(service.on_merge for service in services.values()) else ""
    texts = {}
    for name in workflows:
        text = _FILES[f"central {name}" if repository == CENTRAL else name]
        texts[f".github/workflows/{name}"] = _filled(text, MERGE=merge, OPTIONS=", ".join(ENVIRONMENTS))
    for name, service in services.items():
        values = {"NAME": name, "ORGANISATION": ORGANISATION, "REPOSITORY": repository, "OWNER": service.owner}
        texts[f"{service.path}catalog-info.yaml"] = _filled(_FILES["catalog-info.yaml"], **values)
    return texts


def _filled(text: str, **values: str) -> str:
    for word, value in values.items():
        text = text.replace(word, value)
    return text


def workflows_of(repository: str) -> list[str]:
    """The files of the workflows that a repository has."""
    builds, deploys = repository != CENTRAL, repository == CENTRAL or bool(environments_of(repository))
    return [*(["ci.yml"] if builds else []), *(["deploy.yml"] if deploys else [])]


def inputs(repository: str, workflow: str) -> dict[str, bool] | None:
    """What a start by hand of a workflow may be given, each with whether it must be; None when it cannot be started."""
    triggers = yaml.safe_load(_texts(repository, [workflow])[f".github/workflows/{workflow}"])[True]
    if "workflow_dispatch" not in triggers:
        return None
    return {name: value["required"] for name, value in triggers["workflow_dispatch"]["inputs"].items()}


def contents(scene: Scene, repository: str, path: str) -> Json | list[Json] | None:
    """A ``content-file``, the ``content-directory`` of a folder, or None when there is neither."""
    texts = _texts(repository, workflows_of(repository))
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
