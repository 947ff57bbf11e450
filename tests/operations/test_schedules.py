"""Whatever happens in whatever order: nothing is started twice, without right or record, and no request is lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assistant.contracts.audit import AuditRequest
from assistant.contracts.change import HOLDING, OPEN, ChangeRequest, State, Verb, Wish
from assistant.contracts.delivery import Phase
from assistant.contracts.deployer import CiLevel, Target
from assistant.contracts.errors import AssistantError
from assistant.contracts.locks import Scope
from assistant.integrations.store.database import open_database
from assistant.integrations.store.requests import requests
from assistant.operations import approvals, cancel, deployments, locks, trigger
from assistant.operations.people import decide
from assistant.safeguards.audit import defects
from tests.operations.changing import ACCESS, Company, Killed, commit
from tests.postgres import Server

CHAT = "T1.C1.1"
PEOPLE = st.sampled_from(["ana-duarte", "ana-duarte", "ben-osei", "lena-fischer", "priya-raman", "U0STRANGER"])
WISHES = st.sampled_from(
    [
        Wish(Verb.DEPLOY, "checkout", "production", "1.4.3"),
        Wish(Verb.DEPLOY, "checkout", "production", "1.4.3"),
        Wish(Verb.DEPLOY, "checkout", "staging", "1.4.3"),
        Wish(Verb.DEPLOY, "payments", "staging"),
        Wish(Verb.ROLLBACK, "checkout", "production"),
        Wish(Verb.ROLLBACK, "payments", "staging", "1.4.1"),
    ]
)
RARELY = st.sampled_from([False] * 7 + [True])
STARTS = st.sampled_from(["well", "refused", "unheard", "lost", "accepted", "killed before", "killed after"])
ANY = st.integers(0, 30)


class Schedule(RuleBasedStateMachine):
    """People, the worker, the provider and bad luck, in any order."""

    def __init__(self, databases: Server) -> None:
        super().__init__()
        self.databases = databases
        self.firm = Company(open_database(databases.ready()))
        self.firm.world.witness = self.witness
        self.made: set[int] = set()
        self.clicks: list[tuple[int, int]] = []

    def witness(self, token: str, target: Target) -> None:
        """What must be true at the very moment that something is started."""
        request = next(each for each in self.all() if each.token == token)
        context, wish = self.firm.seen_by("worker"), request.plan.wish
        verb = "break_glass" if request.break_glass else wish.verb.value
        assert request.state is State.STARTING and target == request.target
        assert self.firm.world.starts_of(token) == 0
        assert target.commit == self.firm.world.moved.get(target.version, commit(target.version))
        assert decide(context, request.asker, verb, request.scope).allowed
        assert self.firm.records.locks.pause(datetime.now(timezone.utc)) is None
        recorded = self.firm.records.audit.search(AuditRequest(correlation=request.correlation, count=1000))
        starting = {each.parameters.get("request") for each in recorded if each.outcome == "It is being started."}
        assert str(request.number) in starting
        if request.plan.needs_approval:
            assert request.approver and request.approver.identity != request.asker.identity

    def all(self) -> tuple[ChangeRequest, ...]:
        return self.firm.records.requests.find(tuple(State))

    def there(self, *states: State) -> bool:
        return any(row.state in [state.value for state in states] for row in self.rows())

    def rows(self) -> list[Any]:
        """Number, revision, state and place of every request, cheaper than the whole of them."""
        table = requests.c
        query = sa.select(table.number, table.revision, table.state, table.service, table.environment)
        with self.firm.engine.connect() as connection:
            return list(connection.execute(query.order_by(table.number)))

    def buttons(self, state: State) -> list[tuple[int, int]]:
        return [(row.number, row.revision) for row in self.rows() if row.state == state.value]

    def attempt(self, act: Callable[[], object]) -> None:
        """Whoever is refused is told; a process that is killed says nothing."""
        with suppress(AssistantError, Killed):
            act()

    @initialize(goes=STARTS)
    def two_at_first(self, goes: str) -> None:
        self.firm.world.start_goes = goes
        self.wish("ana-duarte", Wish(Verb.DEPLOY, "checkout", "production", "1.4.3"), False, True)
        self.wish("priya-raman", Wish(Verb.DEPLOY, "payments", "staging", "1.4.3"), False, True)

    @rule(person=PEOPLE, wish=WISHES, glass=RARELY, sure=st.booleans())
    def wish(self, person: str, wish: Wish, glass: bool, sure: bool) -> None:
        def act() -> None:
            made = deployments.propose(self.firm.seen_by(person), [wish], CHAT, "because", glass).requests
            shown = [(each.number, each.revision) for each in made]
            self.made.update(number for number, _ in shown)
            self.clicks += shown
            if sure and shown:
                deployments.confirm(self.firm.seen_by(person), shown)

        self.attempt(act)

    @precondition(lambda self: self.there(State.DRAFT))
    @rule(person=PEOPLE, which=ANY)
    def confirm(self, person: str, which: int) -> None:
        def act(shown: tuple[int, int]) -> None:
            deployments.confirm(self.firm.seen_by(person), [shown])
            asker = self.firm.get(shown[0]).asker
            assert asker == self.firm.seen_by(person).actor, "another person's yes"

        self.click(self.buttons(State.DRAFT), which, act)

    @precondition(lambda self: self.there(State.WAITING))
    @rule(person=PEOPLE, which=ANY, no=RARELY)
    def decide(self, person: str, which: int, no: bool) -> None:
        context, verb = self.firm.seen_by(person), approvals.reject if no else approvals.approve

        def act(shown: tuple[int, int]) -> None:
            may = decide(context, context.actor, "approve", self.firm.get(shown[0]).scope).allowed
            verb(context, *shown)
            assert may, "the word of somebody without the right"

        self.click(self.buttons(State.WAITING), which, act)

    @rule(person=PEOPLE, which=ANY)
    def click_again(self, person: str, which: int) -> None:
        context = self.firm.seen_by(person)
        self.click(self.clicks, which, lambda shown: deployments.confirm(context, [shown]))
        self.click(self.clicks, which, lambda shown: approvals.approve(context, *shown))

    def click(self, buttons: list[tuple[int, int]], which: int, act: Callable[[tuple[int, int]], object]) -> None:
        if buttons:
            shown = buttons[which % len(buttons)]
            self.clicks.append(shown)
            self.attempt(lambda: act(shown))

    @precondition(lambda self: self.there(*OPEN))
    @rule(person=PEOPLE, which=ANY)
    def cancel(self, person: str, which: int) -> None:
        found = self.rows()
        if found:
            self.attempt(lambda: cancel.cancel(self.firm.seen_by(person), found[which % len(found)].number))

    @precondition(lambda self: self.there(State.UNCERTAIN))
    @rule(person=PEOPLE, started=st.booleans())
    def settle(self, person: str, started: bool) -> None:
        for each in [each for each in self.all() if each.state is State.UNCERTAIN][:1]:
            run = next((name for name, run in self.firm.world.runs.items() if run.token == each.token), None)
            if (run is not None) is started:
                context = self.firm.seen_by(person)
                self.attempt(lambda e=each, r=run, c=context: trigger.settle(c, e.number, e.revision, r, "I looked"))  # type: ignore[misc]

    @precondition(lambda self: self.there(*OPEN))
    @rule()
    def worker(self) -> None:
        for each in self.firm.records.requests.find(OPEN):
            self.attempt(lambda e=each: trigger.advance(self.firm.seen_by("worker"), e))  # type: ignore[misc]

    @rule(goes=STARTS)
    def next_start(self, goes: str) -> None:
        self.firm.world.start_goes = goes

    @rule(down=RARELY, blind=RARELY, red=RARELY, moved=st.booleans(), trusted=st.booleans())
    def weather(self, down: bool, blind: bool, red: bool, moved: bool, trusted: bool) -> None:
        world = self.firm.world
        world.down, world.shows, world.ci = down, not blind, CiLevel.FAILED if red else CiLevel.PASSED
        world.moved = {"1.4.3": "d" * 40} if moved else {}
        self.firm.access = ACCESS if trusted else replace(ACCESS, groups={"platform": ("platform",)})

    @rule(which=ANY, seconds=st.sampled_from([30, 30, 30, 250, 400, 20_000]))
    def time_passes(self, which: int, seconds: int) -> None:
        found = self.rows()
        if found:
            self.firm.let_time_pass(found[which % len(found)].number, seconds)

    @precondition(lambda self: self.running())
    @rule(which=ANY, phase=st.sampled_from([Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED]))
    def run_ends(self, which: int, phase: Phase) -> None:
        running = self.running()
        self.firm.world.finish(running[which % len(running)], phase)

    def running(self) -> list[str]:
        return [name for name, run in self.firm.world.runs.items() if run.phase.under_way]

    @rule(person=PEOPLE, held=RARELY, paused=RARELY, environment=st.sampled_from(["staging", "production"]))
    def hold(self, person: str, held: bool, paused: bool, environment: str) -> None:
        context, boss = self.firm.seen_by(person), self.firm.seen_by("lena-fischer")
        scope = Scope(environment=environment)
        self.attempt(lambda: locks.lock(context, scope, "load test") if held else locks.unlock(context))
        self.attempt(lambda: locks.pause(boss, "incident") if paused else locks.resume(boss))

    @invariant()
    def nothing_is_started_twice(self) -> None:
        tokens = [run.token for run in self.firm.world.runs.values()]
        assert len(tokens) == len(set(tokens))

    @invariant()
    def one_change_at_a_time_in_a_place(self) -> None:
        holding = [state.value for state in HOLDING]
        places = [(row.service, row.environment) for row in self.rows() if row.state in holding]
        assert len(places) == len(set(places))

    @invariant()
    def no_request_is_lost(self) -> None:
        assert self.made <= {row.number for row in self.rows()}

    def teardown(self) -> None:
        """Once everything works again, every request comes to an end that can be explained."""
        world = self.firm.world
        world.start_goes, world.down, world.shows = "well", False, True
        boss = replace(self.firm.seen_by("lena-fischer"), access=ACCESS)
        locks.resume(boss)
        for _ in range(4):
            for each in self.firm.records.requests.find(OPEN):
                self.firm.let_time_pass(each.number, 30)
            self.worker()
            for name in self.running():
                world.finish(name)
        for each in self.firm.records.requests.find(OPEN):
            self.firm.let_time_pass(each.number, 20_000)
        self.worker()
        left = [each for each in self.all() if not each.state.ended]
        assert not left, left
        assert all(each.outcome for each in self.all() if each.state.ended)
        known = {each.token: each.run_id for each in self.all()}
        assert all(known[run.token] == name for name, run in world.runs.items()), "a run that nobody knows of"
        assert not list(defects(self.firm.records.audit.records()))
        self.firm.engine.dispose()
        self.databases.drop()


def test_no_schedule_breaks_it(databases: Server) -> None:
    enough = settings(
        max_examples=60 if databases.kind == "sqlite" else 15,  # each takes longer there
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: Schedule(databases), settings=enough)
