"""Whether Slack takes our tokens, and whose they are."""

from __future__ import annotations

import logging

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import WebClient

from assistant.contracts.errors import NotConnected, Unavailable
from assistant.contracts.messaging import Workspace

SECONDS = 5
"""For one call of Slack's Web API."""
_REFUSED = (
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    "not_allowed_token_type",
)  # fmt: skip
_BOT, _APP = "xoxb-", "xapp-"
_quiet = logging.getLogger("slack_sdk.tokens")
_quiet.setLevel(logging.CRITICAL)  # who asks says what is wrong


def bot_of(token: str, api_url: str) -> Workspace:
    """The workspace that ``SLACK_BOT_TOKEN`` is for, and who speaks there with it.

    https://docs.slack.dev/reference/methods/auth.test (needs no scope). Raises NotConnected, Unavailable.
    """
    if _BOT not in token:
        # A person's token is accepted, too: everything would be said in that person's name.
        raise NotConnected("Slack", f"gives bots a token with {_BOT}…; SLACK_BOT_TOKEN is another one")
    try:
        told = WebClient(token, base_url=api_url, timeout=SECONDS, logger=_quiet).auth_test()
    except (SlackClientError, OSError) as error:
        raise failure(error, "SLACK_BOT_TOKEN", api_url) from error
    bot_id = str(told.get("bot_id") or "")
    return Workspace(str(told["team_id"]), str(told["user_id"]), token, str(told.get("team") or ""), bot_id)


def require_socket(token: str, api_url: str) -> None:
    """Raise NotConnected or Unavailable unless Slack opens a connection for ``SLACK_APP_TOKEN``.

    https://docs.slack.dev/reference/methods/apps.connections.open (``connections:write``, of the app, not of the bot)
    """
    if not token.startswith(_APP):
        raise NotConnected("Slack", f"gives apps a token that begins with {_APP}; SLACK_APP_TOKEN is another one")
    try:
        WebClient(base_url=api_url, timeout=SECONDS, logger=_quiet).apps_connections_open(app_token=token)
    except (SlackClientError, OSError) as error:
        raise failure(error, "SLACK_APP_TOKEN", api_url) from error


def failure(error: Exception, what: str, api_url: str) -> NotConnected | Unavailable:
    """As an error of ours; the token itself never stands in it."""
    if not isinstance(error, SlackApiError):
        return Unavailable("Slack", f"cannot be reached at {api_url}", repr(error))
    said = str(error.response.get("error"))
    if said in _REFUSED:
        return NotConnected("Slack", f"does not accept {what} ({said})")
    return Unavailable("Slack", f"did not answer as it should ({said})")
