"""Whether Slack takes what we say and brings what people ask, asked of Slack itself."""

from __future__ import annotations

import time
from collections.abc import Iterator

from assistant.bootstrap import Assistant
from assistant.contracts.errors import AssistantError, Invalid, Unavailable
from assistant.finding import Finding
from assistant.integrations.chat.tokens import require_socket
from assistant.settings import SlackApp

AGAIN_SECONDS = 60.0
_BOT = "copy the “Bot User OAuth Token” of “Install App” into SLACK_BOT_TOKEN, and start me again"
_APP = "copy an app-level token with the scope connections:write into SLACK_APP_TOKEN, and start me again"
_AWAY = "look at the network, and at SLACK_API_URL if you set it"
_INSTALL = "whoever may install apps opens /webhooks/slack/install at your address"


def slack_findings(assistant: Assistant) -> Iterator[Finding]:
    """What of Slack is set up, and what Slack says to it; it is asked at most five seconds for each token."""
    try:
        app = assistant.settings.slack
        if app:
            app.require_inbound()
    except Invalid as error:
        yield Finding(False, "Slack", str(error))
        return
    if app is None:
        yield Finding(True, "Slack: not set up; only `make chat` and `make ask` reach me", "docs/slack.md")
        return
    yield _speaks(assistant)
    yield _hears(app)


def _speaks(assistant: Assistant) -> Finding:
    try:
        teams = assistant.workspaces.teams()
        here = [assistant.workspaces.workspace(team) for team in teams]
    except AssistantError as error:
        return Finding(False, "Slack takes no answer of mine", _advice(error, _BOT))
    if not here:
        return Finding(False, "Slack: I am installed in no workspace", _INSTALL)
    names = ", ".join(each.name or each.team for each in here if each)
    return Finding(True, f"Slack: I speak in the workspace {names}")


def _hears(app: SlackApp) -> Finding:
    if app.app_token is None:
        return Finding(True, "Slack: reaches me by HTTP, below /webhooks/slack/")
    try:
        require_socket(app.app_token.value, app.api_url)
    except AssistantError as error:
        return Finding(False, "Slack does not reach me by Socket Mode", _advice(error, _APP))
    return Finding(True, "Slack: reaches me by Socket Mode")


def _advice(error: AssistantError, otherwise: str) -> str:
    return f"{str(error).rstrip('.')}: {_AWAY if isinstance(error, Unavailable) else otherwise} (docs/slack.md)"


class SlackCheck:
    """For whoever keeps `make serve` in sight: what is wrong is said at the start, and once more when it is well."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant, self._due = assistant, 0.0
        self._told: list[str] = []

    def lines(self) -> list[str]:
        """What is new; Slack is asked again every minute, until all is well."""
        if time.monotonic() < self._due:
            return []
        found = list(slack_findings(self._assistant))
        bad = [f"{each.what}. {each.advice}. Meanwhile I go on trying." for each in found if not each.ok]
        told, self._told = self._told, bad
        self._due = time.monotonic() + AGAIN_SECONDS if bad else float("inf")
        return [*(line for line in bad if line not in told), *([] if bad else [each.what for each in found])]
