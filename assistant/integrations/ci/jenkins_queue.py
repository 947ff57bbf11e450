"""Jenkins' calls that start and stop builds, with typed answers.

https://www.jenkins.io/doc/book/using/remote-access-api/#RemoteaccessAPI-Submittingjobs. With an API token, which is
what we have, Jenkins asks for no crumb.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.contracts.errors import Uncertain
from assistant.integrations.ci.jenkins_api import JenkinsApi, job_path
from assistant.integrations.fields import Fields
from assistant.integrations.http import Http

_ITEM = re.compile(r"/queue/item/(\d{1,18})/?$")
_AWAY = (302, 303)
"""Jenkins leads a browser away after it has done what was asked."""


@dataclass(frozen=True)
class Item:
    """An item of the queue: ``build`` is the number that it got in the end, ``cancelled`` that it never got one."""

    build: int | None
    cancelled: bool
    why: str | None


class QueueApi(JenkinsApi):
    """The calls about starting builds, beside those of the parent class; no answer is used twice."""

    def __init__(self, provider: str, http: Http) -> None:
        super().__init__(provider, http, shared=0.0)

    def start(self, job: str, parameters: Mapping[str, str], deadline: float) -> int:
        """Put a build in the queue and return its item; raises NotStarted or Uncertain."""
        what = "buildWithParameters" if parameters else "build"
        path = f"{job_path(self.provider, job)}/{what}"
        answer = self._http.trigger(path, form=parameters, deadline=deadline)
        found = _ITEM.search(answer.headers.get("location", ""))
        if found is None:
            raise Uncertain(self.provider, "took the build without saying where it waits", str(answer.status))
        return int(found[1])

    def item(self, number: int, deadline: float) -> Item | None:
        """An item of the queue; None when Jenkins has forgotten it, some minutes after it left the queue."""
        answer = self._http.get(f"/queue/item/{number}/api/json", deadline=deadline, accept=(404,))
        if answer.status == 404:
            return None
        fields = Fields(self.provider, "an item of the queue", answer.json)
        build = fields.maybe_child("executable")
        return Item(
            build.number("number") if build else None, fields.raw("cancelled") is True, fields.maybe_text("why")
        )

    def stop(self, job: str, number: int, deadline: float) -> None:
        """Stop a build."""
        self._http.trigger(f"{job_path(self.provider, job)}/{number}/stop", deadline=deadline, accept=_AWAY)

    def drop(self, item: int, deadline: float) -> None:
        """Take an item out of the queue; older servers answer 404 when they have done so."""
        path = "/queue/cancelItem"
        self._http.trigger(path, form={"id": str(item)}, deadline=deadline, accept=(*_AWAY, 404))
