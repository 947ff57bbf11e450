"""Slack's message text → what the person meant to write.

https://docs.slack.dev/messaging/formatting-message-text (retrieving messages)
"""

from __future__ import annotations

import html
import re

from extensions.channels.turn import plain_text

_ANGLES = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_WRAPPED = re.compile(r"(?<!\w)([*_~]|`{1,3})(\S(?:[^\n]*?\S)?)\1(?!\w)")


def written(text: str, bot_user: str) -> str:
    """The words of a message, without Slack's escapes, and without ``bot_user`` being called by name.

    People stay ``<@U…>`` (the catalogue knows them by that), channels become ``#name``, links keep their addresses.
    """
    called = re.sub(rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>[:,]?", " ", text) if bot_user else text
    return plain_text(html.unescape(_ANGLES.sub(_shown, _WRAPPED.sub(r"\2", called))))


def _shown(match: re.Match[str]) -> str:
    what, label = match[1], match[2] or ""
    if what.startswith("@"):
        return f"<{what}>"
    if what.startswith("#"):
        return f"#{label or what[1:]}"
    if what.startswith("!"):
        # Groups and dates carry a label, @here and @channel none.
        return label or f"@{what[1:].partition('^')[0]}"
    address = what.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (what, address) or what in (f"http://{label}", f"https://{label}"):
        return label or address
    return f"{label} {address}"
