"""What a question about changes is answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

import pytest

from assistant.contracts.actor import GUEST
from assistant.contracts.changes import Change, ChangesRequest, Compared, Comparison, End, Side
from assistant.contracts.delivery import ServiceState
from assistant.contracts.errors import Invalid, NotAllowed, NotFound, Unavailable
from assistant.contracts.interval import Interval
from assistant.contracts.platform import Delivery
from assistant.operations.changes import changes
from assistant.safeguards.access import Access
from tests.operations.platform import NOW, FakeCi, Memory, context, deployment

MAY = Access(members=("read:changes",))
STAGING, PRODUCTION = End("staging", is_environment=True), End("production", is_environment=True)


@dataclass
class FakeChanges:
    """Versions in a line; between two of them lie as many commits as versions. ``main`` is the newest of all."""

    line: Sequence[str] = ("1.4", "1.3", "1.2", "1.1", "1.0.0")
    errors: dict[str, Unavailable] = field(default_factory=dict)

    def versions(self, delivery: Delivery, deadline: float) -> list[str]:
        if delivery.service in self.errors:
            raise self.errors[delivery.service]
        return list(self.line)

    def trunk(self, delivery: Delivery, deadline: float) -> str:
        return "main"

    def compare(self, delivery: Delivery, older: str, newer: str, deadline: float) -> Comparison:
        everything = ["main", *self.line]
        for name in (older, newer):
            if name not in everything:
                raise NotFound("version", name)
        ahead = everything.index(older) - everything.index(newer)
        made = tuple(Change(f"c{n}", f"Change {n}", "ana-duarte", NOW) for n in range(max(0, ahead)))
        return Comparison(len(made), made, missing=max(0, -ahead))

    def merged(self, delivery: Delivery, interval: Interval, deadline: float) -> Comparison:
        return Comparison(1, (Change("c", f"Merged {interval.words}", "ana-duarte", NOW),))


def ask(request: ChangesRequest, ci: FakeCi | None = None, fake: FakeChanges | None = None) -> list[Compared]:
    port = fake or FakeChanges()
    world = replace(context(ci or FakeCi(), access=MAY), changes=lambda name: port)
    return list(changes(world, request).services)


def sides(one: Compared) -> tuple[Side | None, Side | None]:
    return one.older, one.newer


def of(*ends: End, **more: bool) -> ChangesRequest:
    return ChangesRequest(("checkout",), ends, **more)


RUNNING = FakeCi(current={("checkout", "staging"): "1.3", ("checkout", "production"): "1.1"})


def test_without_a_side_the_newest_version_is_compared_with_the_one_before() -> None:
    assert sides(ask(of())[0]) == (Side("1.3"), Side("1.4"))


def test_a_version_is_compared_with_the_one_that_it_followed() -> None:
    assert sides(ask(of(End("1.2")))[0]) == (Side("1.1"), Side("1.2"))


def test_what_is_not_released_is_what_main_has_more_than_the_newest_version() -> None:
    assert sides(ask(of(unreleased=True))[0]) == (Side("1.4"), Side("main"))


@pytest.mark.parametrize("ends", [(STAGING, PRODUCTION), (PRODUCTION, STAGING)], ids=["as said", "reversed"])
def test_of_two_environments_the_later_one_is_the_older_side(ends: tuple[End, End]) -> None:
    one = ask(of(*ends), RUNNING)[0]
    assert sides(one) == (Side("1.1", "production"), Side("1.3", "staging"))
    assert one.comparison and one.comparison.total == 2


def test_why_something_is_behind_compares_production_with_what_is_ahead_of_it() -> None:
    one = ask(of(behind=True), RUNNING)[0]
    assert sides(one) == (Side("1.1", "production"), Side("1.3", "staging"))


def test_two_versions_in_the_wrong_order_are_turned_round() -> None:
    one = ask(of(End("1.4"), End("1.2")))[0]
    assert sides(one) == (Side("1.2"), Side("1.4")) and one.comparison and one.comparison.total == 2


def test_an_order_that_was_said_is_kept() -> None:
    one = ask(of(End("1.4"), End("1.2"), ordered=True))[0]
    assert one.comparison and (one.comparison.total, one.comparison.missing) == (0, 2)


def test_the_same_version_on_both_sides_needs_no_comparison() -> None:
    same = FakeCi(current={("checkout", "staging"): "9.9", ("checkout", "production"): "9.9"})
    one = ask(of(STAGING, PRODUCTION), same)[0]
    assert one.comparison == Comparison(0, ())


def test_a_branch_is_compared_with_what_runs_in_production() -> None:
    assert sides(ask(of(End("main")), RUNNING)[0]) == (Side("1.1", "production"), Side("main"))


def test_a_time_asks_for_what_was_merged_in_it() -> None:
    when = Interval(NOW - timedelta(days=2), NOW, "since Monday")
    one = ask(ChangesRequest(("checkout",), interval=when))[0]
    assert one.comparison and one.comparison.changes[0].title == "Merged since Monday"


def test_two_environments_are_compared_for_every_service_in_both() -> None:
    qa = End("qa", is_environment=True)
    found = ask(ChangesRequest(ends=(qa, PRODUCTION)), RUNNING)
    assert "checkout" in [one.service for one in found]
    assert "billing-worker" not in [one.service for one in found]
    assert found[0].service == "checkout" and all(one.comparison for one in found)


def test_a_service_that_cannot_be_told_is_named_first() -> None:
    ci = FakeCi(errors={"search": Unavailable("github", "answered 500")})
    found = ask(ChangesRequest(ends=(STAGING, PRODUCTION)), ci)
    assert found[0].service == "search" and str(found[0].problem) == "github answered 500."
    assert all(one.problem is None for one in found[1:])


def test_where_the_deployments_are_silent_the_last_known_versions_are_compared() -> None:
    then = datetime.now(timezone.utc) - timedelta(minutes=14)
    before = [
        ServiceState("checkout", place, "jenkins", then, deployment("checkout", place, version))
        for place, version in (("staging", "1.3"), ("production", "1.1"))
    ]
    ci = FakeCi(errors={"checkout": Unavailable("jenkins", "did not answer in time")})
    world = replace(context(ci, memory=Memory().states(*before), access=MAY), changes=lambda name: FakeChanges())
    (one,) = changes(world, ChangesRequest(("checkout",), (STAGING, PRODUCTION))).services
    assert one.older and one.newer and one.comparison
    assert (one.older.version, one.newer.version, one.comparison.total) == ("1.1", "1.3", 2)
    assert one.older.age and one.older.age >= timedelta(minutes=14)


def test_versions_are_told_when_nobody_compares_them() -> None:
    class Silent(FakeChanges):
        def compare(self, delivery: Delivery, older: str, newer: str, deadline: float) -> Comparison:
            raise Unavailable("github", "answered 500")

    (one,) = ask(ChangesRequest(("checkout",), (STAGING, PRODUCTION)), RUNNING, Silent())
    assert one.older and one.newer and one.problem and one.comparison is None


def test_an_unknown_version_is_not_found() -> None:
    with pytest.raises(NotFound, match="9\\.9"):
        ask(of(End("9.9"), End("1.2")))


def test_an_environment_that_a_service_lacks_is_refused() -> None:
    with pytest.raises(Invalid, match="does not run in qa"):
        ask(ChangesRequest(("billing-worker",), (End("qa", is_environment=True),)))


def test_a_guest_reads_nothing() -> None:
    with pytest.raises(NotAllowed):
        changes(context(FakeCi(), actor=GUEST), of())
