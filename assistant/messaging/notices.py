"""What the assistant says by itself (port ``Notices``): one message each, kept current, where it was switched on."""

from __future__ import annotations

import html
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from hashlib import sha256
from typing import Protocol

from assistant.contracts.as_json import from_json
from assistant.contracts.card import Card
from assistant.contracts.notice import Notice
from assistant.contracts.platform import Person, Service, Team
from assistant.contracts.ports import ChatChoices, Offers, Outbox
from assistant.contracts.post import ChatSettings, Post, PostKind
from assistant.messaging.outbox import new_id

_LONGEST_CALL = 500
_PERSON = ("U", "W")
"""How the ids of people begin."""

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
        offers: the choices that were kept.
    """

    outbox: Outbox
    choices: ChatChoices
    platform: Callable[[], Platform]
    workspace: Callable[[], str]
    draw: Draw
    offers: Offers

    def tell(self, notice: Notice) -> None:
        """Change every message that shows it, and say it where it is wanted and not said yet.

        Whom it names is called once for each moment: under the answer to their own request, else where everybody reads
        it; where there is neither, they get it as a direct message.
        """
        platform = self.platform()
        shown = list(self.outbox.showing(notice.key))
        self._take_back(notice, {post.id for post in shown})
        for post in shown:
            self._draw(Post(new_id(), PostKind.UPDATE, post.team, post.channel, of=post.id), notice.card)
        places = list(self._places(notice, platform))
        for place in places:
            if place not in [(post.team, post.channel) for post in shown]:
                shown.append(self._say(notice, *place))
        everybodys = [post for post in shown if post.reader is None or (post.team, post.channel) in places]
        called: dict[str, list[str]] = {}
        for person in self._people(notice, platform):
            where = [post for post in shown if post.reader == person] or everybodys
            if where:
                called.setdefault(where[0].id, []).append(person)
            else:
                self._say(notice, self.workspace(), person)
        for post in shown:
            if called.get(post.id) and not (notice.moment and post.calls == notice.moment):
                self._call(notice, post, called[post.id])

    @staticmethod
    def _people(notice: Notice, platform: Platform) -> list[str]:
        """Who is called, by their ids in the chat."""
        named = [platform.people[name].slack for name in notice.pinged if name in platform.people]
        return [slack for slack in named if slack]

    def _take_back(self, notice: Notice, current: Container[str]) -> None:
        """Take away the choices that fit the request no longer, wherever they are offered, however it was settled.

        Args:
            current: the messages that are changed anyway.
        """
        number, revision = notice.request or (0, 0)
        for answer in self.offers.offering(number):
            card = from_json(Card, answer.card)
            left = tuple(each for each in card.buttons if all(n != number or r == revision for n, r in each.about))
            if len(left) == len(card.buttons):
                continue
            post = Post(new_id(), PostKind.UPDATE, answer.team, answer.channel, of=answer.message)
            if answer.message not in current:
                self._draw(post, replace(card, buttons=left, notes=(*card.notes, notice.card.title)))
            self.offers.took_back(answer.message, but=post.id)

    def _say(self, notice: Notice, team: str, channel: str) -> Post:
        first = sha256("\n".join((notice.key, team, channel)).encode()).hexdigest()[:16]
        reader = channel if channel.startswith(_PERSON) else None
        post = Post(first, PostKind.MESSAGE, team, channel, reader=reader, critical=True)
        post = replace(post, shows=notice.key, subject=notice.subject, calls=notice.moment if reader else "")
        self._draw(post, notice.card)
        return post

    def _call(self, notice: Notice, post: Post, people: Sequence[str]) -> None:
        """Name people under a message, with what they are called for: in its thread, or in the one it stands in."""
        text = f"{' '.join(f'<@{person}>' for person in people)} {html.escape(notice.call, quote=False)}"
        # Words of others stand in it: in rich text the chat takes nothing in them for a mention or a link.
        elements: list[Mapping[str, str]] = [{"type": "user", "user_id": person} for person in people]
        elements.append({"type": "text", "text": f" {notice.call[:_LONGEST_CALL]}"})
        block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}
        ping = Post(f"{post.id}.{notice.moment}", PostKind.MESSAGE, post.team, post.channel, text, (block,))
        ping = replace(ping, thread=post.thread) if post.thread else replace(ping, of=post.id)
        self.outbox.put(ping, now=_now())

    def _draw(self, post: Post, card: Card) -> None:
        self.outbox.put(self.draw(post, card), now=_now())

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
