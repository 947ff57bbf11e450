"""What could not be found out, in one sentence for each provider and reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from assistant.contracts.errors import ProviderError
from assistant.presentation.plain import age

_NAMED = 8


def problem_notes(problems: Iterable[tuple[str, ProviderError]], effect: str = "") -> tuple[str, ...]:
    """ "checkout and search: github did not answer in time."

    Args:
        problems: the name of what is missing (a service; empty for the answer as a whole) and why.
        effect: what follows from it, as the end of each sentence: "; …".
    """
    found: dict[tuple[str, str], tuple[ProviderError, list[str]]] = {}
    for name, problem in problems:
        _, names = found.setdefault(reason(problem), (problem, []))
        if name and name not in names:
            names.append(name)
    return tuple(
        f"{listed(names)}: {said(problem)}{effect}." if names else f"{said(problem)}{effect}."
        for problem, names in found.values()
    )


def reason(problem: ProviderError) -> tuple[str, str]:
    """What two problems have in common when one sentence does for both; the seconds to wait may differ."""
    return problem.provider, re.sub(r"\d+", "0", problem.why)


def said(problem: ProviderError) -> str:
    """A problem as a part of a sentence."""
    return str(problem).rstrip(".")


def ago(past: timedelta | None) -> str:
    """ "as of 14 min ago"; nothing for what is known now."""
    return f"as of {age(past.total_seconds())} ago" if past is not None else ""


def listed(names: Sequence[str]) -> str:
    """ "checkout, payments and search"; of many the first few and a count."""
    shown, more = (names, 0) if len(names) <= _NAMED else (names[: _NAMED - 1], len(names) - _NAMED + 1)
    last = f"{more} more" if more else shown[-1]
    first = shown if more else shown[:-1]
    return f"{', '.join(first)} and {last}" if first else last
