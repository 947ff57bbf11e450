"""Installing the app, against emulate; renewing tokens and losing them, against a stand-in for what it lacks."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet
from sqlalchemy.engine import Engine

from assistant.contracts.errors import NotConnected, Unavailable
from assistant.contracts.messaging import Workspace
from assistant.integrations.chat.workspaces import InstalledWorkspaces, Members, OneWorkspace
from assistant.integrations.store.installations import SqlInstallations
from assistant.integrations.store.leases import SqlLeases
from extensions.channels.slack.oauth import SCOPES
from tests.channels.slack.served import Slack, slack_served
from tests.peers import emulate_slack
from tests.slack_side import SlackSide, slack_side

KEY = Fernet.generate_key().decode()
REDIRECT = "https://assistant.epetech.online/webhooks/slack/oauth_redirect"


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    with emulate_slack(tmp_path_factory.mktemp("peer"), SCOPES) as told:
        yield told


@pytest.fixture
def slack(peer: Mapping[str, str], tmp_path: Path) -> Iterator[Slack]:
    settings = {"SLACK_CLIENT_ID": peer["client_id"], "SLACK_CLIENT_SECRET": peer["client_secret"]}
    with slack_served(tmp_path, SLACK_ENCRYPTION_KEYS=KEY, SLACK_API_URL=f"{peer['url']}/api", **settings) as served:
        yield served


def begin(slack: Slack, peer: Mapping[str, str]) -> tuple[requests.Session, dict[str, str]]:
    """A browser on the install page, and what Slack is asked for there."""
    browser = requests.Session()
    page = browser.get(f"{slack.url}/webhooks/slack/install", timeout=10)
    asked = re.search(r'href="([^"]+oauth/v2/authorize[^"]*)"', page.text)
    assert page.status_code == 200 and asked
    link = asked[1].replace("&amp;", "&")
    assert link.startswith(peer["url"])
    # The cookie is for https; the test's browser goes by http.
    browser.headers["Cookie"] = page.headers["Set-Cookie"].partition(";")[0]
    return browser, dict(parse_qsl(urlsplit(link).query))


def allowed(peer: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    """Ana allows it; what Slack sends her back with. Slack knows the address from the app's configuration."""
    form = {**asked, "user_id": peer["ana"], "redirect_uri": REDIRECT}
    callback = f"{peer['url']}/oauth/v2/authorize/callback"
    sent = requests.post(callback, data=form, allow_redirects=False, timeout=10)
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()}


def test_the_app_is_installed_and_speaks_with_its_own_token(slack: Slack, peer: Mapping[str, str]) -> None:
    browser, asked = begin(slack, peer)
    assert set(asked["scope"].split(",")) == set(SCOPES) and not asked.get("user_scope")
    redirect = f"{slack.url}/webhooks/slack/oauth_redirect"
    answer = browser.get(redirect, params=allowed(peer, asked), timeout=10)
    assert answer.status_code == 200, answer.text
    here = slack.assistant.workspaces.workspace(peer["team"])
    assert here and here.token.startswith("xoxb-") and here.bot_user == peer["bot_user"]
    assert slack.assistant.workspaces.teams() == (peer["team"],)
    assert OneWorkspace(here.token, f"{peer['url']}/api/").teams() == (peer["team"],)


def test_a_state_counts_once_in_the_browser_that_it_was_made_for(slack: Slack, peer: Mapping[str, str]) -> None:
    browser, asked = begin(slack, peer)
    redirect, back = f"{slack.url}/webhooks/slack/oauth_redirect", allowed(peer, asked)
    assert requests.get(redirect, params=back, timeout=10).status_code == 400
    forged = {**back, "state": "x" * 43}
    assert browser.get(redirect, params=forged, timeout=10).status_code == 400
    assert browser.get(redirect, params=back, timeout=10).status_code == 200
    assert browser.get(redirect, params=back, timeout=10).status_code == 401
    assert requests.get(redirect, timeout=10).status_code == 400
    assert requests.get(redirect, params={"error": "access_denied"}, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("event", "stays"),
    [
        ({"type": "app_uninstalled"}, False),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}, False),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, True),
    ],
)
def test_a_removed_app_forgets_its_tokens(slack: Slack, event: dict[str, Any], stays: bool) -> None:
    slack.assistant.installations.save(Workspace("T1", "UBOT", "xoxb-made-up"))
    assert slack.event(event).status_code == 200
    assert (slack.assistant.installations.find("T1") is not None) is stays


def test_who_is_a_full_member_is_asked_once_an_hour(peer: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    workspaces = OneWorkspace(peer["token"], f"{peer['url']}/api/")
    members = Members(workspaces, f"{peer['url']}/api/")
    assert members.full_member(peer["team"], peer["ana"])
    assert not members.full_member(peer["team"], peer["bot_user"])
    assert not members.full_member(peer["team"], "U0NOBODY")
    monkeypatch.setattr(workspaces, "workspace", lambda team: pytest.fail("asked again"))
    assert members.full_member(peer["team"], peer["ana"])


@pytest.fixture
def tokens() -> Iterator[SlackSide]:
    with slack_side() as made:
        yield made


FRESH = {
    "ok": True,
    "token_type": "bot",
    "access_token": "xoxe.xoxb-new",
    "refresh_token": "xoxe-new",
    "expires_in": 43200,
}


@pytest.fixture
def store(engine: Engine) -> SqlInstallations:
    return SqlInstallations(engine, [KEY])


def ending_in(minutes: int) -> Workspace:
    """A workspace whose token ends so soon; made when it is needed, since a whole run takes longer than that."""
    end = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    return Workspace("T1", "UBOT", "xoxe.xoxb-old", refresh_token="xoxe-old", expires_at=end)


def workspaces(store: SqlInstallations, tokens: SlackSide) -> InstalledWorkspaces:
    return InstalledWorkspaces(store, SqlLeases(store._engine), "1.2", "secret", tokens.url)


def test_a_token_is_renewed_in_time_and_by_one_alone(store: SqlInstallations, tokens: SlackSide) -> None:
    store.save(ending_in(5))
    tokens.answers["oauth.v2.access"] = FRESH
    several = [workspaces(store, tokens) for _ in range(4)]
    got: list[Workspace | None] = []
    threads = [threading.Thread(target=lambda one=one: got.append(one.workspace("T1"))) for one in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each["refresh_token"] for each in tokens.asked] == [["xoxe-old"]]
    assert {each.token for each in got if each} <= {"xoxe.xoxb-old", "xoxe.xoxb-new"} and len(got) == 4
    after = workspaces(store, tokens).workspace("T1")
    assert after and (after.token, after.refresh_token) == ("xoxe.xoxb-new", "xoxe-new")
    assert after.expires_at and after.expires_at > datetime.now(timezone.utc) + timedelta(hours=11)
    assert len(tokens.asked) == 1


def test_a_token_that_cannot_be_renewed_is_used_to_its_end(store: SqlInstallations, tokens: SlackSide) -> None:
    tokens.answers["oauth.v2.access"] = {"ok": False, "error": "internal_error"}
    store.save(ending_in(5))
    still = workspaces(store, tokens).workspace("T1")
    assert still and still.token == "xoxe.xoxb-old"
    store.save(ending_in(-1))
    with pytest.raises(Unavailable):
        workspaces(store, tokens).workspace("T1")


def test_a_refused_token_is_said_without_showing_it(tokens: SlackSide) -> None:
    tokens.answers["auth.test"] = {"ok": False, "error": "token_revoked"}
    with pytest.raises(NotConnected, match="SLACK_BOT_TOKEN") as refused:
        OneWorkspace("xoxb-secret", tokens.url).teams()
    assert "xoxb-secret" not in str(refused.value)


def test_slack_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        OneWorkspace("xoxb-secret", "http://127.0.0.1:9/api/").teams()
