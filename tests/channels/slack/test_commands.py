"""Slash commands: forgiving, and answered by the same actions as words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from assistant.contracts.card import Button, Card, Row
from assistant.contracts.post import ChatSettings, PostKind
from tests.channels.slack.at_desk import AtDesk
from tests.presentation.block_rules import texts


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("checkout staging", {"service": ["checkout"], "environment": ["staging"]}),
        ("stg checkout", {"environment": ["staging"], "service": ["checkout"]}),
        ("checkout qa", {"service": ["checkout"], "environment": ["qa"]}),
        ("checkout storefront in qa", {"service": ["checkout", "storefront"], "environment": ["qa"]}),
        ("of paymets in prod", {"service": ["payments"], "environment": ["production"]}),
        ("billing worker, production", {"service": ["billing-worker"], "environment": ["production"]}),
        ("search", {"service": ["search"]}),
        ("checkout team", {"team": ["team-checkout"]}),
        ("search v2.8.1 prod", {"service": ["search"], "version": ["2.8.1"], "environment": ["production"]}),
        ("", {}),
    ],
)
def test_deploy_status_takes_names_in_any_order(at: AtDesk, text: str, values: dict[str, list[str]]) -> None:
    at.command("/deploy-status", text)
    assert at.asked() == ("ask_status", values)
    assert at.post().kind is PostKind.RESPONSE


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("critical production", {"severity": ["critical"], "environment": ["production"]}),
        ("prod crit", {"environment": ["production"], "severity": ["critical"]}),
        ("critcal", {"severity": ["critical"]}),
        ("warnings for search", {"severity": ["warning"], "service": ["search"]}),
    ],
)
def test_alerts_takes_severities_and_names(at: AtDesk, text: str, values: dict[str, list[str]]) -> None:
    at.command("/alerts", text)
    assert at.asked() == ("list_alerts", values)


@pytest.mark.parametrize(
    ("command", "text", "intent", "values", "words"),
    [
        (
            "/deploy",
            "paymets v1.4.3 to prod",
            "deploy",
            {"service": ["payments"], "version": ["1.4.3"], "environment": ["production"]},
            "Deploy paymets v1.4.3 to prod",
        ),
        (
            "/deploy",
            "stg latest checkout",
            "deploy",
            {"environment": ["staging"], "service": ["checkout"]},
            "Deploy stg latest checkout",
        ),
        (
            "/deploy",
            "payments 1.4.2 checkout 1.4.3",
            "deploy",
            {"service": ["payments", "checkout"], "version": ["1.4.2", "1.4.3"]},
            "Deploy payments 1.4.2 checkout 1.4.3",
        ),
        (
            "/rollback",
            "checkout staging",
            "rollback",
            {"service": ["checkout"], "environment": ["staging"]},
            "Roll back checkout staging",
        ),
        ("/rollback", "checkout", "rollback", {"service": ["checkout"]}, "Roll back checkout"),
    ],
)
def test_a_change_is_asked_for_with_exactly_what_was_typed(
    at: AtDesk, command: str, text: str, intent: str, values: dict[str, list[str]], words: str
) -> None:
    # A default that somebody chose never stands for what was not said.
    at.assistant.chat_choices.choose("T1", "C1", ChatSettings(service="search"), "U1", datetime.now(timezone.utc))
    at.command(command, text)
    assert (at.asked(), at.seen[-1].text) == ((intent, values), words)
    assert at.post().options["response_type"] == "ephemeral"


def test_a_change_with_a_word_that_names_nothing_is_not_asked_for(at: AtDesk) -> None:
    at.command("/deploy", "frobnicator 1.4.3 staging")
    assert "For example: /deploy checkout 1.4.3 staging" in "\n".join(texts(at.post().blocks))
    at.command("/rollback", "checkout moon")
    assert "Usage: /rollback SERVICE ENVIRONMENT" in "\n".join(texts(at.post().blocks))
    assert at.seen == []


def test_docs_takes_a_question(at: AtDesk) -> None:
    at.command("/docs", "how do I get access to a database?")
    assert (at.seen[-1].text, at.asked()) == ("how do I get access to a database?", ("ask_docs", {}))


def test_what_is_not_understood_gets_usage_and_an_example(at: AtDesk) -> None:
    at.command("/deploy-status", "frobnicator staging")
    shown = "\n".join(texts(at.post().blocks))
    assert "frobnicator" in shown
    assert "Usage: /deploy-status [service] [environment]" in shown
    assert "For example: /deploy-status checkout staging" in shown
    at.command("/docs")
    assert "Usage: /docs QUERY" in "\n".join(texts(at.post().blocks))
    assert at.seen == []


def test_the_channels_service_is_meant_when_none_is_named(at: AtDesk) -> None:
    now = datetime.now(timezone.utc)
    at.assistant.chat_choices.choose("T1", "C1", ChatSettings(service="search"), "U1", now)
    at.command("/deploy-status")
    assert at.asked() == ("ask_status", {"service": ["search"]})
    at.command("/deploy-status", "staging")
    assert at.asked() == ("ask_status", {"environment": ["staging"]})


@pytest.mark.parametrize(
    ("text", "intent"), [("", "ask_help"), ("help", "ask_help"), ("hlep", "ask_help"), ("health", "ask_identity")]
)
def test_assistant_has_subcommands(at: AtDesk, text: str, intent: str) -> None:
    at.command("/assistant", text)
    assert at.asked() == (intent, {})


def test_assistant_takes_a_question_too(at: AtDesk) -> None:
    at.command("/assistant", "how is staging doing?")
    assert (at.seen[-1].text, at.seen[-1].parse_data) == ("how is staging doing?", None)


def test_me_tells_how_one_is_known(at: AtDesk) -> None:
    at.command("/assistant", "me")
    assert "you are U0ANADUARTE of the workspace T1; the catalogue knows you as ana-duarte." in str(at.post().blocks)
    at.command("/assistant", "me", user="U0STRANGER1")
    assert "Its User needs the annotation assistant/slack: U0STRANGER1." in str(at.post().blocks)


def test_a_prefix_keeps_names_apart(at: AtDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(at.assistant.settings.values, "SLACK_COMMAND_PREFIX", "epe-")  # type: ignore[arg-type]
    at.command("/epe-deploy-status", "search")
    assert at.asked() == ("ask_status", {"service": ["search"]})
    at.command("/epe-docs")
    assert "/epe-docs QUERY" in str(at.posts()[-1].blocks)


def test_help_names_the_commands_in_a_line_and_them_alone_where_they_are_asked_for(at: AtDesk) -> None:
    at.intent, at.card = (
        "ask_help",
        Card("I look up how the platform is doing. Try:", lines=(("  • who owns search?",),)),
    )
    at.says("help")
    assert "Commands: /deploy-status, /alerts, /deploy, /rollback, /docs, /assistant." in at.post().text
    at.says("which commands do you have in slack?")
    told = at.post().text
    assert "/deploy-status [service] [environment]: how they are doing" in told and "who owns" not in told
    assert len(told.splitlines()) == 7


def test_what_is_far_too_long_for_names_is_not_read_back(at: AtDesk) -> None:
    at.command("/deploy-status", "x" * 3000)
    told = at.post()
    assert "3,000 characters" in told.text and "Usage: /deploy-status" in told.text and len(told.text) < 300
    at.command("/deploy-status", "y" * 200)
    assert "I don't know what “" in (told := at.post()).text and len(told.text) < 300
    assert at.seen == []


def test_settings_of_a_channel_are_chosen_in_a_window(at: AtDesk) -> None:
    at.command("/assistant", "settings")
    window = at.post()
    assert (window.kind, window.options["title"]["text"]) == (PostKind.VIEW, "This channel's settings")
    chosen = {
        "kinds": {"type": "checkboxes", "selected_options": [{"value": "approvals"}, {"value": "made-up"}]},
        "replies": {"type": "static_select", "selected_option": {"value": "always"}},
        "service": {"type": "static_select", "selected_option": {"value": "search"}},
    }
    at.submits(window.options, chosen)
    assert at.assistant.chat_settings("T1", "C1") == ChatSettings(("approvals",), "always", "search")
    told = at.post()
    assert (told.kind, told.channel, told.thread) == (PostKind.MESSAGE, "C1", None)
    assert told.text.startswith("Ana Duarte changed my settings in this channel. By myself I tell of requests that")
    assert "also replies that do not" in told.text and "I take search" in told.text
    at.submits(window.options, {**chosen, "service": {"type": "static_select", "selected_option": {"value": "none"}}})
    assert at.post().text.endswith("in this channel. No service is meant when none is named.")
    at.command("/assistant", "settings")
    boxes = at.post().options["blocks"][0]["element"]
    assert [option["value"] for option in boxes["initial_options"]] == ["approvals"]


def test_only_people_of_the_catalogue_change_a_channel(at: AtDesk) -> None:
    at.command("/assistant", "settings")
    window = at.post().options
    at.command("/assistant", "settings", user="U0NOBODY")
    refused = at.post()
    assert "Only people whom the catalogue knows" in refused.text and refused.options["response_type"] == "ephemeral"
    always = {"replies": {"type": "static_select", "selected_option": {"value": "always"}}}
    at.submits(window, always, user="U0NOBODY")
    assert at.post().channel == "U0NOBODY" and at.assistant.chat_settings("T1", "C1").replies == "mentions"
    recorded = [(each.verb, each.decision, each.name) for each in at.assistant.records.audit.records()]
    assert recorded == [("change", "refused", "T1/U0NOBODY")] * 2
    at.command("/assistant", "settings", user="U0NOBODY", channel="D1")
    assert at.post().options["title"]["text"] == "Your settings"


def test_ones_own_settings_hold_ones_time_zone(at: AtDesk) -> None:
    at.command("/assistant", "settings", channel="D1")
    window = at.post()
    assert window.options["title"]["text"] == "Your settings"
    at.submits(window.options, {"zone": {"type": "static_select", "selected_option": {"value": "Asia/Tokyo"}}})
    assert at.assistant.chat_choices.chosen("T1", "U0ANADUARTE").zone == "Asia/Tokyo"


def test_nothing_is_on_by_itself(at: AtDesk) -> None:
    assert at.assistant.chat_settings("T1", "C9") == ChatSettings((), "mentions", None, None)


def test_the_home_shows_what_is_mine(at: AtDesk) -> None:
    at.card = replace(at.card, sandbox=True)
    at.opens_home("U0ANADUARTE")
    home = at.post()
    assert (home.kind, home.reader) == (PostKind.HOME, "U0ANADUARTE")
    asked = {message.parse_data["intent"]["name"]: message.parse_data["entities"] for message in at.seen}
    mine = [{"entity": "team", "value": "team-checkout"}]
    assert asked == {"ask_approvals": [], "ask_status": mine, "list_alerts": mine, "ask_history": mine}
    assert len({message.sender_id for message in at.seen}) == 4
    shown = "\n".join(texts(home.options["blocks"]))
    assert (
        shown.count("staging: all 8 running") == 3 and shown.count("Sandbox") == 1 and "How's staging doing?" in shown
    )
    # Nothing waits, so nothing is said of it.
    assert "Waits for you" not in shown


def test_the_home_stays_within_slacks_limit_and_says_that_there_is_more(at: AtDesk) -> None:
    buttons = tuple(
        Button(f"Approve request {number}", "approve_request", {"shown": f"{number}.1"}) for number in range(900)
    )
    rows = tuple(Row("busy", f"{number}: Deploy search to staging", ("x" * 200,)) for number in range(900))
    at.card = Card("900 requests wait for you.", rows, buttons=buttons)
    at.opens_home("U0ANADUARTE")
    blocks = at.post().options["blocks"]
    shown = texts(blocks)
    assert 80 < len(blocks) <= 100 and shown.count("There is more: ask me for all of it.") == 4
    assert shown[-2:] == ["Deploy …", "Settings"], "nothing of it is cut off at the end"


def test_what_waits_for_me_is_decided_in_the_home(at: AtDesk) -> None:
    values = {"shown": "57.2"}
    buttons = (Button("Approve", "approve_request", values), Button("Reject", "reject_request", values))
    at.card = Card("1 request waits for you.", (Row("busy", "57: Deploy search 2.9.1", ("",)),), buttons=buttons)
    at.opens_home("U0ANADUARTE")
    home = at.post()
    assert next(iter(texts(home.options["blocks"]))) == "Waits for you"
    choices = [each for block in home.options["blocks"] if block["type"] == "actions" for each in block["elements"]]
    assert [each["text"]["text"] for each in choices] == ["Approve", "Reject", "Deploy …", "Settings"]
    at.seen.clear()
    at.chooses(home.options, choices[0]["action_id"], choices[0]["value"])
    approved = at.seen[0].parse_data
    assert approved["intent"]["name"] == "approve_request"
    assert approved["entities"] == [{"entity": "shown", "value": "57.2"}]
    answer, again = at.posts()
    assert (answer.kind, answer.channel) == (PostKind.MESSAGE, "U0ANADUARTE")
    assert (again.kind, again.reader) == (PostKind.HOME, "U0ANADUARTE")


def test_ones_own_requests_are_not_said_to_wait_for_oneself(at: AtDesk) -> None:
    at.card = Card("Nothing waits for you. Your own requests:", (Row("busy", "57: Deploy search 2.9.1", ("",)),))
    at.opens_home("U0ANADUARTE")
    shown = list(texts(at.post().options["blocks"]))
    assert shown[0] == "Your requests" and "Waits for you" not in shown


def test_the_home_opens_the_window_for_a_deployment(at: AtDesk) -> None:
    at.chooses({"type": "home"}, "deploy", "home.0")
    window = at.post()
    assert (window.kind, window.options["title"]["text"]) == (PostKind.VIEW, "Deploy")


def test_the_home_of_whom_the_catalogue_does_not_know_says_so(at: AtDesk) -> None:
    at.opens_home("U0STRANGER1")
    assert "I don't know your team" in "\n".join(texts(at.post().options["blocks"]))
