"""The made-up company, read from ``company.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


def read(name: str) -> dict[str, Any]:
    """A YAML file of this folder, by the parser in C: the other one would be a third of the start."""
    with Path(__file__).with_name(name).open(encoding="utf-8") as file:
        found: dict[str, Any] = yaml.load(file, Loader=yaml.CSafeLoader)
    return found


_DATA = read("company.yaml")


@dataclass(frozen=True)
class Service:
    """A service; ``company.yaml`` says what each field means."""

    repository: str
    team: list[str]
    owner: str
    versions: Mapping[str, float]
    running: Mapping[str, str]
    subjects: list[str]
    tag: str = "v"
    path: str = ""
    on_merge: bool = False
    central: bool = False
    jenkins: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    really: Mapping[str, str] = field(default_factory=dict)
    fails: Mapping[str, str] = field(default_factory=dict)


TOKEN = "sandbox-token"  # noqa: S105 - made up, and good for nothing elsewhere
ORGANISATION: str = _DATA["organisation"]
ENVIRONMENTS: list[str] = _DATA["environments"]
PEOPLE: dict[str, str] = _DATA["people"]
SERVICES = {name: Service(**values) for name, values in _DATA["services"].items()}
CENTRAL = "deployments"
REPOSITORIES = list(dict.fromkeys([*(service.repository for service in SERVICES.values()), CENTRAL]))
CI_JOBS: dict[str, dict[str, int]] = _DATA["ci_jobs"]
DEPLOY_STEPS: dict[str, int] = _DATA["deploy_steps"]
TALK: dict[str, tuple[str, int]] = _DATA["talk"]
TODAY: dict[str, Any] = _DATA["today"]
FAILURES: dict[str, list[str]] = _DATA["failures"]
ALERTS: list[dict[str, dict[str, str]]] = _DATA["alerts"]
METRICS: dict[str, dict[str, Any]] = _DATA["metrics"]


def environments_of(repository: str) -> list[str]:
    """The environments that GitHub knows of a repository, by its names for them."""
    services = [service for service in SERVICES.values() if service.repository == repository and not service.central]
    return [services[0].renamed.get(name, name) for name in ENVIRONMENTS] if services else []
