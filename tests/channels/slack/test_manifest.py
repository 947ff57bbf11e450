"""The manifest: every right that the code needs, none besides, and every door that there is."""

from __future__ import annotations

import ast
from pathlib import Path

import yaml
from slack_sdk.web import WebClient

from assistant.settings import PROJECT
from extensions.channels.slack.command_table import COMMANDS
from extensions.channels.slack.oauth import PATH, SCOPES

MANIFEST = yaml.safe_load((PROJECT / "deploy/slack/manifest.yaml").read_text(encoding="utf-8"))

# https://docs.slack.dev/reference/methods: the bot scopes of each method; for some it depends on the kind of channel.
_HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}
METHODS = {
    # With the app's token, which has a scope of its own (docs/slack.md), not with the bot's.
    "apps_connections_open": set(),
    "auth_test": set(),
    "chat_delete": {"chat:write"},
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": _HISTORY,
    "conversations_open": {"im:write"},
    "conversations_replies": _HISTORY,
    "files_upload_v2": {"files:write"},
    "reactions_add": {"reactions:write"},
    "reactions_remove": {"reactions:write"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}
# https://docs.slack.dev/reference/events
EVENTS = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
    "tokens_revoked": set(),
}
FOLDERS = ("assistant/integrations/chat", "assistant/messaging", "extensions/channels/slack")


def called() -> set[str]:
    """The methods of the Web API that stand in the code."""
    known = {name for name in dir(WebClient) if "_" in name and not name.startswith("_")}
    files = [path for folder in FOLDERS for path in (PROJECT / folder).rglob("*.py")]
    return {name for path in files for name in attributes(path)} & (known - {"api_call", "base_url"})


def attributes(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_every_method_that_is_called_is_known_with_its_scopes() -> None:
    assert called() == set(METHODS)


def test_the_scopes_are_what_methods_events_and_commands_need_and_nothing_else() -> None:
    needed = {"commands"}.union(*METHODS.values(), *EVENTS.values())
    scopes = MANIFEST["oauth_config"]["scopes"]
    assert list(scopes) == ["bot"]
    assert scopes["bot"] == sorted(needed) == list(SCOPES)


def test_every_event_that_is_listened_for_is_sent_and_no_other() -> None:
    assert MANIFEST["settings"]["event_subscriptions"]["bot_events"] == sorted(EVENTS)
    receive = (PROJECT / "extensions/channels/slack/receive.py").read_text(encoding="utf-8")
    assert all(f'"{event.partition(".")[0]}"' in receive for event in EVENTS)


def test_every_command_has_its_place_and_its_hint() -> None:
    offered = {each["command"]: each for each in MANIFEST["features"]["slash_commands"]}
    assert set(offered) == {f"/{name}" for name in COMMANDS}
    assert all(each["should_escape"] and len(each["description"]) <= 80 for each in offered.values())


def test_every_address_is_a_route_of_ours() -> None:
    told = yaml.safe_dump(MANIFEST)
    start = f"https://assistant.epetech.online{PATH}/"
    routes = {word.strip("'\"").removeprefix(start) for word in told.split() if word.strip("'\"").startswith("http")}
    assert routes == {"events", "commands", "interactions", "oauth_redirect"}


def test_every_scope_and_event_has_its_reason_in_the_documents() -> None:
    page = (PROJECT / "docs/slack.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    explained = {word.strip("`") for row in rows for word in row.split("|")[1].replace(",", " ").split()}
    assert {*SCOPES, *EVENTS} <= explained
