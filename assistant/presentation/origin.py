"""Who is behind a deployment, and how it came about."""

from __future__ import annotations

from collections.abc import Callable

from assistant.contracts.delivery import Deployment, Start


def by_whom(one: Deployment, person: Callable[[str], str]) -> str | None:
    """The person who asked us for it, else who started it at the provider; None when that is not recorded."""
    name = one.asked.by if one.asked else one.login
    return person(name) if name else None


def request_words(one: Deployment, person: Callable[[str], str]) -> list[str]:
    """ "request 57", "approved by Priya Raman": nothing for what was not asked of us."""
    if one.asked is None:
        return []
    approved = [f"approved by {person(one.asked.approved_by)}"] if one.asked.approved_by else []
    return [f"request {one.asked.request}", *approved]


def origin(one: Deployment, person: Callable[[str], str]) -> list[str]:
    """Who, and our request or else what set it off, as far as that is known."""
    who = by_whom(one, person)
    started = [] if one.start is Start.UNKNOWN else [one.start.value]
    return [*([who] if who else []), *(request_words(one, person) or started)]
