"""How builds are, as a card: green or red, what failed, since when and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.contracts.card import Button, Card, Line, Link, Moment, Part, Row
from assistant.contracts.change import Rerun
from assistant.contracts.delivery import Deployment, Phase
from assistant.contracts.pipelines import Build, Job, PipelineReport, Recurrence, Run
from assistant.presentation.cards.logs import excerpt_lines, excerpt_notes
from assistant.presentation.problems import ago, problem_notes, said

Person = Callable[[str], str]
"""From a provider's login to the name that colleagues know."""

_LISTED = 10
_RECENT = 5
_ROWS = 40
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
    if other := _other_part(build, report):
        return Card(
            other, lines=((_title(build, bool(report.request.run)),),), notes=tuple(_notes(build)), sandbox=sandbox
        )
    if report.request.recurrence:
        return _recurrence(build, report.recurrence, person, sandbox)
    lines = [*_why(build, person), *_going(build)]
    if build.excerpt:
        lines += excerpt_lines(build.excerpt)
    if report.request.red:
        lines += [_listed(run, person) for run in build.runs if run.phase is Phase.FAILED][:_LISTED]
    elif report.request.run is None and not (build.first_red or build.problem or build.deployment):
        lines += [_listed(run, person) for run in build.runs[:_RECENT]]
    notes = [*(excerpt_notes(build.excerpt) if build.excerpt else ()), *_notes(build)]
    one_run = bool(report.request.run or report.request.person)
    title = (_culprit(build, person) if report.request.red else None) or _title(build, one_run)
    return Card(title, lines=tuple(lines), notes=tuple(notes), sandbox=sandbox)


def _title(build: Build, one_run: bool) -> str:
    run = build.shown or build.under_way
    if build.deployment and run:
        one = build.deployment
        what = f"The deployment of {one.service} {one.version} to {one.environment}"
        return f"{what} (run #{run.number}) {_WORDS[run.phase]}{_place(build.job)}."
    if build.problem:
        return f"{build.service}: {said(build.problem)}{_before(build)}."
    if run is None:
        return f"{build.service} has no finished build{_on(build.ref)}."
    if one_run:
        attempt = f", attempt {run.attempt}," if run.attempt > 1 else ""
        return f"Run #{run.number} of {build.service}{_on(run.branch)}{attempt} {_WORDS[run.phase]}{_place(build.job)}."
    if run.phase is Phase.FAILED:
        return f"The build of {build.service}{_on(run.branch)} is red{_place(build.job)}."
    word = "is green" if run.phase is Phase.SUCCEEDED else _WORDS[run.phase]
    return f"The build of {build.service}{_on(run.branch)} {word}."


def _other_part(build: Build, report: PipelineReport) -> str | None:
    """How a job or step went that is not the one that failed; None when the build's own answer tells of it."""
    part, run = report.part, build.shown or build.under_way
    if part is None:
        return None
    if part.job is None:
        had = f": the last one had {' and '.join(part.jobs)}" if part.jobs else ""
        return f"I see no job or step called “{report.request.part}” in the builds of {build.service}{had}."
    failed = build.job and build.job.id == part.job.id and part.step in (None, build.job.failed_step)
    if failed or run is None or report.request.recurrence:
        return None
    one = part.step or part.job
    went = "did not run to an end" if one.phase is Phase.UNKNOWN else _WORDS[one.phase]
    inside = f" in the job “{part.job.name}”" if part.step else ""
    return f"“{one.name}”{inside} {went} in run #{run.number} of {build.service}{_on(run.branch)}."


def _culprit(build: Build, person: Person) -> str | None:
    """Since whose run it is red; None when it is not, or nobody can tell."""
    first = build.first_red
    if first is None or first.login is None or build.problem:
        return None
    return (
        f"{build.service} is red since {person(first.login)}'s run #{first.number}, “{first.title}”{_place(build.job)}."
    )


def _before(build: Build) -> str:
    """The last known state, as the end of the sentence that says why there is nothing newer."""
    run = build.shown or build.under_way
    if run is None or build.age is None:
        return ""
    return f"; build {run.number}{_on(run.branch)} {_WORDS[run.phase]}{_place(build.job)}, {ago(build.age)}"


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
    if run is None or build.problem:
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
    if build.unread:
        notes.append(f"Which step it is I can't say: {build.unread}")
    if build.shared_with:
        others = " and ".join(build.shared_with)
        verb = "share" if len(build.shared_with) > 1 else "shares"
        notes.append(f"{others} {verb} this pipeline, and the catalogue does not tell their builds apart.")
    return notes


def _many(report: PipelineReport, person: Person, sandbox: bool) -> Card:
    builds = report.builds
    red = sum(one.first_red is not None and one.problem is None for one in builds)
    unanswered = sum(one.problem is not None for one in builds)
    without = sum(one.shown is None and one.problem is None for one in builds)
    green = len(builds) - red - unanswered - without
    counts = ((red, "red"), (unanswered, "not answered for"), (green, "green"), (without, "without a finished build"))
    what = "Builds of " + " and ".join(report.request.teams) if report.request.teams else "Builds"
    title = f"{what}: {', '.join(f'{count} {word}' for count, word in counts if count)}."
    if not builds and report.request.red:
        return Card("No build is red.", sandbox=sandbox)
    if not builds:
        title = "The catalogue has no service there, so there is no build to show."
    rows = tuple(_row(one, person) for one in builds[:_ROWS])
    more = (f"{len(builds) - _ROWS} more are not shown.",) if len(builds) > _ROWS else ()
    return Card(title, rows, notes=(*more, *_notes_of_many(builds)), sandbox=sandbox)


def _row(build: Build, person: Person) -> Row:
    if build.problem and build.shown is None:
        return Row("unknown", build.service, ("nothing known yet",))
    going = [part for line in _going(build) for part in (" · ", *line)]
    shown, first = build.shown, build.first_red
    if shown is None:
        return Row("busy" if going else "unknown", build.service, ("no finished build", *going))
    before = (f"{ago(build.age)} · ",) if build.problem else ()
    if first is None:
        mark = "unknown" if build.problem else "ok"
        return Row(mark, build.service, (*before, f"#{shown.number} passed ", Moment(shown.started_at), *going))
    step = build.job.failed_step if build.job else None
    where = f": {step.name}" if step else ""
    who = f" by {person(first.login)}" if first.login else ""
    since = (*before, f"#{shown.number} failed{where}, red since #{first.number}, ", Moment(first.started_at), who)
    return Row("bad", build.service, (*since, *_linked(shown), *going))


def _notes_of_many(builds: Sequence[Build]) -> tuple[str, ...]:
    unread = problem_notes((one.service, one.unread) for one in builds if one.unread)
    return (
        *problem_notes((one.service, one.problem) for one in builds if one.problem),
        *(f"The step is not known for {note}" for note in unread),
        *_shared(builds),
    )


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
        return Card(text, notes=tuple(_notes(build)), sandbox=sandbox)
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


def rerun_card(done: Rerun, sandbox: bool) -> Card:
    """What runs again, the question before a green build does, or why a deployment doesn't."""
    link: tuple[Line, ...] = (("The run: ", Link(f"#{done.run.number}", done.run.url)),) if done.run.url else ()
    if done.deployment is None and done.started is None:
        again = Button("Run it again", "rerun_pipeline", {"service": done.service, "run": f"build {done.run.number}"})
        title = f"#{done.run.number} of {done.service} passed. Shall I run it again all the same?"
        return Card(title, lines=link, buttons=(again,), sandbox=sandbox)
    if done.deployment is None:
        title = f"Running {done.service} #{done.run.number} again, only what failed where that is possible."
        return Card(title, lines=link, notes=("Ask “did it pass?” any time.",), sandbox=sandbox)
    return Card(_why_not_again(done, done.deployment), lines=link, buttons=_instead(done.deployment), sandbox=sandbox)


def _instead(one: Deployment) -> tuple[Button, ...]:
    """What can be asked for in place of running a deployment again."""
    place = {"service": one.service, "environment": one.environment}
    if one.phase is Phase.SUCCEEDED:
        return (Button("Deploy the newest instead", "deploy", place), Button("Roll back instead", "rollback", place))
    return (
        ()
        if one.phase.under_way
        else (Button(f"Deploy {one.version} anew", "deploy", {**place, "version": one.version}),)
    )


def _why_not_again(done: Rerun, one: Deployment) -> str:
    """What the run of a deployment came to, and what running it again would do."""
    what, over = f"{one.service} {one.version} to {one.environment}", ""
    if done.current and done.current != one.version:
        over = f", over {done.current}"
    if one.phase is Phase.SUCCEEDED:
        again = f"running it again would put that version there once more{over}"
        return f"#{done.run.number} deployed {what}; {again}. Nothing was started."
    if one.phase.under_way:
        return f"#{done.run.number} is deploying {what} right now, so there is nothing to run again."
    ended = {Phase.FAILED: " and failed", Phase.CANCELLED: " and was cancelled"}.get(
        one.phase, "; how it ended is not known"
    )
    again = f"Running it again would deploy that commit past every check{over}; ask for it anew instead"
    return f"#{done.run.number} was to deploy {what}{ended}. {again}. Nothing was started."


def choice_card(runs: Sequence[tuple[str, Run]], sandbox: bool) -> Card:
    """The question which build is to run again."""
    if not runs:
        return Card("No build is red, so there is nothing to run again. Name one if you mean another.", sandbox=sandbox)
    buttons = tuple(
        Button(f"{service} #{run.number}", "rerun_pipeline", {"service": service, "run": run.number})
        for service, run in runs
    )
    return Card("Which build shall I run again?", buttons=buttons, sandbox=sandbox)
