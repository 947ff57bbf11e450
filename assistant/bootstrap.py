"""Joins everything: providers (``providers.py``), database, chat and documents; built at its first use and kept."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from functools import cached_property, lru_cache, partial

from sqlalchemy.engine import Engine

from assistant.catalogue import Catalogue
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.contracts.as_json import to_json
from assistant.contracts.card import Card
from assistant.contracts.errors import Invalid, NotConnected, Unavailable
from assistant.contracts.messaging import Stage
from assistant.contracts.own_state import Traffic
from assistant.contracts.platform import Person
from assistant.contracts.post import Answered, ChatSettings, Opinion, Post, settled
from assistant.contracts.records import Records, Switch
from assistant.integrations.chat.slack import Slack
from assistant.integrations.chat.workspaces import InstalledWorkspaces, Members, OneWorkspace
from assistant.integrations.knowledge.markdown import MarkdownKnowledge
from assistant.integrations.monitoring.alertmanager import Alertmanager
from assistant.integrations.monitoring.prometheus import Prometheus
from assistant.integrations.store.answers import SqlAnswers
from assistant.integrations.store.audit import SqlAuditLog
from assistant.integrations.store.chat_settings import SqlChatChoices
from assistant.integrations.store.database import open_database
from assistant.integrations.store.inbox import SqlInbox
from assistant.integrations.store.installations import SqlInstallations
from assistant.integrations.store.leases import SqlLeases
from assistant.integrations.store.locks import SqlLocks
from assistant.integrations.store.observations import SqlObservations
from assistant.integrations.store.outbox import SqlOutbox
from assistant.integrations.store.requests import SqlRequests
from assistant.integrations.store.watches import SqlWatches
from assistant.language.names import Names
from assistant.language.question import canonical
from assistant.messaging.notices import OutboxNotices
from assistant.operations.context import Context
from assistant.presentation.posts import filled
from assistant.providers import Providers
from assistant.safeguards.access import load_access
from assistant.safeguards.quoted import only_looking, refuse
from assistant.safeguards.redaction import redact_card
from assistant.settings import Settings, SlackApp, load_settings

ANSWER_DEADLINE = 5.0

_MOST_COUNTED = 1000


class Assistant(Providers):
    """The assembled assistant of one process."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._names: tuple[str, Names] | None = None
        self._knowledge = MarkdownKnowledge(settings.catalog, canonical)

    @cached_property
    def engine(self) -> Engine:
        """The database, brought up to date. Raises Unavailable when it cannot be opened."""
        return open_database(self.settings.database_url)

    @cached_property
    def leases(self) -> SqlLeases:
        """Who does which recurring job."""
        return SqlLeases(self.engine)

    @cached_property
    def inbox(self) -> SqlInbox:
        """What came in from chat; SQLite has a file for it alone, so that acknowledging waits for no other writer."""
        url = self.settings.database_url
        if not url.startswith("sqlite:///"):
            return SqlInbox(self.engine)
        return SqlInbox(open_database(f"{url.removesuffix('.db')}-inbox.db"))

    @cached_property
    def installations(self) -> SqlInstallations:
        """Where Slack's users have installed the app. Raises Invalid without ``SLACK_ENCRYPTION_KEYS``."""
        slack = self.slack
        if slack.encryption_keys is None:
            raise Invalid("SLACK_ENCRYPTION_KEYS is missing. Make a key: assistant slack new-key")
        return SqlInstallations(self.engine, slack.encryption_keys.value.replace(",", " ").split())

    @cached_property
    def workspaces(self) -> OneWorkspace | InstalledWorkspaces:
        """Where the app is installed, with tokens that work. Raises NotConnected without the settings for Slack."""
        slack = self.slack
        if slack.bot_token:
            return OneWorkspace(slack.bot_token.value, slack.api_url)
        client, secret = slack.client_id or "", slack.client_secret.value if slack.client_secret else ""
        return InstalledWorkspaces(self.installations, self.leases, client, secret, slack.api_url)

    @cached_property
    def members(self) -> Members:
        """Who is a full member of a workspace."""
        return Members(self.workspaces, self.slack.api_url)

    @cached_property
    def outbox(self) -> SqlOutbox:
        """What waits to be sent to a chat."""
        return SqlOutbox(self.engine)

    @cached_property
    def chat(self) -> Slack:
        """Slack, for writing. Raises NotConnected without the settings for it."""
        return Slack(self.workspaces, self.slack.api_url)

    @cached_property
    def answers(self) -> SqlAnswers:
        """Answers that were given in chat, and what people said of them."""
        return SqlAnswers(self.engine)

    @cached_property
    def chat_choices(self) -> SqlChatChoices:
        """What channels and people have chosen in chat."""
        return SqlChatChoices(self.engine)

    def chat_settings(self, team: str, place: str, user: str = "") -> ChatSettings:
        """What holds in a channel or for a person (``place``): what was chosen there, else what the catalogue says of
        the channel, else what ``user`` has chosen.
        """
        chosen = [self.chat_choices.chosen(team, place), self.source.current().slack_channels.get(place)]
        return settled([*chosen, self.chat_choices.chosen(team, user) if user else None])

    def traffic(self) -> Traffic:
        """What goes through the chat. Raises Unavailable when the database does not answer."""
        posts, open_ones = self.outbox.backlog(datetime.now(timezone.utc)), self.inbox.entries(None, _MOST_COUNTED)
        # What asks for this is being answered already.
        waiting = sum(entry.stage is Stage.WAITING for entry in open_ones)
        dead = sum(entry.stage is Stage.DEAD for entry in open_ones)
        last = next((entry.incoming.received_at for entry in self.inbox.entries(Stage.DONE, 1)), None)
        return Traffic(waiting, dead, posts.waiting, posts.failed, last, posts.problem)

    def _in_own_zone(self, person: Person | None, actor: Actor) -> Person | None:
        """The person with the time zone that they chose in chat, if any."""
        if person is None or actor.is_local:
            return person
        try:
            zone = self.chat_choices.chosen(actor.workspace, actor.user).zone
        except Unavailable:
            return person
        return replace(person, timezone=zone) if zone else person

    def person(self, actor: Actor) -> Person | None:
        """The person of the catalogue behind a verified account, None when nobody there has it."""
        return find_person(self.source.current(), actor)

    @property
    def notices(self) -> OutboxNotices:
        """What the assistant says by itself in channels that have switched it on."""
        platform = self.source.current
        return OutboxNotices(self.outbox, self.chat_choices, platform, self._workspace, self._drawn, self.answers)

    def _workspace(self) -> str:
        """The company's own workspace. Raises NotConnected without Slack."""
        return next(iter(self.source.current().slack_workspaces or self.workspaces.teams()), "")

    def _drawn(self, post: Post, card: Card) -> Post:
        """A card in a post that nobody asked for; its choices work like those of an answer."""
        card = redact_card(card)
        answer = Answered(post.id, post.team, post.channel, None, f"{post.team}.{post.channel}", "", "", to_json(card))
        answer = replace(answer, of=post.of)
        self.answers.keep(answer, datetime.now(timezone.utc))
        return filled(post, card, answer)[0]

    @property
    def slack(self) -> SlackApp:
        """The settings for Slack. Raises NotConnected when there are none, Invalid for half of them."""
        slack = self.settings.slack
        if slack is None:
            raise NotConnected("Slack", "is not connected (docs/slack.md says how)")
        return slack

    @property
    def answer_seconds(self) -> float:
        """Seconds from a message to its answer, with whatever is known by then (``ANSWER_DEADLINE``)."""
        return self.settings.seconds("ANSWER_DEADLINE", ANSWER_DEADLINE)

    def names(self) -> Names:
        """The names of the catalogue as it is now, ready for matching."""
        catalogue = self.source.current()
        with self._lock:
            if self._names is None or self._names[0] != catalogue.revision:
                self._names = (catalogue.revision, Names(catalogue))
            return self._names[1]

    @property
    def watches(self) -> SqlWatches:
        """The deployments that are followed, and what providers have sent about them."""
        return SqlWatches(self.engine, self._origin(self.source.current()))

    @property
    def records(self) -> Records:
        """Requests and locks of what is connected now, and the audit log of everything."""
        source = self._origin(self.source.current())
        return Records(SqlRequests(self.engine, source), SqlLocks(self.engine, source), SqlAuditLog(self.engine))

    @property
    def switch(self) -> Switch:
        """The pause alone: it stops everything, whatever is connected, so it works with a broken catalogue too."""
        return SqlLocks(self.engine, "")

    def context(self, actor: Actor, seconds: float | None = None, message: str = "", quoted: bool = False) -> Context:
        """What one question works with.

        Args:
            actor: the verified speaker.
            seconds: until its deadline; ``answer_seconds`` when absent.
            message: the id of the message or click that is answered, for the audit log.
            quoted: the speaker only asks about somebody's words, so nothing can be changed.

        Raises:
            CatalogueBroken: the catalogue cannot be read and never could.
        """
        catalogue = self.source.current()
        seconds = seconds or self.answer_seconds
        person = self._in_own_zone(find_person(catalogue, actor), actor)
        alerts = self._instances(catalogue, "alertmanager", Alertmanager)
        metrics = self._instances(catalogue, "prometheus", Prometheus)
        return Context(
            actor=replace(actor, person=person.name if person else None),
            person=person,
            catalogue=catalogue,
            access=load_access(self.settings.catalog),
            ci=self.ci,
            pipelines=self.pipelines,
            history=self.history,
            changes=self.changes,
            deployers=only_looking(self.deployer) if quoted else self.deployer,
            monitoring={**alerts, **metrics},
            alerts=alerts,
            metrics=metrics,
            observations=SqlObservations(self.engine, self._origin(catalogue)),
            knowledge=self._knowledge,
            pools=self._pool,
            deadline=time.monotonic() + seconds,
            sandbox=self.sandbox,
            problem=self.source.problem,
            pings={name: partial(self.ping, name) for name in catalogue.providers},
            traffic=self.traffic,
            judge=refuse if quoted else self._judge,
            records=self.records,
            quoted=quoted,
            watches=self.watches,
            message=message,
        )

    def _judge(self, opinion: Opinion, about: Answered | None) -> None:
        self.answers.judge(opinion, about, datetime.now(timezone.utc))

    def page_owners(self, catalogue: Catalogue, seconds: float) -> Mapping[str, str]:
        """Who owns each page of the documents, by its file. Raises Unavailable when they cannot be read in time."""
        return self._knowledge.owners(catalogue.documents, time.monotonic() + seconds)


def find_person(catalogue: Catalogue, actor: Actor) -> Person | None:
    """The person of the catalogue behind a verified account, None when nobody there has it."""
    if actor.is_guest:
        return None
    if actor.workspace == LOCAL_WORKSPACE:
        return catalogue.person(name=actor.user)
    if catalogue.slack_workspaces and actor.workspace not in catalogue.slack_workspaces:
        return None
    return catalogue.person(slack=actor.user)


@lru_cache(maxsize=1)
def the_assistant() -> Assistant:
    """The assistant of this process, built from the settings."""
    return Assistant(load_settings())
