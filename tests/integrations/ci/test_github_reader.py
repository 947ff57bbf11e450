"""What a first catalogue is drafted from: an organisation read over GitHub's HTTP."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from assistant.catalogue.draft import draft
from assistant.catalogue.reading import read
from assistant.contracts.errors import BadAnswer, Refused
from assistant.contracts.organisation import Repository, Workflow
from assistant.integrations.ci.github_reader import GitHubReader
from assistant.integrations.http import Http
from sandbox.server import Server
from tests.integrations import faulty_server as faulty
from tests.integrations.faulty_server import FaultyServer, reply

DEPLOY = """\
name: Deploy
on:
  push: {branches: [main]}
  workflow_dispatch:
    inputs:
      environment: {type: environment, required: true}
      version: {type: string}
"""


def file_of(text: bytes) -> faulty.Behaviour:
    return reply({"type": "file", "encoding": "base64", "content": base64.encodebytes(text).decode()})


@pytest.fixture
def reader(http: Http) -> GitHubReader:
    return GitHubReader(http)


def test_repositories_in_use_are_listed_over_all_pages(server: FaultyServer, reader: GitHubReader) -> None:
    old = [{"full_name": f"acme/{flag}", flag: True} for flag in ("archived", "disabled", "fork")]
    first = [{"full_name": "acme/shop", "description": "The shop", "archived": False}, *old]
    link = {"Link": f'<{server.url}/orgs/acme/repos2>; rel="next"'}
    server.routes["/orgs/acme/repos"] = reply(first, headers=link)
    server.routes["/orgs/acme/repos2"] = reply([{"full_name": "acme/api", "description": None}])
    assert reader.repositories("acme") == [Repository("acme/shop", "The shop"), Repository("acme/api")]


def test_only_active_workflows_that_start_by_hand_count(server: FaultyServer, reader: GitHubReader) -> None:
    files = {"deploy.yml": DEPLOY, "ci.yml": "on: push", "old.yml": DEPLOY, "gone.yml": None}
    server.routes["/repos/acme/shop/actions/workflows"] = reply(
        {
            "workflows": [
                {"path": f".github/workflows/{name}", "state": "active" if name != "old.yml" else "disabled_manually"}
                for name in files
            ]
            + [{"path": "dynamic/pages/pages-build-deployment", "state": "active"}]
        }
    )
    for name, text in files.items():
        if text is not None:
            server.routes[f"/repos/acme/shop/contents/.github/workflows/{name}"] = file_of(text.encode())
    assert reader.workflows("acme/shop") == [Workflow("deploy.yml", ("environment", "version"))]


@pytest.mark.parametrize(
    "behaviour",
    [
        reply({"message": "Not Found"}, 404),
        reply([{"type": "file", "name": "a"}]),
        reply({"type": "file", "encoding": "none", "content": ""}),
        file_of(b"\xff\xfe"),
    ],
    ids=["absent", "a folder", "too big", "no text"],
)
def test_what_is_no_text_is_none(server: FaultyServer, reader: GitHubReader, behaviour: faulty.Behaviour) -> None:
    server.routes["/repos/acme/shop/contents/catalog-info.yaml"] = behaviour
    assert reader.text("acme/shop", "catalog-info.yaml") is None


def test_a_file_is_read_as_text(server: FaultyServer, reader: GitHubReader) -> None:
    server.routes["/repos/acme/shop/contents/catalog-info.yaml"] = file_of("kind: Größe".encode())
    assert reader.text("acme/shop", "catalog-info.yaml") == "kind: Größe"


@pytest.mark.parametrize("content", [[], {"environments": [{"name": None}]}, {"environments": "many"}, 7])
def test_nonsense_is_a_bad_answer(server: FaultyServer, reader: GitHubReader, content: object) -> None:
    server.routes["/repos/acme/shop/environments"] = reply(content)
    with pytest.raises(BadAnswer):
        reader.environments("acme/shop")


def test_refused_credentials_are_named(server: FaultyServer, reader: GitHubReader) -> None:
    server.routes["/orgs/acme/repos"] = reply({"message": "Bad credentials"}, 401)
    with pytest.raises(Refused, match="refused"):
        reader.repositories("acme")


@pytest.fixture
def sandbox() -> Iterator[Http]:
    server = Server(0, datetime(2026, 3, 2, 9, tzinfo=timezone.utc))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    http = Http("github", url, lambda path, deadline: {"Authorization": "Bearer sandbox-token"})
    yield http
    http.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_sandbox_company_can_be_drafted_and_loads(sandbox: Http, tmp_path: Path) -> None:
    for name, text in draft("epetech", GitHubReader(sandbox)).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    reading = read(tmp_path)
    assert [str(problem) for problem in reading.problems] == []
    assert reading.catalogue is not None
    assert {"checkout", "payments", "search", "identity", "storefront"} <= set(reading.catalogue.services)
    delivery = reading.catalogue.delivery("identity", "production")
    assert delivery.repository == "epetech/identity"
    assert delivery.values["observe.github_environment"] == "prod-eu"
    assert delivery.section("start.inputs")["environment"] == "production"
