"""The window of ``/deploy``: the services, environments and versions that there really are.

What is sent from it is the same wish as the words "deploy SERVICE VERSION to ENVIRONMENT": the answer is the card that
asks for a yes. A service is chosen first, because its environments and versions are looked up then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.contracts.actor import Actor
from assistant.contracts.messaging import Incoming
from extensions.channels.slack import forms
from extensions.channels.slack.desk import Desk, Wish

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
    known |= {"channel": incoming.channel, "conversation": incoming.conversation, "window": forms.window_id(incoming)}
    if "service" not in known:
        await forms.open_window(desk, incoming, _services(desk, actor, known))
        return
    # The versions take longer than a window may be late.
    waiting = {"type": "section", "text": forms.plain(f"Looking up the versions of {known['service']} …")}
    await forms.open_window(desk, incoming, forms.modal(CALLBACK, _TITLE, None, [waiting], known))
    await _ask_for_rest(desk, incoming, actor, known)


async def clicked(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Open it from the App Home, or go on with the service that was chosen in it."""
    if incoming.body["view"]["type"] == "home":
        await open_for(desk, incoming, actor, {})
        return
    known = forms.about(incoming.body["view"])
    service = forms.chosen(incoming.body["actions"][0])
    if service and service in desk.assistant.source.current().services:
        await _ask_for_rest(desk, incoming, actor, {**known, "service": service})


async def sent(desk: Desk, incoming: Incoming, actor: Actor) -> None:
    """Ask for what was filled in, where the window was opened; what comes back is for the asker alone there."""
    view = incoming.body["view"]
    known, filled = forms.about(view), forms.fields(view)
    service, environment, version = (
        known["service"],
        forms.chosen(filled["environment"]),
        forms.chosen(filled["version"]),
    )
    said = {"service": service, "version": version, "environment": environment}
    words = " ".join(part for part in ("Deploy", service, version, "to", environment) if part)
    where = replace(incoming, channel=known["channel"], conversation=known["conversation"])
    await desk.wish(where, actor, Wish("deploy", {kind: [value] for kind, value in said.items() if value}, words))


def _services(desk: Desk, actor: Actor, known: Mapping[str, str]) -> forms.Part:
    """The first step: every service under its team, one's own teams first."""
    person = desk.assistant.person(actor)
    own = person.teams if person else ()
    services = desk.assistant.source.current().services
    groups: dict[str, list[forms.Part]] = {}
    for name, service in sorted(services.items(), key=lambda each: (each[1].owner not in own, each[1].owner, each[0])):
        groups.setdefault(service.owner, []).append(forms.option(name, name))
    choice = {**forms.grouped_menu(groups, action=f"{ACTION}.service"), "placeholder": forms.plain("Which service?")}
    return forms.modal(CALLBACK, _TITLE, None, [{"type": "actions", "elements": [choice]}], known)


async def _ask_for_rest(desk: Desk, incoming: Incoming, actor: Actor, known: Mapping[str, str]) -> None:
    service = known["service"]
    wish = Wish("deploy", {"service": [service], "shown": ["versions"]}, f"Which versions of {service} are there?")
    cards = await desk.cards(incoming, actor, wish, "window")
    versions = [button.values["version"] for card in cards for button in card.buttons if "version" in button.values]
    problem = next((card.title for card in cards), "") if not versions else ""
    await forms.change_window(desk, incoming, known["window"], _rest(desk, known, versions, problem))


def _rest(desk: Desk, known: Mapping[str, str], versions: Sequence[str], problem: str) -> forms.Part:
    """The second step: where, and which version; a field for words when the versions could not be found out."""
    service = known["service"]
    places = [forms.option(each.name, each.name) for each in desk.assistant.source.current().environments_of(service)]
    wanted = known.get("version")
    shown = list(dict.fromkeys([*([wanted] if wanted else []), *versions]))[: forms.MOST]
    hint = f"{problem} {_NEWEST}" if problem else _NEWEST
    versions_field = (
        forms.menu([forms.option(each, each) for each in shown], wanted) if versions else forms.line(100, wanted)
    )
    blocks = [
        {"type": "section", "text": forms.plain(service)},
        forms.field("environment", "Where to?", forms.menu(places, known.get("environment")), optional=False),
        forms.field("version", "Which version?", versions_field, hint=hint[:2000]),
    ]
    return forms.modal(CALLBACK, _TITLE, "Show what it means", blocks, known)
