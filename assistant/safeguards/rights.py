"""Rights as ``access.yml`` writes them, ``verb:resource``, and what they cover (docs/access.md has the grammar)."""

from __future__ import annotations

from collections.abc import Collection

ANY = "*"
OWN = "own"
READABLE = (
    "status", "pipelines", "logs", "history", "changes", "alerts", "metrics", "on_call", "docs", "owners", "audit",
)  # fmt: skip
SCOPED = ("deploy", "rollback", "approve", "cancel", "rerun", "lock", "take_over", "break_glass")
"""Verbs whose resource is ``services/environment``."""
VERBS = ("read", *SCOPED, "pause")


def problem(right: str) -> str | None:
    """Why this is no right that could ever cover anything, None when it is one."""
    verb, _, resource = right.partition(":")
    if right.count(":") != 1:
        return f"expected verb:resource, not “{right}”"
    if verb == "read":
        known = ", ".join(f"read:{each}" for each in (*READABLE, ANY))
        return None if resource in (*READABLE, ANY) else f"expected one of {known}, not “{right}”"
    if verb == "pause":
        return None if resource == ANY else f"expected pause:* (it stops everything), not “{right}”"
    if verb not in SCOPED:
        return f"expected one of the verbs {', '.join(VERBS)}, not “{right}”"
    services, slash, environment = resource.partition("/")
    if resource != ANY and not (services and slash and environment and "/" not in environment):
        return f"expected services/environment, for example {verb}:{OWN}/staging or {verb}:*/production, not “{right}”"
    return None


def covers(right: str, verb: str, resource: str, owner: str | None = None, teams: Collection[str] = ()) -> bool:
    """Whether a right covers ``verb:resource``.

    Args:
        right: a usable one (see :func:`problem`).
        resource: a word such as ``logs``, or ``service/environment``; ``*`` in it asks for every one there is.
        owner: the team that owns the service of the resource, None when it is no single service.
        teams: those of the person who has the right; they say what ``own`` is.
    """
    granted_verb, _, granted = right.partition(":")
    if granted_verb != verb:
        return False
    if granted in (ANY, resource):
        return True
    services, _, environment = granted.partition("/")
    service, slash, where = resource.partition("/")
    if not slash or environment not in (ANY, where):
        return False
    return services in (ANY, service) or (owner is not None and (services == owner or _own(services, owner, teams)))


def _own(services: str, owner: str, teams: Collection[str]) -> bool:
    return services == OWN and owner in teams
