"""How builds are, as a card: green or red, what failed, since when and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.contracts.card import Card, Line, Link, Moment, Part, Row
from assistant.contracts.delivery import Phase
from assistant.contracts.pipelines import Build, Job, PipelineReport, Recurrence, Run
from assistant.presentation.cards.logs import excerpt_lines, excerpt_notes

Person = Callable[[str], str]
"""From a provider's login to the name that colleagues know."""

_LISTED = 10
_RECENT = 5
_WORDS = {
    Phase.SUCCEEDED: "passed",
    Phase.FAILED: "failed",
    Phase.CANCELLED: "was cancelled",
    Phase.RUNNING: "is running",
    Phase.WAITING: "is waiting",
    Phase.UNKNOWN: "ended neither well nor badly",
}


def pipelines_card(report: PipelineReport, person: Person, sandbox: bool) -> Card:
    """The answer to a question about builds."""
    if len(report.builds) != 1:
        return _many(report, person, sandbox)
    build = report.builds[0]
    if report.request.recurrence:
        return _recurrence(build, report.recurrence, person, sandbox)
    lines = [*_why(build, person), *_going(build)]
    if build.excerpt:
        lines += excerpt_lines(build.excerpt)
    if report.request.run is None and build.first_red is None:
        lines += [_listed(run, person) for run in build.runs[:_RECENT]]
    notes = [*(excerpt_notes(build.excerpt) if build.excerpt else ()), *_notes(build)]
    return Card(_title(build, report.request.run is not None), lines=tuple(lines), notes=tuple(notes), sandbox=sandbox)


def _title(build: Build, one_run: bool) -> str:
    run = build.shown or build.under_way
    if build.problem:
        return f"{build.service}: {build.problem}"
    if run is None:
        return f"{build.service} has no finished build{_on(build.ref)}."
    if one_run:
        attempt = f", attempt {run.attempt}," if run.attempt > 1 else ""
        return f"Run #{run.number} of {build.service}{_on(run.branch)}{attempt} {_WORDS[run.phase]}{_place(build.job)}."
    if run.phase is Phase.FAILED:
        return f"The build of {build.service}{_on(run.branch)} is red{_place(build.job)}."
    word = "is green" if run.phase is Phase.SUCCEEDED else _WORDS[run.phase]
    return f"The build of {build.service}{_on(run.branch)} {word}."


def _on(ref: str | None) -> str:
    return f" on {ref}" if ref else ""


def _place(job: Job | None) -> str:
    """Where it failed: the step, and the job where it has another name."""
    if job is None:
        return ""
    step = job.failed_step
    return f": “{step.name}” failed in the job “{job.name}”" if step else f": the job “{job.name}” failed"


def _why(build: Build, person: Person) -> list[Line]:
    """Red since which run and commit and whose, then the newest failing run when that is another one."""
    first, shown = build.first_red, build.shown
    if first is None:
        return [(*_told(shown, person),)] if shown and not build.runs[1:] else []
    since = "Red since" if build.green_before else "Red at least since"
    lines: list[Line] = [(f"{since} ", *_told(first, person))]
    if build.green_before:
        lines.append(("Last green: ", *_told(build.green_before, person)))
    if shown and shown != first:
        count = 1 + build.runs.index(first) - build.runs.index(shown)
        lines.append((f"Newest of {count} runs since: ", *_told(shown, person)))
    return lines


def _going(build: Build) -> list[Line]:
    run = build.under_way
    if run is None:
        return []
    step = build.current.current_step if build.current else None
    doing = f": {step.name}," if step else ""
    return [(f"Run #{run.number} {_WORDS[run.phase]}{doing} since ", Moment(run.started_at), *_linked(run))]


def _told(run: Run, person: Person) -> tuple[Part, ...]:
    commit = f" at {run.commit[:7]}" if run.commit else ""
    who = f" by {person(run.login)}" if run.login else ""
    return (f"run #{run.number}, ", Moment(run.started_at), f"{commit}: “{run.title}”{who}", *_linked(run))


def _listed(run: Run, person: Person) -> Line:
    again = f" at attempt {run.attempt}" if run.attempt > 1 else ""
    who = f" ({person(run.login)})" if run.login else ""
    return (
        f"  #{run.number} {_WORDS[run.phase]}{again}, ",
        Moment(run.started_at),
        f": {run.title}{who}",
        *_linked(run),
    )


def _linked(run: Run) -> tuple[Part, ...]:
    return (" ", Link("", run.url)) if run.url else ()


def _notes(build: Build) -> list[str]:
    notes = [build.no_excerpt] if build.no_excerpt else []
    if build.shared_with:
        others = " and ".join(build.shared_with)
        verb = "share" if len(build.shared_with) > 1 else "shares"
        notes.append(f"{others} {verb} this pipeline, and the catalogue does not tell their builds apart.")
    return notes


def _many(report: PipelineReport, person: Person, sandbox: bool) -> Card:
    builds = report.builds
    red = sum(one.first_red is not None for one in builds)
    unanswered = sum(one.problem is not None for one in builds)
    without = sum(one.shown is None and one.problem is None for one in builds)
    green = len(builds) - red - unanswered - without
    counts = ((red, "red"), (unanswered, "not answered for"), (green, "green"), (without, "without a finished build"))
    what = "Builds of " + " and ".join(report.request.teams) if report.request.teams else "Builds"
    title = f"{what}: {', '.join(f'{count} {word}' for count, word in counts if count)}."
    if not builds:
        title = "The catalogue has no service there, so there is no build to show."
    return Card(title, tuple(_row(one, person) for one in builds), notes=_shared(builds), sandbox=sandbox)


def _row(build: Build, person: Person) -> Row:
    if build.problem:
        return Row("unknown", build.service, (f"{build.problem.provider} {build.problem.why}",))
    going = [part for line in _going(build) for part in (" · ", *line)]
    shown, first = build.shown, build.first_red
    if shown is None:
        return Row("busy" if going else "unknown", build.service, ("no finished build", *going))
    if first is None:
        return Row("ok", build.service, (f"#{shown.number} passed ", Moment(shown.started_at), *going))
    step = build.job.failed_step if build.job else None
    where = f": {step.name}" if step else ""
    who = f" by {person(first.login)}" if first.login else ""
    since = (f"#{shown.number} failed{where}, red since #{first.number}, ", Moment(first.started_at), who)
    return Row("bad", build.service, (*since, *_linked(shown), *going))


def _shared(builds: Sequence[Build]) -> tuple[str, ...]:
    groups = {tuple(sorted((one.service, *one.shared_with))) for one in builds if one.shared_with}
    return tuple(
        f"{' and '.join(group)} share a pipeline, and the catalogue does not tell their builds apart."
        for group in sorted(groups)
    )


def _recurrence(build: Build, found: Recurrence | None, person: Person, sandbox: bool) -> Card:
    where = f"{build.service}{_on(build.ref or (build.shown.branch if build.shown else None))}"
    if build.problem:
        return Card(_title(build, False), sandbox=sandbox)
    if found is None:
        ended = [run for run in build.runs if run.phase in (Phase.SUCCEEDED, Phase.FAILED)]
        text = f"None of the last {len(ended)} finished builds of {where} failed in a step that I can read."
        return Card(text, sandbox=sandbox)
    step = f"“{found.step}”" if found.step == found.job else f"“{found.step}” in the job “{found.job}”"
    title = f"{step} failed in {len(found.failed)} of the last {found.finished} finished builds of {where}."
    lines = tuple(_listed(run, person) for run in found.failed[:_LISTED])
    counts = (
        (found.elsewhere, "failed in another step"),
        (found.unread, "failed where I could not read the step"),
        (found.retried, "passed only when it was tried again"),
    )
    notes = [f"{', '.join('#' + run.number for run in runs)} {words}." for runs, words in counts if runs]
    return Card(title, lines=lines, notes=(*notes, *_notes(build)), sandbox=sandbox)
