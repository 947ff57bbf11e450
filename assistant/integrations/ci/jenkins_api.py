"""The calls to Jenkins' remote access API that the adapter makes, with typed answers.

https://www.jenkins.io/doc/book/using/remote-access-api/: every object answers ``api/json``; ``tree=`` names the fields,
so that a list with parameters costs one request. ``job`` is a full name (``platform/deploy-app``), ``deadline`` a
:func:`time.monotonic` instant.
"""

from __future__ import annotations

import base64
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar
from urllib.parse import quote

from assistant.contracts.errors import BadAnswer, Missing, NotConnected, ProviderError, Refused, Unavailable
from assistant.contracts.platform import Provider
from assistant.integrations.ci.jenkins_builds import BUILD, WAITING_ITEM, Build, Stage, build_of, stages_of, waiting_of
from assistant.integrations.fields import Fields
from assistant.integrations.http import Answer, Examine, Http

RANGES = ((0, 100), (100, 1000))
"""Builds are read in two goes: nearly always the newest hundred are enough."""
MOST_BUILDS = RANGES[-1][1]
SHARED_SECONDS = 2.0
LOG_TAIL = 2_000_000
_SHARED = 64
_NO_PLUGIN = (404,)

T = TypeVar("T")


def connect(provider: Provider, user: str, token: str) -> Http:
    """The way to a Jenkins as ``user`` with an API token, which needs no crumb.

    https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/
    """
    prefix = provider.secret or "JENKINS"
    remedy = f"check {prefix}_USER and {prefix}_TOKEN"
    header = {"Authorization": "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()}
    return Http(
        provider.name,
        provider.url,
        lambda path, deadline: header,
        remedy=remedy,
        examine=_logins(provider.name, remedy),
    )


def _logins(provider: str, remedy: str) -> Examine:
    """Jenkins and what stands before it like to show a page for logging in instead of a 401."""

    def examine(answer: Answer) -> ProviderError | None:
        target = answer.headers.get("location", "").lower()
        if 300 <= answer.status < 400 and any(sign in target for sign in ("login", "securityrealm", "oauth", "saml")):
            return Refused(provider, f"wants us to log in ({answer.status}): {remedy}")
        if answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html"):
            return BadAnswer(provider, f"sent a page for people instead of data: check its address, and {remedy}")
        return None

    return examine


class Shared(Generic[T]):
    """Answers that many questions at once may share: one job may deploy every service of an environment."""

    def __init__(self, provider: str, seconds: float) -> None:
        self._provider, self._seconds = provider, seconds
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()

    def get(self, key: str, deadline: float, ask: Callable[[], T]) -> T:
        """What ``ask`` answered less than ``seconds`` ago, or answers now; others wait for it meanwhile."""
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            if len(self._kept) > _SHARED:
                self._kept.popitem(last=False)
        if not kept.lock.acquire(timeout=max(deadline - time.monotonic(), 0)):
            raise Unavailable(self._provider, "did not answer in time")
        try:
            if kept.value is None or time.monotonic() - kept.at >= self._seconds:
                kept.value, kept.at = ask(), time.monotonic()
            return kept.value
        finally:
            kept.lock.release()


class _Kept(Generic[T]):
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: T | None = None
        self.at = 0.0


class JenkinsApi:
    """Typed calls over one :class:`~assistant.integrations.http.Http`.

    Args:
        provider: its name in the catalogue.
        build: what is asked of each build.
        shared: for how many seconds an answer may be used again.
    """

    def __init__(self, provider: str, http: Http, build: str = BUILD, shared: float = SHARED_SECONDS) -> None:
        self.provider, self._http, self._build = provider, http, build
        self._shared_builds: Shared[list[Build]] = Shared(provider, shared)
        self._shared_queue: Shared[list[tuple[str, Build]]] = Shared(provider, shared)

    def builds(self, job: str, deadline: float) -> Iterator[Build]:
        """The builds of a job, newest first, a thousand at most. Raises Missing when it is a folder."""
        for first, last in RANGES:
            builds = self._shared_builds.get(
                f"{job} {first}",
                deadline,
                lambda first=first, last=last: self._range(job, first, last, deadline),  # type: ignore[misc]
            )
            yield from builds
            if len(builds) < last - first:
                return

    def waiting(self, job: str, deadline: float) -> list[Build]:
        """What waits in the queue for this job, newest first. Items that we may not see are not listed by Jenkins."""
        place = f"{job_path(self.provider, job)}/"
        items = self._shared_queue.get("", deadline, lambda: self._queue(deadline))
        here = [item for where, item in items if where == place]
        return sorted(here, key=lambda item: item.created_at, reverse=True)

    def build(self, job: str, number: int, deadline: float) -> Build | None:
        """One build, None when there is none with this number (any more)."""
        answer = self._http.get(
            f"{job_path(self.provider, job)}/{number}/api/json", {"tree": self._build}, deadline=deadline, accept=(404,)
        )
        return None if answer.status == 404 else build_of(self._fields("a build", answer))

    def stages(self, job: str, number: int, deadline: float) -> list[Stage] | None:
        """The stages of a pipeline's build; None without the plugin pipeline-rest-api, or when it is no pipeline."""
        path = f"{job_path(self.provider, job)}/{number}/wfapi/describe"
        answer = self._http.get(path, deadline=deadline, accept=_NO_PLUGIN)
        return None if answer.status in _NO_PLUGIN else stages_of(self._fields("the stages of a build", answer))

    def console(self, job: str, number: int, deadline: float) -> Answer:
        """The end of what a build has written so far (``consoleText``): ``text`` and whether it was ``cut``."""
        path = f"{job_path(self.provider, job)}/{number}/consoleText"
        return self._http.text(path, deadline=deadline, tail=LOG_TAIL)

    def parameters(self, job: str, deadline: float) -> set[str] | None:
        """The parameters that a job declares; None when there is no such job."""
        tree = "property[parameterDefinitions[name]]"
        path = f"{job_path(self.provider, job)}/api/json"
        answer = self._http.get(path, {"tree": tree}, deadline=deadline, accept=(404,))
        if answer.status == 404:
            return None
        properties = self._fields("a job", answer).items("property")
        return {name for one in properties for each in one.items("parameterDefinitions") if (name := each.text("name"))}

    def branches(self, job: str, deadline: float) -> dict[str, bool] | None:
        """The jobs inside of a folder or multibranch project, each with whether it is the primary branch.

        None when it is a job itself.
        """
        fields = self._ask(job, "jobs[name,actions[_class]]", deadline)
        if not isinstance(fields.raw("jobs"), list):
            return None
        primary = "PrimaryInstanceMetadataAction"
        return {
            each.text("name"): any((it.maybe_text("_class") or "").endswith(primary) for it in each.items("actions"))
            for each in fields.items("jobs")
        }

    def _range(self, job: str, first: int, last: int, deadline: float) -> list[Build]:
        fields = self._ask(job, f"jobs[name],allBuilds[{self._build}]{{{first},{last}}}", deadline)
        if isinstance(fields.raw("jobs"), list):
            raise Missing(self.provider, f"has a folder at {job}: the catalogue should name one of the jobs in it")
        return [build_of(each) for each in fields.items("allBuilds")]

    def _queue(self, deadline: float) -> list[tuple[str, Build]]:
        """Everything that waits, each with the path of its job. What we may not see has no address there."""
        answer = self._http.get("/queue/api/json", {"tree": f"items[{WAITING_ITEM}]"}, deadline=deadline)
        return [
            (place, waiting_of(item))
            for item in self._fields("the queue", answer).items("items")
            if (task := item.maybe_child("task")) and (place := _place(task.maybe_text("url")))
        ]

    def _ask(self, job: str, tree: str, deadline: float) -> Fields:
        try:
            answer = self._http.get(f"{job_path(self.provider, job)}/api/json", {"tree": tree}, deadline=deadline)
        except Missing:
            why = f"does not know the job {job}, or our credentials may not see it (404)"
            raise Missing(self.provider, why) from None
        return self._fields("a job", answer)

    def _fields(self, what: str, answer: Answer) -> Fields:
        return Fields(self.provider, what, answer.json)


def job_path(provider: str, job: str) -> str:
    """``platform/deploy-app`` → ``/job/platform/job/deploy-app``. Raises NotConnected when it is no name of a job."""
    parts = job.strip("/").split("/")
    if not all(parts) or {".", ".."} & set(parts):
        raise NotConnected(provider, f"cannot be asked: the catalogue says “{job}” where a job's full name is expected")
    return "".join(f"/job/{quote(part, safe='')}" for part in parts)


def _place(url: str | None) -> str | None:
    """The path of a job's address from its first ``/job/`` on: Jenkins writes its own idea of what stands before."""
    found = (url or "").find("/job/")
    return None if found < 0 else (url or "")[found:].rstrip("/") + "/"
