"""The window of /deploy: what there really is to choose from, and what comes of what is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.contracts.card import Button, Card
from assistant.contracts.post import Post, PostKind
from tests.channels.slack.at_desk import AtDesk
from tests.presentation.block_rules import texts

VERSIONS = Card(
    "Versions of checkout, newest first.",
    buttons=tuple(Button(each, "inform", {"version": each}) for each in ("1.4.3", "1.4.2", "1.4.1")),
)
MENU = {"type": "static_select"}


def field(window: Post, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(each for each in window.options["blocks"] if each.get("block_id") == name)
    return found


def offered(window: Post, name: str) -> list[str]:
    return [option["value"] for option in field(window, name)["element"]["options"]]


def test_with_nothing_said_a_service_is_chosen_first_ones_own_on_top(at: AtDesk) -> None:
    at.command("/deploy")
    window = at.post()
    (menu,) = window.options["blocks"][0]["elements"]
    groups = {group["label"]["text"]: [each["value"] for each in group["options"]] for group in menu["option_groups"]}
    assert next(iter(groups)) == "team-checkout" and "checkout" in groups["team-checkout"]
    assert sorted(name for names in groups.values() for name in names) == sorted(at.assistant.source.current().services)
    assert "submit" not in window.options and at.seen == []

    at.card = VERSIONS
    at.chooses(window.options, menu["action_id"], "checkout")
    assert at.asked() == ("deploy", {"service": ["checkout"], "shown": ["versions"]})
    change = at.post()
    assert (change.kind, change.of) == (PostKind.VIEW, window.id)
    places = [each.name for each in at.assistant.source.current().environments_of("checkout")]
    assert offered(change, "environment") == places
    assert offered(change, "version") == ["1.4.3", "1.4.2", "1.4.1"]


def test_what_was_said_is_filled_in_and_the_window_is_there_before_the_versions_are(at: AtDesk) -> None:
    at.card = VERSIONS
    at.command("/deploy", "checkout 1.4.2")
    opened, change = at.posts()
    assert "Looking up the versions of checkout" in "".join(texts(opened.options["blocks"]))
    assert change.of == opened.id
    assert field(change, "version")["element"]["initial_option"]["value"] == "1.4.2"
    assert "initial_option" not in field(change, "environment")["element"]


def test_what_is_sent_is_asked_for_where_the_window_was_opened_and_shown_to_the_asker_alone(at: AtDesk) -> None:
    at.card = VERSIONS
    at.command("/deploy", "checkout")
    _, change = at.posts()
    at.card = Card("Deploy checkout 1.4.3 to staging (now 1.4.2)?")
    at.submits(change.options, {"environment": chosen("staging"), "version": chosen("1.4.3")})
    said = {"service": ["checkout"], "version": ["1.4.3"], "environment": ["staging"]}
    assert at.asked() == ("deploy", said)
    assert (at.seen[-1].text, at.seen[-1].sender_id) == ("Deploy checkout 1.4.3 to staging", "T1.U0ANADUARTE.C1")
    post = at.post()
    assert (post.kind, post.channel, post.reader) == (PostKind.EPHEMERAL, "C1", "U0ANADUARTE")


def chosen(value: str) -> dict[str, Any]:
    return {**MENU, "selected_option": {"value": value}}


def test_without_a_version_the_newest_is_meant(at: AtDesk) -> None:
    at.card = VERSIONS
    at.command("/deploy", "checkout", channel="D1")
    _, change = at.posts()
    at.submits(change.options, {"environment": chosen("staging"), "version": {**MENU, "selected_option": None}})
    assert at.asked() == ("deploy", {"service": ["checkout"], "environment": ["staging"]})
    assert at.post().channel == "D1"


def test_when_the_versions_cannot_be_found_out_one_can_be_typed(at: AtDesk) -> None:
    at.card = Card("GitHub did not answer in time.")
    at.command("/deploy", "checkout")
    _, change = at.posts()
    version = field(change, "version")
    assert version["element"]["type"] == "plain_text_input"
    assert "GitHub did not answer in time." in version["hint"]["text"]
