"""What the builds of one commit say, of any CI that shows its builds."""

from __future__ import annotations

from assistant.contracts.delivery import Phase
from assistant.contracts.deployer import CiLevel, CiVerdict
from assistant.contracts.errors import ProviderError
from assistant.contracts.platform import Delivery
from assistant.contracts.ports import Pipelines

_SAID = {
    CiLevel.PASSED: "passed",
    CiLevel.FAILED: "failed",
    CiLevel.RUNNING: "is still running",
    CiLevel.UNKNOWN: "was cancelled",
}
_LEVELS = {
    Phase.SUCCEEDED: CiLevel.PASSED,
    Phase.FAILED: CiLevel.FAILED,
    Phase.RUNNING: CiLevel.RUNNING,
    Phase.WAITING: CiLevel.RUNNING,
}


def verdict_of(pipelines: Pipelines, delivery: Delivery, commit: str, deadline: float) -> CiVerdict:
    """The newest build of ``commit``; no build, or nobody who answers, is unknown with the reason."""
    try:
        runs = pipelines.runs(delivery, commit, deadline, 10)
    except ProviderError as error:
        return CiVerdict(CiLevel.UNKNOWN, str(error))
    runs = [run for run in runs if run.commit == commit]
    if not runs:
        return CiVerdict(CiLevel.UNKNOWN, f"No build of {commit[:7]} is known.")
    newest = runs[0]
    level = _LEVELS.get(newest.phase, CiLevel.UNKNOWN)
    return CiVerdict(level, f"Build {newest.number} of {commit[:7]} {_SAID[level]}.", newest.url)
