"""What Slack delivers → what somebody did, or nothing when it is nobody's business.

Shapes: https://docs.slack.dev/apis/events-api and https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from assistant.contracts.messaging import Incoming, Kind, incoming_id
from assistant.safeguards.redaction import redact

_ID = re.compile(r"[A-Za-z0-9._-]{1,60}")
_SAID = (None, "file_share", "thread_broadcast")
"""Subtypes of messages that are somebody's words; edits, joins, bots and the like are not."""

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Heard:
    """A message; ``plain`` is a reply in a thread that does not call the assistant by name."""

    incoming: Incoming
    plain: bool


def message(body: Body, now: datetime) -> Heard | None:
    """A message to the assistant or in a thread, None for everything else that is said in its channels."""
    event = body["event"]
    if event.get("subtype") not in _SAID or event.get("bot_id") or event.get("hidden") or not event.get("user"):
        return None
    team, bot_user = _installed(body)
    direct = event.get("channel_type") == "im"
    called = event["type"] == "app_mention" or (bot_user and f"<@{bot_user}" in event.get("text", ""))
    thread = str(event.get("thread_ts") or ("" if direct else event["ts"]))
    if not direct and not called and thread == event["ts"]:
        return None
    incoming = _incoming(
        Kind.MESSAGE,
        # One message comes as `message` and as `app_mention`.
        incoming_id("message", team, str(event["channel"]), str(event["ts"])),
        (team, str(event["user"]), _home(event, team), str(event["channel"])),
        thread,
        now,
        text=redact(str(event.get("text") or "")),
        body={key: value for key, value in event.items() if key not in ("text", "blocks", "attachments", "files")},
        sent_at=_moment(str(event["ts"]), now),
        lane="" if direct else thread,
    )
    return Heard(incoming, plain=not direct and not called) if incoming else None


def home_opened(body: Body, now: datetime) -> Incoming | None:
    """Somebody opens the App Home; its other tab, the direct message, shows itself."""
    event = body["event"]
    if event.get("tab") != "home":
        return None
    team, _ = _installed(body)
    who = (team, str(event["user"]), _home(event, team), "")
    return _incoming(Kind.HOME, incoming_id("home", str(body["event_id"])), who, "", now, body=event, lane="app")


def uninstalled(body: Body, _now: datetime) -> str:
    """The workspace whose tokens are gone, "" for one that keeps the bot's."""
    event = body["event"]
    gone = event["type"] == "app_uninstalled" or event.get("tokens", {}).get("bot")
    return str(body["team_id"]) if gone else ""


def command(body: Body, now: datetime) -> Incoming | None:
    """A slash command; ``body`` are the fields of its form."""
    team, channel = str(body["team_id"]), str(body["channel_id"])
    key = incoming_id("command", str(body["trigger_id"]))
    text = redact(str(body.get("text") or ""))
    who = (team, str(body["user_id"]), team, channel)
    return _incoming(Kind.COMMAND, key, who, "", now, text=text, body=_without_token(body))


def action(body: Body, now: datetime) -> Incoming | None:
    """A click on a button or a choice in a menu."""
    clicked = body["actions"][0]
    who = _clicker(body, str(body.get("channel", {}).get("id") or ""))
    key = incoming_id("action", str(body.get("trigger_id") or ""), who[1], str(clicked["action_ts"]))
    place = {**body.get("message", {}), **body.get("container", {})}
    direct = who[3].startswith("D")
    shown = "" if direct or place.get("is_ephemeral") else str(place.get("ts") or place.get("message_ts") or "")
    thread = str(place.get("thread_ts") or shown)
    return _incoming(
        Kind.ACTION,
        key,
        who,
        thread,
        now,
        body=_without_token(body),
        sent_at=_moment(str(clicked["action_ts"]), now),
        lane="" if direct else thread,
    )


def view(body: Body, now: datetime) -> Incoming | None:
    """A form that was sent."""
    key = incoming_id("view", str(body["view"]["id"]), str(body["view"].get("hash")))
    return _incoming(Kind.VIEW, key, _clicker(body, ""), "", now, body=_without_token(body), lane="app")


def shortcut(body: Body, now: datetime) -> Incoming | None:
    """“Ask the assistant about this” on a message."""
    about = body["message"]
    who = _clicker(body, str(body["channel"]["id"]))
    direct = who[3].startswith("D")
    thread = str(about.get("thread_ts") or ("" if direct else about["ts"]))
    key = incoming_id("shortcut", str(body["trigger_id"]))
    lane = "" if direct else thread
    text = redact(str(about.get("text") or ""))
    return _incoming(Kind.SHORTCUT, key, who, thread, now, text=text, body=_without_token(body), lane=lane)


def _incoming(
    kind: Kind,
    key: str,
    who: tuple[str, str, str, str],
    thread: str,
    now: datetime,
    *,
    text: str = "",
    body: Body | None = None,
    sent_at: datetime | None = None,
    lane: str = "",
) -> Incoming | None:
    """``lane`` sets one conversation of a person in a channel apart from the others."""
    team, user, home, channel = who
    conversation = ".".join(part for part in (team, user, channel, lane) if part)
    if not all(_ID.fullmatch(part) for part in (team, user, home, channel or "-", thread or "-")):
        return None
    return Incoming(
        id=key,
        kind=kind,
        team=team,
        user=user,
        home=home,
        channel=channel,
        thread=thread,
        conversation=conversation,
        text=text,
        sent_at=sent_at or now,
        received_at=now,
        body=body or {},
    )


def _installed(body: Body) -> tuple[str, str]:
    """The workspace whose installation this is for, and the assistant's user there ("" when Slack does not say).

    In a channel that is shared with another organisation ``team_id`` may be that one's.
    """
    ours = (body.get("authorizations") or [{}])[0]
    return str(ours.get("team_id") or body["team_id"]), str(ours.get("user_id") or "") if ours.get("is_bot") else ""


def _home(event: Body, team: str) -> str:
    """The workspace that the author belongs to."""
    return str(event.get("user_team") or event.get("source_team") or event.get("team") or team)


def _clicker(body: Body, channel: str) -> tuple[str, str, str, str]:
    user = body["user"]
    team = str((body.get("team") or {}).get("id") or user["team_id"])
    return team, str(user["id"]), str(user.get("team_id") or team), channel


def _moment(ts: str, now: datetime) -> datetime:
    """Slack's ``1711000000.000200``; never in the future, whatever clocks say."""
    try:
        return min(datetime.fromtimestamp(float(ts), timezone.utc), now)
    except (ValueError, OverflowError, OSError):
        return now


def _without_token(body: Body) -> Body:
    """Without the old verification token, which is a secret of the app."""
    return {key: value for key, value in body.items() if key != "token"}
