"""What is followed, and what providers sent: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from sqlalchemy.engine import Engine

from assistant.contracts.delivery import Deployment, Health, HealthLevel, Phase
from assistant.contracts.deployer import Progress
from assistant.contracts.watch import Poke, Watched
from assistant.integrations.store.watches import KEPT, SqlWatches

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)


def one(run: str = "8841", **more: object) -> Watched:
    deployment = Deployment("payments", "production", "1.4.2", Phase.RUNNING, NOW, NOW, run=run)
    progress = Progress(Phase.WAITING, run, NOW, waiting_for=("tomasz-nowak", "@platform"))
    return replace(Watched(deployment, progress, NOW), **more)  # type: ignore[arg-type]


def test_what_is_followed_comes_back_as_it_was(engine: Engine) -> None:
    watches = SqlWatches(engine, "sandbox")
    health = Health(HealthLevel.HEALTHY, "no alerts")
    first, second = one(health=health, ended_at=NOW, request=57), one("8842", since=NOW + timedelta(minutes=1))
    watches.keep(second)
    watches.keep(one())
    watches.keep(first)
    assert watches.open() == (first, second)
    assert SqlWatches(engine, "elsewhere").open() == () and not SqlWatches(engine, "elsewhere").known(first.key)


def test_what_is_closed_is_remembered_for_a_week(engine: Engine) -> None:
    watches = SqlWatches(engine, "sandbox")
    watches.keep(one(), closed=True)
    assert watches.open() == () and watches.known(one().key)
    watches.forget(NOW + KEPT)
    assert watches.known(one().key)
    watches.forget(NOW + KEPT + timedelta(seconds=1))
    assert not watches.known(one().key)


def test_a_message_is_taken_once(engine: Engine) -> None:
    watches = SqlWatches(engine, "sandbox")
    pokes = [Poke("a1", "epetech/checkout", "staging"), Poke("b2", "platform/deploy-app")]
    assert [watches.poke(poke, NOW) for poke in (*pokes, pokes[0])] == [True, True, False]
    assert set(watches.poked()) == set(pokes)
    watches.looked(pokes)
    assert watches.poked() == () and not watches.poke(pokes[0], NOW)
