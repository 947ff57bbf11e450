"""The catalogue that is current: read again when its files change, and the last good one when they are broken."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.documents import Stamp, stamp
from assistant.catalogue.reading import Reading, read
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.platform import Provider


class CatalogueSource:
    """Gives the current catalogue of a folder to any number of threads.

    Args:
        folder: where the catalogue's files are.
        kinds: the kinds of provider there are (``github_actions`` ...); not checked when empty.
        interval: seconds between two looks at the files.
        given: providers that the settings know; one counts where the files declare none of its kind.
    """

    def __init__(
        self,
        folder: Path,
        kinds: Collection[str] = (),
        *,
        interval: float = 1.0,
        given: Mapping[str, Provider] | None = None,
    ) -> None:
        self.folder = folder
        self._given = given or {}
        self._kinds, self._interval = frozenset(kinds), interval
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._stamp: Stamp | None = None
        self._good: Catalogue | None = None
        self._problem: CatalogueBroken | None = None

    def current(self) -> Catalogue:
        """The newest catalogue without a problem; files that changed are read first.

        While one thread reads, the others get the one before.

        Raises:
            CatalogueBroken: there has been none without a problem yet.
        """
        if self._lock.acquire(blocking=self._good is None):
            try:
                self._look()
            finally:
                self._lock.release()
        if self._good is not None:
            return self._good
        problem = self._problem or CatalogueBroken(str(self.folder), 0, "expected a catalogue here")
        raise CatalogueBroken(problem.file, problem.line, problem.expected)  # one each: a raised error keeps its frames

    @property
    def problem(self) -> CatalogueBroken | None:
        """Why the files as they are now cannot be used, None when they can."""
        return self._problem

    def read(self) -> Reading:
        """Read the files here and now, with every problem and remark; ``current`` is not touched."""
        return read(self.folder, self._kinds, self._given)

    def _look(self) -> None:
        if time.monotonic() - self._looked_at < self._interval:
            return
        self._looked_at = time.monotonic()
        seen = stamp(self.folder)
        if seen == self._stamp:
            return
        reading = self.read()
        if self._good is not None and stamp(self.folder) != seen:
            return  # files are being written right now: half of a change is worse than a second of the old state
        self._problem = reading.problems[0] if reading.problems else None
        self._good = reading.catalogue or self._good
        self._stamp = seen
