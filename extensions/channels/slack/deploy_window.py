"""The window of ``/deploy``: the services, environments and versions that there really are.

What is sent from it is the same wish as the words "deploy SERVICE VERSION to ENVIRONMENT": the answer is the card that
asks for a yes. A service is chosen first, because its environments and versions are looked up then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.contracts.actor import Actor
from assistant.contracts.messaging import Incoming
from extensions.channels.slack.desk import Desk, Wish
from extensions.channels.slack.forms import (
    MOST,
    Part,
    about,
    change_window,
    chosen,
    field,
    fields,
    grouped_menu,
    line,
    menu,
    modal,
    open_window,
    option,
    plain,
    window_id,
)

CALLBACK = ACTION = "deploy"
_TITLE = "Deploy"
_NEWEST = "The newest one when you leave this open."

Values = Mapping[str, Sequence[str]]


async def open_for(desk: Desk, incoming: Incoming, actor: Actor, values: Values) -> None:
    """Open it for a command, or a click in the App Home, that did not say everything.

    Args:
        values: what was said, by entity; one service at most.
    """
    known = {kind: names[0] for kind, names in values.items() if names}
    known |= {"channel": incoming.channel, "conversation": incoming.conversation, "window": window_id(incoming)}
    if "service" not in known:
        await open_window(desk, incoming, _services(desk, actor, known))
        return
    # The versions take longer than a window may be late.
    waiting = {"type": "section", "text": plain(f"Looking up the versions of {known['service']} …")}
    await open_window(desk, incoming, modal(CALLBACK, _TITLE, None, [waiting], known))
    await _ask_for_rest(desk, incoming, actor, known)


async def clicked(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Open it from the App Home, or go on with the service that was chosen in it."""
    if incoming.body["view"]["type"] == "home":
        await open_for(desk, incoming, actor, {})
        return
    known = about(incoming.body["view"])
    service = chosen(incoming.body["actions"][0])
    if service and service in desk.assistant.source.current().services:
        await _ask_for_rest(desk, incoming, actor, {**known, "service": service})


async def sent(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Ask for what was filled in, where the window was opened; what comes back is for the asker alone there."""
    view = incoming.body["view"]
    known, filled = about(view), fields(view)
    service, environment, version = known["service"], chosen(filled["environment"]), chosen(filled["version"])
    said = {"service": service, "version": version, "environment": environment}
    words = " ".join(part for part in ("Deploy", service, version, "to", environment) if part)
    where = replace(incoming, channel=known["channel"], conversation=known["conversation"])
    await desk.wish(where, actor, Wish("deploy", {kind: [value] for kind, value in said.items() if value}, words))


def _services(desk: Desk, actor: Actor, known: Mapping[str, str]) -> Part:
    """The first step: every service under its team, one's own teams first."""
    person = desk.assistant.person(actor)
    own = person.teams if person else ()
    services = desk.assistant.source.current().services
    groups: dict[str, list[Part]] = {}
    for name, service in sorted(services.items(), key=lambda each: (each[1].owner not in own, each[1].owner, each[0])):
        groups.setdefault(service.owner, []).append(option(name, name))
    choice = {**grouped_menu(groups, action=f"{ACTION}.service"), "placeholder": plain("Which service?")}
    return modal(CALLBACK, _TITLE, None, [{"type": "actions", "elements": [choice]}], known)


async def _ask_for_rest(desk: Desk, incoming: Incoming, actor: Actor, known: Mapping[str, str]) -> None:
    service = known["service"]
    wish = Wish("deploy", {"service": [service], "shown": ["versions"]}, f"Which versions of {service} are there?")
    cards = await desk.cards(incoming, actor, wish, "window")
    versions = [button.values["version"] for card in cards for button in card.buttons if "version" in button.values]
    problem = next((card.title for card in cards), "") if not versions else ""
    await change_window(desk, incoming, known["window"], _rest(desk, known, versions, problem))


def _rest(desk: Desk, known: Mapping[str, str], versions: Sequence[str], problem: str) -> Part:
    """The second step: where, and which version; a field for words when the versions could not be found out."""
    service = known["service"]
    places = [option(each.name, each.name) for each in desk.assistant.source.current().environments_of(service)]
    wanted = known.get("version")
    shown = list(dict.fromkeys([*([wanted] if wanted else []), *versions]))[:MOST]
    hint = f"{problem} {_NEWEST}" if problem else _NEWEST
    versions_field = menu([option(each, each) for each in shown], wanted) if versions else line(100, wanted)
    blocks = [
        {"type": "section", "text": plain(service)},
        field("environment", "Where to?", menu(places, known.get("environment")), optional=False),
        field("version", "Which version?", versions_field, hint=hint[:2000]),
    ]
    return modal(CALLBACK, _TITLE, "Show what it means", blocks, known)
