"""A card in a post: its page, the assistant's own buttons under it, and its long code as a file."""

from __future__ import annotations

from dataclasses import replace

from assistant.contracts.card import Card
from assistant.contracts.post import Answered, Post, PostKind
from assistant.presentation.blocks import controls, fallback, long_code, pages, without_long_code


def filled(post: Post, card: Card, answer: Answered, page: int = 0, shareable: bool = False) -> list[Post]:
    """A post with a page of a card and the assistant's own buttons; with long code as a file after it.

    Args:
        shareable: whether everybody in the channel may see it; an answer with an ``intent`` may be judged.
    """
    for_one = post.kind in (PostKind.EPHEMERAL, PostKind.RESPONSE)
    code = None if for_one or page else long_code(card)
    shown = without_long_code(card) if code else card
    every = pages(shown, answer.id, answer.revision)
    titles = {f"more.{page + 1}": "More"} if page + 1 < len(every) else {}
    if shareable and for_one and not page and not post.channel.startswith("D"):
        titles["share"] = "Share"
    if answer.intent and not page and not any(button.intent == "inform" for button in card.buttons):
        titles |= {"good": "👍", "bad": "👎"}
    row = [controls(titles, answer.id, answer.revision)] if titles else []
    full = replace(post, text=fallback(shown), blocks=(*every[min(page, len(every) - 1)], *row))
    if code is None:
        return [full]
    file = Post(f"{post.id}.file", PostKind.FILE, post.team, post.channel, code, thread=post.thread, reader=post.reader)
    return [full, replace(file, title="log.txt")]
