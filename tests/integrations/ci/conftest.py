"""The adapter in front of a server that plays GitHub."""

from __future__ import annotations

import pytest

from assistant.integrations.ci.github_actions import GitHubActions
from assistant.integrations.http import Http
from tests.integrations.ci.github_answers import provider
from tests.integrations.faulty_server import FaultyServer


@pytest.fixture
def github(server: FaultyServer, http: Http) -> GitHubActions:
    return GitHubActions(provider(server.url), http)
