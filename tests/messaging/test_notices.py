"""What the assistant says by itself: where it was switched on, one message each, nobody called twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest
from sqlalchemy.engine import Engine

from assistant.contracts.as_json import to_json
from assistant.contracts.card import Button, Card
from assistant.contracts.notice import Notice
from assistant.contracts.platform import Team
from assistant.contracts.post import Answered, ChatSettings, Place, Post, PostKind
from assistant.integrations.store.answers import SqlAnswers
from assistant.integrations.store.chat_settings import SqlChatChoices
from assistant.integrations.store.outbox import SqlOutbox
from assistant.messaging.notices import OutboxNotices
from tests.operations.platform import CATALOGUE
from tests.presentation.block_rules import check_message, texts

NOTICE = Notice(
    "deployment:payments:production:8841", "deployments", Card("payments 1.4.2 is deploying"), teams=("team-payments",)
)


class Told:
    """Notices over an empty database, and the posts that come of them."""

    def __init__(self, engine: Engine) -> None:
        self.outbox, self.choices, self.catalogue = SqlOutbox(engine), SqlChatChoices(engine), CATALOGUE
        self.answers = SqlAnswers(engine)
        self.notices = OutboxNotices(
            self.outbox,
            self.choices,
            lambda: self.catalogue,
            lambda: "T1",
            self.draw,
            self.answers,
        )

    def draw(self, post: Post, card: Card) -> Post:
        where = (post.team, post.channel, post.thread, f"{post.team}.{post.channel}", "")
        self.answers.keep(Answered(post.id, *where, "", to_json(card), of=post.of), datetime.now(timezone.utc))
        titles = [each.title for each in card.buttons]
        return replace(post, text=" | ".join((card.title, *card.notes, *titles)))

    def wants(self, channel: str, **settings: object) -> None:
        chosen = ChatSettings(**{"kinds": ("deployments",), **settings})  # type: ignore[arg-type]
        self.choices.choose("T1", channel, chosen, "U1", datetime.now(timezone.utc))

    def posts(self) -> list[Post]:
        found: list[Post] = []
        while taken := self.outbox.take(60, 50, datetime.now(timezone.utc)):
            for each in taken:
                found.append(each.post)
                self.outbox.sent((each.post, Place(each.post.channel, f"1.{len(found)}")))
        return found


@pytest.fixture
def told(engine: Engine) -> Told:
    return Told(engine)


def test_nobody_hears_what_nobody_switched_on(told: Told) -> None:
    told.wants("C1", kinds=("approvals",))
    told.notices.tell(NOTICE)
    assert told.posts() == []
    told.notices.tell(replace(NOTICE, also=("approvals",)))
    assert [post.channel for post in told.posts()] == ["C1"]


def test_one_message_is_kept_current(told: Told) -> None:
    told.wants("C1")
    told.notices.tell(NOTICE)
    (first,) = told.posts()
    assert (first.kind, first.channel, first.text) == (PostKind.MESSAGE, "C1", "payments 1.4.2 is deploying")
    told.notices.tell(replace(NOTICE, card=Card("payments 1.4.2 runs")))
    (update,) = told.posts()
    assert (update.kind, update.of, update.text) == (PostKind.UPDATE, first.id, "payments 1.4.2 runs")


def test_who_is_named_is_called_once_in_the_thread(told: Told) -> None:
    told.wants("C1")
    named = replace(
        NOTICE, pinged=("priya-raman", "mei-tanaka", "nobody-known"), moment="waiting", call="please <approve>"
    )
    told.notices.tell(named)
    _, ping = told.posts()
    assert (ping.kind, ping.channel, ping.of is not None) == (PostKind.MESSAGE, "C1", True)
    priya, mei = CATALOGUE.people["priya-raman"].slack, CATALOGUE.people["mei-tanaka"].slack
    assert ping.text == f"<@{priya}> <@{mei}> please &lt;approve&gt;"
    check_message(ping.text, ping.blocks)
    assert texts(ping.blocks) == [" please <approve>"]
    told.notices.tell(replace(named, card=Card("still waiting")))
    assert [post.kind for post in told.posts()] == [PostKind.UPDATE]
    ended = replace(named, pinged=("mei-tanaka",), moment="end", call="done")
    told.notices.tell(ended)
    told.notices.tell(replace(ended, card=Card("healthy for 10 min")))
    assert [post.text for post in told.posts() if post.kind is PostKind.MESSAGE] == [f"<@{mei}> done"], "once"


def test_where_a_request_was_made_in_a_channel_that_wants_such_requests_approvers_are_called_there(
    told: Told,
) -> None:
    told.wants("C5", kinds=("approvals",))
    ana = CATALOGUE.people["ana-duarte"].slack
    shown = Post("answer-1", PostKind.MESSAGE, "T1", "C5", "waits", thread="1.1", reader=ana, shows=NOTICE.key)
    told.outbox.put(shown, now=datetime.now(timezone.utc))
    told.posts()
    told.notices.tell(replace(NOTICE, also=("approvals",), pinged=("priya-raman",), moment="waiting", call="approve"))
    update, ping = told.posts()
    assert (update.of, ping.channel, ping.thread) == ("answer-1", "C5", "1.1")
    assert ping.text == f"<@{CATALOGUE.people['priya-raman'].slack}> approve"


def test_where_no_channel_wants_it_those_who_are_named_get_it(told: Told) -> None:
    told.notices.tell(replace(NOTICE, pinged=("priya-raman",)))
    (direct,) = told.posts()
    assert (direct.channel, direct.text) == (CATALOGUE.people["priya-raman"].slack, "payments 1.4.2 is deploying")


def test_an_answer_that_shows_it_is_kept_current_and_its_reader_called_when_it_ends(told: Told) -> None:
    ana = CATALOGUE.people["ana-duarte"].slack or ""
    shown = Post("answer-1", PostKind.MESSAGE, "T1", "C5", "waits", thread="1.1", reader=ana, shows=NOTICE.key)
    told.outbox.put(shown, now=datetime.now(timezone.utc))
    told.posts()
    told.notices.tell(replace(NOTICE, pinged=("priya-raman",), moment="waiting", call="approve"))
    update, direct = told.posts()
    assert (update.kind, update.channel, update.of) == (PostKind.UPDATE, "C5", "answer-1")
    assert direct.channel == CATALOGUE.people["priya-raman"].slack, "it was not asked where Priya reads"
    told.notices.tell(replace(NOTICE, pinged=("priya-raman",), moment="waiting", card=Card("still waiting")))
    assert [post.kind for post in told.posts()] == [PostKind.UPDATE, PostKind.UPDATE]
    told.notices.tell(replace(NOTICE, pinged=("ana-duarte",), card=Card("done"), moment="end", call="runs"))
    *updates, ping = told.posts()
    assert [post.of for post in updates] == ["answer-1", direct.id]
    assert (ping.text, ping.channel, ping.thread) == (f"<@{ana}> runs", "C5", "1.1")


def test_who_was_told_directly_is_called_again_only_at_the_end(told: Told) -> None:
    named = replace(NOTICE, pinged=("priya-raman",), moment="waiting", call="please approve")
    told.notices.tell(named)
    (direct,) = told.posts()
    told.notices.tell(replace(named, card=Card("still waits")))
    assert [post.kind for post in told.posts()] == [PostKind.UPDATE]
    told.notices.tell(replace(named, card=Card("failed"), moment="end", call="failed"))
    update, ping = told.posts()
    assert (update.of, ping.of, ping.channel) == (direct.id, direct.id, direct.channel)


def test_choices_that_fit_a_request_no_longer_are_taken_back_wherever_they_stand(told: Told) -> None:
    now = datetime.now(timezone.utc)
    both = Card("Deploy both?", buttons=(Button("Yes, both", "affirm", {"shown": "57.1 58.1"}),))
    other = Button("Approve request 58", "approve_request", {"shown": "58.1"})
    mixed = Card("2 wait", buttons=(Button("Approve request 57", "approve_request", {"shown": "57.1"}), other))
    fits = Card("57 waits", buttons=(Button("Approve", "approve_request", {"shown": "57.2"}),))
    for id, card in (("both", both), ("mixed", mixed), ("fits", fits)):
        told.outbox.put(told.draw(Post(id, PostKind.MESSAGE, "T1", "C5"), card), now=now)
    told.posts()
    changed = Notice("request:57", "", Card("Request 57 is approved."), request=(57, 2))
    told.notices.tell(changed)
    assert [(post.kind, post.of, post.text) for post in told.posts()] == [
        (PostKind.UPDATE, "both", "Deploy both? | Request 57 is approved."),
        (PostKind.UPDATE, "mixed", "2 wait | Request 57 is approved. | Approve request 58"),
    ]
    told.notices.tell(changed)
    assert told.posts() == [], "once"
    told.notices.tell(Notice("request:58", "", Card("Request 58 is void."), request=(58, 2)))
    (last,) = told.posts()
    assert (last.of, last.text) == ("mixed", "2 wait | Request 57 is approved. | Request 58 is void.")


def test_the_message_that_shows_a_request_is_changed_once_not_twice(told: Told) -> None:
    waits = Card("57 waits", buttons=(Button("Approve", "approve_request", {"shown": "57.1"}),))
    shown = Post("a-1", PostKind.MESSAGE, "T1", "C5", reader="U1", shows="request:57")
    told.outbox.put(told.draw(shown, waits), now=datetime.now(timezone.utc))
    told.posts()
    told.notices.tell(Notice("request:57", "", Card("Request 57 is done."), request=(57, 2)))
    (update,) = told.posts()
    assert (update.of, update.text) == ("a-1", "Request 57 is done.")


@pytest.mark.parametrize(("service", "hears"), [("payments", True), ("search", False), (None, True)])
def test_a_channel_with_a_service_hears_of_that_services_team(told: Told, service: str | None, hears: bool) -> None:
    told.wants("C1", service=service)
    told.notices.tell(NOTICE)
    assert bool(told.posts()) is hears


def test_the_catalogue_may_switch_on_and_a_channel_off(told: Told) -> None:
    declared = {"C7": ChatSettings(kinds=("deployments",)), "C8": ChatSettings(kinds=("deployments",))}
    teams = {**CATALOGUE.teams, "team-payments": Team("team-payments", "Team Payments", channel="C7")}
    told.catalogue = replace(CATALOGUE, slack_channels=declared, teams=teams)
    told.wants("C8", kinds=())
    told.notices.tell(NOTICE)
    assert [post.channel for post in told.posts()] == ["C7"]
    told.notices.tell(replace(NOTICE, key="other", teams=("team-discovery",)))
    assert told.posts() == []
