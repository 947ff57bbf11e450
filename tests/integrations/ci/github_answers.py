"""GitHub's answers as tests want them, with the fields that matter, and a mapping as the catalogue gives it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from assistant.contracts.platform import Delivery, Provider

REPO = "/repos/epetech/payments"
HEAD = "a" * 40


def provider(url: str) -> Provider:
    return Provider(name="github", kind="github_actions", url=url, secret="GITHUB")


def delivery(values: Mapping[str, str] | None = None, repository: str | None = "epetech/payments") -> Delivery:
    declared = {"observe.github_environment": "staging", "version.tag": "v{semver}"}
    return Delivery("payments", "staging", "github", repository, declared if values is None else values)


def at(minute: int) -> str:
    return f"2026-03-02T09:{minute:02}:00Z"


def deployment(number: int, ref: str, minute: int = 0, sha: str = HEAD, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "sha": sha,
        "ref": ref,
        "environment": "staging",
        "payload": {},
        "creator": {"login": "github-actions[bot]"},
        "created_at": at(minute),
        "updated_at": at(minute),
        **fields,
    }


def status(state: str, minute: int = 1, run: int | None = 70, job: int | None = None, **fields: Any) -> dict[str, Any]:
    url = f"https://github.example/epetech/payments/actions/runs/{run}" if run else ""
    if job:
        url += f"/job/{job}"
    return {"state": state, "created_at": at(minute), "log_url": url, "target_url": url, **fields}


def run(number: int = 70, state: str = "success", event: str = "workflow_dispatch", **fields: Any) -> dict[str, Any]:
    finished = state not in ("queued", "pending", "waiting", "requested", "in_progress")
    return {
        "id": number,
        "event": event,
        "status": "completed" if finished else state,
        "conclusion": state if finished else None,
        "display_title": "Deploy",
        "name": "deploy",
        "head_branch": "main",
        "head_sha": HEAD,
        "html_url": f"https://github.example/epetech/payments/actions/runs/{number}",
        "created_at": at(0),
        "run_started_at": at(0),
        "updated_at": at(5),
        "triggering_actor": {"login": "priya-raman"},
        "actor": {"login": "ana-duarte"},
        **fields,
    }


def job(number: int, state: str, *steps: str) -> dict[str, Any]:
    """A job of which ``steps`` are given as ``name:status``."""
    listed = [dict(zip(("name", "status"), step.split(":"), strict=True)) for step in steps]
    return {"id": number, "name": f"job {number}", "status": state, "steps": listed}


def file(text: str) -> dict[str, Any]:
    return {"type": "file", "encoding": "base64", "content": base64.encodebytes(text.encode()).decode()}
