"""The only place that joins the ports to the vendors. Everything is built at its first use and kept.

The first real provider switches the whole sandbox off: answers never mix what is real with what is made up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from sqlalchemy.engine import Engine

from assistant.catalogue import Catalogue, CatalogueSource
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.errors import NotConnected
from assistant.contracts.platform import Person, Provider
from assistant.contracts.ports import Ci, Monitoring
from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.ci.github_auth import AppCredentials, TokenCredentials, connect
from assistant.integrations.ci.github_reader import GitHubReader
from assistant.integrations.http import Http
from assistant.integrations.monitoring.alertmanager import Alertmanager
from assistant.integrations.monitoring.prometheus import Prometheus
from assistant.integrations.store.database import open_database
from assistant.integrations.store.leases import SqlLeases
from assistant.integrations.store.observations import SqlObservations
from assistant.language.names import Names
from assistant.operations.context import Context
from assistant.safeguards.access import load_access
from assistant.settings import Secret, Settings, load_settings

ANSWER_DEADLINE = 5.0

SANDBOX_TOKEN = "sandbox-token"  # noqa: S105 - the made-up platform's password is no secret
_THREADS = 16


@dataclass(frozen=True)
class _Kind:
    """A kind of provider: its adapter, where the sandbox plays it, and what proves that it answers."""

    adapter: Callable[[Provider, Http], Ci | Monitoring]
    sandbox: str
    ping: str


_KINDS = {
    "github_actions": _Kind(GitHubActions, "", "/rate_limit"),
    "alertmanager": _Kind(Alertmanager, "/alertmanager", "/api/v2/status"),
    "prometheus": _Kind(Prometheus, "/prometheus", "/api/v1/query?query=1"),
}


@dataclass(frozen=True)
class _Credentials:
    token: Secret | None
    app_id: str | None
    app_key: Secret | None

    @property
    def complete(self) -> bool:
        return self.token is not None or (self.app_id is not None and self.app_key is not None)


class Assistant:
    """The assembled assistant of one process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.source = CatalogueSource(settings.catalog, tuple(_KINDS))
        self.pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="ask")
        self._lock = threading.Lock()
        self._adapters: dict[Provider, Ci | Monitoring] = {}
        self._names: tuple[str, Names] | None = None

    @cached_property
    def engine(self) -> Engine:
        """The database, brought up to date. Raises Unavailable when it cannot be opened."""
        return open_database(self.settings.database_url)

    @cached_property
    def leases(self) -> SqlLeases:
        """Who does which recurring job."""
        return SqlLeases(self.engine)

    @property
    def sandbox(self) -> bool:
        """True while no provider of the catalogue has credentials."""
        return not any(self._credentials(each).complete for each in self.source.current().providers.values())

    @property
    def answer_seconds(self) -> float:
        """Seconds from a message to its answer, with whatever is known by then (``ANSWER_DEADLINE``)."""
        return self.settings.seconds("ANSWER_DEADLINE", ANSWER_DEADLINE)

    def names(self) -> Names:
        """The names of the catalogue as it is now, ready for matching."""
        catalogue = self.source.current()
        with self._lock:
            if self._names is None or self._names[0] != catalogue.revision:
                self._names = (catalogue.revision, Names(catalogue))
            return self._names[1]

    def context(self, actor: Actor, seconds: float | None = None) -> Context:
        """What one question works with.

        Args:
            actor: the verified speaker.
            seconds: until its deadline; ``answer_seconds`` when absent.

        Raises:
            CatalogueBroken: the catalogue cannot be read and never could.
        """
        catalogue = self.source.current()
        seconds = seconds or self.answer_seconds
        person = find_person(catalogue, actor)
        return Context(
            actor=replace(actor, person=person.name if person else None),
            person=person,
            catalogue=catalogue,
            access=load_access(self.settings.catalog),
            ci=self.ci,
            monitoring=self._monitoring(catalogue),
            observations=SqlObservations(self.engine, self._origin(catalogue)),
            pool=self.pool,
            deadline=time.monotonic() + seconds,
            sandbox=self.sandbox,
            problem=self.source.problem,
        )

    def ci(self, name: str) -> Ci:
        """The CI provider ``name``. Raises NotConnected with what to do."""
        adapter = self._adapter(name)
        if not isinstance(adapter, GitHubActions):
            raise NotConnected(name, "is not a CI system")
        return adapter

    def organisation_reader(self) -> GitHubReader:
        """What reads a company's repositories for a first catalogue, before there is one. Raises NotConnected."""
        url = self.settings.values.get("GITHUB_URL") or "https://api.github.com"
        provider = Provider("github", "github_actions", url, "GITHUB")
        return GitHubReader(self._github(provider, self._credentials(provider)))

    def _monitoring(self, catalogue: Catalogue) -> dict[str, Callable[[], Monitoring]]:
        kinds = ("alertmanager", "prometheus")
        return {
            each.kind: (lambda name=each.name: self._adapter(name))  # type: ignore[misc]
            for each in catalogue.providers.values()
            if each.kind in kinds
        }

    def ping(self, name: str, seconds: float = 5.0) -> None:
        """Prove that a provider answers and takes our credentials. Raises ProviderError with what to do."""
        provider = self._provider(name)
        credentials = self._credentials(provider)
        # GitHub takes an App's own credentials only where it asks about the App itself.
        as_app = not self.sandbox and credentials.token is None and credentials.complete
        path = "/app" if as_app else _KINDS[provider.kind].ping
        self._http(provider).get(path, deadline=time.monotonic() + seconds)

    def _adapter(self, name: str) -> Ci | Monitoring:
        provider = self._provider(name)
        with self._lock:
            if provider not in self._adapters:
                self._adapters[provider] = _KINDS[provider.kind].adapter(provider, self._http(provider))
            return self._adapters[provider]

    def _provider(self, name: str) -> Provider:
        provider = self.source.current().providers.get(name)
        if provider is None:
            raise NotConnected(name, "is not among the providers of the catalogue")
        if provider.kind not in _KINDS:
            raise NotConnected(name, f"is of the kind {provider.kind}, which this version cannot connect to yet")
        return provider

    def _http(self, provider: Provider) -> Http:
        if not self.sandbox:
            credentials = self._credentials(provider)
        else:
            credentials = _Credentials(Secret(SANDBOX_TOKEN), None, None)
            provider = replace(provider, url=self.settings.sandbox_url + _KINDS[provider.kind].sandbox)
        if provider.kind == "github_actions":
            return self._github(provider, credentials)
        return Http(provider.name, provider.url)

    @staticmethod
    def _github(provider: Provider, credentials: _Credentials) -> Http:
        if credentials.token:
            return connect(provider, TokenCredentials(provider, credentials.token.value))
        if credentials.app_id and credentials.app_key:
            return connect(provider, AppCredentials(provider, credentials.app_id, credentials.app_key.value))
        prefix = provider.secret or "GITHUB"
        raise NotConnected(provider.name, f"is not connected: set {prefix}_TOKEN (the README says how to get one)")

    def _credentials(self, provider: Provider) -> _Credentials:
        prefix = provider.secret
        if not prefix:
            return _Credentials(None, None, None)
        return _Credentials(
            self.settings.secret(f"{prefix}_TOKEN"),
            self.settings.values.get(f"{prefix}_APP_ID") or None,
            self.settings.secret(f"{prefix}_APP_PRIVATE_KEY"),
        )

    def _origin(self, catalogue: Catalogue) -> str:
        if self.sandbox:
            return "sandbox"
        return " ".join(sorted(provider.url for provider in catalogue.providers.values()))[:255]


def find_person(catalogue: Catalogue, actor: Actor) -> Person | None:
    """The person of the catalogue behind a verified account, None when nobody there has it."""
    if actor.is_guest:
        return None
    if actor.workspace == LOCAL_WORKSPACE:
        return catalogue.person(name=actor.user)
    return catalogue.person(slack=actor.user)


@lru_cache(maxsize=1)
def the_assistant() -> Assistant:
    """The assistant of this process, built from the settings."""
    return Assistant(load_settings())
