"""The telling lines of a log, as a card."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.contracts.card import Button, Card, Line, Link, Moment, Part
from assistant.contracts.delivery import Phase
from assistant.contracts.pipelines import Excerpt, LogReport, RunningLogs

_WORDS = {
    Phase.SUCCEEDED: "passed",
    Phase.FAILED: "failed",
    Phase.CANCELLED: "was cancelled",
    Phase.RUNNING: "is still running",
    Phase.WAITING: "is still waiting",
    Phase.UNKNOWN: "ended neither well nor badly",
}


def logs_card(report: LogReport, sandbox: bool) -> Card:
    """The answer to a question for a log."""
    run, excerpt = report.run, report.excerpt
    url = report.job.url if report.job and report.job.url else run.url
    link: tuple[Part, ...] = (" ", Link("The rest:" if excerpt else "Look here:", url)) if url else ()
    lines: list[Line] = [(f"{run.title}, ", Moment(run.started_at), *link)]
    if excerpt:
        lines += excerpt_lines(excerpt)
    if report.running and report.running.url:
        lines.append(("What the service itself writes: ", Link("", report.running.url)))
    return Card(_title(report), lines=tuple(lines), notes=tuple(_notes(report)), sandbox=sandbox)


def running_logs_card(places: Sequence[RunningLogs], sandbox: bool) -> Card:
    """The answer to a question for what a running service writes: that it is not read here, and where it is."""
    title = "I read the logs of builds and deployments; what a running service writes I can't see."
    known = [one for one in places if one.url]
    lines: list[Line] = [(f"{one.service} in {one.environment}: ", Link("", one.url)) for one in known if one.url]
    if places and not known:
        lines.append(("The catalogue does not say where it is kept either; the platform team can add that (`logs`).",))
    values = {"service": places[0].service} if places else {}
    if len(places) == 1:
        button = Button("Log of its newest deployment", "fetch_logs", {**values, "environment": places[0].environment})
    else:
        button = Button("Log of its newest build", "fetch_logs", values)
    return Card(title, lines=tuple(lines), buttons=(button,) if places else (), sandbox=sandbox)


def excerpt_lines(excerpt: Excerpt) -> list[Line]:
    """The lines as they were written, set off from what we say ourselves."""
    return [(f"    {line}",) for line in excerpt.lines]


def excerpt_notes(excerpt: Excerpt) -> list[str]:
    """What a reader must know about the lines: what they are, what is hidden and what is missing."""
    notes = []
    if not excerpt.error:
        notes.append("These are only its last lines: I found none that says what went wrong.")
    if excerpt.hidden:
        notes.append(f"{excerpt.hidden} value{'s' if excerpt.hidden > 1 else ''} hidden.")
    if excerpt.cut:
        notes.append("The log is large; I looked at its last 2 MB only.")
    return notes


def _title(report: LogReport) -> str:
    run, job = report.run, report.job
    name = f"Run #{run.number} of {report.service}"
    step = job.failed_step if job else None
    if run.phase is Phase.FAILED and job:
        where = f"“{step.name}” in the job “{job.name}”" if step else f"the job “{job.name}”"
        title = f"{name} failed: {where}."
    else:
        title = f"{name} {_WORDS[run.phase]}."
    if report.running and run.phase is not Phase.FAILED:
        return f"This is the log of a deployment, not of the service: {title[0].lower()}{title[1:]}"
    return f"No failed run is known any more. {title}" if report.instead else title


def _notes(report: LogReport) -> list[str]:
    excerpt, notes = report.excerpt, []
    if report.problem:
        notes.append(f"I have no lines to show: {report.problem}")
    elif report.job is None:
        notes.append("I have no lines to show: it has not begun a job.")
    if excerpt and report.run.phase is Phase.FAILED:
        notes += excerpt_notes(excerpt)
    elif excerpt:
        verb = "has not failed" if report.run.phase.under_way else "did not fail"
        notes += [f"It {verb}; these are its last lines.", *excerpt_notes(excerpt)[1:]]
    if report.newer:
        notes.append(f"This is not the newest build: #{report.newer.number} {_WORDS[report.newer.phase]}.")
    if report.others:
        notes.append(f"Failed too: {', '.join(report.others)}.")
    return notes
