"""Proves a delivery mapping against the live system: does everything that it names exist?"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.contracts.platform import Delivery
from assistant.integrations.ci.github_api import GitHubApi, repository_path, workflow_place
from assistant.integrations.ci.github_versions import tag_pattern
from assistant.integrations.ci.github_workflows import start_defects


def defects(api: GitHubApi, delivery: Delivery, deadline: float) -> list[str]:
    """A sentence per defect of ``delivery``, nothing when it holds."""
    repo = repository_path(api.provider, delivery.repository)
    if not api.has_repository(repo, deadline):
        return [
            f"{api.provider} does not know the repository {delivery.repository}, or our credentials may not see it."
        ]
    return [
        *_of_environment(api, repo, delivery, deadline),
        *_of_workflows(api, delivery, deadline),
        *_of_tags(api, repo, delivery, deadline),
    ]


def _of_environment(api: GitHubApi, repo: str, delivery: Delivery, deadline: float) -> Iterator[str]:
    environment = delivery.values.get("observe.github_environment")
    if environment is None and "observe.runs_of" not in delivery.values:
        what = f"how deployments of {delivery.service} to {delivery.environment} are observed"
        yield f"The catalogue does not say {what}."
    elif environment is not None and not api.has_environment(repo, environment, deadline):
        yield f"The repository {delivery.repository} has no environment “{environment}”."


def _of_workflows(api: GitHubApi, delivery: Delivery, deadline: float) -> Iterator[str]:
    started, observed = delivery.values.get("start.workflow"), delivery.values.get("observe.runs_of")
    if started:
        yield from start_defects(api, delivery, deadline)
    if observed and observed != started:
        repo, file = workflow_place(api.provider, observed, delivery.repository)
        if api.workflow_file(repo, file, deadline) is None:
            yield f"There is no workflow .github/workflows/{file} in {'/'.join(repo.split('/')[2:])}."


def _of_tags(api: GitHubApi, repo: str, delivery: Delivery, deadline: float) -> Iterator[str]:
    pattern = tag_pattern(delivery.values.get("version.tag"))
    if pattern and not any(pattern.version(tag) for tag in api.tags_with(repo, pattern.prefix, deadline)):
        yield f"No tag of {delivery.repository} looks like “{pattern.text}”."
