"""What a company already has on Jenkins: its jobs, for the first draft of a catalogue."""

from __future__ import annotations

import time
from collections.abc import Iterator

from assistant.integrations.fields import Fields
from assistant.integrations.http import Http

CALL_SECONDS = 15.0
_DEPTH = 5
_MULTIBRANCH = "MultiBranchProject"


class JenkinsReader:
    """Reads jobs through ``http``; implements :class:`~assistant.contracts.organisation.JobsReader`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def address(self) -> str:
        """The address of the Jenkins."""
        return self._http.base_url

    def jobs(self) -> list[str]:
        """The full names of all jobs down to five folders deep; a multibranch project is one, not its branches.

        https://www.jenkins.io/doc/book/using/remote-access-api/#RemoteaccessAPI-Depthcontrol
        """
        tree = "jobs[name,_class]"
        for _ in range(_DEPTH):
            tree = f"jobs[name,_class,{tree}]"
        answer = self._http.get("/api/json", {"tree": tree}, deadline=time.monotonic() + CALL_SECONDS)
        return sorted(_names(Fields(self._http.provider, "a list of jobs", answer.json), ""))


def _names(folder: Fields, place: str) -> Iterator[str]:
    for item in folder.items("jobs"):
        name = item.maybe_text("name")
        if name is None:  # deeper than was asked for
            continue
        holds_jobs = isinstance(item.raw("jobs"), list)
        if holds_jobs and not (item.maybe_text("_class") or "").endswith(_MULTIBRANCH):
            yield from _names(item, f"{place}{name}/")
        else:
            yield place + name
