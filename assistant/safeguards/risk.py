"""How risky a change is (port ``Risk``): a plain rule that says its reasons. It warns, it never stops."""

from __future__ import annotations

from assistant.contracts.change import Verdict, Wish
from assistant.contracts.changes import Comparison
from assistant.contracts.delivery import Health, HealthLevel

MANY_COMMITS = 30


def plain_risk(wish: Wish, comparison: Comparison | None, health: Health | None) -> tuple[Verdict, str]:
    """Migrations between the versions, an ailing service, and more commits at once than anybody reads."""
    reasons = []
    if comparison and comparison.warned:
        more = f" and {len(comparison.warned) - 1} more" if len(comparison.warned) > 1 else ""
        reasons.append(f"a migration lies between the versions ({comparison.warned[0]}{more})")
    if health and health.level in (HealthLevel.CRITICAL, HealthLevel.WARNING):
        reasons.append(f"{wish.service} is not healthy in {wish.environment} right now ({health.reason})")
    if comparison and len(comparison.changes) > MANY_COMMITS:
        reasons.append(f"{len(comparison.changes)} commits at once")
    if reasons:
        return Verdict.WARNED, f"Be careful: {'; '.join(reasons)}."
    if comparison is None or comparison.cut:
        return Verdict.UNKNOWN, "What lies between the versions could not be read, so migrations may be among it."
    return Verdict.PASSED, "Nothing stands out."
