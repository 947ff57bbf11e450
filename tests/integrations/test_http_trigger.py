"""What is to be set off is sent once, and a failure says whether it may have begun."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from assistant.contracts.errors import NotStarted, ProviderError, Unavailable, Uncertain
from assistant.integrations.http import Http
from tests.integrations import faulty_server as faults
from tests.integrations.faulty_server import Behaviour, FaultyServer, reply
from tests.integrations.test_http import own_certificate

Soon = Callable[[], float]
FAULTS = [
    getattr(faults, name)
    for name in ("reset", "broken_off", "never", "drip_headers", "drip_body", "half_json", "not_http")
]


@pytest.mark.parametrize(
    ("status", "content", "kind", "told"),
    [
        (401, {"message": "Bad credentials"}, NotStarted, "github refused the credentials (401): check"),
        (403, {"message": "Resource not accessible"}, NotStarted, "github refused it (403): Resource not accessible."),
        (403, None, NotStarted, "github refused it (403): the credentials lack a right."),
        (404, {"message": "Not Found"}, NotStarted, "github refused it (404): Not Found."),
        (422, {"message": 'Unexpected inputs provided: ["x"]'}, NotStarted, "refused it (422): Unexpected inputs"),
        (429, {}, NotStarted, "github refused it (429): its rate limit is used up"),
        (307, None, NotStarted, "github redirects us (307): check its address"),
        (303, None, Uncertain, "github redirects us (303)"),
        (408, None, Uncertain, "github refused it (408)"),
        (500, {}, Uncertain, "github answered 500"),
        (502, {}, Uncertain, "github answered 502"),
        (503, {}, Uncertain, "github answered 503"),
        (200, b"<html>", Uncertain, "github sent an answer that cannot be read"),
    ],
)
def test_an_answer_tells_whether_something_was_set_off(
    server: FaultyServer, http: Http, soon: Soon, status: int, content: object, kind: type[ProviderError], told: str
) -> None:
    server.routes["/a"] = reply(content, status)
    with pytest.raises(kind) as raised:
        http.trigger("/a", {"x": 1}, deadline=soon())
    assert told in str(raised.value) and type(raised.value) is kind
    assert [(asked.method, asked.body) for asked in server.asked] == [("POST", '{"x": 1}')]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_what_was_sent_and_not_answered_is_uncertain(server: FaultyServer, http: Http, fault: Behaviour) -> None:
    server.routes["/a"] = fault
    with pytest.raises(Uncertain):
        http.trigger("/a", {}, deadline=time.monotonic() + 0.4)
    assert len(server.asked) == 1


def test_what_was_never_sent_was_not_started(server: FaultyServer, http: Http, soon: Soon, tmp_path: Path) -> None:
    def refuse(path: str, deadline: float) -> Mapping[str, str]:
        raise Unavailable("github", "did not give us a token in time")

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    for url, authorize in (
        (nobody, None),
        ("http://", None),
        (server.url, refuse),
        (f"{server.url}", lambda *_: {"A": "ä\n"}),
    ):
        with pytest.raises(NotStarted):
            Http("github", url, authorize).trigger("/a", {}, deadline=soon())
    with pytest.raises(NotStarted, match="no time was left"):
        http.trigger("/a", {}, deadline=time.monotonic() - 1)
    with FaultyServer(own_certificate(tmp_path)[1]) as unknown, pytest.raises(NotStarted, match="reached securely"):
        Http("github", unknown.url).trigger("/a", {}, deadline=soon())
    server.routes["/a"] = reply({}, 500)
    for _ in range(5):
        with pytest.raises(Uncertain):
            http.trigger("/a", {}, deadline=soon())
    with pytest.raises(NotStarted, match="failed several times in a row"):
        http.trigger("/a", {}, deadline=soon())
    assert len(server.asked) == 5


def test_a_form_is_sent_as_one(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = reply(None, 201, {"Location": "/queue/item/7/"})
    answer = http.trigger("/a", form={"APP": "billing worker"}, deadline=soon())
    assert (answer.status, answer.headers["location"]) == (201, "/queue/item/7/")
    assert server.asked[0].body == "APP=billing+worker"
