"""What a question about past deployments is answered with."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

import pytest

from assistant.contracts.actor import GUEST
from assistant.contracts.delivery import Deployment, Phase, ServiceState, Start
from assistant.contracts.errors import Invalid, NotAllowed, Unavailable
from assistant.contracts.history import HistoryReport, HistoryRequest, Merge, Past
from assistant.contracts.interval import Interval
from assistant.contracts.platform import Delivery
from assistant.operations.history import history
from assistant.safeguards.access import Access
from tests.operations.platform import NOW, FakeCi, Memory, context, deployment

MAY = Access(members=("read:history",))


@dataclass
class FakeHistory:
    """Deployments by place, oldest last; it notes how much was asked of it."""

    places: Mapping[tuple[str, str], tuple[Deployment, ...]] = field(default_factory=dict)
    merges: Mapping[str, Merge] = field(default_factory=dict)
    errors: Mapping[str, Unavailable] = field(default_factory=dict)
    slow: str = ""
    limits: list[int] = field(default_factory=list)

    def past(self, delivery: Delivery, interval: Interval | None, limit: int, deadline: float) -> Past:
        self.limits.append(limit)
        if delivery.service == self.slow:
            time.sleep(1.0)
        if delivery.service in self.errors:
            raise self.errors[delivery.service]
        known = self.places.get((delivery.service, delivery.environment), ())
        held = [one for one in known if interval is None or interval.holds(one.created_at)]
        return Past(tuple(held[:limit]), len(held) <= limit)

    def merge(self, delivery: Delivery, one: Deployment, deadline: float) -> Merge | None:
        return self.merges.get(one.version)


def past(service: str, environment: str, *versions: str, hours: float = 1, **more: object) -> tuple[Deployment, ...]:
    """Deployments of ``versions``, newest first, one every ``hours``."""
    made = [deployment(service, environment, version, **more) for version in versions]  # type: ignore[arg-type]
    return tuple(
        replace(one, created_at=NOW - timedelta(hours=hours * place)) for place, one in enumerate(made, start=1)
    )


def ask(fake: FakeHistory, request: HistoryRequest, seconds: float = 5.0) -> HistoryReport:
    world = replace(context(FakeCi(), access=MAY, seconds=seconds), history=lambda name: fake)
    return history(world, request)


def test_all_places_of_a_service_are_told_newest_first() -> None:
    fake = FakeHistory(
        {
            ("checkout", "qa"): past("checkout", "qa", "1.3", "1.1", hours=2),
            ("checkout", "staging"): past("checkout", "staging", "1.2", hours=3),
        }
    )
    report = ask(fake, HistoryRequest(("checkout",)))
    assert [one.version for one in report.deployments] == ["1.3", "1.2", "1.1"]
    assert report.found == 3 and not report.cut


def test_only_so_many_are_shown_but_all_are_counted() -> None:
    fake = FakeHistory({("checkout", "qa"): past("checkout", "qa", *(f"1.{n}" for n in range(20)))})
    when = Interval(NOW - timedelta(days=9), NOW, "this week")
    report = ask(fake, HistoryRequest(("checkout",), ("qa",), interval=when))
    assert (len(report.deployments), report.found) == (10, 20)


def test_a_person_is_known_by_their_login() -> None:
    mine = past("payments", "production", "1.4.1", login="Priya-Raman")
    other = past("checkout", "production", "1.4.2", login="ben-osei")
    fake = FakeHistory({("payments", "production"): mine, ("checkout", "production"): other})
    report = ask(fake, HistoryRequest(environments=("production",), people=("priya-raman",)))
    assert report.deployments == mine and report.people == ("Priya Raman",)


def test_failures_alone_are_those_that_failed_or_were_cancelled() -> None:
    bad = past("checkout", "qa", "1.2", phase=Phase.FAILED) + past("checkout", "qa", "1.1", phase=Phase.CANCELLED)
    fake = FakeHistory({("checkout", "qa"): bad + past("checkout", "qa", "1.0", hours=5)})
    report = ask(fake, HistoryRequest(("checkout",), failed=True))
    assert [one.version for one in report.deployments] == ["1.2", "1.1"]


def test_the_last_one_is_one_that_took_place_and_what_came_since_is_told_too() -> None:
    waiting = past("payments", "production", "1.4.2", phase=Phase.WAITING)
    fake = FakeHistory({("payments", "production"): waiting + past("payments", "production", "1.4.1", hours=9)})
    report = ask(fake, HistoryRequest(("payments",), ("production",), count=1))
    assert [one.version for one in report.deployments] == ["1.4.1"]
    assert report.newer == waiting


def test_the_only_one_on_merge_comes_with_its_pull_request() -> None:
    merged = past("search", "staging", "2.9.0", start=Start.ON_MERGE)
    merge = Merge("133", "Rank exact titles first", "mei-tanaka", "cid-romero", "deploy.yml")
    report = ask(FakeHistory({("search", "staging"): merged}, {"2.9.0": merge}), HistoryRequest(("search",), count=1))
    assert report.merge == merge


def test_what_ran_at_a_time_is_the_newest_success_before_it() -> None:
    bad = past("search", "qa", "2.2", phase=Phase.FAILED)
    fake = FakeHistory({("search", "qa"): bad + past("search", "qa", "2.1", "2.0", hours=5)})
    when = Interval(NOW - timedelta(days=900), NOW, "yesterday")
    report = ask(fake, HistoryRequest(("search",), ("qa",), interval=when, standing=True))
    assert [one.version for one in report.deployments] == ["2.1"]


def test_a_team_means_its_services() -> None:
    fake = FakeHistory(
        {
            ("search", "qa"): past("search", "qa", "2.1"),
            ("payments", "qa"): past("payments", "qa", "1.1"),
        }
    )
    report = ask(fake, HistoryRequest(teams=("team-discovery",)))
    assert {one.service for one in report.deployments} == {"search"}


def test_who_does_not_answer_is_named_and_the_others_are_told() -> None:
    fake = FakeHistory(
        {("checkout", "qa"): past("checkout", "qa", "1.1")},
        errors={"search": Unavailable("github", "answered 502")},
        slow="identity",
    )
    started = time.monotonic()
    report = ask(fake, HistoryRequest(environments=("qa",)), seconds=0.8)
    assert time.monotonic() - started < 1.0
    assert [one.service for one in report.deployments] == ["checkout"]
    assert sorted(service for service, _ in report.problems) == ["identity", "search"]


def test_who_does_not_answer_is_told_as_the_worker_saw_it_last() -> None:
    then = datetime.now(timezone.utc) - timedelta(minutes=14)
    newest = deployment("search", "qa", "2.9.0", Phase.FAILED)
    before = deployment("search", "qa", "2.8.2")
    memory = Memory().states(ServiceState("search", "qa", "github", then, before, failed=newest))
    fake = FakeHistory(errors={"search": Unavailable("github", "answered 502")})
    asking = replace(context(FakeCi(), memory=memory, access=MAY), history=lambda name: fake)
    report = history(asking, HistoryRequest(("search",), ("qa",)))
    assert {one.version for one in report.deployments} == {"2.9.0", "2.8.2"}
    assert report.ages["search"] >= timedelta(minutes=14) and report.cut == ("search",)
    failed = history(asking, HistoryRequest(("search",), ("qa",), failed=True))
    assert [one.version for one in failed.deployments] == ["2.9.0"]
    long_ago = Interval(NOW - timedelta(days=9), NOW - timedelta(days=8), "last week")
    assert history(asking, HistoryRequest(("search",), ("qa",), interval=long_ago)).deployments == ()
    assert history(asking, HistoryRequest(("search",), ("qa",), standing=True)).ages == {}


def test_a_wide_question_reads_little_of_each_place() -> None:
    fake = FakeHistory()
    ask(fake, HistoryRequest())
    assert max(fake.limits) <= 3


def test_older_ones_that_were_not_read_are_admitted() -> None:
    fake = FakeHistory({("checkout", "qa"): past("checkout", "qa", *(f"1.{n}" for n in range(40)), login="x")})
    assert ask(fake, HistoryRequest(("checkout",), ("qa",), people=("ben-osei",))).cut == ("checkout",)


def test_an_environment_that_a_service_lacks_is_refused() -> None:
    with pytest.raises(Invalid, match="does not run in qa"):
        ask(FakeHistory(), HistoryRequest(("billing-worker",), ("qa",)))


def test_a_guest_reads_nothing() -> None:
    fake = FakeHistory()
    with pytest.raises(NotAllowed):
        history(replace(context(FakeCi(), actor=GUEST), history=lambda name: fake), HistoryRequest())
    assert fake.limits == []


def test_only_those_that_went_well_or_brought_a_version_back() -> None:
    newest_first = past("checkout", "qa", "1.4.2", "1.4.3", "1.4.3", "1.4.2", "1.4.1")
    bad = replace(newest_first[1], phase=Phase.FAILED)
    fake = FakeHistory({("checkout", "qa"): (newest_first[0], bad, *newest_first[2:])})
    asked = HistoryRequest(services=("checkout",), environments=("qa",))
    back = ask(fake, replace(asked, back=True))
    assert [one.version for one in back.deployments] == ["1.4.2"], "1.4.3 came twice, but nothing was between"
    assert len(ask(fake, replace(asked, succeeded=True)).deployments) == 4
    last = ask(FakeHistory({("checkout", "qa"): (bad, *newest_first[2:])}), replace(asked, succeeded=True, count=1))
    assert last.deployments == (newest_first[2],)
