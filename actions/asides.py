"""What an answer says beside what was asked: the change that still waits for a yes, and what happened meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from actions.request.change import Asked, kept
from actions.request.locks import scope_of
from actions.request.phrases import question_answered
from actions.request.said import about
from actions.turn import Reply, Turn
from assistant.contracts.card import Button
from assistant.contracts.errors import Unavailable
from assistant.language.question import is_question
from assistant.operations.deployments import open_drafts
from assistant.operations.locks import tell_free
from assistant.operations.progress import ended_among, open_ones
from assistant.operations.rebuilt import ended_builds, open_builds
from assistant.presentation.cards.deployments import step_words
from assistant.presentation.cards.watch import free_card, rebuilt_words

News = tuple[str, tuple[Button, ...]]
"""A sentence, and the choices that come with it."""


def reminding(turn: Turn, reply: Reply) -> Reply:
    """The answer to something else, with a line on what still waits for a word of the asker's.

    What waits for a yes is named every time, so that a yes is never given to anything but what was shown last. A
    question is repeated once: whoever goes on with other things then has dropped it.
    """
    reply = _unanswered(turn, reply)
    asked = kept(turn.said)
    if asked is None or not asked.is_open or asked.would or reply.change is not None or reply.done:
        return reply
    if not asked.drafts:
        note = f"Still open: {asked.question}"
        dropped = asked.reminded and reply.answered
        return replace(reply, done=True) if dropped else _reminded(reply, asked, note)
    numbers = [number for number, _ in asked.drafts]
    ends = [one.expires_at for one in open_drafts(turn.context, turn.conversation) if one.number in numbers]
    if not ends or ends[0] is None:
        return replace(reply, done=True)
    minutes = max(1, round((ends[0] - datetime.now(timezone.utc)).total_seconds() / 60))
    return _reminded(reply, asked, f"{asked.words()} still waits for your yes, {minutes} min left.")


def _reminded(reply: Reply, asked: Asked, note: str) -> Reply:
    """With the reminder; an answer that asks something itself is not disturbed by a second question."""
    if reply.question is not None:
        return replace(reply, change=asked)
    return replace(_noting(reply, note), change=replace(asked, reminded=True))


def _unanswered(turn: Turn, reply: Reply) -> Reply:
    """The answer to something else than “what do you need it for?”, with what did not happen for want of an answer.

    A question is no answer and no change of mind: after one the reason is asked for again, once.
    """
    values = about(turn.said.question, "locks") or {}
    asks, settles = values.get("asks"), turn.said.intent in ("deny", "stop", "lock_environment")
    if not asks or question_answered(turn.said) or reply.question:
        return reply
    if not values.get("reminded") and is_question(turn.said.text):
        again = turn.before.card["title"] if turn.before else "Why?"
        question = {"capability": "locks", "values": {**values, "reminded": ["yes"]}}
        return replace(_noting(reply, f"Still open: {again}"), question=question)
    if settles:
        return reply
    scope = scope_of(values)
    what = f"{scope.words} is not locked" if scope else "nothing is paused"
    return _noting(reply, f"You did not say what for, so {what}. Ask again with a reason: “…, because …”.")


def news_for(turn: Turn) -> tuple[News, ...]:
    """What came to an end, or became free, since the last answer at the console; elsewhere messages of their own tell.

    To be asked for before the answer is made: what that brings about is no news.
    """
    if not turn.context.actor.is_local or turn.context.records is None:
        return ()
    try:
        ended = ended_among(turn.context, [each for each in turn.said.followed if isinstance(each, int)])
        built = ended_builds(turn.context, [each for each in turn.said.followed if isinstance(each, str)])
        free = tell_free(turn.context)
    except Unavailable:
        return ()
    told: list[News] = [(f"request {one.number}, {step_words(one.plan)}: {one.outcome}", ()) for one in ended]
    told += [(f"{rebuilt_words(one)}.", ()) for one in built]
    for waiter in free:
        card = free_card(waiter, turn.context.sandbox)
        told.append((card.title.partition(". ")[0] + ".", card.buttons))
    return tuple(told)


def followed(turn: Turn) -> list[int | str]:
    """What this conversation waits for the end of, so that the next answer can tell it."""
    if not turn.context.actor.is_local or turn.context.records is None:
        return []
    try:
        return [*open_ones(turn.context), *open_builds(turn.context)]
    except Unavailable:
        return list(turn.said.followed)


def with_news(reply: Reply, news: tuple[News, ...]) -> Reply:
    """The answer with what happened meanwhile, but for what it says itself."""
    for words, buttons in news:
        about = words.partition(",")[0]
        if about.lower() not in reply.card.title.lower():
            reply = _noting(reply, f"By the way: {words}")
            reply = replace(reply, card=replace(reply.card, buttons=(*reply.card.buttons, *buttons)))
    return reply


def _noting(reply: Reply, note: str) -> Reply:
    return replace(reply, card=replace(reply.card, notes=(*reply.card.notes, note)))
