"""What one version of a service has that another lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

from assistant.contracts.changes import ChangesReport, ChangesRequest, Compared, Comparison, End, Side
from assistant.contracts.errors import Invalid, Missing, NotConnected, ProviderError
from assistant.contracts.platform import Delivery
from assistant.contracts.ports import Changes
from assistant.operations.context import Context
from assistant.operations.people import colleague
from assistant.operations.status import last_known, state_of

MOST_COMPARED = 20
"""Of more services at once only the versions are told apart, not the commits."""
_MARGIN = 0.2
"""Seconds that an adapter has less than it is waited for, so that its own error arrives."""


def changes(context: Context, request: ChangesRequest) -> ChangesReport:
    """Compare what was asked, every service in parallel and within the context's deadline.

    Without services two environments are compared for every service that runs in both.

    Raises:
        NotAllowed: the actor may not read changes.
        NotFound: a version of the one service asked for does not exist.
        Invalid: the service does not run in that environment, or there is nothing to compare.
    """
    context.require("read", "changes")
    asked_at = datetime.now(timezone.utc)
    names = request.services or _in_both(context, request)
    with_commits = len(names) <= MOST_COMPARED
    calls: dict[str, tuple[str, Callable[[], object]]] = {}
    for name in names:
        calls[name] = (_any_delivery(context, name).provider or name, _call(context, request, name, with_commits))
    answers = context.gather(calls, context.deadline)
    services = [_by_author(context, request.author, _compared(name, answers[name])) for name in names]
    if not request.services:
        services.sort(key=_standing)
    return ChangesReport(request, tuple(services), asked_at)


def _call(context: Context, request: ChangesRequest, service: str, with_commits: bool) -> Callable[[], object]:
    return lambda: _Question(context, request, service).answer(with_commits)


def _compared(service: str, answer: object) -> Compared:
    if isinstance(answer, Compared):
        return answer
    assert isinstance(answer, ProviderError)  # noqa: S101 - for the type checker: gather gives nothing else
    return Compared(service, problem=answer)


def _by_author(context: Context, author: str | None, one: Compared) -> Compared:
    """With the commits of one person alone, who has logins at the providers; ``total`` still counts all."""
    if author is None or one.comparison is None:
        return one
    who = context.catalogue.people[author].display_name
    mine = tuple(change for change in one.comparison.changes if colleague(context, change.author) == who)
    return replace(one, comparison=replace(one.comparison, changes=mine))


def _standing(one: Compared) -> tuple[int, str]:
    """Unknown first, then those that differ."""
    same = one.older is not None and one.newer is not None and one.older.version == one.newer.version
    return (0 if one.problem else 2 if same else 1), one.service


def _in_both(context: Context, request: ChangesRequest) -> tuple[str, ...]:
    wanted = {end.name for end in request.ends if end.is_environment}
    return tuple(name for name, one in sorted(context.catalogue.services.items()) if wanted <= set(one.environments))


def _any_delivery(context: Context, service: str) -> Delivery:
    environments = context.catalogue.environments_of(service)
    if not environments:
        raise Invalid(f"{service} runs in no environment, so I know nothing of its versions.")
    return context.catalogue.delivery(service, environments[0].name)


class _Question:
    """The question about one service."""

    def __init__(self, context: Context, request: ChangesRequest, service: str) -> None:
        self._context, self._request, self._service = context, request, service
        self._delivery = _any_delivery(context, service)
        self._deadline = context.deadline - _MARGIN

    @property
    def _port(self) -> Changes:
        return self._context.changes(self._delivery.provider or self._service)

    def answer(self, with_commits: bool) -> Compared:
        """The two sides and what lies between them."""
        interval = self._request.interval
        if interval and not self._request.ends:
            found = self._port.merged(self._delivery, interval, self._deadline)
            return Compared(self._service, comparison=found)
        older, newer = self._sides()
        if older.version == newer.version or not with_commits:
            same = Comparison(0, ()) if older.version == newer.version else None
            return Compared(self._service, older, newer, same)
        try:
            comparison = self._compare(older, newer)
            if not self._request.ordered and comparison.total == 0 and comparison.missing:
                older, newer = newer, older
                comparison = self._compare(older, newer)
        except ProviderError as error:
            return Compared(self._service, older, newer, problem=error)
        return Compared(self._service, older, newer, comparison)

    def _compare(self, older: Side, newer: Side) -> Comparison:
        return self._port.compare(self._delivery, older.version, newer.version, self._deadline)

    def _sides(self) -> tuple[Side, Side]:
        ends = self._request.ends
        if len(ends) > 1:
            older, newer = (self._side(end) for end in self._by_age(ends[0], ends[1]))
            return older, newer
        if ends:
            return self._beside(ends[0])
        if self._request.behind:
            return self._beside(End(self._environments[-1], is_environment=True))
        versions = self._port.versions(self._delivery, self._deadline)
        if self._request.unreleased and versions:
            return Side(versions[0]), Side(self._port.trunk(self._delivery, self._deadline))
        if len(versions) > 1:
            return Side(versions[1]), Side(versions[0])
        return self._beside(End(self._environments[-1], is_environment=True))

    def _by_age(self, first: End, second: End) -> tuple[End, End]:
        """Older first: as the words say, else the later environment, which gets a version last."""
        if self._request.ordered or not (first.is_environment and second.is_environment):
            return first, second
        order = [environment.name for environment in self._context.catalogue.environments]
        older, newer = sorted((first, second), key=lambda end: order.index(end.name), reverse=True)
        return older, newer

    def _beside(self, end: End) -> tuple[Side, Side]:
        """The other side of a question that names one: what a version follows, what an environment is behind."""
        last = End(self._environments[-1], is_environment=True)
        if not end.is_environment:
            versions = self._port.versions(self._delivery, self._deadline)
            if end.name not in versions:  # a branch or a commit: what production would get with it
                return self._side(last), Side(end.name)
            place = versions.index(end.name) + 1
            if place == len(versions):
                raise Invalid(f"{end.name} is the oldest version of {self._service} that I know of.")
            return Side(versions[place]), Side(end.name)
        if end != last:
            return self._side(last), self._side(end)
        before = self._context.catalogue.previous(end.name)
        if before is None or before.name not in self._environments:
            raise Invalid(f"I need something to compare {end.name} with. Which version or environment?")
        return self._side(last), self._side(End(before.name, is_environment=True))

    @property
    def _environments(self) -> list[str]:
        return [environment.name for environment in self._context.catalogue.environments_of(self._service)]

    def _side(self, end: End) -> Side:
        if not end.is_environment:
            return Side(end.name)
        if end.name not in self._environments:
            there = ", ".join(self._environments)
            raise Invalid(f"{self._service} does not run in {end.name}. It runs in {there}.")
        delivery = self._context.catalogue.delivery(self._service, end.name)
        if delivery.provider is None:
            raise NotConnected(self._service, f"has no provider declared for {end.name}")
        place = (self._service, end.name)
        age = None
        try:
            state = state_of(self._context, place, self._deadline)
        except ProviderError:
            before = last_known(self._context, place)
            if before is None:
                raise
            state, age = before, datetime.now(timezone.utc) - before.observed_at
        if state.current is None:
            raise Missing(delivery.provider, f"knows of no deployment of {self._service} to {end.name}")
        return Side(state.current.version, end.name, age)
