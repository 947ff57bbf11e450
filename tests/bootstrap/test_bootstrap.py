"""Which world is asked, and who is who."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.bootstrap import Assistant, find_person
from assistant.contracts.actor import GUEST, Actor
from assistant.contracts.errors import Invalid, NotConnected
from assistant.settings import PROJECT, Secret, Settings, load_settings


def assistant(tmp_path: Path, **settings: str) -> Assistant:
    return Assistant(Settings({"ASSISTANT_STATE": str(tmp_path), "CATALOG": str(PROJECT / "catalog"), **settings}))


def test_without_credentials_every_provider_is_the_sandbox(tmp_path: Path) -> None:
    one = assistant(tmp_path, ASSISTANT_SANDBOX_URL="http://127.0.0.1:1")
    assert one.sandbox
    with pytest.raises(Exception, match="github cannot be reached"):
        one.ping("github")


@pytest.mark.parametrize(
    "credentials",
    [{"GITHUB_TOKEN": "t"}, {"GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY": "pem"}],
    ids=["token", "app"],
)
def test_the_first_real_credential_switches_the_whole_sandbox_off(tmp_path: Path, credentials: dict[str, str]) -> None:
    one = assistant(tmp_path, ASSISTANT_SANDBOX_URL="http://127.0.0.1:1", **credentials)
    assert not one.sandbox
    for name, provider in one.source.current().providers.items():
        if provider.kind in ("alertmanager", "prometheus"):
            assert one._http(provider).base_url == provider.url, name


def test_half_of_an_apps_credentials_are_none(tmp_path: Path) -> None:
    assert assistant(tmp_path, GITHUB_APP_ID="1").sandbox


def test_a_provider_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotConnected, match="not among the providers"):
        assistant(tmp_path).ci("gitlab")
    with pytest.raises(NotConnected, match="is not a CI system"):
        assistant(tmp_path).ci("prometheus")


def test_an_account_is_mapped_to_a_person_and_a_stranger_is_not(tmp_path: Path) -> None:
    catalogue = assistant(tmp_path).source.current()
    ana = catalogue.people["ana-duarte"]
    assert find_person(catalogue, Actor("local", "ana-duarte")) == ana
    assert find_person(catalogue, Actor("T1", str(ana.slack))) == ana
    assert find_person(catalogue, Actor("T1", "ana-duarte")) is None
    assert find_person(catalogue, GUEST) is None


def test_the_same_id_in_another_workspace_is_somebody_else(tmp_path: Path) -> None:
    catalogue = replace(assistant(tmp_path).source.current(), slack_workspaces=("T1",))
    ana = catalogue.people["ana-duarte"]
    assert find_person(catalogue, Actor("T1", str(ana.slack))) == ana
    assert find_person(catalogue, Actor("T2", str(ana.slack))) is None


def test_a_secret_shows_itself_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("hunter2\n", encoding="utf-8")
    settings = load_settings({"GITHUB_TOKEN_FILE": str(file), "DATABASE_URL": "sqlite:///hunter2.db"})
    secret = settings.secret("GITHUB_TOKEN")
    assert secret is not None and secret.value == "hunter2"
    assert "hunter2" not in f"{secret} {secret!r} {settings!r} {Secret('hunter2')}"


@pytest.mark.parametrize(
    ("name", "value", "ask"),
    [
        ("RASA_PORT", "80000", lambda settings: settings.port("RASA_PORT", 1)),
        ("RASA_PORT", "http", lambda settings: settings.port("RASA_PORT", 1)),
        ("ANSWER_DEADLINE", "soon", lambda settings: settings.seconds("ANSWER_DEADLINE", 1)),
        ("ANSWER_DEADLINE", "-1", lambda settings: settings.seconds("ANSWER_DEADLINE", 1)),
        ("LOG_LEVEL", "loud", lambda settings: settings.log_level),
        ("GITHUB_TOKEN_FILE", "/nowhere", lambda settings: settings.secret("GITHUB_TOKEN")),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str, ask: object) -> None:
    with pytest.raises(Invalid, match=name):
        ask(Settings({name: value}))  # type: ignore[operator]
