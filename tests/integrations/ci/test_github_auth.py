"""GitHub is shown the right credentials, in time, and its ways to say no are understood."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from prometheus_client import REGISTRY

from assistant.contracts.errors import BadAnswer, NotConnected, ProviderError, RateLimited, Refused, Unavailable
from assistant.integrations.ci.github_auth import AppCredentials, TokenCredentials, connect
from tests.integrations.ci.github_answers import provider
from tests.integrations.faulty_server import Behaviour, Exchange, FaultyServer, reply

Soon = Callable[[], float]

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
TOKENS = "/app/installations/42/access_tokens"


def token(value: str, minutes: float) -> dict[str, str]:
    expires = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    return {"token": value, "expires_at": expires.strftime("%Y-%m-%dT%H:%M:%SZ")}


def app(server: FaultyServer, minutes: float = 60) -> list[str]:
    """GitHub with our App installed for epetech; gives the list of the tokens handed out."""
    given: list[str] = []

    def hand_out(exchange: Exchange) -> bool:
        given.append(f"made-up-{len(given) + 1}")
        return reply(token(given[-1], minutes), 201)(exchange)

    for repository in ("payments", "search"):
        server.routes[f"/repos/epetech/{repository}"] = reply({})
        server.routes[f"/repos/epetech/{repository}/installation"] = reply({"id": 42})
    server.routes[TOKENS] = hand_out
    return given


def test_a_token_and_the_api_version_are_sent(server: FaultyServer, soon: Soon) -> None:
    server.routes["/repos/epetech/payments"] = reply({})
    http = connect(provider(server.url), TokenCredentials(provider(server.url), "made-up"))
    http.get("/repos/epetech/payments", deadline=soon())
    http.close()
    sent = server.asked[0].headers
    assert sent["authorization"] == "Bearer made-up"
    assert sent["x-github-api-version"] == "2022-11-28"
    assert sent["accept"] == "application/vnd.github+json"


def test_a_refused_token_names_the_setting(server: FaultyServer, soon: Soon) -> None:
    server.routes["/user"] = reply({"message": "Bad credentials"}, 401)
    http = connect(provider(server.url), TokenCredentials(provider(server.url), "made-up"))
    with pytest.raises(Refused, match=r"^github refused the credentials \(401\): renew GITHUB_TOKEN\.$"):
        http.get("/user", deadline=soon())
    http.close()


def test_an_enterprise_address_keeps_its_path(server: FaultyServer, soon: Soon) -> None:
    server.routes["/api/v3/repos/epetech/payments"] = reply({})
    place = provider(f"{server.url}/api/v3/")
    http = connect(place, TokenCredentials(place, "made-up"))
    assert http.get("/repos/epetech/payments", deadline=soon()).status == 200
    http.close()


def test_an_app_gets_a_token_for_the_owner_and_keeps_it(server: FaultyServer, soon: Soon) -> None:
    given = app(server)
    http = connect(provider(server.url), AppCredentials(provider(server.url), "77", PEM))
    for repository in ("payments", "search", "payments"):
        http.get(f"/repos/epetech/{repository}", deadline=soon())
    http.close()
    assert given == ["made-up-1"]
    as_app = server.asked[0].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(as_app, KEY.public_key(), algorithms=["RS256"])
    assert claims["iss"] == "77"
    assert claims["exp"] - claims["iat"] <= 600, "GitHub accepts ten minutes at most"
    assert server.asked[-1].headers["authorization"] == "Bearer made-up-1"


@pytest.mark.parametrize(("minutes", "tokens"), [(4, 2), (6, 1)])
def test_a_token_is_renewed_five_minutes_before_it_expires(
    server: FaultyServer, soon: Soon, minutes: float, tokens: int
) -> None:
    given = app(server, minutes)
    http = connect(provider(server.url), AppCredentials(provider(server.url), "77", PEM))
    for _ in range(2):
        http.get("/repos/epetech/payments", deadline=soon())
    http.close()
    assert len(given) == tokens
    assert server.asked[-1].headers["authorization"] == f"Bearer made-up-{tokens}"


def test_many_threads_get_one_token(server: FaultyServer, soon: Soon) -> None:
    given = app(server)
    http = connect(provider(server.url), AppCredentials(provider(server.url), "77", PEM))
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(http.get, "/repos/epetech/payments", deadline=soon()) for _ in range(8)]
        assert [one.result().status for one in asked] == [200] * 8
    http.close()
    assert given == ["made-up-1"]


def test_an_owner_without_the_app_is_said(server: FaultyServer, soon: Soon) -> None:
    http = connect(provider(server.url), AppCredentials(provider(server.url), "77", PEM))
    with pytest.raises(Refused, match="has no installation of our App for elsewhere/x: install it there"):
        http.get("/repos/elsewhere/x", deadline=soon())
    http.close()


def test_a_token_that_makes_no_sense_is_named(server: FaultyServer, soon: Soon) -> None:
    app(server)
    server.routes[TOKENS] = reply({"token": "made-up"}, 201)
    http = connect(provider(server.url), AppCredentials(provider(server.url), "77", PEM))
    with pytest.raises(BadAnswer, match="sent a token that makes no sense"):
        http.get("/repos/epetech/payments", deadline=soon())
    http.close()


def test_a_token_that_does_not_come_holds_nobody(server: FaultyServer) -> None:
    app(server)
    server.routes[TOKENS] = lambda exchange: exchange.over.wait() and False
    http = connect(provider(server.url), AppCredentials(provider(server.url), "77", PEM))
    started = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(http.get, "/repos/epetech/search", deadline=started + 0.4) for _ in range(2)]
        assert all(isinstance(one.exception(), Unavailable) for one in asked)
    assert time.monotonic() - started < 3
    http.close()


@pytest.mark.parametrize("key", ["", "nonsense", PEM[:200]])
def test_a_key_that_is_none_is_said_without_showing_it(server: FaultyServer, soon: Soon, key: str) -> None:
    http = connect(provider(server.url), AppCredentials(provider(server.url), "77", key))
    with pytest.raises(NotConnected, match="GITHUB_APP_PRIVATE_KEY is not an RSA private key") as caught:
        http.get("/repos/epetech/payments", deadline=soon())
    assert not key or key not in f"{caught.value}{caught.value.details}"
    http.close()


def later(seconds: int) -> str:
    """A header's value, settled when the test runs: an hour of other tests may lie between."""
    return f"now+{seconds}"


def settled(value: str) -> str:
    return str(int(time.time()) + int(value.removeprefix("now+"))) if value.startswith("now+") else value


@pytest.mark.parametrize(
    ("status", "headers", "message", "kind", "told"),
    [
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": later(600)}, "", RateLimited, "to wait (9|10) min"),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": later(40)}, "", RateLimited, r"asks to wait \d\d s"),
        (403, {"x-ratelimit-remaining": "0"}, "", RateLimited, "asks to wait 60 s"),
        (403, {"Retry-After": "30", "x-ratelimit-remaining": "4000"}, "", RateLimited, "asks to wait 30 s"),
        (403, {}, "You have exceeded a secondary rate limit.", RateLimited, "asks to wait 60 s"),
        (429, {}, "", RateLimited, "asks to wait a while"),
        (403, {"x-ratelimit-remaining": "4000"}, "Resource not accessible", Refused, "the credentials lack a right"),
        (403, {"x-github-sso": "required; url=https://x"}, "Resource protected", Refused, "choose Configure SSO"),
        (403, {"x-ratelimit-remaining": "9" * 5000}, "", Refused, "the credentials lack a right"),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, "", RateLimited, "asks to wait 60 s"),
    ],
)  # fmt: skip
def test_every_way_to_say_no_is_told_apart(
    server: FaultyServer,
    soon: Soon,
    status: int,
    headers: dict[str, str],
    message: str,
    kind: type[ProviderError],
    told: str,
) -> None:
    headers = {name: settled(value) for name, value in headers.items()}
    server.routes["/a"] = reply({"message": message}, status, headers)
    http = connect(provider(server.url), TokenCredentials(provider(server.url), "made-up"))
    with pytest.raises(kind, match=told):
        http.get("/a", deadline=soon())
    http.close()


@pytest.mark.parametrize("answer", [reply(b"<html>", 403), reply([1], 403), reply({"message": 5}, 429)])
def test_a_no_in_another_form_is_still_a_no(server: FaultyServer, soon: Soon, answer: Behaviour) -> None:
    server.routes["/a"] = answer
    http = connect(provider(server.url), TokenCredentials(provider(server.url), "made-up"))
    with pytest.raises((Refused, RateLimited)):
        http.get("/a", deadline=soon())
    http.close()


def test_the_quota_that_is_left_is_shown_to_operators(server: FaultyServer, soon: Soon) -> None:
    server.routes["/a"] = reply(json.loads("{}"), headers={"x-ratelimit-remaining": "4321"})
    http = connect(provider(server.url), TokenCredentials(provider(server.url), "made-up"))
    http.get("/a", deadline=soon())
    http.close()
    assert REGISTRY.get_sample_value("assistant_provider_quota_remaining", {"provider": "github"}) == 4321
