"""What a Jenkins job deployed, as its builds tell it; the port :class:`~assistant.contracts.ports.History`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.contracts.delivery import Deployment, Phase
from assistant.contracts.errors import NotConnected, Unavailable
from assistant.contracts.history import Merge, Past
from assistant.contracts.interval import Interval
from assistant.contracts.platform import Delivery, Provider
from assistant.integrations.ci.github_versions import short_ref, tag_pattern
from assistant.integrations.ci.jenkins_api import MOST_BUILDS, JenkinsApi
from assistant.integrations.ci.jenkins_builds import Build, stages_in, step_of
from assistant.integrations.http import Http


class JenkinsDeployments:
    """The deployments that one Jenkins makes.

    Args:
        provider: as the catalogue names it.
        http: the way to it, of :func:`~assistant.integrations.ci.jenkins_api.connect`.
    """

    def __init__(self, provider: Provider, http: Http) -> None:
        self._api = JenkinsApi(provider.name, http)

    def past(self, delivery: Delivery, interval: Interval | None, limit: int, deadline: float) -> Past:
        """See :meth:`assistant.contracts.ports.History.past`."""
        found: list[Deployment] = []
        seen = 0
        try:
            for build in self._builds(delivery, deadline):
                seen += 1
                if not build.fits(delivery.section("observe.where")):
                    continue
                if interval is not None and build.created_at < interval.start:
                    return Past(tuple(found))
                if interval is None or build.created_at < interval.end:
                    if len(found) == limit:
                        return Past(tuple(found), whole=False)
                    found.append(self.deployment(delivery, build, deadline))
        except Unavailable:
            if not found:
                raise
            return Past(tuple(found), whole=False)
        return Past(tuple(found), whole=seen < MOST_BUILDS)

    def merge(self, delivery: Delivery, deployment: Deployment, deadline: float) -> Merge | None:
        """See :meth:`assistant.contracts.ports.History.merge`: Jenkins knows builds, not pull requests."""
        return None

    def sightings(self, delivery: Delivery, deadline: float) -> Iterator[Build]:
        """Those of the service in the environment, newest first."""
        where = delivery.section("observe.where")
        return (build for build in self._builds(delivery, deadline) if build.fits(where))

    def _builds(self, delivery: Delivery, deadline: float) -> Iterator[Build]:
        """Everything that the job makes: what waits in the queue, then the builds."""
        job = delivery.values.get("observe.builds_of")
        if job is None:
            what = f"how deployments of {delivery.service} to {delivery.environment} are observed"
            raise NotConnected(self._api.provider, f"cannot be asked: the catalogue does not say {what}")
        yield from self._api.waiting(job, deadline)
        yield from self._api.builds(job, deadline)

    def deployment(self, delivery: Delivery, build: Build, deadline: float) -> Deployment:
        """A build as a deployment; of one that runs its stages are asked for."""
        checkout = build.checkout_of(delivery.repository)
        phase, step = self._step(delivery, build, deadline)
        return Deployment(
            service=delivery.service,
            environment=delivery.environment,
            version=_version(delivery, build),
            phase=phase,
            created_at=build.created_at,
            updated_at=build.updated_at,
            commit=checkout.commit if checkout else None,
            login=build.login,
            start=build.start,
            step=step,
            run=str(build.number) if build.number is not None else None,
            url=build.url,
        )

    def _step(self, delivery: Delivery, build: Build, deadline: float) -> tuple[Phase, str | None]:
        """A build that waits for somebody's approval runs as far as Jenkins is concerned; its stages know better."""
        if build.phase is not Phase.RUNNING or build.number is None or not build.pipeline:
            return build.phase, build.wait
        job = delivery.values["observe.builds_of"]
        stages = self._api.stages(job, build.number, deadline)
        if stages is not None:
            return step_of(stages)
        names = stages_in(self._api.console(job, build.number, deadline).text)
        return Phase.RUNNING, f"{names[-1]}, stage {len(names)}" if names else None


def _version(delivery: Delivery, build: Build) -> str:
    """By the mapping's rule, without the tag's decoration; the build's number when the rule gives nothing."""
    rule = delivery.values.get("observe.version", "")
    found = _filled(rule, build.parameters) if "{param." in rule else None
    if rule == "sha":
        checkout = build.checkout_of(delivery.repository)
        found = short_ref(checkout.commit) if checkout else None
    if not found:
        return f"build {build.number}" if build.number is not None else "a new build"
    pattern = tag_pattern(delivery.values.get("version.tag"))
    return (pattern.version(found) if pattern else None) or found


def _filled(template: str, parameters: Mapping[str, str]) -> str | None:
    """``template`` with each ``{param.NAME}`` replaced by that parameter; None when one is not there."""
    text = template
    for name, content in parameters.items():
        text = text.replace(f"{{param.{name}}}", content)
    return None if "{param." in text else text
