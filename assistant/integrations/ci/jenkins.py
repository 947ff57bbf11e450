"""Jenkins as the port :class:`~assistant.contracts.ports.Ci`.

What runs where is read from the builds of one job (``observe.builds_of``): of one service, or of one job for all whose
builds are told apart by their parameters (``observe.where.<PARAMETER>``). ``observe.version`` says where the version
stands: ``{param.TAG}``, ``sha``, or nothing for the build's number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Protocol

from assistant.contracts.delivery import ServiceState
from assistant.contracts.errors import NotConnected
from assistant.contracts.platform import Delivery, Provider
from assistant.contracts.ports import Ci, Deployer
from assistant.integrations.ci.github_deployer import SETTLE
from assistant.integrations.ci.jenkins_api import JenkinsApi
from assistant.integrations.ci.jenkins_deployer import JenkinsDeployer
from assistant.integrations.ci.jenkins_deployments import JenkinsDeployments
from assistant.integrations.ci.jenkins_pipelines import JenkinsPipelines
from assistant.integrations.ci.state import folded
from assistant.integrations.http import Http

_PARAMETER = re.compile(r"\{param\.([^{}]+)\}")


class CodeHost(Ci, Protocol):
    """A CI whose host keeps the repositories: Jenkins itself knows builds, not versions."""

    deployer: Deployer


def _no_tags() -> CodeHost:
    raise NotConnected("the code host", "is not known, and versions are counted there")


class Jenkins:
    """One Jenkins.

    Args:
        provider: as the catalogue names it.
        http: the way to it, of :func:`~assistant.integrations.ci.jenkins_api.connect`.
        tags: the CI whose host keeps the repositories. Raises NotConnected when there is none.
        settle: how long after a start the absence of its build proves nothing.
    """

    def __init__(
        self, provider: Provider, http: Http, tags: Callable[[], CodeHost] = _no_tags, settle: timedelta = SETTLE
    ) -> None:
        self._provider, self._tags = provider, tags
        self._api = JenkinsApi(provider.name, http)
        self.history = JenkinsDeployments(provider, http)
        self.pipelines = JenkinsPipelines(provider, http)
        self.deployer: Deployer = JenkinsDeployer(provider, http, lambda: tags().deployer, settle)

    def state(self, delivery: Delivery, deadline: float) -> ServiceState:
        """See :meth:`assistant.contracts.ports.Ci.state`. Two requests, which services with the same job share."""
        told = self.history.sightings(delivery, deadline)
        return folded(self._provider.name, delivery, told, lambda one: self.history.deployment(delivery, one, deadline))

    def versions_between(self, delivery: Delivery, older: str, newer: str, deadline: float) -> tuple[int, str]:
        """See :meth:`assistant.contracts.ports.Ci.versions_between`: by the tags of the service's repository."""
        return (0, "version") if older == newer else self._tags().versions_between(delivery, older, newer, deadline)

    def has_version(self, delivery: Delivery, version: str, deadline: float) -> bool:
        """See :meth:`assistant.contracts.ports.Ci.has_version`: by the tags of the service's repository."""
        return self._tags().has_version(delivery, version, deadline)

    def check(self, delivery: Delivery, deadline: float) -> list[str]:
        """See :meth:`assistant.contracts.ports.Ci.check`."""
        observe = delivery.section("observe")
        found: list[str] = []
        if observed := observe.get("builds_of"):
            wanted = {*delivery.section("observe.where"), *_PARAMETER.findall(observe.get("version", ""))}
            found += self._job_defects(observed, wanted, deadline)
        else:
            what = f"how deployments of {delivery.service} to {delivery.environment} are observed"
            found.append(f"The catalogue does not say {what}.")
        if "start.job" in delivery.values:
            found += self.deployer.defects(delivery, deadline)
        if build := delivery.values.get("build.job"):
            found += self._job_defects(build, set(), deadline)
        return list(dict.fromkeys(found))

    def _job_defects(self, job: str, wanted: set[str], deadline: float) -> Iterator[str]:
        """Jenkins drops a parameter that a job does not declare, and says so only in its own log."""
        declared = self._api.parameters(job, deadline)
        if declared is None:
            yield f"{self._provider.name} does not know the job {job}, or our credentials may not see it."
            return
        for name in sorted(wanted - declared):
            yield f"The job {job} does not declare the parameter “{name}”."
