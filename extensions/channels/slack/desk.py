"""Where what comes in from Slack is answered: turns of the dialogue, cards, and the posts that they become.

Nothing here calls Slack; the worker sends what the outbox holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, TypeVar

from rasa.core.channels.channel import UserMessage

from assistant.bootstrap import Assistant
from assistant.contracts.actor import Actor
from assistant.contracts.as_json import from_json, to_json
from assistant.contracts.card import Button, Card
from assistant.contracts.messaging import Incoming, Kind
from assistant.contracts.post import Answered, Post, PostKind
from assistant.presentation.posts import filled
from assistant.safeguards.access import load_access
from assistant.safeguards.redaction import redact, redact_card
from extensions.channels.several import Parse
from extensions.channels.slack.command_table import with_commands
from extensions.channels.slack.intents import YES_OR_NO
from extensions.channels.slack.output import Answer, SlackOutput, addressed, clicked_id, is_for_one, nearest
from extensions.channels.turn import Handler, take_turn

SIGN_SECONDS = 0.7
"""When no answer is there by then, a sign says that one is being looked for."""
SIGN = "eyes"

T = TypeVar("T")


@dataclass(frozen=True)
class Wish:
    """What a command or button means: an intent with its values by entity, and how a person would say it."""

    intent: str
    values: Mapping[str, Sequence[str]]
    words: str


class Desk:
    """Answers in one process.

    Args:
        handle: Rasa's handler of messages.
        key: signs who is speaking.
        parse: Rasa's parser, for messages of several questions.
    """

    def __init__(self, assistant: Assistant, handle: Handler, key: str | None, parse: Parse | None = None) -> None:
        self.assistant, self._handle, self._key, self._parse = assistant, handle, key, parse

    @staticmethod
    async def run(call: Callable[..., T], *arguments: Any) -> T:
        """What blocks, in a thread of its own."""
        return await asyncio.to_thread(call, *arguments)

    async def ask(self, incoming: Incoming, actor: Actor, text: str, overheard: bool = False) -> None:
        """A turn of the dialogue with what somebody wrote; the answer goes where they wrote it.

        Args:
            overheard: it did not name the assistant, so what was not understood is not for it to answer.
        """
        await self._turn(incoming, actor, UserMessage(text), self._parse, overheard=overheard)

    async def wish(self, incoming: Incoming, actor: Actor, wish: Wish, settles: bool = False) -> None:
        """A turn with what a command or button means, without looking for a meaning.

        Args:
            settles: the answer takes the place of the question that was clicked, where one person alone sees that.
        """
        await self._turn(incoming, actor, _spoken(wish), settles=settles)

    async def cards(self, incoming: Incoming, actor: Actor, wish: Wish, lane: str) -> list[Card]:
        """What a wish is answered with, for whoever puts cards together; in a conversation of its own."""
        found: list[Card] = []

        async def keep(answer: Answer) -> None:
            found.append(answer.card)

        message = _spoken(wish)
        message.sender_id = f"{incoming.team}.{incoming.user}.{lane}"
        message.message_id = f"{incoming.id}-{lane}"
        message.output_channel, message.input_channel = SlackOutput(keep), "slack"
        await take_turn(self._handle, message, actor, self._key)
        return found

    async def say(self, incoming: Incoming, card: Card, name: str = "said") -> None:
        """A card of the assistant's own; to one person alone where others did not ask for it.

        Args:
            name: tells it apart from what else is said about the same; said under the same name it is said once.
        """
        private = incoming.kind is not Kind.MESSAGE
        await self._give(incoming, Answer(redact_card(card)), f"{incoming.id}-{name}", card.title, private, False)

    async def announce(self, incoming: Incoming, channel: str, card: Card) -> None:
        """A card of the assistant's own for everybody in a channel, because of what somebody did elsewhere."""
        post = Post(f"{incoming.id}-said", PostKind.MESSAGE, incoming.team, channel, reader=incoming.user)
        await self.put(*filled(post, redact_card(card), _kept(incoming, Answer(card), post, "")))

    async def put(self, *posts: Post) -> None:
        """Posts on their way."""
        await self.run(lambda: self.assistant.outbox.put(*posts, now=_now()))

    async def _turn(
        self,
        incoming: Incoming,
        actor: Actor,
        message: UserMessage,
        parse: Parse | None = None,
        settles: bool = False,
        overheard: bool = False,
    ) -> None:
        question, answered = message.text, asyncio.Event()
        before = await self.run(self.assistant.answers.newest, incoming.conversation)

        async def give(answer: Answer) -> None:
            id = f"{incoming.id}-{output.said}"
            answered.set()
            if overheard and not answer.meant:
                output.said -= 1
                return
            signed = await asyncio.shield(signing)
            await self._give(incoming, self._helpful(answer, question), id, question, False, signed or settles)

        output = SlackOutput(give)
        message.sender_id, message.message_id = incoming.conversation, incoming.id
        message.output_channel, message.input_channel = output, "slack"
        signing = asyncio.ensure_future(self._sign(incoming, answered))
        try:
            await take_turn(self._handle, message, actor, self._key, parse, incoming.kind is Kind.SHORTCUT)
        finally:
            answered.set()
            # An attempt before this one may have shown it and ended with its process.
            if (await signing or incoming.attempts > 1) and (sign := _sign(incoming, PostKind.UNREACT)):
                await self.put(sign)
        if output.said and before is not None and incoming.kind is not Kind.SHORTCUT:
            await self._close(incoming, before)

    def _helpful(self, answer: Answer, question: str) -> Answer:
        """The answer; to a call for help with what only this channel has."""
        if (answer.understood or {}).get("intent") != "ask_help":
            return answer
        return replace(answer, card=with_commands(answer.card, question, self.assistant.slack.command_prefix))

    async def _close(self, incoming: Incoming, before: Answered) -> None:
        """Take the choices away from a question that was answered, or passed over, in words."""
        asked = any(map(answers_a_question, from_json(Card, before.card).buttons))
        of_this_turn = before.id.startswith(incoming.id) or before.id == clicked_id(incoming)
        if not asked or of_this_turn or before.ephemeral or before.revision:
            return
        if await self.run(self.assistant.answers.settle, before.id, before.revision):
            await self.refresh(incoming, before, "It goes on below.")

    async def _sign(self, incoming: Incoming, answered: asyncio.Event) -> bool:
        """Show that an answer is being looked for, if none is there soon; whether that was shown.

        A sign under the question makes no sound and leaves nothing.
        """
        try:
            await asyncio.wait_for(answered.wait(), SIGN_SECONDS)
            return False
        except asyncio.TimeoutError:
            pass
        if (sign := _sign(incoming, PostKind.REACT)) is not None:
            await self.put(sign)
        elif is_for_one(incoming) and incoming.body.get("response_url"):
            await self.put(replace(addressed(incoming, f"{incoming.id}-looking", True), text="Looking …"))
        return True

    async def _give(
        self, incoming: Incoming, answer: Answer, id: str, question: str, private: bool, instead: bool
    ) -> None:
        hidden = await self.run(self.unshown, incoming.channel, answer.private)
        # Who clicked what is not for them has asked nothing that others have to read.
        private = private or (answer.refused and incoming.kind is Kind.ACTION)
        post = addressed(incoming, id, private or bool(hidden), instead)
        if answer.shows and post.kind is PostKind.MESSAGE:
            post = await self._kept_current(incoming, answer, post)
        if answer.see:
            shown = await self.run(self.assistant.outbox.showing, answer.see)
            post = replace(post, see=nearest(shown, post))
        if post.see:  # The choices are there, and kept current.
            answer = replace(answer, card=replace(answer.card, buttons=()))
        kept = _kept(incoming, answer, post, question)
        judged = kept if answer.judged else replace(kept, intent="")
        posts = filled(post, answer.card, judged, shareable=answer.shareable and not hidden)
        await self.run(lambda: self.assistant.outbox.put(*posts, now=_now(), answer=kept))

    async def _kept_current(self, incoming: Incoming, answer: Answer, post: Post) -> Post:
        """Where it is shown from now on: the message that was clicked; where its asker goes on in words, a new one to
        which the older one points; what others say of it links to it and leaves it where it stands.
        """
        shown = await self.run(self.assistant.outbox.showing, answer.shows)
        clicked = await self.run(self.assistant.answers.answer, clicked_id(incoming))
        if clicked is not None and clicked.message in [each.id for each in shown]:
            return Post(post.id, PostKind.UPDATE, post.team, post.channel, of=clicked.message)
        own = [each for each in shown if each.queue == post.queue and each.reader == incoming.user]
        if not own and (there := nearest(shown, post)):
            return replace(post, see=there)
        for older in own:
            await self._say_no_more(incoming, answer.card, older, "It goes on below.")
        return replace(post, shows=answer.shows, subject=answer.subject)

    async def refresh(self, incoming: Incoming, before: Answered, why: str) -> None:
        """Take the choices away from an answer, and say what became of them."""
        message = Post(before.message, PostKind.MESSAGE, before.team, before.channel or incoming.channel)
        await self._say_no_more(incoming, from_json(Card, before.card), message, why)

    async def _say_no_more(self, incoming: Incoming, card: Card, message: Post, why: str) -> None:
        post = Post(f"{incoming.id}-{message.id}", PostKind.UPDATE, message.team, message.channel, of=message.id)
        card = replace(card, buttons=(), notes=(*card.notes, why))
        await self.put(*filled(post, card, _kept(incoming, Answer(card), post, ""))[:1])
        await self.run(self.assistant.answers.took_back, message.id)

    async def keep(self, incoming: Incoming, answer: Answer, post: Post, question: str) -> None:
        """Remember an answer that is put together with others, for its buttons."""
        await self.run(self.assistant.answers.keep, _kept(incoming, answer, post, question), _now())

    def unshown(self, channel: str, private: Sequence[str]) -> list[str]:
        """Which of the resources of an answer may not be shown to everybody in a channel; blocking."""
        if not private or channel.startswith("D"):
            return []
        access = load_access(self.assistant.settings.catalog)
        return [resource for resource in private if not access.may_show(channel, resource)]


def answers_a_question(button: Button) -> bool:
    """Whether a choice means something only as the answer to the question that it stands under.

    One that says to what (a request, its revision) stands for itself: whoever carries it out looks whether it fits.
    """
    return not button.about and (button.intent in ("", "inform") or (button.intent in YES_OR_NO and not button.values))


def _spoken(wish: Wish) -> UserMessage:
    entities = [{"entity": kind, "value": value} for kind, values in wish.values.items() for value in values]
    understood = {"text": wish.words, "intent": {"name": wish.intent, "confidence": 1.0}, "entities": entities}
    return UserMessage(wish.words, parse_data={**understood, "intent_ranking": []})


def _kept(incoming: Incoming, answer: Answer, post: Post, question: str) -> Answered:
    understood = answer.understood or {}
    return Answered(
        id=post.id,
        team=incoming.team,
        channel=incoming.channel,
        thread=incoming.thread or None,
        conversation=incoming.conversation,
        asked_by=incoming.user,
        question=redact(question),
        card=to_json(answer.card),
        private=answer.private,
        intent=str(understood.get("intent") or ""),
        confidence=float(understood.get("confidence") or 0.0),
        model=str(understood.get("model") or ""),
        ephemeral=post.kind in (PostKind.EPHEMERAL, PostKind.RESPONSE),
        of=post.of,
    )


def _sign(incoming: Incoming, kind: PostKind) -> Post | None:
    """The sign under what was asked; None where there is nothing to put it under."""
    message = incoming.body.get("message") or incoming.body
    if incoming.kind not in (Kind.MESSAGE, Kind.ACTION) or is_for_one(incoming) or not message.get("ts"):
        return None
    id = f"{incoming.id}-{kind.value}"
    return Post(id, kind, incoming.team, incoming.channel, SIGN, target=str(message["ts"]))


def _now() -> datetime:
    return datetime.now(timezone.utc)


Handle = Callable[[Desk, Incoming, Actor], Awaitable[None]]
"""What answers one kind of click."""
