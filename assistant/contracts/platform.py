"""The company's platform as the catalogue describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Person:
    """Somebody who talks to the assistant or appears in a provider's answers.

    ``github``, ``jenkins`` and ``slack`` are the logins there; ``timezone`` is an IANA name.
    """

    name: str
    display_name: str
    teams: tuple[str, ...] = ()
    slack: str | None = None
    github: str | None = None
    jenkins: str | None = None
    timezone: str = "UTC"

    def has_login(self, login: str | None) -> bool:
        """Whether a provider's login, in any case, is this person's."""
        known = {name.casefold() for name in (self.github, self.jenkins) if name}
        return login is not None and login.casefold() in known


@dataclass(frozen=True)
class Team:
    """A team (Backstage ``Group``). ``channel`` is where it is reached in chat."""

    name: str
    display_name: str
    aliases: tuple[str, ...] = ()
    channel: str | None = None


@dataclass(frozen=True)
class Environment:
    """A place where services run. ``after`` names the environment that a version passes before it.

    ``protected``: what the gates of a change find there stops it, and where the assistant owns the approval a second
    person has to agree; elsewhere the same findings warn.
    """

    name: str
    aliases: tuple[str, ...] = ()
    after: str | None = None
    protected: bool = True


@dataclass(frozen=True)
class Freeze:
    """A time during which nothing is deployed; no environment or service named means all of them."""

    reason: str
    start: datetime
    end: datetime
    environments: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def covers(self, service: str, environment: str, now: datetime) -> bool:
        """Whether it holds a deployment back at that moment (aware)."""
        return (
            self.start <= now < self.end
            and environment in (self.environments or (environment,))
            and service in (self.services or (service,))
        )


@dataclass(frozen=True)
class Provider:
    """A named instance of an outside system.

    ``kind`` is the file name of its adapter under ``assistant/integrations``; ``secret`` the prefix of
    the settings that hold its credentials (``GITHUB`` → ``GITHUB_TOKEN`` ...).
    """

    name: str
    kind: str
    url: str
    secret: str | None = None
    environments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """A service (Backstage ``Component``). ``depends_on`` names what it needs (``spec.dependsOn``)."""

    name: str
    title: str
    owner: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    repository: str | None = None
    profile: str | None = None
    environments: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentFolder:
    """A folder of pages and FAQ files that answers may be taken from.

    ``path`` is relative to the catalogue's folder, or absolute. ``owner`` answers for pages that name nobody. ``url``
    is a page's address with ``{page}`` (its path without ending) or ``{file}`` (with it); None: there is no link.
    """

    path: str
    owner: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Origin:
    """Where a value of the catalogue was written: the rule that chose it, and the place.

    ``rule`` is ``service``, ``profile <name>`` or ``defaults``; ``line`` is 1-based.
    """

    rule: str
    file: str
    line: int


@dataclass(frozen=True)
class Delivery:
    """How one service reaches one environment: the service's words over its profile's over the defaults'.

    ``values`` maps dotted names (``observe.github_environment``, ``version.tag``, ``start.inputs.request``,
    ``health.alerts.service`` ...) to text in which ``{service}`` and ``{environment}`` are filled in. A name
    that is absent was not declared and is *unknown*.
    """

    service: str
    environment: str
    provider: str | None
    repository: str | None
    values: Mapping[str, str] = field(default_factory=dict)

    def section(self, name: str) -> dict[str, str]:
        """The values below a dotted name: ``section("health.alerts")`` → ``{"service": "search", ...}``."""
        start = name + "."
        return {key.removeprefix(start): value for key, value in self.values.items() if key.startswith(start)}
