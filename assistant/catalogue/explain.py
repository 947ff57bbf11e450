"""Why the catalogue says what it says: every value of a service with its rule, its place and its age."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.values import Value, fill

_QUESTIONS = ("provider", "repository", "observe", "start", "approval", "health", "version", "running", "rollback")
_GITHUB = re.compile(r"^(?:https?://(?:[^@/]*@)?|ssh://git@|git@)([^/:]*github[^/:]*)[:/](.+?)(?:\.git)?/?$")
_GIT_SECONDS = 10


@dataclass(frozen=True)
class Explained:
    """One value and where it comes from.

    ``value`` is None when nothing declares it: it is unknown then. ``environments`` is empty when it holds in all
    that were asked about; ``link`` leads to the line on GitHub, ``changed_at`` (UTC) is when its file last changed.
    """

    name: str
    value: str | None
    rule: str = "not declared"
    file: str | None = None
    line: int = 0
    environments: tuple[str, ...] = ()
    link: str | None = None
    changed_at: datetime | None = None


def explain(catalogue: Catalogue, folder: Path, service: str, environment: str | None = None) -> list[Explained]:
    """Every value of a service, in one environment or, with ``{environment}`` left open, in all of its own.

    Raises:
        NotFound: the service or the environment is not in the catalogue.
        Invalid: the service does not run in that environment.
    """
    asked = [environment] if environment else [each.name for each in catalogue.environments_of(service)]
    found: dict[tuple[str, Value], list[str]] = dict.fromkeys(_facts(catalogue, service), asked)
    for each in asked:
        for name, value in catalogue.declared(service, each).items():
            found.setdefault((name, value), []).append(each)
    places = _Places(folder)
    rows = [
        _explained(places, name, value, fill(value.text, service, environment or "{environment}"))
        if environments == asked
        else _explained(places, name, value, fill(value.text, service, "{environment}"), tuple(environments))
        for (name, value), environments in found.items()
    ]
    return [*rows, *_unknown(rows)]


def _facts(catalogue: Catalogue, service: str) -> Iterator[tuple[str, Value]]:
    catalogue.environments_of(service)  # raises when there is no such service
    yield from catalogue.facts[service].items()


def _explained(places: _Places, name: str, value: Value, text: str, environments: tuple[str, ...] = ()) -> Explained:
    origin = value.origin
    link, changed_at = places.link(origin.file, origin.line), places.changed_at(origin.file)
    return Explained(name, text, origin.rule, origin.file, origin.line, environments, link, changed_at)


def _unknown(rows: list[Explained]) -> Iterator[Explained]:
    declared = {row.name.partition(".")[0] for row in rows}
    yield from (Explained(question, None) for question in _QUESTIONS if question not in declared)


class _Places:
    """What git and the file system know about the catalogue's files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changed: dict[str, datetime] = {}
        self._clean: dict[str, bool] = {}
        remote = _GITHUB.match(self._git("remote", "get-url", "origin"))
        self._head = self._git("rev-parse", "HEAD")
        self._root = f"https://{remote[1]}/{remote[2]}" if remote else ""
        self._prefix = self._git("rev-parse", "--show-prefix")

    def link(self, file: str, line: int) -> str | None:
        """The line on GitHub; None when the file there is another one, or none."""
        if not self._root or not self._is_committed(file):
            return None
        return f"{self._root}/blob/{self._head}/{self._prefix}{file}#L{line}"

    def changed_at(self, file: str) -> datetime:
        """When the file last changed: its last commit, or its modification time when it differs from that."""
        if file not in self._changed:
            commit = self._git("log", "-1", "--format=%cI", "--", file) if self._is_committed(file) else ""
            modified = datetime.fromtimestamp((self._folder / file).stat().st_mtime, timezone.utc)
            self._changed[file] = datetime.fromisoformat(commit).astimezone(timezone.utc) if commit else modified
        return self._changed[file]

    def _is_committed(self, file: str) -> bool:
        if file not in self._clean:
            known = self._git("ls-files", "--", file)
            self._clean[file] = bool(self._head and known) and not self._git("status", "--porcelain", "--", file)
        return self._clean[file]

    def _git(self, *arguments: str) -> str:
        git = shutil.which("git")
        if git is None:
            return ""
        command = [git, "-C", str(self._folder), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_SECONDS, check=False)  # noqa: S603 - no shell, and only our own words
        except subprocess.TimeoutExpired:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""
