"""Whole conversations in Slack: everything is real but Slack itself, several people in one thread, one after the other.

What is said of the platform is tested elsewhere (tests/dialogues); here it is who may say what, who sees it, and which
message shows it.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.channels.slack.workspace import Seen, Workspace, shows, workspace
from tests.presentation.block_rules import texts


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with workspace(tmp_path_factory.mktemp("workspace")) as running:
        yield running


@pytest.fixture
def slack(company: Workspace) -> Workspace:
    """Nothing was asked for, said or chosen yet."""
    company.new_day()
    return company


def alone(seen: list[Seen]) -> Seen:
    assert seen and all(each.alone for each in seen)
    return seen[-1]


def public(seen: list[Seen], thread: str) -> Seen:
    """The only thing that came, and everybody sees it in the thread, nowhere else."""
    (only,) = seen
    assert not only.alone and only.thread == thread
    return only


def test_morning_status(slack: Workspace) -> None:
    slack.faults(path="/jenkins/", kind="never")
    thread, seen = slack.starts("ana", "morning, hows stagign doing")
    status = public(seen, thread)
    shows([status], r"^staging: search", r"jenkins did not answer|jenkins .*as of", "Sandbox: a made-up platform")
    assert "all 8 running" not in status.words and "healthy" not in status.text.splitlines()[0].split("other")[0]
    assert "<!date^" in status.text, "times are in the reader's zone where blocks do not show"
    slack.faults()
    shows(slack.says("ana", "and prod?", thread), "^production: ")
    shows(slack.says("ana", "why is inventory 4 behind", thread), r"4\.4\.1", "Mei Tanaka", "no recorded reason")
    shows(slack.says("ana", "who shipped the last one", thread), "Mei Tanaka deployed inventory", "http")
    question = shows(slack.says("ana", "is 2.8.1 in prod yet", thread), "search or storefront")
    assert list(question.choices) == ["search", "storefront"]
    shows(slack.clicks("ben", question, "search"), "asked of somebody else")
    shows(slack.clicks("ana", question, "search"), r"^Yes, search 2\.8\.1 is in production", "2.8.1 since")
    assert "You chose search." in slack.message(question).words and not slack.message(question).choices


def test_red_build(slack: Workspace) -> None:
    thread, seen = slack.starts("ana", "why is checkouts build red")
    red = shows(
        [alone(seen)], "checkout on main is red", "Unit tests", "AssertionError", r"\[hidden\]", "values? hidden"
    )
    assert "Share" not in red.choices, "not everybody in this channel may read logs"
    shows(slack.says("ana", "flaky or real?", thread), r"\d+ of", r"#\d+")
    _, seen = slack.starts("ana", "rerun the failed checkout build")
    again = shows(seen, "Running checkout #18 again, only what failed")
    assert not again.alone, "a message that one person alone sees cannot be kept current"
    shows(slack.says("ana", "btw who owns identity", thread), "Platform Team", "#platform", "Lena Fischer")
    shows([slack.until(lambda: "attempt 2: running" in (seen := slack.message(again)).words and seen)], "running")
    slack.hurry(600)
    shows([slack.until(lambda: "passed" in (seen := slack.message(again)).words and seen)], "attempt 2: passed")
    assert slack.until(lambda: slack.calls("ana")) == [
        f"<@{slack.peer['ana']}> Run #18 of checkout, attempt 2: passed."
    ]
    before = len(slack.audit())
    trace = "Traceback (most recent call last):\n" + "  rollout.py line 88\n" * 60 + "deploy to production failed"
    assert slack.says("ana", f"```{trace}```", thread)
    assert len(slack.audit()) == before, "a pasted log starts nothing"


def test_production_deploy_with_mistakes(slack: Workspace) -> None:
    thread, seen = slack.starts("jonas", "ship paymets 1.4.3 to prd")
    wrong = shows(
        [public(seen, thread)], r"^Deploy payments 1\.4\.3 to production \(now 1\.4\.1\)\?", "migrations/141.sql"
    )
    card = shows(slack.says("jonas", "wait no 1.4.2", thread), r"^Deploy payments 1\.4\.2 to production")
    slack.until(lambda: not slack.message(wrong).choices)
    shows([slack.message(wrong)], "is void", "A newer question took its place")
    shows(
        slack.says("jonas", "whats alerting on payments", thread), "HighErrorRate", "1.4.2 .*still waits for your yes"
    )
    shows(slack.says("priya", "yes", thread), "waits for Jonas Weber's own yes", "Nothing happened")
    shows(slack.clicks("priya", card, "Yes, do it"), "Jonas Weber")

    waits = shows(
        slack.says("jonas", "yes", thread), r"^Request \d+, .*, waits for approval by Team Payments, Platform Team"
    )
    shows([slack.message(card)], "It goes on below")
    approvers = ("priya", "tomasz", "lena")
    called = slack.until(lambda: all(map(slack.direct, approvers)) and slack.direct("priya"))
    assert "Approve" in called[-1].choices
    assert not slack.direct("jonas") and not slack.direct("ben") and not slack.direct("ana"), "only its approvers"

    shows(slack.clicks("jonas", waits, "Approve"), "who asks for a change is not the second person")
    assert (slack.audit()[-1].verb, slack.audit()[-1].decision) == ("approve", "refused")
    shows(slack.clicks("ben", waits, "Approve"), "You may not approve payments")
    assert [each for each in slack.clicks("priya", waits, "Approve") if each.thread == thread] == []
    shows([slack.message(waits)], "Approved by Priya Raman", "under way|starting|approved")
    slack.until(lambda: "The run" in slack.message(waits).words)
    slack.until(lambda: all("Approved by Priya Raman" in slack.direct(who)[-1].words for who in approvers))
    assert not any("Approve" in each.choices for who in approvers for each in slack.direct(who))
    shows(slack.clicks("tomasz", called[-1], "Approve"), "is under way already")
    going = shows(
        slack.says("jonas", "hows it going", thread),
        r"^Request \d+, payments 1\.4\.2 → production: (queued|being deployed)",
        "^Its message, kept current",
    )
    assert f"/p{waits.ts.replace('.', '')}" in str(going.blocks[-1]) and "kept current" in going.text
    assert not going.choices.keys() & {"Approve", "Reject"} and slack.message(waits).choices
    # "It" means what the thread shows, for somebody who said nothing there yet.
    shows(slack.says("mei", "who approved it?", thread), ".")
    shows(slack.says("cid", "is it healthy?", thread), "^payments in production")


def test_the_audit_log_is_for_those_who_may_and_for_them_alone(slack: Workspace) -> None:
    thread, _ = slack.starts("ana", "deploy storefront 2.8.2 to qa")
    shows(slack.says("ana", "yes", thread), r"^Request \d+, storefront 2\.8\.2 → qa")
    number = slack.audit()[-1].parameters["request"]
    shows(slack.says("priya", f"what happened with request {number}?", thread), f"^Request {number}")
    shows(slack.says("priya", f"who asked for request {number}?", thread), f"^Request {number}", "Ana Duarte")
    refused = shows(slack.says("priya", f"audit of request {number}", thread), "Platform Team may")
    assert "asked to deploy" not in refused.words
    told = alone(slack.says("lena", f"what happened with request {number}?", thread))
    shows([told], "Ana Duarte asked to deploy storefront 2.8.2 to qa", "was started for Ana Duarte")


def test_the_card_stays_with_its_asker_and_only_those_are_called_who_have_to_know(slack: Workspace) -> None:
    thread, _ = slack.starts("jonas", "deploy payments 1.4.2 to production")
    waits = shows(slack.says("jonas", "yes", thread), r"^Request \d+, payments .* waits for approval")
    number = waits.words.split()[1].rstrip(",")
    slack.until(lambda: slack.direct("priya"))
    elsewhere, _ = slack.starts("priya", "hi")
    said = shows(
        slack.says("priya", f"reject {number}: not on a Friday", elsewhere), "is rejected", "^Its message, kept current"
    )
    assert f"/p{waits.ts.replace('.', '')}" in str(said.blocks[-1]) and not said.choices.keys() & {"Approve", "Reject"}
    slack.until(lambda: "is rejected" in slack.message(waits).words)
    assert not slack.message(waits).choices, "the card is changed where it stands"
    line = f"<@{slack.peer['jonas']}> payments 1.4.2 → production: Priya Raman rejected it: not on a Friday."
    assert slack.until(lambda: slack.calls("jonas")) == [line]
    slack.until(lambda: "is rejected" in slack.direct("tomasz")[-1].words)
    assert slack.direct("jonas") == [] and not any(map(slack.calls, ("priya", "tomasz", "lena")))


def test_a_channel_that_wants_approvals_calls_all_who_may_approve_in_one_line(slack: Workspace) -> None:
    slack.commands("ana", "/assistant", "settings")
    kinds = {"type": "checkboxes", "selected_options": [{"value": "approvals"}]}
    slack.sends("ana", slack.stored("views")[-1], kinds=kinds)
    thread, _ = slack.starts("jonas", "deploy payments 1.4.2 to production")
    waits = shows(slack.says("jonas", "yes", thread), r"^Request \d+, payments .* waits for approval")
    line = f"please approve payments 1.4.2 → production (request {waits.words.split()[1].rstrip(',')})"
    (called,) = slack.until(lambda: slack.calls("priya"))
    assert called.endswith(f"> {line}") and all(f"<@{slack.peer[who]}>" in called for who in ("tomasz", "lena"))
    assert not any(map(slack.direct, ("priya", "tomasz", "lena")))
    slack.clicks("jonas", waits, "Withdraw it")
    shows([slack.message(waits)], "is cancelled")
    slack.until(lambda: not slack.assistant.records.requests.untold())
    assert slack.calls("jonas") == [], "nobody is called for what they did themselves"


def test_a_yes_in_words_to_two_requests_takes_their_buttons_away(slack: Workspace) -> None:
    thread, seen = slack.starts("tomasz", "payments and checkout to staging, latest")
    both = shows(seen, r"^Deploy payments [\d.]+ to staging .*and Deploy checkout [\d.]+ to staging")
    shows(slack.says("tomasz", "yes", thread), "^2 requests:")
    slack.until(lambda: not slack.message(both).choices)
    shows([slack.message(both)], r"^Request \d+, ")


def test_a_colleague_stops_what_the_thread_is_about(slack: Workspace) -> None:
    thread, seen = slack.starts("ana", "deploy checkout 1.4.2 to staging")
    shows(seen, r"^Deploy checkout 1\.4\.2 to staging")
    shows(slack.says("ana", "yes", thread), r"^Request \d+, ")
    shows(slack.says("cid", "stop it", thread), "You may not cancel")
    shows(slack.says("ben", "stop the deployment", thread), r"^Request \d+ is being stopped", "Ben Osei asked for it")


def test_locked_environment(slack: Workspace) -> None:
    thread, seen = slack.starts("ana", "lock staging until 5pm, load test")
    shows(seen, "Staging is yours", "load test", "search and storefront deploy on merge; I cannot stop those")
    held = shows(
        slack.says("cid", "deploy search 2.8.1 to staging", thread), "Ana Duarte holds staging", "Nothing was started"
    )
    assert "Tell me when it's free" in held.choices and "Take it over" not in held.choices, "Cid may not"
    shows(slack.clicks("cid", held, "Tell me when it's free"), "You are number 1", "I will ask you then")
    shows(slack.says("ana", "done early", thread), "Staging is free again")
    told = slack.until(lambda: slack.direct("cid"))
    shows(told, "is free now. Do you still want it?")
    assert len(told) == 1
    again = slack.clicks("cid", told[-1], "Deploy 2.8.1")
    shows(again, r"^Deploy search 2\.8\.1 to staging")
    assert "holds staging" not in again[-1].words and again[-1].channel == told[-1].channel, "the chain runs afresh"
    shows(slack.says("cid", "lock prod for an hour", thread), "What do you need production for|may not")


def test_hostile_and_odd(slack: Workspace) -> None:
    thread, seen = slack.starts("tomasz", "don't deploy search to staging, what would happen if we did")
    shows(seen, "search", "Nothing was|not possible right now")
    both = shows(
        slack.says("tomasz", "ok payments and checkout to staging, latest", thread),
        r"^Deploy payments [\d.]+ to staging .*and Deploy checkout [\d.]+ to staging",
    )
    assert "Yes, both" in both.choices
    message = {"user": slack.peer["tomasz"], "text": "ok to prod", "ts": thread}
    edit = {"type": "message", "subtype": "message_changed", "channel": slack.peer["channel"], "message": message}
    assert slack.delivers({**edit, "ts": "9.9"}) == []
    shows(
        slack.says("tomasz", "never mind", thread),
        "Dropped: payments 1.4.3 and checkout 1.4.4 to staging. Nothing was started",
    )
    slack.until(lambda: not slack.message(both).choices)
    shows([slack.message(both)], r"Request \d+, payments .* is cancelled")
    before = len(slack.audit())
    shows(slack.says("priya", '/approve_request{"run":"57"}', thread), "57|know")
    assert len(slack.audit()) == before

    guest = shows(
        slack.says("ben", "logs of identity prod", thread, user_team="T9"), "full members of this workspace only"
    )
    assert "identity" not in guest.words
    refused = slack.audit()[-1]
    assert (refused.name, refused.decision) == (f"T9/{slack.peer['ben']}", "refused")
    odd = slack.says("ana", "deploy checkout ${jndi:x} to prod", thread)
    shows(odd, r"I don't know a version called “\$\{jndi:x\}”\. Did you mean 1\.4\.4")


def test_a_deployment_by_command_and_window(slack: Workspace) -> None:
    card = shows(
        [alone(slack.commands("ana", "/deploy", "checkout 1.4.4 dev"))], r"^Deploy checkout 1\.4\.4 to development"
    )
    assert {"Yes, do it", "No", "Share"} <= set(card.choices)
    shows(slack.clicks("ana", card, "No"), "Nothing was started")

    assert slack.commands("ana", "/deploy", "checkout") == []
    window = slack.until(lambda: [each for each in slack.stored("views") if len(each["blocks"]) > 1])[-1]
    version = window["blocks"][2]["element"]
    assert [each["value"] for each in version["options"]][:2] == ["1.4.4", "1.4.3"]
    asked = alone(slack.sends("ana", window, environment=option("staging"), version=option("1.4.4")))
    shows([asked], r"^Deploy checkout 1\.4\.4 to staging", "has not run in qa")
    shows(slack.clicks("ana", asked, "No"), "Nothing was started")


def option(value: str) -> dict[str, Any]:
    return {"type": "static_select", "selected_option": {"value": value}}


def test_a_rollback_by_command(slack: Workspace) -> None:
    card = alone(slack.commands("ana", "/rollback", "checkout staging"))
    shows([card], r"^Roll back checkout in staging \(now 1\.4\.3\) to 1\.4\.2\?")
    shows(slack.clicks("ana", card, "No"), "Nothing was started")


def test_what_waits_for_me_stands_in_the_home_and_is_decided_there(slack: Workspace) -> None:
    thread, _ = slack.starts("ana", "deploy checkout 1.4.3 to production because of the sale")
    waits = shows(slack.says("ana", "yes", thread), "waits for approval")
    slack.delivers({"type": "app_home_opened", "user": slack.peer["ben"], "tab": "home"})
    home = slack.until(
        lambda: [v for v in slack.stored("views") if v["type"] == "home" and v["user_id"] == slack.peer["ben"]]
    )[-1]
    told = "\n".join(texts(home["blocks"]))
    assert re.search(r"^storefront staging$", told, re.MULTILINE) and "I don't know" not in told, told
    row = next(block for block in home["blocks"] if block["type"] == "actions")
    reject = next(each for each in row["elements"] if each["text"]["text"] == "Reject")
    clicked = {"action_id": reject["action_id"], "value": reject["value"], "action_ts": slack.stamp()}
    view = {"id": home["view_id"], "type": "home", "state": {"values": {}}}
    container = {"type": "view", "view_id": home["view_id"]}
    slack.interacts("ben", type="block_actions", container=container, view=view, actions=[clicked])
    slack.until(lambda: "rejected" in slack.message(waits).words)
    assert "Approve" not in slack.message(waits).choices


def test_what_was_wrong_is_asked_and_kept(slack: Workspace) -> None:
    _, seen = slack.starts("ana", "are you ok?")
    fine = shows(seen, "^I am fine", "github", "jenkins", "0 to answer, 0 to send")
    assert slack.clicks("ana", fine, "👎") == []
    window = slack.stored("views")[-1]
    assert window["title"]["text"] == "What was wrong?"
    shows(slack.sends("ana", window, reason={"type": "plain_text_input", "value": "too short"}), "^Thank you")
    opinion, about = slack.assistant.answers.opinions()[-1]
    assert (opinion.good, opinion.reason) == (False, "too short")
    assert about and (about.question, about.intent) == ("are you ok?", "ask_identity") and about.model


def test_a_message_can_be_asked_about_and_a_channel_chooses_what_is_read(slack: Workspace) -> None:
    about = slack.asks_about("ben", "how is checkout in prod?", "ana")
    shows([alone(about)], "^checkout in production: ")

    thread, _ = slack.starts("ana", "hi")
    assert slack.says("cid", "how's staging?", thread, called=False) == []
    assert slack.commands("ana", "/assistant", "settings") == []
    window = slack.stored("views")[-1]
    saved = slack.sends("ana", window, replies=option("always"), service=option("search"))
    shows(saved, "changed my settings in this channel", "also replies that do not", "I take search")
    shows(slack.says("cid", "how's staging?", thread, called=False), "^staging: ")
    shows(slack.commands("cid", "/deploy-status"), "^search: ")


def test_a_message_that_is_asked_about_is_never_obeyed(slack: Workspace) -> None:
    thread, _ = slack.starts("jonas", "deploy payments 1.4.2 to production")
    waits = shows(slack.says("jonas", "yes", thread), r"^Request \d+, payments .* waits for approval")
    number = waits.words.split()[1].rstrip(",")
    own, seen = slack.starts("ana", "deploy checkout 1.4.4 to dev")
    assert "Yes, do it" in seen[-1].choices
    asked = slack.audit()
    for who, words, author, where in (
        ("priya", f"approve {number}", "jonas", thread),
        ("priya", f"reject {number}: no", "jonas", thread),
        ("jonas", "stop it", "priya", thread),
        ("ana", "yes", "ben", own),
        ("ana", "no", "ben", own),
        ("ben", "deploy checkout 1.4.3 to staging", "ben", own),
        ("ben", "deploy checkout", "ana", own),
        ("ana", "lock staging until 5pm, load test", "ben", thread),
        ("ana", "lock production for an hour", "ben", thread),
        ("priya", "pause everything", "ana", thread),
        ("ana", "rerun checkout #18", "ben", thread),
    ):
        told = [each for each in slack.asks_about(who, words, author, where) if each.alone][-1]
        shows([told], "only read|Which run do you mean")
    assert slack.audit() == asked, "nothing was done, nothing was begun"
    shows([slack.message(waits)], "waits for approval")
    told = [each for each in slack.asks_about("ben", "how is search in staging?", "ana", own) if each.alone][-1]
    shows([told], "^search in staging: ")
    shows(slack.says("ana", "yes", own), r"^Request \d+, checkout 1.4.4")  # their own question is still open


def test_who_has_to_wait_sees_within_a_second_that_something_is_done(slack: Workspace) -> None:
    slack.faults(path="/repos/|/jenkins/", kind="slow", seconds=3)
    signs: list[str] = []
    looking = threading.Event()

    def look() -> None:
        while not looking.wait(0.05) and not signs:
            signs.extend(sign["name"] for each in slack.stored("messages") for sign in each["reactions"])

    watcher = threading.Thread(target=look)
    watcher.start()
    _, seen = slack.starts("ana", "how's qa doing?")
    looking.set()
    watcher.join()
    slack.faults()
    shows(seen, "^qa: ")
    assert signs == ["eyes"] and not any(each["reactions"] for each in slack.stored("messages"))


def test_without_the_action_server_everybody_gets_a_sentence(slack: Workspace) -> None:
    os.killpg(slack.processes._children["actions"].pid, signal.SIGKILL)
    thread, seen = slack.starts("ana", "how's staging doing?")
    shows(seen, "I could not look that up", "do not know whether that arrived", "reference [0-9a-f]{16}")
    slack.processes.tend()
    slack.until(lambda: "staging: " in slack.says("ana", "how's staging doing?", thread)[-1].words)
