"""What an organisation already has on GitHub: repositories, environments, workflows that can be started, files."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from assistant.contracts.errors import BadAnswer
from assistant.contracts.organisation import Repository, Workflow
from assistant.integrations.ci.github_workflows import dispatch_of
from assistant.integrations.fields import Fields, listed
from assistant.integrations.http import Http

CALL_SECONDS = 15.0
_PAGES = 50
_NOT_FOUND = 404
_WORKFLOWS = ".github/workflows/"


class GitHubReader:
    """Reads an organisation through ``http``; implements :class:`~assistant.contracts.organisation.OrganisationReader`.

    Each call to GitHub has ``CALL_SECONDS`` (15 s) and raises a ProviderError when it cannot be answered.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def address(self) -> str:
        """The address of the API."""
        return self._http.base_url

    def repositories(self, organisation: str) -> list[Repository]:
        """The organisation's repositories that are neither archived, disabled nor forks.

        https://docs.github.com/en/rest/repos/repos#list-organization-repositories
        """
        return [
            Repository(fields.text("full_name"), fields.maybe_text("description") or "")
            for page in self._pages(f"/orgs/{quote(organisation, safe='')}/repos")
            for fields in listed(self._http.provider, "a list of repositories", page)
            if not any(fields.raw(flag) is True for flag in ("archived", "disabled", "fork"))
        ]

    def environments(self, repository: str) -> list[str]:
        """The names of a repository's environments.

        https://docs.github.com/en/rest/deployments/environments#list-environments
        """
        pages = self._pages(f"/repos/{quote(repository)}/environments")
        return [each.text("name") for page in pages for each in self._fields(page).each("environments")]

    def workflows(self, repository: str) -> list[Workflow]:
        """The active workflows with a ``workflow_dispatch`` trigger, and the names of its inputs.

        https://docs.github.com/en/rest/actions/workflows#list-repository-workflows
        """
        pages = self._pages(f"/repos/{quote(repository)}/actions/workflows")
        listed_there = [each for page in pages for each in self._fields(page).each("workflows")]
        paths = [each.text("path") for each in listed_there if each.raw("state") == "active"]
        files = {path: self.text(repository, path) for path in paths if path.startswith(_WORKFLOWS)}
        found = {path: dispatch_of(text) for path, text in files.items() if text is not None}
        return [Workflow(path.removeprefix(_WORKFLOWS), tuple(each.inputs)) for path, each in found.items() if each]

    def text(self, repository: str, path: str) -> str | None:
        """A file of the default branch, None when there is none or it is no text.

        https://docs.github.com/en/rest/repos/contents#get-repository-content
        """
        address = f"/repos/{quote(repository)}/contents/{quote(path)}"
        answer = self._http.get(address, deadline=self._deadline(), accept=(_NOT_FOUND,))
        if answer.status == _NOT_FOUND or isinstance(answer.json, list):
            return None
        fields = self._fields(answer.json)
        if fields.raw("encoding") != "base64":  # a link, a submodule, or more than a megabyte
            return None
        try:
            return base64.b64decode(fields.maybe_text("content") or "").decode("utf-8")
        except UnicodeDecodeError:
            return None
        except binascii.Error:
            raise BadAnswer(self._http.provider, f"sent a file that makes no sense: {path}") from None

    def _pages(self, path: str) -> Iterator[Any]:
        pages = self._http.pages(path, {"per_page": "100"}, deadline=self._deadline(), limit=_PAGES)
        yield from (page.json for page in pages)

    def _fields(self, value: object) -> Fields:
        return Fields(self._http.provider, "an answer", value)

    def _deadline(self) -> float:
        return time.monotonic() + CALL_SECONDS
