"""The settings of a channel or a person, in a window.

A channel's are chosen by people of the catalogue, and the channel is told who changed what.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from zoneinfo import available_timezones

from assistant.contracts.actor import Actor
from assistant.contracts.card import Card
from assistant.contracts.messaging import Incoming
from assistant.contracts.post import KINDS, REPLIES, ChatSettings
from assistant.safeguards.access import Decision
from assistant.safeguards.audit import refusal
from extensions.channels.slack.desk import Desk
from extensions.channels.slack.forms import (
    MOST,
    Part,
    about,
    chosen,
    field,
    fields,
    grouped_menu,
    line,
    menu,
    modal,
    open_window,
    option,
)

CALLBACK = "settings"
_KIND_WORDS = {
    "deployments": "Deployments: one message each, kept current",
    "approvals": "Requests that wait for approval",
}
_REPLY_WORDS = {
    "mentions": "only what names me",
    "always": "also replies that do not, in threads where I take part",
}
_KIND_NAMES = {"deployments": "deployments", "approvals": "requests that wait for approval"}
_NOWHERE = "none"
_NOT_YOURS = (
    "Only people whom the catalogue knows change what I do in a channel, so I left it as it is. "
    "“/assistant me” shows what your entry there needs."
)


async def open_settings(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Open the settings: of the channel, or in a direct message and in the App Home one's own."""
    own = not incoming.channel or incoming.channel.startswith("D")
    if not own and not await _may(desk, incoming, actor):
        return
    place = incoming.user if own else incoming.channel
    now = await desk.run(desk.assistant.chat_settings, incoming.team, place)
    services = list(desk.assistant.source.current().services)
    title = "Your settings" if own else "This channel's settings"
    blocks = _own(now, services) if own else _channels(now, services)
    await open_window(desk, incoming, modal(CALLBACK, title, "Save", blocks, {"place": place}))


async def sent(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Keep what was chosen, and say it: in the channel that it is about, or to the person."""
    view = incoming.body["view"]
    place, values = about(view)["place"], fields(view)
    own = place == incoming.user
    if not own and not await _may(desk, incoming, actor):
        return
    settings = ChatSettings(
        kinds=_kinds(values.get("kinds")),
        replies=_one(values.get("replies")),
        service=_one(values.get("service")),
        zone=_one(values.get("zone")),
    )
    before = await desk.run(desk.assistant.chat_settings, incoming.team, place)
    now = datetime.now(timezone.utc)
    await desk.run(desk.assistant.chat_choices.choose, incoming.team, place, settings, incoming.user, now)
    after = await desk.run(desk.assistant.chat_settings, incoming.team, place)
    if own:
        await desk.say(incoming, Card(f"Saved. {_sentences(_own_words(after))}"))
        return
    was, words = _channel_words(before), _channel_words(after)
    if changed := [each for each in words if each not in was]:
        person = await desk.run(desk.assistant.person, actor)
        who = person.display_name if person else "Somebody"
        await desk.announce(incoming, place, Card(f"{who} changed my settings in this channel. {_sentences(changed)}"))
    else:
        await desk.say(incoming, Card("It is as it was: nothing was changed."))


async def _may(desk: Desk, incoming: Incoming, actor: Actor) -> bool:
    """Whether somebody may change a channel's settings; a refusal is said to them alone, and recorded."""
    if await desk.run(desk.assistant.person, actor) is not None:
        return True
    refused = Decision(False, "change", "settings of a channel", "only people of the catalogue may")
    await desk.run(desk.assistant.records.audit.append, refusal(actor, refused, incoming.id))
    await desk.say(incoming, Card(_NOT_YOURS))
    return False


def _channel_words(settings: ChatSettings) -> list[str]:
    kinds = " and ".join(_KIND_NAMES[kind] for kind in settings.kinds or () if kind in _KIND_NAMES)
    read = _REPLY_WORDS[settings.replies or REPLIES[0]]
    service = settings.service
    return [
        f"by myself I tell of {kinds}" if kinds else "I say nothing by myself",
        f"I read {read}",
        f"where no service is named I take {service}" if service else "no service is meant when none is named",
    ]


def _own_words(settings: ChatSettings) -> list[str]:
    service = settings.service
    words = (
        f"for you I take {service} where no service is named" if service else "no service is meant when none is named"
    )
    return [words, f"your time zone is {settings.zone}"] if settings.zone else [words]


def _sentences(words: Sequence[str]) -> str:
    return " ".join(f"{each[0].upper()}{each[1:]}." for each in words)


def _channels(now: ChatSettings, services: Sequence[str]) -> list[Part]:
    kinds = [option(kind, _KIND_WORDS[kind]) for kind in KINDS]
    boxes: dict[str, object] = {"type": "checkboxes", "action_id": "value", "options": kinds}
    if now.kinds:
        boxes["initial_options"] = [each for each in kinds if each["value"] in now.kinds]
    replies = [option(reply, _REPLY_WORDS[reply]) for reply in REPLIES]
    return [
        field("kinds", "What I say here by myself", boxes),
        field("replies", "What I read in threads", menu(replies, now.replies or REPLIES[0])),
        _service(now, services),
    ]


def _own(now: ChatSettings, services: Sequence[str]) -> list[Part]:
    regions: dict[str, list[Part]] = {}
    for zone in sorted(available_timezones()):
        region, _, city = zone.partition("/")
        if city and region not in ("Etc", "SystemV", "US", "posix", "right"):
            regions.setdefault(region, []).append(option(zone, zone))
    return [_service(now, services), field("zone", "Your time zone, for “at 3 pm”", grouped_menu(regions, now.zone))]


def _service(now: ChatSettings, services: Sequence[str]) -> Part:
    label = "The service that is meant when none is named"
    options = [option(_NOWHERE, "None"), *(option(name, name) for name in services)]
    if len(options) <= MOST:
        return field("service", label, menu(options, now.service or _NOWHERE))
    return field("service", label, line(63, now.service))


def _kinds(boxes: Part | None) -> tuple[str, ...] | None:
    if boxes is None:
        return None
    return tuple(str(each["value"]) for each in boxes.get("selected_options") or () if each["value"] in KINDS)


def _one(value: Part | None) -> str | None:
    found = chosen(value)
    return None if found == _NOWHERE else found
