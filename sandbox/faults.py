"""The ways in which a platform fails, so that every test can ask for the same ones."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("status", "html", "half_json", "drip", "never", "rate_limit", "secondary_limit", "reset", "slow")


@dataclass
class Fault:
    """One fault: which paths (a regular expression, searched for), how, and how often yet (None: until lifted).

    ``status`` is the HTTP status for the kinds that have one, ``seconds`` how long ``slow`` waits; with ``after`` what
    was asked for is done first, and only its answer is lost. ``method`` is that of the requests it strikes.
    """

    path: re.Pattern[str]
    kind: str
    status: int = 500
    times: int | None = None
    seconds: float = 2.0
    after: bool = False
    method: str = ""
    lifted: threading.Event = field(default_factory=threading.Event)


class Faults:
    """Those that are in force."""

    def __init__(self) -> None:
        self._all: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, wish: Mapping[str, Any]) -> None:
        """Put one in force.

        Args:
            wish: ``path`` and ``kind``, and perhaps ``method``, ``status``, ``times``, ``seconds`` and ``after``.

        Raises:
            ValueError: a kind or a regular expression that is none.
        """
        if wish.get("kind") not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}")
        try:
            pattern = re.compile(str(wish.get("path", "")))
        except re.error as error:
            raise ValueError(f"path is a regular expression: {error}") from None
        if wish.get("after") and wish["kind"] in ("half_json", "drip", "slow"):
            raise ValueError("what is half answered or late is done anyway")
        known = {key: wish[key] for key in ("status", "times", "seconds", "after", "method") if key in wish}
        with self._lock:
            self._all.append(Fault(pattern, wish["kind"], **known))

    def lift(self) -> None:
        """End all of them, and let go whoever waits in one."""
        with self._lock:
            for fault in self._all:
                fault.lifted.set()
            self._all.clear()

    def strike(self, method: str, path: str) -> Fault | None:
        """The first that applies to a request; it is counted as used."""
        with self._lock:
            for fault in self._all:
                if fault.path.search(path) and fault.times != 0 and fault.method in ("", method):
                    fault.times = fault.times - 1 if fault.times else None
                    return fault
        return None
