"""What the made-up jobs write: a few hundred lines each; ``failures`` of company.yaml is how the failed ones end."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sandbox.company import FAILURES
from sandbox.records import Job, Run, Step, digest

# What a step writes while it works: a line, and how often; {n} counts.
_TALK = {
    "Set up job": ("Download action repository 'actions/cache@v4' (part {n})", 4),
    "Check out": ("remote: Counting objects: {n}% (done)", 12),
    "Lint": ("src/module_{n}.py: ok, 0 errors", 60),
    "Install": ("Collecting package-{n} (from -r requirements.txt)", 70),
    "Unit tests": ("tests/unit/test_module_{n}.py::test_error_is_reported PASSED", 160),
    "Contract tests": ("tests/contract/test_partner_{n}.py::test_answer PASSED", 40),
    "Build image": ("#{n} sha256:layer extracted, 0 warnings", 30),
    "Push image": ("layer {n}: Pushed", 12),
    "Pull image": ("layer {n}: Pull complete", 20),
    "Run migrations": ("Running upgrade step {n}, ok", 15),
    "Roll out": ("Waiting for deployment rollout to finish: {n} of 60 updated replicas are available...", 60),
    "Smoke test": ("GET /health/{n} 200 in 12 ms", 120),
}


def job_log(owner: Run, job: Job) -> str:
    """The whole log of a finished job, each line with its time as GitHub writes it."""
    lines = [entry for step in job.steps if step.conclusion != "skipped" for entry in written(owner, step)]
    return "".join(f"{at.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S}.0000000Z {text}\n" for at, text in lines)


def written(owner: Run, step: Step) -> list[tuple[datetime, str]]:
    """What a step writes, each line with its time."""
    talk, count = _TALK[step.name]
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
