"""A catalogue of two services in a folder of its own, to be broken and mended by the tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

PLATFORM = """\
providers:
  github: {kind: github_actions, url: "https://github.example/api/v3", secret: GITHUB}
environments:
  - {name: staging, aliases: [stg]}
  - {name: production, aliases: [prod], after: staging}
defaults:
  provider: github
  version: {tag: "v{semver}"}
profiles:
  actions:
    observe: {github_environment: "{environment}", version: ref}
    start: {workflow: deploy.yml, inputs: {env: "{environment}", app: "{service}", request: "{request}"}}
"""
TEAM = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-a}
spec: {type: team, children: []}
"""
SHOP = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  annotations:
    github.com/project-slug: acme/shop
    assistant/profile: actions
    assistant/aliases: store
spec:
  type: service
  lifecycle: production
  owner: team-a
"""
MAILER = SHOP.replace("shop", "mailer").replace("store", "post")

Write = Callable[[str, str], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The catalogue's folder."""
    path = tmp_path / "catalog"
    for name, text in {
        "platform.yaml": PLATFORM,
        "teams.yaml": TEAM,
        "shop.yaml": SHOP,
        "more/mailer.yml": MAILER,
    }.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def write(folder: Path) -> Write:
    """Write a file of the catalogue so that its modification time differs from every earlier one."""
    ticks = iter(range(1, 1000))

    def _write(name: str, text: str) -> Path:
        path = folder / name
        path.write_text(text, encoding="utf-8")
        moment = path.stat().st_mtime_ns + next(ticks) * 1_000_000
        os.utime(path, ns=(moment, moment))
        return path

    return _write
