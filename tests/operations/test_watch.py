"""Deployments are followed from the moment that anybody sees them until they have ended and stood for a while."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from assistant.contracts.change import ChangeRequest, State, Verb, Wish
from assistant.contracts.delivery import Deployment, Health, HealthLevel, Phase, ServiceState
from assistant.contracts.deployer import Progress
from assistant.contracts.errors import Missing, Unavailable
from assistant.contracts.locks import Scope
from assistant.contracts.notice import Notice
from assistant.contracts.watch import Poke, Watched
from assistant.integrations.store.watches import SqlWatches
from assistant.operations import locks
from assistant.operations.context import Context
from assistant.operations.deployments import confirm, propose
from assistant.operations.trigger import advance
from assistant.operations.watch import LONGEST, STANDS_FOR, look, places_of, watch
from assistant.presentation.plain import render
from assistant.telling import tell, tell_free
from tests.operations.changing import Company, World
from tests.operations.platform import CATALOGUE, FakeMonitoring, Memory

PLACE = ("payments", "production")
NOW = datetime.now(timezone.utc)


class Provider(World):
    """Tells of each run what a test wants it to."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, Any] = {}

    def progress(self, delivery: Any, run_id: str, deadline: float) -> Progress:
        if run_id not in self.told:
            return super().progress(delivery, run_id, deadline)
        if isinstance(self.told[run_id], Exception):
            raise self.told[run_id]
        found: Progress = self.told[run_id]
        return found


@dataclass
class Watching:
    """The worker's view, with what it says."""

    firm: Company
    watches: SqlWatches
    memory: Memory = field(default_factory=Memory)
    monitoring: FakeMonitoring = field(default_factory=FakeMonitoring)
    said: list[Notice] = field(default_factory=list)

    @property
    def context(self) -> Context:
        monitoring = {"alertmanager": lambda: self.monitoring}
        return self.firm.seen_by("worker", observations=self.memory, monitoring=monitoring)

    def sees(self, under_way: Deployment | None = None, current: Deployment | None = None) -> None:
        self.memory.states(ServiceState(*PLACE, "github", NOW, current=current, under_way=under_way))

    def runs(self, run: str, phase: Phase, **more: Any) -> None:
        assert isinstance(self.firm.world, Provider)
        self.firm.world.told[run] = Progress(phase, run, NOW, run=run.replace("88", "1"), **more)

    def step(self) -> tuple[Watched, ...]:
        followed = watch(self.context, self.watches)
        tell(self.context, self.watches, self, followed)
        return followed

    def tell(self, notice: Notice) -> None:
        self.said.append(notice)

    def later(self, period: timedelta) -> None:
        """Move everything that is followed into the past."""
        for one in self.watches.open():
            times = {name: getattr(one, name) for name in ("since", "ended_at", "healthy_since")}
            self.watches.keep(replace(one, **{name: at and at - period for name, at in times.items()}))

    @property
    def over(self) -> bool:
        """Whether nothing is followed any more."""
        return not self.watches.open()

    @property
    def last(self) -> str:
        return render(self.said[-1].card, None, NOW)


def under_way(run: str | None = "8841", version: str = "1.4.2", **more: Any) -> Deployment:
    return Deployment(*PLACE, version, Phase.RUNNING, NOW, NOW, login="priya-raman", run=run, **more)


@pytest.fixture
def watching(engine: Engine) -> Watching:
    return Watching(Company(engine, Provider()), SqlWatches(engine, "test"))


def test_a_deployment_from_elsewhere_is_one_message_until_it_has_stood_a_while(watching: Watching) -> None:
    watching.sees(under_way=under_way())
    watching.runs("8841", Phase.WAITING, waiting_for=("tomasz-nowak", "@platform"))
    watching.step()
    assert "waits for approval by Tomasz Nowak or " in watching.last
    watching.runs("8841", Phase.RUNNING, step="Smoke test, step 4 of 6")
    watching.step()
    assert "being deployed (Smoke test, step 4 of 6)" in watching.last and "Started by Priya Raman" in watching.last
    watching.runs("8841", Phase.SUCCEEDED)
    watching.step()
    assert "deployed, healthy" in watching.last
    watching.later(timedelta(minutes=4))
    watching.step()
    assert "healthy for 4 min" in watching.last and not watching.over
    watching.later(STANDS_FOR)
    watching.step()
    assert watching.over and {notice.key for notice in watching.said} == {watching.said[0].key}
    assert watching.said[0].teams == ("team-payments",) and not watching.said[-1].pinged
    assert watching.step() == (), "it is over, though the last known state still shows it"


def test_nothing_new_is_not_said_again(watching: Watching) -> None:
    watching.sees(under_way=under_way())
    watching.runs("8841", Phase.RUNNING, step="Roll out, step 3 of 6")
    for _ in range(3):
        watching.step()
    assert len(watching.said) == 1


def test_what_could_not_be_said_is_said_after_the_crash(watching: Watching) -> None:
    watching.sees(under_way=under_way())
    watching.runs("8841", Phase.FAILED, failed_step="Smoke test")
    watch(watching.context, watching.watches)
    watching.step()
    assert "failed at “Smoke test”" in watching.last and watching.over
    (button,) = watching.said[-1].card.buttons
    assert (button.intent, dict(button.values)) == ("fetch_logs", {"service": "payments", "run": "deployment 8841"})


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (Health(HealthLevel.UNKNOWN, "nobody answered"), "health unknown (nobody answered)"),
        (Health(HealthLevel.CRITICAL, "HighErrorRate"), "but critical: HighErrorRate"),
    ],
)
def test_health_is_never_made_up(watching: Watching, health: Health, words: str) -> None:
    watching.sees(under_way=under_way())
    watching.runs("8841", Phase.SUCCEEDED)
    watching.monitoring.verdicts[PLACE] = health
    watching.step()
    watching.later(STANDS_FOR)
    watching.step()
    assert words in watching.last and watching.over


def test_one_that_was_replaced_before_it_began_says_by_whom(watching: Watching) -> None:
    watching.sees(under_way=under_way())
    watching.runs("8841", Phase.CANCELLED, superseded_by="18")
    watching.step()
    assert "run 18 took its place before it began" in watching.last and watching.over


def test_one_that_waits_in_line_says_for_which_run(watching: Watching) -> None:
    watching.sees(under_way=under_way())
    watching.runs("8841", Phase.RUNNING)
    watching.step()
    watching.sees(under_way=under_way("8842", "1.4.3"))
    watching.runs("8842", Phase.WAITING, step="queued")
    watching.step()
    assert "payments 1.4.3 → production: waits for run 141 to end" in watching.last


def test_a_version_that_was_taken_back_is_told(watching: Watching) -> None:
    watching.sees(under_way=under_way())
    watching.runs("8841", Phase.SUCCEEDED)
    watching.step()
    watching.sees(current=replace(under_way("8843", "1.4.1"), created_at=NOW + timedelta(minutes=3)))
    watching.step()
    assert "and 1.4.1 runs there by now" in watching.last and watching.over


def test_silence_changes_nothing_and_a_lost_run_is_said(watching: Watching) -> None:
    watching.sees(under_way=under_way())
    watching.runs("8841", Phase.RUNNING)
    watching.step()
    assert isinstance(watching.firm.world, Provider)
    watching.firm.world.told["8841"] = Unavailable("github", "did not answer in time")
    (same,) = watching.step()
    assert same.progress.phase is Phase.RUNNING and len(watching.said) == 1
    watching.firm.world.told["8841"] = Missing("github", "does not know the run 8841 any more")
    watching.step()
    assert "I lost sight of it: github does not know the run 8841 any more" in watching.last


def test_nobody_waits_for_an_end_that_never_comes(watching: Watching) -> None:
    watching.sees(under_way=under_way())
    watching.runs("8841", Phase.RUNNING)
    watching.step()
    watching.later(LONGEST + timedelta(minutes=1))
    watching.step()
    assert "it has been under way for two days" in watching.last and watching.over


def test_a_place_that_the_catalogue_forgot_is_not_followed(watching: Watching) -> None:
    gone = Watched(replace(under_way(), service="gone"), Progress(Phase.RUNNING, "8841", NOW), NOW)
    watching.watches.keep(gone)
    watching.step()
    assert "the catalogue does not name the place any more" in watching.last and not watching.watches.open()


def ours(watching: Watching) -> ChangeRequest:
    """A deployment that was asked for here and runs."""
    ana = watching.firm.seen_by("ana-duarte")
    proposal = propose(ana, [Wish(Verb.DEPLOY, "checkout", "staging", "1.4.3")], "T1.C1")
    (request,) = confirm(ana, [(each.number, each.revision) for each in proposal.requests])
    return advance(watching.firm.seen_by("worker"), request)


def test_our_own_run_and_its_request_are_one_message(watching: Watching) -> None:
    request = ours(watching)
    assert request.state is State.UNDER_WAY and request.run_id
    watching.runs(request.run_id, Phase.RUNNING, step="Roll out, step 3 of 6")
    watching.step()
    assert {notice.key for notice in watching.said} == {f"request:{request.number}"}
    assert "being deployed (Roll out, step 3 of 6)" in watching.last and not watching.said[-1].pinged
    watching.runs(request.run_id, Phase.SUCCEEDED)
    watching.firm.world.finish(request.run_id)
    advance(watching.firm.seen_by("worker"), watching.firm.get(request.number))
    watching.step()
    assert watching.last.startswith("Request 1, checkout 1.4.3 → staging: deployed, healthy.\n")
    assert watching.said[-1].pinged == ("ana-duarte",)
    assert {notice.key for notice in watching.said} == {f"request:{request.number}"}
    watching.later(STANDS_FOR)
    watching.step()
    assert watching.over and not watching.firm.records.requests.untold()


def test_whoever_waits_is_asked_once_when_the_place_is_free(watching: Watching) -> None:
    place, held = Scope("checkout", "staging"), watching.firm.seen_by("ana-duarte")
    locks.lock(held, place, "load test")
    locks.wait_for(watching.firm.seen_by("ben-osei"), place, "T1.C1", "1.4.3")
    tell_free(watching.context, watching)
    assert watching.said == []
    locks.unlock(held, place)
    for _ in range(2):
        tell_free(watching.context, watching)
    (notice,) = watching.said
    assert notice.pinged == ("ben-osei",) and "checkout in staging is free now" in watching.last
    assert [button.title for button in notice.card.buttons] == ["Deploy 1.4.3"]
    assert not watching.firm.world.runs, "it asks, and starts nothing"


def test_what_ended_long_ago_is_news_to_nobody(watching: Watching, monkeypatch: pytest.MonkeyPatch) -> None:
    request = ours(watching)
    watching.firm.world.finish(str(request.run_id))
    advance(watching.firm.seen_by("worker"), request)
    monkeypatch.setattr("assistant.telling.STALE", timedelta(0))
    tell(watching.context, watching.watches, watching, ())
    assert watching.said == [] and not watching.firm.records.requests.untold()


@pytest.mark.parametrize(
    ("poke", "places"),
    [
        (Poke("1", "epetech/checkout", "staging"), {("checkout", "staging")}),
        (Poke("2", "epetech/identity", "prod-eu"), {("identity", "production")}),
        (
            Poke("3", "platform/deploy-app"),
            {("billing-worker", each) for each in ("development", "staging", "production")},
        ),
        (Poke("4", "epetech/nothing"), set()),
    ],
)
def test_a_message_of_a_provider_is_about_these_places(
    watching: Watching, poke: Poke, places: set[tuple[str, str]]
) -> None:
    assert set(places_of(watching.context, poke)) == places


def test_the_shared_workflow_is_about_its_services(watching: Watching) -> None:
    found = set(places_of(watching.context, Poke("1", "epetech/deployments")))
    assert {service for service, _ in found} == {"notifications"}
    assert len(found) == len(CATALOGUE.environments_of("notifications"))


def test_a_message_lets_its_places_be_looked_at(watching: Watching) -> None:
    look(watching.context, [Poke("1", "epetech/checkout", "staging"), Poke("2", "epetech/checkout", "staging")])
    assert list(watching.memory.recall_all(ServiceState)) == ["checkout/staging"]
