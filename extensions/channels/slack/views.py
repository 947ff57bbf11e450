"""Windows: why an answer was no good, and the settings of a channel or a person.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from zoneinfo import available_timezones

from assistant.contracts.actor import Actor
from assistant.contracts.card import Card
from assistant.contracts.messaging import Incoming
from assistant.contracts.post import KINDS, REPLIES, Answered, ChatSettings, Opinion, Post, PostKind
from assistant.safeguards.redaction import redact
from extensions.channels.slack.desk import Desk

_REASON, _SETTINGS = "reason", "settings"
_MOST = 100
"""Options that Slack takes in a menu."""
_KIND_WORDS = {
    "deployments": "Deployments: one message each, kept current",
    "alerts": "Alerts that fire and end",
    "approvals": "Requests that wait for approval",
    "digests": "A summary every morning",
}
_REPLY_WORDS = {"mentions": "only what names me", "always": "every reply in threads where I take part"}
_NOWHERE = "none"


async def ask_reason(desk: Desk, incoming: Incoming, answer: Answered) -> None:
    """Open the window that asks what was wrong with an answer."""
    field = {"type": "plain_text_input", "action_id": "value", "multiline": True, "max_length": 1000}
    block = {"type": "input", "block_id": "reason", "optional": True, "element": field, "label": _text("Why?")}
    view = _modal(_REASON, "What was wrong?", "Send", [block], {"answer": answer.id})
    await _open(desk, incoming, view)


async def open_settings(desk: Desk, incoming: Incoming) -> None:
    """Open the settings: of the channel, or in a direct message and in the App Home one's own."""
    own = not incoming.channel or incoming.channel.startswith("D")
    place = incoming.user if own else incoming.channel
    now = await desk.run(desk.assistant.chat_settings, incoming.team, place)
    services = list(desk.assistant.source.current().services)
    title = "Your settings" if own else "Settings of channel"
    blocks = _own(now, services) if own else _channels(now, services)
    await _open(desk, incoming, _modal(_SETTINGS, title, "Save", blocks, {"place": place}))


async def handle(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Take what was sent from a window."""
    view = incoming.body["view"]
    about: Mapping[str, str] = json.loads(view.get("private_metadata") or "{}")
    values: dict[str, Mapping[str, Any]] = {
        name: next(iter(fields.values()), {}) for name, fields in view["state"]["values"].items()
    }
    now = datetime.now(timezone.utc)
    if view["callback_id"] == _REASON:
        reason = redact(str(values.get("reason", {}).get("value") or ""))
        answer = await desk.run(desk.assistant.answers.answer, about["answer"])
        await desk.run(
            desk.assistant.answers.judge, Opinion(about["answer"], incoming.user, False, reason), answer, now
        )
        await desk.say(incoming, Card("Thank you. I keep this with the question and my answer, for whoever trains me."))
    elif view["callback_id"] == _SETTINGS:
        chosen = ChatSettings(
            kinds=_kinds(values.get("kinds")),
            replies=_one(values.get("replies")),
            service=_one(values.get("service")),
            zone=_one(values.get("zone")),
        )
        choices = desk.assistant.chat_choices
        await desk.run(choices.choose, incoming.team, about["place"], chosen, incoming.user, now)
        await desk.say(incoming, Card(f"Saved: {described(chosen)}."))


def described(settings: ChatSettings) -> str:
    """The settings as the end of a sentence."""
    kinds = ", ".join(settings.kinds or ()) or "none"
    parts = [f"messages by myself: {kinds}", f"replies: {_REPLY_WORDS[settings.replies or 'mentions']}"]
    parts += [f"default service: {settings.service}"] if settings.service else []
    parts += [f"time zone: {settings.zone}"] if settings.zone else []
    return "; ".join(parts)


def _channels(now: ChatSettings, services: Sequence[str]) -> list[Mapping[str, Any]]:
    kinds = [_option(kind, _KIND_WORDS[kind]) for kind in KINDS]
    boxes: dict[str, Any] = {"type": "checkboxes", "action_id": "value", "options": kinds}
    if now.kinds:
        boxes["initial_options"] = [option for option in kinds if option["value"] in now.kinds]
    replies = [_option(reply, _REPLY_WORDS[reply]) for reply in REPLIES]
    return [
        _input("kinds", "What I say here by myself", boxes),
        _input("replies", "What I read in threads", _menu(replies, now.replies or REPLIES[0])),
        _service(now, services),
    ]


def _own(now: ChatSettings, services: Sequence[str]) -> list[Mapping[str, Any]]:
    regions: dict[str, list[Mapping[str, Any]]] = {}
    for zone in sorted(available_timezones()):
        region, _, city = zone.partition("/")
        if city and region not in ("Etc", "SystemV", "US", "posix", "right"):
            regions.setdefault(region, []).append(_option(zone, zone))
    groups = [
        {"label": _text(name if start == 0 else f"{name} …"), "options": options[start : start + _MOST]}
        for name, options in regions.items()
        for start in range(0, len(options), _MOST)
    ]
    menu: dict[str, Any] = {"type": "static_select", "action_id": "value", "option_groups": groups}
    known = {option["value"]: option for options in regions.values() for option in options}
    if now.zone in known:
        menu["initial_option"] = known[now.zone]
    return [_service(now, services), _input("zone", "Your time zone, for “at 3 pm”", menu)]


def _service(now: ChatSettings, services: Sequence[str]) -> Mapping[str, Any]:
    label = "The service that is meant when none is named"
    options = [_option(_NOWHERE, "None"), *(_option(name, name) for name in services)]
    if len(options) <= _MOST:
        return _input("service", label, _menu(options, now.service or _NOWHERE))
    field: dict[str, Any] = {"type": "plain_text_input", "action_id": "value", "max_length": 63}
    return _input("service", label, {**field, "initial_value": now.service} if now.service else field)


def _modal(
    callback: str, title: str, submit: str, blocks: Sequence[Mapping[str, Any]], about: Mapping[str, str]
) -> Mapping[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _text(title),
        "submit": _text(submit),
        "close": _text("Cancel"),
        "private_metadata": json.dumps(about),
        "blocks": list(blocks),
    }


async def _open(desk: Desk, incoming: Incoming, view: Mapping[str, Any]) -> None:
    trigger = str(incoming.body.get("trigger_id") or "")
    post = Post(f"{incoming.id}-view", PostKind.VIEW, incoming.team, reader=incoming.user, target=trigger, options=view)
    await desk.put(post)


def _input(name: str, label: str, element: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "input", "block_id": name, "optional": True, "label": _text(label), "element": element}


def _menu(options: Sequence[Mapping[str, Any]], chosen: str) -> Mapping[str, Any]:
    initial = next((option for option in options if option["value"] == chosen), options[0])
    return {"type": "static_select", "action_id": "value", "options": list(options), "initial_option": initial}


def _option(value: str, title: str) -> Mapping[str, Any]:
    return {"text": _text(title[:75]), "value": value}


def _text(text: str) -> Mapping[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _kinds(field: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    if field is None:
        return None
    return tuple(str(option["value"]) for option in field.get("selected_options") or () if option["value"] in KINDS)


def _one(field: Mapping[str, Any] | None) -> str | None:
    """What was chosen or typed; None for nothing."""
    value = ((field or {}).get("selected_option") or field or {}).get("value")
    return None if value in (None, "", _NOWHERE) else str(value)
