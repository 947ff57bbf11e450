"""What is followed, as the one message about it says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.contracts.card import Button, Card, Line, Link, Moment, Row
from assistant.contracts.change import ChangeRequest, State
from assistant.contracts.delivery import HealthLevel, Phase
from assistant.contracts.locks import ANY, Waiter
from assistant.contracts.watch import Watched, WatchedBuild
from assistant.presentation.origin import by_whom

Person = Callable[[str], str]
"""From a provider's login, or the name in the catalogue, to the name that colleagues know."""

_MARKS = {
    Phase.SUCCEEDED: "ok",
    Phase.FAILED: "bad",
    Phase.CANCELLED: "bad",
    Phase.RUNNING: "busy",
    Phase.WAITING: "busy",
}


def watched_card(one: Watched, person: Person, sandbox: bool) -> Card:
    """How far a deployment is that nobody asked us for."""
    name = _name(one)
    lines: list[Line] = [_origin(one, person)]
    row = Row(mark(one), name, (how_far(one, person),))
    return Card(f"{name}: {how_far(one, person)}.", (row,), tuple(lines), (), tuple(_buttons(one)), sandbox)


def rebuilt_card(one: WatchedBuild, sandbox: bool) -> Card:
    """How far a build is that was run again."""
    run, now = one.run, one.progress
    url = (now.url if now else None) or run.url
    link: tuple[Line, ...] = (("The run: ", Link(f"#{(now.run if now else None) or run.number}", url)),) if url else ()
    buttons: tuple[Button, ...] = ()
    if now and now.phase is Phase.FAILED:
        values = {"service": one.service, "run": f"build {now.run or now.run_id}"}
        buttons = (Button("Why did it fail?", "fetch_logs", values),)
    return Card(f"{rebuilt_words(one)}.", lines=link, buttons=buttons, sandbox=sandbox)


def rebuilt_words(one: WatchedBuild) -> str:
    """ "Run #18 of checkout, attempt 2: passed"."""
    now = one.progress
    name = f"Run #{one.run.number} of {one.service}"
    if now and now.run and now.run != one.run.number:
        name += f", again as #{now.run}"
    elif now and now.attempt > 1:
        name += f", attempt {now.attempt}"
    return f"{name}: {_rebuilt(one)}"


def _rebuilt(one: WatchedBuild) -> str:
    now = one.progress
    if one.lost:
        return f"I lost sight of it: {one.lost}"
    if now is None or now.phase is Phase.WAITING:
        return (now.step if now else None) or "queued"
    if now.phase is Phase.RUNNING:
        return f"running ({now.step})" if now.step else "running"
    if now.phase is Phase.FAILED:
        return f"failed again at “{now.failed_step}”" if now.failed_step else "failed again"
    words = {Phase.SUCCEEDED: "passed", Phase.CANCELLED: "cancelled"}
    return words.get(now.phase, "the provider names a state that I don't know")


def with_progress(card: Card, request: ChangeRequest, one: Watched, person: Person) -> Card:
    """The card of our own request with how far its run is, first of all while both tell the same."""
    buttons = (*card.buttons, *_buttons(one))
    if request.state in (State.UNDER_WAY, State.SUCCEEDED) and not one.lost:
        title = f"Request {request.number}, {_name(one)}: {how_far(one, person)}."
        rows = tuple(replace(row, mark=mark(one), line=()) for row in card.rows)
        return replace(card, title=title, rows=rows, buttons=buttons)
    row = Row(mark(one), f"run {one.progress.run or one.progress.run_id}", (how_far(one, person),))
    return replace(card, rows=(*card.rows, row), buttons=buttons)


def free_card(waiter: Waiter, sandbox: bool) -> Card:
    """ "payments in production is free now": the answer to “tell me when it is free”, which is a question."""
    scope = waiter.scope
    buttons: tuple[Button, ...] = ()
    if waiter.version and ANY not in (scope.service, scope.environment):
        values = {"service": scope.service, "environment": scope.environment, "version": waiter.version}
        buttons = (Button(f"Deploy {waiter.version}", "deploy", values),)
    return Card(f"{scope.words} is free now. Do you still want it?", buttons=buttons, sandbox=sandbox)


def _name(one: Watched) -> str:
    return f"{one.deployment.service} {one.deployment.version} → {one.deployment.environment}"


def mark(one: Watched) -> str:
    """How it stands in one word, as rows show it."""
    if one.lost or one.progress.phase is Phase.UNKNOWN:
        return "unknown"
    ill = one.health is not None and one.health.level in (HealthLevel.CRITICAL, HealthLevel.WARNING)
    return "bad" if ill and one.progress.phase is Phase.SUCCEEDED else _MARKS[one.progress.phase]


def how_far(one: Watched, person: Person) -> str:
    """How far it is, as the end of a sentence; never more than is known."""
    progress = one.progress
    if one.lost:
        return f"I lost sight of it: {one.lost}"
    match progress.phase:
        case Phase.WAITING if progress.waiting_for:
            return f"waits for approval by {' or '.join(person(login) for login in progress.waiting_for)}"
        case Phase.WAITING if one.behind:
            return f"waits for run {one.behind} to end"
        case Phase.WAITING:
            return progress.step or "queued"
        case Phase.RUNNING:
            return f"being deployed ({progress.step})" if progress.step else "being deployed"
        case Phase.FAILED:
            return f"failed at “{progress.failed_step}”" if progress.failed_step else "failed"
        case Phase.CANCELLED if progress.superseded_by:
            return f"run {progress.superseded_by} took its place before it began"
        case Phase.CANCELLED:
            return "cancelled"
        case Phase.SUCCEEDED:
            return f"deployed, {_since(one)}"
        case _:
            return "the provider names a state that I don't know"


def _since(one: Watched) -> str:
    if one.replaced_by:
        return f"and {one.replaced_by} runs there by now"
    if one.health is None or one.health.level is HealthLevel.UNKNOWN:
        return f"health unknown ({one.health.reason})" if one.health else "health unknown"
    if one.health.level is not HealthLevel.HEALTHY:
        return f"but {one.health.level.value}: {one.health.reason}"
    return f"healthy for {_minutes(one)} min" if _minutes(one) else "healthy"


def _minutes(one: Watched) -> int:
    """Whole minutes of health that were seen, none before the second look."""
    if one.healthy_since is None or one.looked_at is None:
        return 0
    return int((one.looked_at - one.healthy_since).total_seconds() // 60)


def _origin(one: Watched, person: Person) -> Line:
    who = by_whom(one.deployment, person)
    by = f"Started by {who} " if who else "Started "
    url = one.progress.url or one.deployment.url
    run = one.progress.run or one.progress.run_id
    link: Line = (", ", Link(f"run {run}", url)) if url else (f", run {run}",)
    return (by, Moment(one.deployment.created_at), *link)


def _buttons(one: Watched) -> Iterator[Button]:
    if one.progress.phase is Phase.FAILED:
        values = {"service": one.deployment.service, "run": f"deployment {one.progress.run_id}"}
        yield Button("Why did it fail?", "fetch_logs", values)
