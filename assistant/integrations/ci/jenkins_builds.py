"""Jenkins' builds, waiting items and stages as values, and what their results mean.

https://javadoc.jenkins.io/hudson/model/Run.html, https://javadoc.jenkins.io/hudson/model/Queue.Item.html and
https://plugins.jenkins.io/pipeline-rest-api/. Whatever a plugin adds or hides may be absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.contracts.delivery import Phase, Start
from assistant.integrations.fields import Fields

ACTIONS = "actions[_class,parameters[name,value],causes[_class,userId],lastBuiltRevision[SHA1,branch[name]],remoteUrls]"
BUILD = f"_class,number,queueId,url,result,building,timestamp,duration,displayName,{ACTIONS}"
_COMMITS = "items[commitId,msg,author[fullName]]"
BUILD_WITH_COMMITS = f"{BUILD},changeSets[{_COMMITS}],changeSet[{_COMMITS}]"  # of a pipeline, and of any other job
WAITING_ITEM = f"id,url,why,inQueueSince,task[url],{ACTIONS}"

APPROVAL = "waiting for approval"
_PHASES = {
    "SUCCESS": Phase.SUCCEEDED,
    # "Some errors but they were not fatal": whatever the build was to deploy is deployed.
    "UNSTABLE": Phase.SUCCEEDED,
    "FAILURE": Phase.FAILED,
    "ABORTED": Phase.CANCELLED,
    "NOT_BUILT": Phase.CANCELLED,
}
_STAGE_PHASES = {
    "SUCCESS": Phase.SUCCEEDED,
    "UNSTABLE": Phase.FAILED,
    "FAILED": Phase.FAILED,
    "ABORTED": Phase.CANCELLED,
    "NOT_EXECUTED": Phase.CANCELLED,
    "IN_PROGRESS": Phase.RUNNING,
    "PAUSED_PENDING_INPUT": Phase.WAITING,
}
_BY_HAND = re.compile(r"(UserId|User|Replay|Rebuild)Cause$")
_ON_MERGE = re.compile(r"(Push|SCMTrigger|BranchEvent|BranchIndexing|WebHook)\w*Cause$")
_CONSOLE_STAGE = re.compile(r"^(?:\[[^\]]*Z\] )?\[Pipeline\] \{ \((?!Branch: )([^\n]{1,200})\)\s*$", re.MULTILINE)
_NOBODY = ("anonymous", "SYSTEM")
_LONGEST_REASON = 120
_LONGEST_MILLIS = 10**11


@dataclass(frozen=True)
class Checkout:
    """A revision that a build checked out of one of its repositories."""

    remotes: tuple[str, ...]
    commit: str
    branch: str | None


@dataclass(frozen=True)
class Commit:
    """A commit that a build was the first to contain."""

    id: str
    message: str
    author: str | None


@dataclass(frozen=True)
class Build:
    """A build, or (``number`` is None) one that waits in the queue as ``item``; ``result`` is Jenkins' own word."""

    number: int | None
    phase: Phase
    created_at: datetime
    updated_at: datetime
    parameters: Mapping[str, str]
    checkouts: tuple[Checkout, ...]
    start: Start
    login: str | None
    url: str | None
    result: str | None = None
    pipeline: bool = False
    wait: str | None = None
    commits: tuple[Commit, ...] = ()
    item: int | None = None

    def fits(self, wanted: Mapping[str, str]) -> bool:
        """Whether it was made with these parameters."""
        return all(self.parameters.get(name) == value for name, value in wanted.items())

    def checkout_of(self, repository: str | None) -> Checkout | None:
        """What it took from ``owner/name``; a build may check out several, such as its Jenkinsfile's."""
        name = (repository or "").lower()
        for checkout in self.checkouts:
            remotes = [remote.lower().removesuffix(".git") for remote in checkout.remotes]
            if name and any(remote.endswith(("/" + name, ":" + name)) for remote in remotes):
                return checkout
        return None


@dataclass(frozen=True)
class Stage:
    """A stage of a pipeline as the REST plugin tells it; times are in UTC."""

    name: str
    phase: Phase
    started_at: datetime | None = None
    finished_at: datetime | None = None


def build_of(fields: Fields) -> Build:
    """A build of ``tree=allBuilds[BUILD]``. Its number and start are always there."""
    begun, result, actions = fields.millis("timestamp"), fields.maybe_text("result"), fields.items("actions")
    running = result is None or fields.raw("building") is True
    return Build(
        number=fields.number("number"),
        phase=Phase.RUNNING if running else _PHASES.get(result or "", Phase.UNKNOWN),
        created_at=begun,
        updated_at=begun if running else begun + _lasted(fields, "duration"),
        parameters=dict(_parameters(actions)),
        checkouts=tuple(_checkouts(actions)),
        start=_start(actions),
        login=_login(actions),
        url=_web(fields),
        result=None if running else result,
        pipeline=(fields.maybe_text("_class") or "WorkflowRun").endswith("WorkflowRun"),
        commits=tuple(_commits(fields)),
        item=item if isinstance(item := fields.raw("queueId"), int) else None,
    )


def waiting_of(fields: Fields) -> Build:
    """An item of the queue: a build that has no number yet."""
    since, why, actions = fields.millis("inQueueSince"), fields.maybe_text("why"), fields.items("actions")
    return Build(
        number=None,
        phase=Phase.WAITING,
        created_at=since,
        updated_at=since,
        parameters=dict(_parameters(actions)),
        checkouts=(),
        start=_start(actions),
        login=_login(actions),
        url=None,  # Jenkins forgets an item some minutes after it became a build
        wait=f"queued: {why[:_LONGEST_REASON]}" if why else "queued",
        item=item if isinstance(item := fields.raw("id"), int) else None,
    )


def stages_of(fields: Fields) -> list[Stage]:
    """The stages of ``wfapi/describe`` in order, parallel ones behind the one that holds them."""
    found = []
    for stage in fields.each("stages"):
        phase = _STAGE_PHASES.get(stage.maybe_text("status") or "", Phase.UNKNOWN)
        begun = stage.maybe_millis("startTimeMillis")
        ended = begun + _lasted(stage, "durationMillis") if begun and not phase.under_way else None
        found.append(Stage(stage.maybe_text("name") or "a stage", phase, begun, ended))
    return found


def step_of(stages: list[Stage]) -> tuple[Phase, str | None]:
    """What a running pipeline does right now: whether it waits for somebody, and its stage ("Roll out, stage 3")."""
    for number, stage in reversed(list(enumerate(stages, 1))):
        if stage.phase is Phase.WAITING:
            return Phase.WAITING, APPROVAL
        if stage.phase is Phase.RUNNING:
            return Phase.RUNNING, f"{stage.name}, stage {number}"
    return Phase.RUNNING, None


def stages_in(console: str) -> list[str]:
    """The names of the stages that a pipeline's console has reached, for a Jenkins without the REST plugin."""
    return [match[1] for match in _CONSOLE_STAGE.finditer(console)]


def _lasted(fields: Fields, name: str) -> timedelta:
    value = fields.raw(name)
    return timedelta(milliseconds=value if isinstance(value, int) and 0 < value < _LONGEST_MILLIS else 0)


def _causes(actions: list[Fields]) -> list[Fields]:
    return [cause for action in actions for cause in action.items("causes")]


def _start(actions: list[Fields]) -> Start:
    kinds = [cause.maybe_text("_class") or "" for cause in _causes(actions)]
    if any(map(_BY_HAND.search, kinds)):
        return Start.BY_HAND
    return Start.ON_MERGE if any(map(_ON_MERGE.search, kinds)) else Start.UNKNOWN


def _login(actions: list[Fields]) -> str | None:
    logins = (cause.maybe_text("userId") for cause in _causes(actions))
    return next((login for login in logins if login and login not in _NOBODY), None)


def _web(fields: Fields) -> str | None:
    url = fields.maybe_text("url") or ""
    return url if url.startswith(("https://", "http://")) else None


def _parameters(actions: list[Fields]) -> Iterator[tuple[str, str]]:
    for action in actions:
        for parameter in action.items("parameters"):
            name, value = parameter.maybe_text("name"), parameter.raw("value")
            if name and isinstance(value, str | int):  # a password has no value, a file another kind of one
                yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _checkouts(actions: list[Fields]) -> Iterator[Checkout]:
    for action in actions:
        revision = action.maybe_child("lastBuiltRevision")
        commit = revision.maybe_text("SHA1") if revision else None
        if revision and commit:
            branches = [name for each in revision.items("branch") if (name := each.maybe_text("name"))]
            branch = branches[0].removeprefix("refs/remotes/").removeprefix("origin/") if branches else None
            yield Checkout(tuple(action.texts("remoteUrls")), commit, branch)


def _commits(fields: Fields) -> Iterator[Commit]:
    lists = [*fields.items("changeSets"), *filter(None, [fields.maybe_child("changeSet")])]
    for item in (item for each in lists for item in each.items("items")):
        author, number = item.maybe_child("author"), item.maybe_text("commitId")
        if number:
            yield Commit(number, item.maybe_text("msg") or "", author.maybe_text("fullName") if author else None)
