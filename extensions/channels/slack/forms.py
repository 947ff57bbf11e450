"""What windows are made of (docs.slack.dev/surfaces/modals), and how one is opened and changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.contracts.messaging import Incoming
from assistant.contracts.post import Post, PostKind
from extensions.channels.slack.desk import Desk

MOST = 100
"""Options that Slack takes in a menu, or in a group of one, and groups in a menu."""
_OPTION = 75

Part = Mapping[str, Any]


def window_id(incoming: Incoming) -> str:
    """What the window that something opens is called."""
    return f"{incoming.id}-view"


async def open_window(desk: Desk, incoming: Incoming, view: Part) -> None:
    """Open a window for a command or click, which is good for three seconds."""
    trigger, id = str(incoming.body.get("trigger_id") or ""), window_id(incoming)
    await desk.put(Post(id, PostKind.VIEW, incoming.team, reader=incoming.user, target=trigger, options=view))


async def change_window(desk: Desk, incoming: Incoming, window: str, view: Part) -> None:
    """Show something else in a window, if it is there (any more)."""
    post = Post(f"{incoming.id}-change", PostKind.VIEW, incoming.team, reader=incoming.user, of=window, options=view)
    await desk.put(post)


def modal(callback: str, title: str, submit: str | None, blocks: Sequence[Part], about: Mapping[str, str]) -> Part:
    """A window; without ``submit`` there is nothing to send. ``about`` comes back with what is sent."""
    view = {"type": "modal", "callback_id": callback, "title": plain(title[:24]), "close": plain("Cancel")}
    sends = {"submit": plain(submit)} if submit else {}
    return {**view, **sends, "private_metadata": json.dumps(about), "blocks": list(blocks)}


def about(view: Part) -> dict[str, str]:
    """What a window was made with."""
    told: dict[str, str] = json.loads(view.get("private_metadata") or "{}")
    return told


def fields(view: Part) -> dict[str, Part]:
    """What was filled in, by the names of the fields."""
    return {name: next(iter(inner.values()), {}) for name, inner in view["state"]["values"].items()}


def chosen(field: Part | None) -> str | None:
    """What was chosen or typed; None for nothing."""
    value = ((field or {}).get("selected_option") or field or {}).get("value")
    return None if value in (None, "") else str(value)


def field(name: str, label: str, element: Part, optional: bool = True, hint: str = "") -> Part:
    """A field with its label."""
    block = {"type": "input", "block_id": name, "optional": optional, "label": plain(label), "element": element}
    return {**block, "hint": plain(hint)} if hint else block


def menu(options: Sequence[Part], initial: str | None = None, action: str = "value") -> Part:
    """A menu of up to 100 options, with one of them chosen."""
    found = next((option for option in options if option["value"] == initial), None)
    element = {"type": "static_select", "action_id": action, "options": list(options)}
    return {**element, "initial_option": found} if found else element


def grouped_menu(groups: Mapping[str, Sequence[Part]], initial: str | None = None, action: str = "value") -> Part:
    """A menu whose options stand under headings; more than 100 under one go on under the next."""
    parts = [
        {"label": plain(name if start == 0 else f"{name} …"), "options": list(options[start : start + MOST])}
        for name, options in groups.items()
        for start in range(0, len(options), MOST)
    ]
    found = next((each for options in groups.values() for each in options if each["value"] == initial), None)
    element = {"type": "static_select", "action_id": action, "option_groups": parts[:MOST]}
    return {**element, "initial_option": found} if found else element


def line(longest: int, initial: str | None = None, multiline: bool = False) -> Part:
    """A field for words."""
    element = {"type": "plain_text_input", "action_id": "value", "max_length": longest, "multiline": multiline}
    return {**element, "initial_value": initial} if initial else element


def option(value: str, title: str) -> Part:
    """One of the choices of a menu."""
    return {"text": plain(title[:_OPTION]), "value": value}


def plain(text: str) -> Part:
    """Text without markup."""
    return {"type": "plain_text", "text": text, "emoji": False}
