"""Wrong tokens are said where somebody looks: at the start of `make serve`, and by `assistant doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant import slack_check
from assistant.bootstrap import Assistant
from assistant.cli import main
from assistant.settings import PROJECT, Settings
from assistant.slack_check import SlackCheck
from tests.slack_side import SlackSide, slack_side

HERE = {"ok": True, "team_id": "T1", "team": "Epetech", "user_id": "UBOT", "user": "assistant", "bot_id": "B1"}
REFUSED = {"ok": False, "error": "invalid_auth"}
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_SIGNING_SECRET": "s3cret"}


@pytest.fixture
def side() -> Iterator[SlackSide]:
    with slack_side() as made:
        made.answers |= {"auth.test": HERE, "apps.connections.open": {"ok": True, "url": "wss://x"}}
        yield made


def assistant(state: Path, **settings: str) -> Assistant:
    return Assistant(Settings({"CATALOG": str(PROJECT / "catalog"), "ASSISTANT_STATE": str(state), **settings}))


def doctor(state: Path, **settings: str) -> tuple[int, str]:
    """How `assistant doctor` ends and what it says about Slack."""
    done = CliRunner().invoke(main.commands["doctor"], [], obj=assistant(state, **settings))
    lines = done.output.splitlines()
    of_slack = [number for number, line in enumerate(lines) if "Slack" in line[:10]]
    return done.exit_code, "\n".join(f"{lines[each]} {lines[each + 1]}" for each in of_slack)


def test_doctor_names_the_workspace_and_how_slack_reaches_it(side: SlackSide, tmp_path: Path) -> None:
    code, told = doctor(tmp_path, SLACK_API_URL=side.url, **TOKENS)
    assert code == 0 and "✓ Slack: I speak in the workspace Epetech" in told and "by HTTP" in told
    code, told = doctor(tmp_path, SLACK_API_URL=side.url, SLACK_APP_TOKEN="xapp-made-up", **TOKENS)
    assert code == 0 and "by Socket Mode" in told


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-x"}, "SLACK_SIGNING_SECRET is missing"),
        ({"SLACK_SIGNING_SECRET": "x"}, "SLACK_BOT_TOKEN is missing"),
        ({**TOKENS, "SLACK_BOT_TOKEN": "xoxp-of-a-person"}, "bots a token with xoxb-"),
        ({**TOKENS, "SLACK_APP_TOKEN": "xoxb-no-app"}, "begins with xapp-"),
    ],
)
def test_doctor_names_what_is_missing_or_of_the_wrong_kind(
    side: SlackSide, tmp_path: Path, settings: dict[str, str], told: str
) -> None:
    code, said = doctor(tmp_path, SLACK_API_URL=side.url, **settings)
    assert code == 1 and "✗ Slack" in said and told in said
    assert not any(secret in said for secret in settings.values() if len(secret) > 6)


def test_without_slack_doctor_says_so_and_is_content(tmp_path: Path) -> None:
    code, told = doctor(tmp_path)
    assert code == 0 and "✓ Slack: not set up" in told


def test_a_refused_token_is_said_at_the_start_and_again_once_it_is_well(
    side: SlackSide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_check, "AGAIN_SECONDS", 0.0)
    side.answers["auth.test"] = REFUSED
    check = SlackCheck(assistant(tmp_path, SLACK_API_URL=side.url, **TOKENS))
    (line,) = check.lines()
    assert "takes no answer of mine" in line and "SLACK_BOT_TOKEN (invalid_auth)" in line and "Install App" in line
    assert check.lines() == []
    side.answers["auth.test"] = HERE
    assert "I speak in the workspace Epetech" in check.lines()[0]
    asked = len(side.called)
    assert check.lines() == [] and len(side.called) == asked


def test_one_question_is_enough_where_all_is_well(side: SlackSide, tmp_path: Path) -> None:
    check = SlackCheck(assistant(tmp_path, SLACK_API_URL=side.url, **TOKENS))
    assert len(check.lines()) == 2 and check.lines() == [] and side.called == ["auth.test"]


def test_an_address_where_nobody_answers_is_named(tmp_path: Path) -> None:
    url = "http://127.0.0.1:9/api/"
    (line,) = SlackCheck(assistant(tmp_path, SLACK_API_URL=url, **TOKENS)).lines()
    assert f"cannot be reached at {url}" in line and "I go on trying" in line


def test_a_refused_app_token_is_said(side: SlackSide, tmp_path: Path) -> None:
    side.answers["apps.connections.open"] = REFUSED
    (line,) = SlackCheck(assistant(tmp_path, SLACK_API_URL=side.url, SLACK_APP_TOKEN="xapp-old", **TOKENS)).lines()
    assert "does not reach me by Socket Mode" in line and "SLACK_APP_TOKEN (invalid_auth)" in line
