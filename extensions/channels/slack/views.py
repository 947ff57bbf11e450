"""Windows: why an answer was no good, and the settings of a channel or a person.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from zoneinfo import available_timezones

from assistant.contracts.actor import Actor
from assistant.contracts.card import Card
from assistant.contracts.messaging import Incoming
from assistant.contracts.post import KINDS, REPLIES, Answered, ChatSettings, Opinion
from assistant.safeguards.redaction import redact
from extensions.channels.slack import deploy_window, forms
from extensions.channels.slack.desk import Desk

_REASON, _SETTINGS = "reason", "settings"
_KIND_WORDS = {
    "deployments": "Deployments: one message each, kept current",
    "approvals": "Requests that wait for approval",
}
_REPLY_WORDS = {"mentions": "only what names me", "always": "every reply in threads where I take part"}
_NOWHERE = "none"


async def ask_reason(desk: Desk, incoming: Incoming, answer: Answered) -> None:
    """Open the window that asks what was wrong with an answer."""
    block = forms.field("reason", "Why?", forms.line(1000, multiline=True))
    await forms.open_window(
        desk, incoming, forms.modal(_REASON, "What was wrong?", "Send", [block], {"answer": answer.id})
    )


async def open_settings(desk: Desk, incoming: Incoming) -> None:
    """Open the settings: of the channel, or in a direct message and in the App Home one's own."""
    own = not incoming.channel or incoming.channel.startswith("D")
    place = incoming.user if own else incoming.channel
    now = await desk.run(desk.assistant.chat_settings, incoming.team, place)
    services = list(desk.assistant.source.current().services)
    title = "Your settings" if own else "Settings of channel"
    blocks = _own(now, services) if own else _channels(now, services)
    await forms.open_window(desk, incoming, forms.modal(_SETTINGS, title, "Save", blocks, {"place": place}))


async def handle(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Take what was sent from a window."""
    view = incoming.body["view"]
    if view["callback_id"] == _REASON:
        await _judge(
            desk, incoming, forms.about(view)["answer"], str(forms.fields(view).get("reason", {}).get("value") or "")
        )
    elif view["callback_id"] == _SETTINGS:
        await _choose(desk, incoming, forms.about(view)["place"], forms.fields(view))
    elif view["callback_id"] == deploy_window.CALLBACK:
        await deploy_window.sent(desk, incoming, actor)


async def _judge(desk: Desk, incoming: Incoming, id: str, reason: str) -> None:
    answer = await desk.run(desk.assistant.answers.answer, id)
    opinion = Opinion(id, incoming.user, False, redact(reason))
    await desk.run(desk.assistant.answers.judge, opinion, answer, datetime.now(timezone.utc))
    await desk.say(incoming, Card("Thank you. I keep this with the question and my answer, for whoever trains me."))


async def _choose(desk: Desk, incoming: Incoming, place: str, values: Mapping[str, forms.Part]) -> None:
    settings = ChatSettings(
        kinds=_kinds(values.get("kinds")),
        replies=_one(values.get("replies")),
        service=_one(values.get("service")),
        zone=_one(values.get("zone")),
    )
    now = datetime.now(timezone.utc)
    await desk.run(desk.assistant.chat_choices.choose, incoming.team, place, settings, incoming.user, now)
    await desk.say(incoming, Card(f"Saved: {described(settings)}."))


def described(settings: ChatSettings) -> str:
    """The settings as the end of a sentence."""
    kinds = ", ".join(settings.kinds or ()) or "none"
    parts = [f"messages by myself: {kinds}", f"replies: {_REPLY_WORDS[settings.replies or 'mentions']}"]
    parts += [f"default service: {settings.service}"] if settings.service else []
    parts += [f"time zone: {settings.zone}"] if settings.zone else []
    return "; ".join(parts)


def _channels(now: ChatSettings, services: Sequence[str]) -> list[forms.Part]:
    kinds = [forms.option(kind, _KIND_WORDS[kind]) for kind in KINDS]
    boxes: dict[str, object] = {"type": "checkboxes", "action_id": "value", "options": kinds}
    if now.kinds:
        boxes["initial_options"] = [each for each in kinds if each["value"] in now.kinds]
    replies = [forms.option(reply, _REPLY_WORDS[reply]) for reply in REPLIES]
    return [
        forms.field("kinds", "What I say here by myself", boxes),
        forms.field("replies", "What I read in threads", forms.menu(replies, now.replies or REPLIES[0])),
        _service(now, services),
    ]


def _own(now: ChatSettings, services: Sequence[str]) -> list[forms.Part]:
    regions: dict[str, list[forms.Part]] = {}
    for zone in sorted(available_timezones()):
        region, _, city = zone.partition("/")
        if city and region not in ("Etc", "SystemV", "US", "posix", "right"):
            regions.setdefault(region, []).append(forms.option(zone, zone))
    return [
        _service(now, services),
        forms.field("zone", "Your time zone, for “at 3 pm”", forms.grouped_menu(regions, now.zone)),
    ]


def _service(now: ChatSettings, services: Sequence[str]) -> forms.Part:
    label = "The service that is meant when none is named"
    options = [forms.option(_NOWHERE, "None"), *(forms.option(name, name) for name in services)]
    if len(options) <= forms.MOST:
        return forms.field("service", label, forms.menu(options, now.service or _NOWHERE))
    return forms.field("service", label, forms.line(63, now.service))


def _kinds(boxes: forms.Part | None) -> tuple[str, ...] | None:
    if boxes is None:
        return None
    return tuple(str(each["value"]) for each in boxes.get("selected_options") or () if each["value"] in KINDS)


def _one(value: forms.Part | None) -> str | None:
    found = forms.chosen(value)
    return None if found == _NOWHERE else found
