"""Who may do what: ``access.yml`` in the catalogue's folder. Nothing is allowed that no rule grants.

    members: ["read:status"]            # everybody whom a channel of ours verified
    roles:
      engineer: ["read:logs"]
    people:
      ana-duarte: [engineer]            # a person of the catalogue, by name
    groups:
      team-payments: [engineer]         # everybody in a team of the catalogue

A right is ``verb:resource``; ``*`` stands for any resource. Without the file, or with a broken one, members read
status, nobody does anything else, and guests get nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.contracts.access import Right
from assistant.contracts.actor import Actor
from assistant.contracts.errors import CatalogueBroken, NotAllowed
from assistant.contracts.platform import Person

FILE = "access.yml"
_WITHOUT_POLICY = ("read:status",)
_READABLE = (
    "status", "pipelines", "logs", "history", "changes", "alerts", "metrics", "on_call", "docs", "owners", "*",
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed, and by which rule; ``rule`` is shown to the person and recorded."""

    allowed: bool
    verb: str
    resource: str
    rule: str

    def require(self) -> None:
        """Raise NotAllowed with the rule when it is not allowed."""
        if not self.allowed:
            raise NotAllowed(self.verb, self.resource, self.rule)


@dataclass(frozen=True)
class Access:
    """The access rules as read from the file; ``problem`` says why they could not be read."""

    members: tuple[str, ...] = _WITHOUT_POLICY
    roles: Mapping[str, tuple[str, ...]] | None = None
    people: Mapping[str, tuple[str, ...]] | None = None
    groups: Mapping[str, tuple[str, ...]] | None = None
    problem: CatalogueBroken | None = None

    def decide(self, actor: Actor, person: Person | None, verb: str, resource: str, sandbox: bool = False) -> Decision:
        """Decide about ``verb:resource``.

        Args:
            actor: the verified speaker.
            person: the same one in the catalogue, None when nobody there has this account.
            sandbox: whether every provider is the sandbox; only then does a guest read what members read, and the
                local developer everything.
        """
        if actor.is_guest and not (sandbox and verb == "read"):
            return Decision(False, verb, resource, "guests, whom no channel verified, get nothing")
        if actor.is_local and sandbox and verb == "read":
            return Decision(True, verb, resource, "the sandbox is made up, so its own console reads all of it")
        for rule, rights in self._rules(actor, person):
            if any(_covers(right, verb, resource) for right in rights):
                return Decision(True, verb, resource, f"{rule} grants it")
        return Decision(False, verb, resource, self._why_not(verb, resource, person))

    def rights(self, actor: Actor, person: Person | None, sandbox: bool = False) -> tuple[Right, ...]:
        """Everything that :meth:`decide` would allow, each with the rule that grants it."""
        granted = []
        for rule, rights in self._rules(actor, person):
            for right in rights:
                verb, resource = right.split(":")
                granted.append(Right(verb, resource, rule))
        if actor.is_guest:
            granted = [right for right in granted if sandbox and right.verb == "read"]
        return tuple(granted)

    def _rules(self, actor: Actor, person: Person | None) -> list[tuple[str, tuple[str, ...]]]:
        rules = [("“members”", self.members)]
        if person is None or actor.is_guest:
            return rules
        for name in (self.people or {}).get(person.name, ()):
            rules.append((f"role “{name}” of {person.name}", self._rights(name)))
        for team in person.teams:
            for name in (self.groups or {}).get(team, ()):
                rules.append((f"role “{name}” of {team}", self._rights(name)))
        return rules

    def _rights(self, role: str) -> tuple[str, ...]:
        return (self.roles or {}).get(role, ())

    def _why_not(self, verb: str, resource: str, person: Person | None) -> str:
        if self.problem:
            return f"the access rules cannot be read ({self.problem}), so only reading status is left"
        who = person.name if person else "your account, which is not in the catalogue,"
        return f"no rule in {FILE} grants {verb}:{resource} to {who}".rstrip(",")


def load_access(folder: Path) -> Access:
    """Read ``access.yml`` from the catalogue's folder; a missing or broken one falls back to the least."""
    path = folder / FILE
    try:
        return _parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Access(problem=CatalogueBroken(FILE, 0, "there is no such file"))
    except (OSError, UnicodeDecodeError) as error:
        return Access(problem=CatalogueBroken(FILE, 0, f"cannot be read: {error}"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return Access(problem=CatalogueBroken(FILE, line, f"expected YAML, but {error.problem}"))
    except CatalogueBroken as error:
        return Access(problem=error)


def _parse(text: str) -> Access:
    body = yaml.safe_load(text) or {}
    if not isinstance(body, dict):
        raise CatalogueBroken(FILE, 1, "expected the keys members, roles, people and groups")
    unknown = set(body) - {"members", "roles", "people", "groups"}
    if unknown:
        raise CatalogueBroken(
            FILE, 0, f"expected members, roles, people or groups, not “{sorted(map(str, unknown))[0]}”"
        )
    roles = {name: _list(rights, f"roles.{name}", right=True) for name, rights in _mapping(body, "roles").items()}
    people = {name: _list(names, f"people.{name}") for name, names in _mapping(body, "people").items()}
    groups = {name: _list(names, f"groups.{name}") for name, names in _mapping(body, "groups").items()}
    for who, names in [*people.items(), *groups.items()]:
        for role in names:
            if role not in roles:
                raise CatalogueBroken(FILE, 0, f"{who} has the role “{role}”, which is not declared under roles")
    return Access(_list(body.get("members", []), "members", right=True), roles, people, groups)


def _mapping(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = body.get(key) or {}
    if not isinstance(value, dict):
        raise CatalogueBroken(FILE, 0, f"expected names under {key}")
    return {str(name): item for name, item in value.items()}


def _list(value: object, where: str, right: bool = False) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(item, str) for item in value):
        raise CatalogueBroken(FILE, 0, f"expected a list of words at {where}")
    items = tuple(value)
    for item in items:
        if right and item.count(":") != 1:
            raise CatalogueBroken(FILE, 0, f"expected verb:resource at {where}, not “{item}”")
        if right and (item.split(":")[0] != "read" or item.split(":")[1] not in _READABLE):
            known = ", ".join(f"read:{resource}" for resource in _READABLE)
            raise CatalogueBroken(FILE, 0, f"expected one of {known} at {where}, not “{item}”")
    return items


def _covers(right: str, verb: str, resource: str) -> bool:
    granted_verb, granted_resource = right.split(":")
    return granted_verb == verb and granted_resource in ("*", resource)
