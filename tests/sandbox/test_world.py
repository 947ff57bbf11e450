"""The made-up company: what a person finds there at the start, and that it lives on the same way every time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from sandbox.company import ENVIRONMENTS, SERVICES
from sandbox.world import World

NINE = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
REPOSITORIES = sorted({service.repository for service in SERVICES.values()} | {"deployments"})


def everything(world: World, now: datetime) -> list[object]:
    """All that the world shows at ``now``."""
    shown: list[object] = []
    for repository in REPOSITORIES:
        shown += [(run.id, run.title, run.status(now), run.updated(now)) for run in world.runs(repository, now)]
        shown += [(tag.name, tag.commit.sha) for tag in world.tags(repository, now)]
        records = world.deployments(repository, now)
        shown += [(it.id, it.statuses(now, world.superseded(it, now))) for it in records]
    return shown


def test_the_same_start_and_time_show_the_same_however_it_was_reached() -> None:
    wandering, direct = World(NINE), World(NINE)
    later = NINE + timedelta(hours=3)
    for minutes in (5, 300, 20, 90):
        everything(wandering, NINE + timedelta(minutes=minutes))
    assert everything(wandering, later) == everything(direct, later)
    assert everything(wandering, NINE) == everything(World(NINE), NINE)


@pytest.mark.parametrize(
    ("service", "versions"),
    [
        ("checkout", "1.4.4 1.4.3 1.4.3 1.4.2"),
        ("payments", "1.4.3 1.4.3 1.4.3 1.4.1"),
        ("inventory", "4.4.1 4.4.1 4.4.1 4.2.1"),
        ("search", "2.9.0 2.8.2 2.8.2 2.8.1"),
        ("notifications", "2.3.1 2.3.1 2.3.1 2.3.0"),
        ("identity", "5.1.1 5.1.1 5.1.1 5.1.1"),
        ("storefront", "2.8.2 2.8.2 2.8.2 2.8.0"),
        ("billing-worker", "3.1.0 None 3.1.0 3.0.2"),
    ],
)
def test_what_runs_at_the_start(service: str, versions: str) -> None:
    world = World(NINE)
    assert [str(world.running(service, environment, NINE)) for environment in ENVIRONMENTS] == versions.split()


def test_inventory_is_four_versions_behind_in_production() -> None:
    order = [tag.version for tag in World(NINE).tags("backoffice", NINE) if tag.name.startswith("inventory-v")][::-1]
    assert order.index("4.4.1") - order.index("4.2.1") == 4


def test_2_8_1_exists_for_search_and_storefront_alone() -> None:
    world = World(NINE)
    owners = [name for name in REPOSITORIES for tag in world.tags(name, NINE) if tag.version == "2.8.1"]
    assert owners == ["search", "storefront"]


def test_search_finishes_after_six_minutes() -> None:
    world = World(NINE)
    run = next(run for run in world.runs("search", NINE) if run.target and run.target[1] == "staging")
    assert run.status(NINE) == "in_progress"
    assert run.status(NINE + timedelta(minutes=5)) == "in_progress"
    assert run.status(NINE + timedelta(minutes=6)) == "completed"
    assert world.running("search", "staging", NINE + timedelta(minutes=6)) == "2.9.0"


def test_notifications_waits_for_its_approval_and_then_goes_on() -> None:
    world = World(NINE)
    run = world.runs("deployments", NINE)[0]
    assert (run.status(NINE), run.target) == ("waiting", ("notifications", "production", "2.3.1"))
    approved = NINE + timedelta(minutes=51)
    assert (run.status(approved), run.jobs[0].status(approved)) == ("in_progress", "in_progress")


def test_the_last_deployment_of_checkout_to_qa_failed_in_its_smoke_test() -> None:
    record = next(it for it in World(NINE).deployments("checkout", NINE) if it.job.environment == "qa")
    assert record.statuses(NINE, None)[0][0] == "failure"
    assert [step.name for step in record.job.steps if step.conclusion == "failure"] == ["Smoke test"]


def test_checkouts_build_is_red_and_gets_fixed() -> None:
    world = World(NINE)

    def last_build(now: datetime) -> str:
        done = [
            run for run in world.runs("checkout", now) if run.workflow == "ci.yml" and run.status(now) == "completed"
        ]
        return done[0].conclusion

    assert (last_build(NINE), last_build(NINE + timedelta(minutes=45))) == ("failure", "success")


def test_an_hour_is_alive() -> None:
    world, later = World(NINE), NINE + timedelta(hours=1)
    new = [run for name in REPOSITORIES for run in world.runs(name, later) if run.created > NINE]
    assert len(new) >= 4
    assert len({run.commit.repository for run in new}) >= 2


def test_production_is_never_ahead_of_what_exists_however_long_it_runs() -> None:
    world, later = World(NINE), NINE + timedelta(days=2)
    for name, service in SERVICES.items():
        known = [tag.version for tag in world.tags(service.repository, later)]
        assert {world.running(name, environment, later) for environment in service.running} <= set(known)
