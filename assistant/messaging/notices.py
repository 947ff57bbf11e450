"""What the assistant says by itself (port ``Notices``): one message each, kept current, where it was switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from hashlib import sha256
from typing import Protocol

from assistant.contracts.card import Card
from assistant.contracts.notice import Notice
from assistant.contracts.platform import Person, Service, Team
from assistant.contracts.ports import ChatChoices, Outbox
from assistant.contracts.post import ChatSettings, Post, PostKind
from assistant.messaging.outbox import new_id

Draw = Callable[[Post, Card], Post]
"""Puts a card into a post, as a channel shows it."""


class Platform(Protocol):
    """The part of the catalogue that says who reads where."""

    @property
    def services(self) -> Mapping[str, Service]: ...
    @property
    def teams(self) -> Mapping[str, Team]: ...
    @property
    def people(self) -> Mapping[str, Person]: ...
    @property
    def slack_channels(self) -> Mapping[str, ChatSettings]: ...


@dataclass(frozen=True)
class OutboxNotices:
    """Notices as posts.

    Attributes:
        choices: what channels have switched on, over what the catalogue says.
        platform: the catalogue of now.
        workspace: the company's, for channels that only the catalogue names.
        draw: makes a post of a card; it keeps the card's choices.
    """

    outbox: Outbox
    choices: ChatChoices
    platform: Callable[[], Platform]
    workspace: Callable[[], str]
    draw: Draw

    def tell(self, notice: Notice) -> None:
        """Say it in every channel that wants it, or change what was said there; whom it names, hears of it once.

        Where no channel wants it, those whom it names get it as a direct message.
        """
        platform = self.platform()
        named = [platform.people[name].slack for name in notice.pinged if name in platform.people]
        people = [slack for slack in named if slack]
        places = list(self._places(notice, platform))
        for team, channel in places:
            first = self._show(notice, team, channel)
            for person in people:
                ping = Post(f"{first}.{person}", PostKind.MESSAGE, team, channel, f"<@{person}>", of=first)
                self.outbox.put(ping, now=_now())
        for person in () if places else people:
            self._show(notice, self.workspace(), person)

    def _show(self, notice: Notice, team: str, channel: str) -> str:
        """Post it, or change the message; the id of the post that made that message."""
        first = sha256("\n".join((notice.key, team, channel)).encode()).hexdigest()[:16]
        if self.outbox.knows(first):
            post = Post(new_id(), PostKind.UPDATE, team, channel, of=first)
        else:
            post = Post(first, PostKind.MESSAGE, team, channel, critical=True)
        self.outbox.put(self.draw(post, notice.card), now=_now())
        return first

    def _places(self, notice: Notice, platform: Platform) -> Iterator[tuple[str, str]]:
        chosen = dict(self.choices.everywhere())
        for channel, settings in platform.slack_channels.items():
            chosen.setdefault((self.workspace(), channel), settings)
        for (team, place), settings in sorted(chosen.items()):
            declared = platform.slack_channels.get(place, ChatSettings())
            kinds = declared.kinds if settings.kinds is None else settings.kinds
            service = platform.services.get(settings.service or declared.service or "")
            if {notice.kind, *notice.also} & set(kinds or ()) and _concerns(notice, place, service, platform):
                yield team, place


def _concerns(notice: Notice, channel: str, service: Service | None, platform: Platform) -> bool:
    """A channel that is a team's own, or has a service of its own, sees what concerns that team; another one all."""
    owners = {name for name, team in platform.teams.items() if team.channel == channel}
    owners |= {service.owner} if service else set()
    return not owners or bool(owners & set(notice.teams))


def _now() -> datetime:
    return datetime.now(timezone.utc)
