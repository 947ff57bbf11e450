"""What was sent from a window, and the window that asks why an answer was no good.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from datetime import datetime, timezone

from assistant.contracts.actor import Actor
from assistant.contracts.card import Card
from assistant.contracts.messaging import Incoming
from assistant.contracts.post import Answered, Opinion
from assistant.safeguards.redaction import redact
from extensions.channels.slack import deploy_window, settings_window
from extensions.channels.slack.desk import Desk
from extensions.channels.slack.forms import about, field, fields, line, modal, open_window

_REASON = "reason"


async def ask_reason(desk: Desk, incoming: Incoming, answer: Answered) -> None:
    """Open the window that asks what was wrong with an answer."""
    block = field("reason", "Why?", line(1000, multiline=True))
    await open_window(desk, incoming, modal(_REASON, "What was wrong?", "Send", [block], {"answer": answer.id}))


async def handle(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Take what was sent from a window."""
    view = incoming.body["view"]
    if view["callback_id"] == _REASON:
        await _judge(desk, incoming, about(view)["answer"], str(fields(view).get("reason", {}).get("value") or ""))
    elif view["callback_id"] == settings_window.CALLBACK:
        await settings_window.sent(desk, incoming, actor)
    elif view["callback_id"] == deploy_window.CALLBACK:
        await deploy_window.sent(desk, incoming, actor)


async def _judge(desk: Desk, incoming: Incoming, id: str, reason: str) -> None:
    answer = await desk.run(desk.assistant.answers.answer, id)
    opinion = Opinion(id, incoming.user, False, redact(reason))
    await desk.run(desk.assistant.answers.judge, opinion, answer, datetime.now(timezone.utc))
    await desk.say(incoming, Card("Thank you. I keep this with the question and my answer, for whoever trains me."))
