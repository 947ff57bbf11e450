"""What the made-up jobs write: a few hundred lines each (``talk`` and ``failures`` of company.yaml)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sandbox.company import FAILURES, TALK
from sandbox.records import Job, Run, Step, digest


def job_log(owner: Run, job: Job) -> str:
    """The whole log of a finished job, each line with its time as GitHub writes it."""
    lines = [entry for step in job.steps if step.conclusion != "skipped" for entry in written(owner, step)]
    return "".join(f"{at.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S}.0000000Z {text}\n" for at, text in lines)


def written(owner: Run, step: Step) -> list[tuple[datetime, str]]:
    """What a step writes, each line with its time."""
    talk, count = TALK[step.name]
    texts = [f"##[group]Run {step.name.lower()}", f"commit {owner.commit.sha}", "##[endgroup]"]
    texts += [talk.format(n=number) for number in range(1, count + 1)]
    if step.conclusion == "failure":
        texts += [*FAILURES[step.name], "##[error]Process completed with exit code 1."]
    if step.conclusion == "cancelled":
        texts.append("##[error]The operation was canceled.")
    pace = (step.end - step.start - timedelta(seconds=1)) / len(texts)
    return [(step.start + number * pace, text) for number, text in enumerate(texts)]


def signature(repository: str, number: str) -> str:
    """What makes the address of a log good for whoever has it."""
    return digest("log", repository, number)
