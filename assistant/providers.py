"""Joins the ports of the providers to the vendors: each provider of the catalogue is built at its first use and kept.

The first real provider switches the whole sandbox off: answers never mix what is real with what is made up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from assistant.catalogue import Catalogue, CatalogueSource
from assistant.contracts.errors import NotConnected
from assistant.contracts.platform import Provider
from assistant.contracts.ports import Changes, Ci, Deployer, History, Monitoring, Pipelines
from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.ci.github_auth import AppCredentials, TokenCredentials, connect
from assistant.integrations.ci.github_deployer import SETTLE
from assistant.integrations.ci.github_reader import GitHubReader
from assistant.integrations.ci.jenkins import Jenkins
from assistant.integrations.ci.jenkins_api import connect as connect_jenkins
from assistant.integrations.ci.jenkins_reader import JenkinsReader
from assistant.integrations.http import Http
from assistant.integrations.monitoring.alertmanager import Alertmanager
from assistant.integrations.monitoring.prometheus import Prometheus
from assistant.settings import Secret, Settings

A = TypeVar("A")

SANDBOX_TOKEN = "sandbox-token"  # noqa: S105 - the made-up platform's password is no secret
SANDBOX_SETTLE = timedelta(seconds=3)
"""The sandbox shows what was started at once, or when it is slow, a little later."""
_THREADS = 16


@dataclass(frozen=True)
class _Kind:
    """A kind of provider: its adapter, where the sandbox plays it, and what proves that it answers."""

    adapter: Callable[[Provider, Http], Ci | Monitoring]
    sandbox: str
    ping: str


_KINDS = {
    "github_actions": _Kind(GitHubActions, "", "/rate_limit"),
    "jenkins": _Kind(Jenkins, "/jenkins", "/api/json?tree=mode"),
    "alertmanager": _Kind(Alertmanager, "/alertmanager", "/api/v2/status"),
    "prometheus": _Kind(Prometheus, "/prometheus", "/api/v1/query?query=1"),
}


@dataclass(frozen=True)
class _Credentials:
    token: Secret | None
    app_id: str | None
    app_key: Secret | None
    user: str | None = None

    def complete_for(self, kind: str) -> bool:
        """Whether they are all that a provider of this kind wants to see."""
        if kind == "jenkins":
            return self.user is not None and self.token is not None
        return self.token is not None or (self.app_id is not None and self.app_key is not None)


class Providers:
    """The providers of the catalogue, by their names."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.source = CatalogueSource(settings.catalog, tuple(_KINDS), given=_given(settings))
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._lock = threading.Lock()
        self._adapters: dict[Provider, Ci | Monitoring] = {}

    @property
    def sandbox(self) -> bool:
        """True while no provider of the catalogue has credentials."""
        providers = self.source.current().providers.values()
        return not any(self._credentials(each).complete_for(each.kind) for each in providers)

    def ci(self, name: str) -> GitHubActions | Jenkins:
        """The CI provider ``name``. Raises NotConnected with what to do."""
        adapter = self._adapter(name)
        if not isinstance(adapter, GitHubActions | Jenkins):
            raise NotConnected(name, "is not a CI system")
        return adapter

    def pipelines(self, name: str) -> Pipelines:
        """The builds of the CI provider ``name``. Raises NotConnected with what to do."""
        return self.ci(name).pipelines

    def history(self, name: str) -> History:
        """The past deployments of the CI provider ``name``. Raises NotConnected with what to do."""
        return self.ci(name).history

    def deployer(self, name: str) -> Deployer:
        """What the CI provider ``name`` starts deployments with. Raises NotConnected with what to do."""
        return self.ci(name).deployer

    def changes(self, name: str) -> Changes:
        """The commits of what the CI provider ``name`` builds. Raises NotConnected with what to do."""
        adapter = self.ci(name)
        return adapter.changes if isinstance(adapter, GitHubActions) else self._code_host().changes

    def organisation_reader(self) -> GitHubReader:
        """What reads a company's repositories for a first catalogue, before there is one. Raises NotConnected."""
        url = self.settings.values.get("GITHUB_URL") or "https://api.github.com"
        provider = Provider("github", "github_actions", url, "GITHUB")
        return GitHubReader(self._github(provider, self._credentials(provider)))

    def jobs_reader(self) -> JenkinsReader | None:
        """What reads a company's Jenkins jobs for a first catalogue; None without ``JENKINS_URL``.

        Raises NotConnected without the credentials for it.
        """
        provider = _given(self.settings).get("jenkins")
        return JenkinsReader(self._jenkins(provider, self._credentials(provider))) if provider else None

    def _instances(self, catalogue: Catalogue, kind: str, adapter: type[A]) -> dict[str, Callable[[], A]]:
        """How to get the adapter of each provider of a kind, by its name."""

        def get(name: str) -> A:
            found = self._adapter(name)
            if not isinstance(found, adapter):
                raise NotConnected(name, f"is of the kind {kind} no more")
            return found

        return {each.name: partial(get, each.name) for each in catalogue.providers.values() if each.kind == kind}

    def _pool(self, provider: str) -> ThreadPoolExecutor:
        """The threads that ask one provider; names that are none of the catalogue's share a pool."""
        known = provider if provider in self.source.current().providers else ""
        with self._lock:
            if known not in self._pools:
                self._pools[known] = ThreadPoolExecutor(_THREADS, thread_name_prefix=f"ask-{known}")
            return self._pools[known]

    def ping(self, name: str, seconds: float = 5.0) -> None:
        """Prove that a provider answers and takes our credentials. Raises ProviderError with what to do."""
        provider = self._provider(name)
        credentials = self._credentials(provider)
        # GitHub takes an App's own credentials only where it asks about the App itself.
        as_app = not self.sandbox and provider.kind == "github_actions" and credentials.token is None
        path = "/app" if as_app else _KINDS[provider.kind].ping
        self._http(provider).get(path, deadline=time.monotonic() + seconds)

    def _adapter(self, name: str) -> Ci | Monitoring:
        provider = self._provider(name)
        with self._lock:
            if provider not in self._adapters:
                self._adapters[provider] = self._built(provider)
            return self._adapters[provider]

    def _built(self, provider: Provider) -> Ci | Monitoring:
        http, settle = self._http(provider), SANDBOX_SETTLE if self.sandbox else SETTLE
        if provider.kind == "jenkins":
            return Jenkins(provider, http, self._code_host, settle)
        if provider.kind == "github_actions":
            return GitHubActions(provider, http, settle)
        return _KINDS[provider.kind].adapter(provider, http)

    def _code_host(self) -> GitHubActions:
        """Where the repositories are, for a CI that knows builds but no versions. Raises NotConnected."""
        for name, provider in self.source.current().providers.items():
            if provider.kind == "github_actions" and isinstance(host := self.ci(name), GitHubActions):
                return host
        raise NotConnected("GitHub", "is not among the providers of the catalogue, and versions are counted there")

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
            credentials = _Credentials(Secret(SANDBOX_TOKEN), None, None, "sandbox")
            provider = replace(provider, url=self.settings.sandbox_url + _KINDS[provider.kind].sandbox)
        if provider.kind == "github_actions":
            return self._github(provider, credentials)
        if provider.kind == "jenkins":
            return self._jenkins(provider, credentials)
        return Http(provider.name, provider.url)

    @staticmethod
    def _jenkins(provider: Provider, credentials: _Credentials) -> Http:
        if credentials.user and credentials.token:
            return connect_jenkins(provider, credentials.user, credentials.token.value)
        prefix = provider.secret or "JENKINS"
        why = f"is not connected: set {prefix}_USER and {prefix}_TOKEN (docs/connect-jenkins.md says how)"
        raise NotConnected(provider.name, why)

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
            self.settings.values.get(f"{prefix}_USER") or None,
        )

    def _origin(self, catalogue: Catalogue) -> str:
        if self.sandbox:
            return "sandbox"
        return " ".join(sorted(provider.url for provider in catalogue.providers.values()))[:255]


def _given(settings: Settings) -> dict[str, Provider]:
    """The Jenkins of ``JENKINS_URL``, for a catalogue that declares none."""
    url = settings.values.get("JENKINS_URL")
    return {"jenkins": Provider("jenkins", "jenkins", url, "JENKINS")} if url else {}
