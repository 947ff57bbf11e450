"""Whatever a provider does, a call answers before its deadline or fails in a way that a person understands."""

from __future__ import annotations

import inspect
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from assistant import __version__
from assistant.contracts.errors import (
    BadAnswer,
    Missing,
    NotConnected,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from assistant.integrations import http_guards
from assistant.integrations.http import Http
from tests.integrations import faulty_server as faults
from tests.integrations.faulty_server import Behaviour, FaultyServer, in_turn, redirect, reply, with_etag

Soon = Callable[[], float]


def test_an_answer_carries_status_json_and_links(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = reply({"name": "büro"}, 201, {"Link": '</b>; rel="next"'})
    answer = http.get("/a", {"q": "x y&z"}, deadline=soon())
    assert (answer.status, answer.json, answer.links) == (201, {"name": "büro"}, {"next": f"{server.url}/b"})
    assert server.asked[0].query == {"q": "x y&z"}
    assert server.asked[0].headers["user-agent"] == f"epetech-assistant/{__version__}"
    assert server.asked[0].headers["authorization"] == "Bearer made-up"


def test_an_empty_answer_is_no_json(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = reply(None, 204)
    assert http.get("/a", deadline=soon()).json is None


@pytest.mark.parametrize("fault", [faults.drip_headers, faults.drip_body, faults.never])
def test_a_server_that_is_never_done_is_left_at_the_deadline(
    server: FaultyServer, http: Http, fault: Behaviour
) -> None:
    """One byte a second for ten minutes costs the caller its deadline, and nothing stays open."""
    server.routes["/a"] = fault
    before = threading.enumerate()
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"^github did not answer in time\.$"):
        http.get("/a", deadline=started + 0.4)
    assert time.monotonic() - started < 3
    serving = [thread for thread in threading.enumerate() if thread not in before]
    assert len(serving) <= 1, "only the server's own thread may still be there"
    for thread in serving if fault is not faults.never else []:
        thread.join(2)
        assert not thread.is_alive(), "the server still has somebody to drip to: a socket was left open"


def test_tls_changes_nothing_about_it(tmp_path: Path) -> None:
    """Neither a handshake that never happens nor a body that drips under TLS holds the caller."""
    certificate, context = own_certificate(tmp_path)
    with FaultyServer(context) as server:
        server.routes.update({"/a": reply({"ok": True}), "/drip": faults.drip_body})
        http = Http("github", server.url)
        with pytest.raises(Unavailable, match="cannot be reached securely"):
            http.get("/a", deadline=time.monotonic() + 5)
        http._session.verify = str(certificate)
        assert http.get("/a", deadline=time.monotonic() + 5).json == {"ok": True}
        started = time.monotonic()
        with pytest.raises(Unavailable, match=r"did not answer in time"):
            http.get("/drip", deadline=started + 0.4)
        http.close()
    with FaultyServer() as plain, pytest.raises(Unavailable, match=r"did not answer in time"):
        Http("github", f"https://localhost:{plain.port}").get("/a", deadline=time.monotonic() + 0.4)
    assert time.monotonic() - started < 3


def own_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that signs itself, and a server's context with it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    for extension in (x509.SubjectAlternativeName([x509.DNSName("localhost")]), x509.BasicConstraints(True, None)):
        builder = builder.add_extension(extension, critical=False)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = folder / "certificate.pem"
    certificate.write_bytes(pem)
    both = folder / "both.pem"
    both.write_bytes(private + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return certificate, context


def test_a_server_that_does_not_accept_is_left_at_the_deadline(soon: Soon) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
        started = time.monotonic()
        with pytest.raises(Unavailable, match=r"did not answer in time"):
            Http("github", f"http://127.0.0.1:{deaf.getsockname()[1]}").get("/a", deadline=started + 0.4)
        assert time.monotonic() - started < 3
        for one in crowd:
            one.close()


def test_a_resolver_that_hangs_does_not_hold_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait() and [])
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"did not answer in time"):
        Http("github", "http://api.example").get("/a", deadline=started + 0.3)
    assert time.monotonic() - started < 3
    release.set()


def test_no_time_left_is_not_the_providers_fault(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = reply({})
    for _ in range(6):
        with pytest.raises(Unavailable, match="no time was left"):
            http.get("/a", deadline=time.monotonic() - 1)
    assert http.get("/a", deadline=soon()).status == 200
    assert server.paths == ["/a"]


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (301, BadAnswer, "redirects us (301) to https://elsewhere.example: check its address in the catalogue"),
        (400, BadAnswer, "did not accept the request (400)"),
        (401, Refused, "refused the credentials (401): renew GITHUB_TOKEN"),
        (403, Refused, "does not let us read this (403): the credentials lack a right"),
        (404, Missing, "does not know what we asked for (404): check its address in the catalogue"),
        (409, BadAnswer, "did not accept the request (409)"),
        (410, Missing, "has deleted what we asked for (410)"),
        (422, BadAnswer, "did not accept the request (422)"),
        (429, RateLimited, "asks to wait a while: its rate limit is used up"),
        (500, Unavailable, "answered 500"),
        (502, Unavailable, "answered 502"),
        (503, Unavailable, "answered 503"),
        (504, Unavailable, "answered 504"),
    ],
)
def test_every_status_is_named(
    server: FaultyServer, soon: Soon, status: int, kind: type[ProviderError], told: str
) -> None:
    server.routes["/a"] = redirect("https://elsewhere.example/x", status) if status == 301 else reply({}, status)
    http = Http("github", server.url, remedy="renew GITHUB_TOKEN")
    with pytest.raises(kind) as caught:
        http.get("/a", deadline=soon())
    assert type(caught.value) is kind
    assert str(caught.value) == f"github {told}."


def test_a_status_that_the_caller_expects_is_an_answer(server: FaultyServer, http: Http, soon: Soon) -> None:
    assert http.get("/nowhere", deadline=soon(), accept=(404,)).json == {"message": "Not Found"}


@pytest.mark.parametrize(
    ("fault", "kind", "told"),
    [
        (faults.half_json, BadAnswer, "sent an answer that cannot be read: check its address in the catalogue"),
        (faults.html, BadAnswer, "sent a web page instead of data: check its address in the catalogue"),
        (faults.deep_json, BadAnswer, "sent an answer that cannot be read: check its address in the catalogue"),
        (faults.not_gzip, BadAnswer, "sent a body that cannot be unpacked"),
        (faults.huge_body, BadAnswer, "sent more than 8 MB at once"),
        (faults.broken_off, Unavailable, "broke off in the middle of its answer"),
        (faults.reset, Unavailable, "cannot be reached at "),
        (faults.not_http, Unavailable, "cannot be reached at "),
    ],
)
def test_every_senseless_answer_is_named(
    server: FaultyServer, http: Http, soon: Soon, fault: Behaviour, kind: type[ProviderError], told: str
) -> None:
    server.routes["/a"] = fault
    with pytest.raises(kind) as caught:
        http.get("/a", deadline=soon())
    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"github {told}")


def exceptions_of_requests() -> list[type[requests.RequestException]]:
    found = [kind for _, kind in inspect.getmembers(requests.exceptions, inspect.isclass)]
    return [kind for kind in found if issubclass(kind, requests.RequestException)]


@pytest.mark.parametrize("kind", exceptions_of_requests())
def test_every_exception_of_requests_is_named(
    http: Http, soon: Soon, monkeypatch: pytest.MonkeyPatch, kind: type[requests.RequestException]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise requests.JSONDecodeError("x", "", 0) if kind is requests.JSONDecodeError else kind("Bearer made-up")

    monkeypatch.setattr(requests.Session, "send", fail)
    with pytest.raises(ProviderError) as caught:
        http.get("/a", deadline=soon())
    assert "made-up" not in f"{caught.value} {caught.value.details}"
    assert caught.value.__cause__ is None or "made-up" not in str(caught.value.__cause__)


@pytest.mark.parametrize(
    "address", ["", "nonsense", "ftp://files.example", "http://[bad", "http://a b", "http://x:99999"]
)
def test_an_address_that_is_none_is_named(soon: Soon, address: str) -> None:
    with pytest.raises(NotConnected, match="has an address in the catalogue that cannot be used"):
        Http("github", address).get("/a", deadline=soon())


@pytest.mark.parametrize("token", ["two\nlines", "päßwörd€"])
def test_a_token_that_cannot_be_sent_is_not_shown(server: FaultyServer, soon: Soon, token: str) -> None:
    http = Http("github", server.url, lambda *_: {"Authorization": f"Bearer {token}"}, remedy="renew GITHUB_TOKEN")
    with pytest.raises(NotConnected, match="renew GITHUB_TOKEN") as caught:
        http.get("/a", deadline=soon())
    assert token not in f"{caught.value} {caught.value.details} {caught.value.__cause__}"


def test_nobody_listening_is_named() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(Unavailable, match=f"cannot be reached at http://127.0.0.1:{port}"):
        Http("github", f"http://127.0.0.1:{port}").get("/a", deadline=time.monotonic() + 5)


@pytest.mark.parametrize("fault", [faults.reset, faults.broken_off, reply({}, 502), reply({}, 503), reply({}, 504)])
def test_a_passing_failure_is_tried_again(server: FaultyServer, http: Http, soon: Soon, fault: Behaviour) -> None:
    server.routes["/a"] = in_turn(fault, fault, reply({"ok": True}))
    assert http.get("/a", deadline=soon()).json == {"ok": True}
    assert len(server.asked) == 3


def test_a_lasting_failure_is_tried_three_times_only(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = reply({}, 503)
    with pytest.raises(Unavailable):
        http.get("/a", deadline=soon())
    assert len(server.asked) == 3


def test_a_wait_that_does_not_fit_is_not_begun(server: FaultyServer, http: Http) -> None:
    server.routes["/a"] = reply({}, 503, {"Retry-After": "30"})
    started = time.monotonic()
    with pytest.raises(Unavailable, match="answered 503"):
        http.get("/a", deadline=started + 5)
    assert time.monotonic() - started < 3
    assert len(server.asked) == 1


def test_what_changes_something_is_sent_once(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = reply({}, 503)
    with pytest.raises(Unavailable):
        http.post("/a", {"x": 1}, deadline=soon())
    assert [asked.method for asked in server.asked] == ["POST"]


def test_an_unchanged_answer_comes_from_memory(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = with_etag([{"id": 1}])
    first, second = (http.get("/a", {"p": "1"}, deadline=soon()) for _ in range(2))
    assert first.json == second.json == [{"id": 1}]
    assert [asked.headers.get("if-none-match") for asked in server.asked] == [None, '"one"']
    first.json.append("spoilt")
    assert http.get("/a", {"p": "1"}, deadline=soon()).json == [{"id": 1}]


def test_another_query_is_another_answer(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = with_etag([])
    http.get("/a", {"p": "1"}, deadline=soon())
    http.get("/a", {"p": "2"}, deadline=soon())
    assert [asked.headers.get("if-none-match") for asked in server.asked] == [None, None]


def test_the_memory_is_bounded_in_entries_and_bytes() -> None:
    noise = random.Random(7).randbytes  # does not shrink when it is packed, but grows by 11 bytes
    cache = http_guards.EtagCache(entries=3, size=130)
    for number in range(5):
        cache.keep(f"/{number}", http_guards.Kept("e", 200, {}, {}, noise(30)))
    assert [cache.find(f"/{number}") is not None for number in range(5)] == [False, False, True, True, True]
    body = noise(110)
    cache.keep("/big", http_guards.Kept("e", 200, {}, {}, body))
    kept = cache.find("/big")
    assert kept is not None and kept.body == body and cache.find("/4") is None
    cache.keep("/too big", http_guards.Kept("e", 200, {}, {}, noise(131)))
    assert cache.find("/too big") is None


def test_pages_are_followed_on_the_same_server(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = reply(
        [1], headers={"Link": f'<{server.url}/b?page=2>; rel="next", <{server.url}/z>; rel="last"'}
    )
    server.routes["/b"] = reply([2])
    assert [answer.json for answer in http.pages("/a", {"n": "1"}, deadline=soon())] == [[1], [2]]
    assert [asked.query for asked in server.asked] == [{"n": "1"}, {"page": "2"}]


def test_pages_that_lead_elsewhere_or_nowhere_end(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/out"] = reply([], headers={"Link": '<http://elsewhere.example/x>; rel="next"'})
    server.routes["/loop"] = reply([], headers={"Link": f'<{server.url}/loop?page=2>; rel="next"'})
    with pytest.raises(BadAnswer, match="lead to another server"):
        list(http.pages("/out", deadline=soon()))
    with pytest.raises(BadAnswer, match="lead in a circle"):
        list(http.pages("/loop", deadline=soon()))
    assert len(server.asked) == 3


def test_pages_are_bounded(server: FaultyServer, http: Http, soon: Soon) -> None:
    for number in range(9):
        server.routes[f"/{number}"] = reply([number], headers={"Link": f'<{server.url}/{number + 1}>; rel="next"'})
    assert [answer.json for answer in http.pages("/0", deadline=soon(), limit=4)] == [[0], [1], [2], [3]]


def test_a_redirect_never_takes_the_credentials_along(server: FaultyServer, http: Http, soon: Soon) -> None:
    with FaultyServer() as other:
        other.routes["/b"] = reply({"from": "other"})
        server.routes["/a"] = redirect(f"{other.url}/b", 302)
        with pytest.raises(BadAnswer, match="redirects us"):
            http.get("/a", deadline=soon())
        assert other.asked == []
        assert http.get("/a", deadline=soon(), follow=True).json == {"from": "other"}
        assert "authorization" not in other.asked[0].headers


def test_a_redirect_at_home_keeps_them_and_ends(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/old"] = redirect("/new")
    server.routes["/new"] = reply({"name": "new"})
    assert http.get("/old", deadline=soon(), follow=True).json == {"name": "new"}
    assert server.asked[1].headers["authorization"] == "Bearer made-up"
    server.routes["/a"] = redirect("/a")
    with pytest.raises(BadAnswer, match="redirects that do not end"):
        http.get("/a", deadline=soon(), follow=True)


def test_repeated_failures_pause_until_a_probe_succeeds(
    server: FaultyServer, http: Http, soon: Soon, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.routes["/a"] = reply({}, 500)
    for _ in range(5):
        with pytest.raises(Unavailable, match="answered 500"):
            http.get("/a", deadline=soon())
    with pytest.raises(Unavailable, match="failed several times in a row and is asked again in 15 s"):
        http.get("/a", deadline=soon())
    assert len(server.asked) == 5
    later = time.monotonic() + 16
    monkeypatch.setattr(http_guards.time, "monotonic", lambda: later)
    server.routes["/a"] = in_turn(reply({}, 500), reply({"ok": True}))
    with pytest.raises(Unavailable, match="answered 500"):
        http.get("/a", deadline=later + 5)
    with pytest.raises(Unavailable, match="asked again in 15 s"):
        http.get("/a", deadline=later + 5)
    monkeypatch.setattr(http_guards.time, "monotonic", lambda: later + 16)
    assert [http.get("/a", deadline=later + 21).json for _ in range(2)] == [{"ok": True}] * 2


def test_a_rate_limit_is_kept_without_asking_again(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = reply({}, 429, {"Retry-After": "40"})
    for _ in range(3):
        with pytest.raises(RateLimited, match="asks to wait 40 s: its rate limit is used up") as caught:
            http.get("/a", deadline=soon())
        assert caught.value.retry_after == pytest.approx(40, abs=1)
    assert len(server.asked) == 1


def test_a_full_pool_says_so_at_once(server: FaultyServer, soon: Soon) -> None:
    inside, leave = threading.Barrier(3), threading.Event()

    def wait(exchange: faults.Exchange) -> bool:
        inside.wait(5)
        leave.wait(5)
        return reply({"ok": True})(exchange)

    server.routes["/a"] = wait
    http = Http("github", server.url, pool=2)
    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(http.get, "/a", deadline=soon()) for _ in range(2)]
        inside.wait(5)
        with pytest.raises(Unavailable, match="already being asked 2 things at once"):
            http.get("/a", deadline=soon())
        leave.set()
        assert [one.result().json for one in running] == [{"ok": True}] * 2
    http.close()


def test_calls_are_counted_by_outcome_and_logged_without_secrets(server: FaultyServer, soon: Soon) -> None:
    http = Http("metered", server.url, lambda *_: {"Authorization": "Bearer made-up"})
    server.routes["/a"] = reply({})
    with capture_logs() as logged:
        http.get("/a", {"secret": "query"}, deadline=soon())
        with pytest.raises(Missing):
            http.get("/b?secret=query", deadline=soon())
    http.close()
    count = "assistant_provider_requests_total"
    assert REGISTRY.get_sample_value(count, {"provider": "metered", "outcome": "ok"}) == 1
    assert REGISTRY.get_sample_value(count, {"provider": "metered", "outcome": "Missing"}) == 1
    assert REGISTRY.get_sample_value("assistant_provider_request_seconds_count", {"provider": "metered"}) == 2
    assert [(line["path"], line["outcome"]) for line in logged] == [("/a", "ok"), ("/b", "Missing")]
    assert "made-up" not in str(logged) and "query" not in str(logged)


def test_the_companys_proxy_is_used_and_a_netrc_is_not(
    server: FaultyServer, soon: Soon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine api.example login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.routes.update({"/a": reply({"ok": True}), "/drip": faults.drip_headers})
    http = Http("github", "http://api.example", lambda *_: {"Authorization": "Bearer made-up"})
    assert http.get("/a", deadline=soon()).json == {"ok": True}
    assert server.asked[0].headers["authorization"] == "Bearer made-up"
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"did not answer in time"):
        http.get("/drip", deadline=started + 0.4)
    assert time.monotonic() - started < 3
    http.close()


def test_what_runs_here_is_never_asked_for_through_a_proxy(
    server: FaultyServer, http: Http, soon: Soon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server.routes["/a"] = reply({"ok": True})
    assert http.get("/a", deadline=soon()).json == {"ok": True}


def test_cookies_of_a_provider_are_not_kept(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = reply({}, headers={"Set-Cookie": "session=1"})
    http.get("/a", deadline=soon())
    http.get("/a", deadline=soon())
    assert "cookie" not in server.asked[1].headers


def test_connections_are_used_again(server: FaultyServer, http: Http, soon: Soon) -> None:
    server.routes["/a"] = reply({})
    for _ in range(3):
        http.get("/a", deadline=soon())
    assert len(server._open) == 1
