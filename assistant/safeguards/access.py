"""Who may do what: ``access.yml`` in the catalogue's folder. Nothing is allowed that no rule grants.

    members: ["read:status"]            # everybody of the catalogue whom a channel of ours verified
    roles:
      engineer: ["read:logs"]
    people:
      ana-duarte: [engineer]            # a person of the catalogue, by name
    groups:
      team-payments: [engineer]         # everybody in a team of the catalogue

    channels:
      C0PLATFORM: ["read:logs"]       # what everybody in a channel may see, besides what members may

    changes_per_hour: 20              # so many deployments and rollbacks may a person confirm within an hour

A right is ``verb:resource`` (docs/access.md). Members whom the catalogue does not know read status only.
Without the file, or with a broken one, members read status, nobody
does anything else, and guests get nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.catalogue.documents import Document, Place, parse
from assistant.contracts.access import Right
from assistant.contracts.actor import Actor
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.platform import Person
from assistant.safeguards.rights import ANY, READABLE, VERBS, covers, problem

FILE = "access.yml"
_WITHOUT_POLICY = ("read:status",)
_UNKNOWN = "“members” (not in the catalogue)"
_SANDBOX = "the sandbox is made up, so its own console may do all of it"
_KEYS = ("members", "roles", "people", "groups", "channels", "changes_per_hour")
CHANGES_PER_HOUR = 20


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed, and by which rule; ``rule`` is shown to the person and recorded.

    ``instead`` names the teams and people who may.
    """

    allowed: bool
    verb: str
    resource: str
    rule: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Access:
    """The access rules as read from the file; ``problem`` says why they could not be read."""

    members: tuple[str, ...] = _WITHOUT_POLICY
    roles: Mapping[str, tuple[str, ...]] | None = None
    people: Mapping[str, tuple[str, ...]] | None = None
    groups: Mapping[str, tuple[str, ...]] | None = None
    channels: Mapping[str, tuple[str, ...]] | None = None
    changes_per_hour: int = CHANGES_PER_HOUR
    problem: CatalogueBroken | None = None

    def decide(
        self,
        actor: Actor,
        person: Person | None,
        verb: str,
        resource: str,
        sandbox: bool = False,
        owner: str | None = None,
    ) -> Decision:
        """Decide about ``verb:resource``.

        Args:
            actor: the verified speaker.
            person: the same one in the catalogue, None when nobody there has this account.
            sandbox: whether every provider is the sandbox; only then does a guest read what members read, and the
                local developer everything.
            owner: the team that owns the service of the resource, if it is one service.
        """
        if actor.is_guest and not (sandbox and verb == "read"):
            return Decision(False, verb, resource, "guests, whom no channel verified, get nothing")
        if actor.is_local and not sandbox and verb != "read":
            why = "the local console changes things only while every provider is the sandbox"
            return Decision(False, verb, resource, why)
        if actor.is_local and sandbox and (verb == "read" or person is None):
            return Decision(True, verb, resource, _SANDBOX)
        for rule, rights in self._rules(actor, person):
            if any(covers(right, verb, resource, owner, person.teams if person else ()) for right in rights):
                return Decision(True, verb, resource, f"{rule} grants it")
        return Decision(
            False, verb, resource, self._why_not(verb, resource, person), self.holders(verb, resource, owner)
        )

    def holders(self, verb: str, resource: str, owner: str | None = None) -> tuple[str, ...]:
        """The teams and people, by name, whom a rule grants this."""

        def granted(roles: tuple[str, ...], teams: tuple[str, ...]) -> bool:
            return any(covers(right, verb, resource, owner, teams) for role in roles for right in self._rights(role))

        teams = [name for name, roles in (self.groups or {}).items() if granted(roles, (name,))]
        return (*teams, *(name for name, roles in (self.people or {}).items() if granted(roles, ())))

    def is_everybodys(self, verb: str, resource: str) -> bool:
        """Whether every member may do this, so that an answer made with it is for everybody's eyes."""
        return any(covers(right, verb, resource) for right in self.members)

    def may_show(self, channel: str, resource: str) -> bool:
        """Whether everybody in a channel (its id) may read what ``read:resource`` gives."""
        listed = (self.channels or {}).get(channel, ())
        return any(covers(right, "read", resource) for right in (*self.members, *listed))

    def rights(self, actor: Actor, person: Person | None, sandbox: bool = False) -> tuple[Right, ...]:
        """Everything that :meth:`decide` would allow, each with the rule that grants it."""
        if actor.is_local and sandbox and person is None:
            return (*(Right("read", word, _SANDBOX) for word in READABLE), *_everything(_SANDBOX))
        granted = []
        for rule, rights in self._rules(actor, person):
            for right in rights:
                verb, resource = right.split(":")
                granted.append(Right(verb, resource, rule))
        if actor.is_guest:
            granted = [right for right in granted if sandbox and right.verb == "read"]
        if actor.is_local and not sandbox:
            granted = [right for right in granted if right.verb == "read"]
        if actor.is_local and sandbox:
            known = {right.resource for right in granted if right.verb == "read"}
            granted += [Right("read", word, _SANDBOX) for word in READABLE if not known & {word, ANY}]
        return tuple(granted)

    def _rules(self, actor: Actor, person: Person | None) -> list[tuple[str, tuple[str, ...]]]:
        if person is None and not (actor.is_guest or actor.is_local):
            known = any(covers(right, "read", "status") for right in self.members)
            return [(_UNKNOWN, _WITHOUT_POLICY if known else ())]
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
    try:
        return _read(read_rules(folder))
    except CatalogueBroken as error:
        return Access(problem=error)


def read_rules(folder: Path) -> Document:
    """The file as a document that knows its lines. Raises CatalogueBroken: there is none, or it is no YAML."""
    try:
        found = parse(FILE, (folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogueBroken(FILE, 0, "there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueBroken(FILE, 0, f"cannot be read: {error}") from error
    if len(found) > 1:
        raise CatalogueBroken(FILE, found[1].line(()), "expected one document, and here begins another")
    return found[0] if found else Document(FILE, {}, {(): 0})


def _read(rules: Document) -> Access:
    body = rules.value
    if not isinstance(body, dict):
        raise rules.broken((), f"expected the keys {', '.join(_KEYS)}")
    for key in body:
        if key not in _KEYS:
            raise rules.broken((key,), f"expected one of {', '.join(_KEYS)}, not “{key}”")
    most = body.get("changes_per_hour", CHANGES_PER_HOUR)
    if not isinstance(most, int) or isinstance(most, bool) or most < 0:
        raise rules.broken(("changes_per_hour",), f"expected a whole number at changes_per_hour, not “{most}”")
    roles = {name: _list(rules, ("roles", name), right=True) for name in _names(rules, "roles")}
    people = {name: _list(rules, ("people", name)) for name in _names(rules, "people")}
    groups = {name: _list(rules, ("groups", name)) for name in _names(rules, "groups")}
    for kind, holders in (("people", people), ("groups", groups)):
        for who, names in holders.items():
            for role in names:
                if role not in roles:
                    expected = f"{who} has the role “{role}”, which is not declared under roles"
                    raise rules.broken((kind, who), expected)
    channels = {name: _list(rules, ("channels", name), right=True) for name in _names(rules, "channels")}
    members = _list(rules, ("members",), right=True) if "members" in body else ()
    return Access(members, roles, people, groups, channels, most)


def _names(rules: Document, key: str) -> Iterable[str]:
    value = rules.value.get(key) or {}
    if not isinstance(value, dict):
        raise rules.broken((key,), f"expected names under {key}")
    return tuple(value)


def _list(rules: Document, path: Place, right: bool = False) -> tuple[str, ...]:
    value, where = rules.value, ".".join(str(part) for part in path)
    for part in path:
        value = value[part]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise rules.broken(path, f"expected a list of words at {where}")
    for index, item in enumerate(value):
        wrong = problem(item) if right else None
        if wrong:
            raise rules.broken((*path, index), f"{where}: {wrong}")
    return tuple(value)


def _everything(rule: str) -> tuple[Right, ...]:
    return tuple(Right(verb, ANY, rule) for verb in VERBS if verb != "read")
