"""What is followed until it has ended: deployments, whoever started them, and builds that we ran again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.contracts.actor import Actor
from assistant.contracts.delivery import Deployment, Health
from assistant.contracts.deployer import Progress
from assistant.contracts.pipelines import Run


@dataclass(frozen=True)
class Watched:
    """One deployment as it was seen last; times are aware and in UTC.

    Attributes:
        deployment: as it was recorded when it was first seen.
        progress: how far it is.
        since: when it was first seen.
        request: the number of our own request behind it, None when it was started elsewhere.
        behind: the number of the run that it waits for, in the same place.
        ended_at: when it was seen to have ended.
        health: how the service is since then, at ``looked_at``; ``healthy_since`` when it became healthy and stayed so.
        replaced_by: the version that runs there since, when it is another one.
        lost: why it cannot be followed any more, as a clause.
        over: nothing more will be seen of it.
        told: what people were told last, as a digest.
    """

    deployment: Deployment
    progress: Progress
    since: datetime
    request: int | None = None
    behind: str | None = None
    ended_at: datetime | None = None
    health: Health | None = None
    healthy_since: datetime | None = None
    looked_at: datetime | None = None
    replaced_by: str | None = None
    lost: str | None = None
    over: bool = False
    told: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Its service and environment."""
        return self.deployment.service, self.deployment.environment

    @property
    def key(self) -> str:
        """Names it for ever: its place, and the run as it was first known."""
        return f"{self.deployment.service}/{self.deployment.environment}/{self.deployment.run}"


@dataclass(frozen=True)
class WatchedBuild:
    """A build that was run again, as it was seen last; times are aware and in UTC.

    Attributes:
        run: as it was when it was run again.
        again: what runs now, as the provider called it then (``Deployer.rerun``).
        asker: who wanted it.
        progress: how far it is, None before anything was seen of it.
        lost: why it cannot be followed any more, as a clause.
        over: nothing more will be seen of it.
        told: what people were told last, as a digest.
    """

    service: str
    run: Run
    again: str
    asker: Actor
    since: datetime
    progress: Progress | None = None
    lost: str | None = None
    over: bool = False
    told: str = ""

    @property
    def key(self) -> str:
        """Names it for ever: each attempt of a run is one."""
        return f"build:{self.service}/{self.again}/{self.run.attempt + 1}"


@dataclass(frozen=True)
class Poke:
    """Somebody says that something changed there: look now.

    ``where`` is a repository (``owner/name``) or a job's full name, ``environment`` the provider's name of one.
    """

    id: str
    where: str
    environment: str | None = None
