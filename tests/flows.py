"""People who change things, and workers that carry it out: real processes over one database, made to be killed.

A fork server has imported everything, so that a process which takes the place of a killed one is there at once.
"""

from __future__ import annotations

import logging
import multiprocessing
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import structlog

from assistant.bootstrap import Assistant
from assistant.contracts.actor import Actor
from assistant.contracts.change import ChangeRequest, State, Verb, Wish
from assistant.contracts.errors import AssistantError
from assistant.operations.approvals import approve, reject
from assistant.operations.cancel import cancel
from assistant.operations.deployments import confirm, propose
from assistant.settings import Settings
from assistant.worker import JOBS, run

SECONDS = 8.0
"""What an answer may take, as in the action server."""
_TRIES = 3

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.flows"])


def work(settings: dict[str, str]) -> None:
    """A worker, until it is killed."""
    _quiet()
    run(Assistant(Settings(settings)), threading.Event(), tuple(job for job in JOBS if job.name != "tidy"))


def click(settings: dict[str, str], flows: range, done: Path) -> None:
    """Go through ``flows``, one after the other; those that are noted in ``done`` are over."""
    _quiet()
    assistant = Assistant(Settings(settings))
    over = set(done.read_text().split()) if done.exists() else set()
    for number in flows:
        if str(number) not in over:
            flow(assistant, number)
            with done.open("a") as notes:
                notes.write(f"{number}\n")


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def flow(assistant: Assistant, number: int) -> None:
    """One person wishes something, says yes (twice), and others agree, refuse, withdraw it or never look."""
    rng = Random(number)
    catalogue = assistant.source.current()
    service = rng.choice(list(catalogue.services))
    environment = rng.choice([each.name for each in catalogue.environments_of(service)])
    team = [name for name, person in catalogue.people.items() if catalogue.services[service].owner in person.teams]
    asker = rng.choice(team) if rng.random() < 0.95 else rng.choice(list(catalogue.people))
    for _ in range(_TRIES):
        drafts = _asked(assistant, asker, _wish(assistant, rng, service, environment), f"T1.C{number}")
        if drafts:
            break
        time.sleep(rng.uniform(0.2, 1.0))
    else:
        return
    shown = [(each.number, each.revision) for each in drafts]
    for request in _twice(lambda: confirm(_seen(assistant, asker), shown)):
        _agreed(assistant, rng, request, asker, team)


def _wish(assistant: Assistant, rng: Random, service: str, environment: str) -> Wish:
    """What others than the newest version are asked for is what runs in the environment before, or anything."""
    delivery = assistant.source.current().delivery(service, environment)
    with suppress(AssistantError):
        before = assistant.source.current().previous(environment)
        state = assistant.ci(delivery.provider or "").state(
            assistant.source.current().delivery(service, before.name if before else environment),
            time.monotonic() + SECONDS,
        )
        if state.current and rng.random() < 0.8:
            return Wish(Verb.DEPLOY, service, environment, state.current.version)
    return Wish(Verb.DEPLOY if rng.random() < 0.7 else Verb.ROLLBACK, service, environment)


def _asked(assistant: Assistant, asker: str, wish: Wish, chat: str) -> tuple[ChangeRequest, ...]:
    with suppress(AssistantError):
        return propose(_seen(assistant, asker), [wish], chat).requests
    return ()


def _agreed(assistant: Assistant, rng: Random, request: ChangeRequest, asker: str, team: list[str]) -> None:
    if request.state is State.WAITING:
        others = [name for name in (*team, "tomasz-nowak") if name != asker]
        decide: Callable[..., Any] = reject if rng.random() < 0.1 else approve
        for who in rng.sample([asker, rng.choice(others)], 2):  # the asker may not, and tries
            if rng.random() < 0.9:
                _twice(lambda who=who: (decide(_seen(assistant, who), request.number, request.revision),))  # type: ignore[misc]
    elif rng.random() < 0.05:
        with suppress(AssistantError):
            cancel(_seen(assistant, asker), request.number)


def _twice(action: Callable[[], tuple[ChangeRequest, ...]]) -> tuple[ChangeRequest, ...]:
    """An impatient finger: both clicks at once, and at most one of them counts."""

    def once() -> tuple[ChangeRequest, ...]:
        with suppress(AssistantError):
            return action()
        return ()

    with ThreadPoolExecutor(2) as clicks:
        first, second = clicks.map(lambda _: once(), range(2))
    return first or second


def _seen(assistant: Assistant, name: str) -> Any:
    person = assistant.source.current().people[name]
    return assistant.context(Actor("T1", person.slack or name), SECONDS, f"click of {name}")
